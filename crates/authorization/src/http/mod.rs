//! Operations, one a file.

mod authorize;
mod context;
mod decision;
mod explain_access;
mod get_parties;
mod get_roles;
mod validate_party;

use crate::service::Pdp;
use httpkit::{Access, Ctx, Role, Route, Routes};
use std::sync::Arc;

const AUTHORIZE: &[&str] = &["altinn:authorization/authorize", "altinn:authorization/authorize.admin"];

/// The block's routes. `/decision` and the explanation are open in the sandbox only.
pub fn routes(ctx: &Ctx, pdp: Arc<Pdp>) -> Vec<Route> {
    let sandbox = ctx.config.is_sandbox();
    let internal = if sandbox {
        Access::Public("the sandbox has no network boundary; production asks for a platform token")
    } else {
        Access::platform_token()
    };
    let explain = if sandbox {
        Access::Public("the sandbox explains everything; production asks for a scope")
    } else {
        Access::scope(AUTHORIZE)
    };
    Routes::new(Role::PLATFORM, pdp.clone())
        .post("/authorization/api/v1/decision", internal, decision::handle)
        .post("/authorization/api/v1/Decision", internal, decision::handle)
        .post("/authorization/api/v1/authorize", Access::scope(AUTHORIZE), authorize::handle)
        .get("/authorization/api/v1/parties", Access::token(), get_parties::handle)
        .get("/authorization/api/v1/roles", Access::token(), get_roles::handle)
        .get("/authorization/api/v1/parties/{partyId}/validate", Access::token(), validate_party::handle)
        .done()
        .into_iter()
        .chain(
            Routes::new(Role::ALLTING, pdp)
                .get("/allting/api/v1/explain/access", explain, explain_access::handle)
                .done(),
        )
        .collect()
}
