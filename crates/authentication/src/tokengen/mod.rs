//! The test token generator: any Altinn token on request. Absent in production.

mod domain;
mod http;

use crate::{Deps, Parts};
use httpkit::{Access, Ctx, Role, Routes};
use ports::register::Register;
use std::sync::Arc;

/// State of the handlers.
#[derive(Clone)]
pub struct Generator {
    ctx: Ctx,
    register: Arc<dyn Register>,
}

/// The routes, in the sandbox.
pub fn parts(ctx: &Ctx, deps: &Deps) -> Parts {
    if !ctx.config.is_sandbox() {
        return Parts::default();
    }
    let generator = Generator { ctx: ctx.clone(), register: deps.register.clone() };
    let routes = Routes::new(Role::TOKENGEN, generator)
        .get("/api/GetEnterpriseToken", Access::sandbox(), http::enterprise::get)
        .get("/api/GetEnterpriseUserToken", Access::sandbox(), http::enterprise_user::get)
        .get("/api/GetPersonalToken", Access::sandbox(), http::personal::get)
        .get("/api/GetSystemUserToken", Access::sandbox(), http::system_user::get)
        .get("/api/GetSelfIdentifiedUserToken", Access::sandbox(), http::self_identified::get)
        .get("/api/GetSelfRegisteredEmailUserToken", Access::sandbox(), http::self_identified::get_email)
        .get("/api/GetPlatformToken", Access::sandbox(), http::platform::get)
        .get("/api/GetPlatformAccessToken", Access::sandbox(), http::platform::get_access)
        .get("/api/GetConsentToken", Access::sandbox(), http::consent::get)
        .get("/api/.well-known/oauth-authorization-server", Access::sandbox(), http::well_known::document)
        .get("/api/.well-known/jwks.json", Access::sandbox(), http::well_known::jwks)
        .done();
    Parts { routes, ..Parts::default() }
}
