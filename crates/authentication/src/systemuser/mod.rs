//! The system register, vendors' requests and system users (identity §4).

mod approvals;
mod domain;
mod http;
mod lookup;
mod population;
mod service;
mod store;
mod wire;

pub use approvals::Approvals;
pub use lookup::SystemUsers;
pub use population::SystemUserPopulation;

use crate::{Deps, Parts};
use httpkit::Ctx;
use service::Service;
use std::sync::Arc;
use uuid::Uuid;

/// Scopes that the routes ask for (identity §4.1).
mod scopes {
    pub(super) const PORTAL: &str = "altinn:portal/enduser";
    pub(super) const REGISTER_WRITE: &str = "altinn:authentication/systemregister.write";
    pub(super) const REGISTER_ADMIN: &str = "altinn:authentication/systemregister.admin";
    pub(super) const REQUEST_WRITE: &str = "altinn:authentication/systemuser.request.write";
    pub(super) const REQUEST_READ: &str = "altinn:authentication/systemuser.request.read";
    pub(super) const MASKINPORTEN_READ: &str = "altinn:maskinporten/systemuser.read";
    pub(super) const ADMIN: &str = "altinn:authentication/systemuser.admin";
}

/// This half of the block.
pub(crate) fn parts(ctx: &Ctx, deps: &Deps) -> Parts {
    http::parts(&Arc::new(Service { ctx: ctx.clone(), deps: deps.clone() }))
}

/// Where a request's vendor wants the browser back, for the end of a logout.
pub(crate) async fn redirect_of_request(db: &db::Db, id: Uuid) -> db::Result<Option<String>> {
    Ok(store::requests::get(db, id).await?.and_then(|request| request.redirect_url))
}
