//! One operation, one file. Agent variants of an operation share the file of the standard one.

mod answer;
mod portal;
mod register;
mod request;
mod user;

use super::service::Service;
use super::{Parts, scopes};
use axum::response::{IntoResponse, Response};
use httpkit::{Access, Role, Routes, problem};
use std::sync::Arc;

/// What handlers get.
type Shared = axum::extract::State<Arc<Service>>;

/// Scope of a person who is logged in.
const PORTAL: Access = Access::scope(&[scopes::PORTAL]);
const REGISTER_WRITE: Access = Access::scope(&[scopes::REGISTER_WRITE, scopes::REGISTER_ADMIN]);
const REQUEST_WRITE: Access = Access::scope(&[scopes::REQUEST_WRITE]);
const REQUEST_READ: Access = Access::scope(&[scopes::REQUEST_READ]);

/// The routes of the system register, of requests and of system users.
pub(super) fn parts(service: &Arc<Service>) -> Parts {
    let platform = Routes::new(Role::PLATFORM, Arc::clone(service));
    let platform = not_built(user::routes(request::routes(register::routes(platform))));
    let portal = portal::routes(Routes::new(Role::AM_UI, Arc::clone(service)));
    let mut routes = platform.done();
    routes.extend(portal.done());
    Parts { routes, statements: super::store::statements(), ..Parts::default() }
}

type Table = Routes<Arc<Service>>;

/// Known and not built yet: change requests and client delegation.
fn not_built(table: Table) -> Table {
    const CHANGE: &str = "/authentication/api/v1/systemuser/changerequest";
    const CLIENTS: &str = "/authentication/api/v1/enduser/systemuser";
    const AGENT: &str = "/authentication/api/v1/systemuser/agent/{party}";
    const CLIENTS_READ: Access =
        Access::scope(&["altinn:clientdelegations.read", "altinn:clientdelegations.write", scopes::PORTAL]);
    const CLIENTS_WRITE: Access = Access::scope(&["altinn:clientdelegations.write", scopes::PORTAL]);
    table
        .post(&format!("{CHANGE}/vendor"), REQUEST_WRITE, later)
        .get(&format!("{CHANGE}/vendor/{{id}}"), REQUEST_READ, later)
        .delete(&format!("{CHANGE}/vendor/{{id}}"), REQUEST_WRITE, later)
        .get(
            &format!("{CHANGE}/vendor/byexternalref/{{systemId}}/{{orgNo}}/{{externalRef}}"),
            REQUEST_READ,
            later,
        )
        .get(&format!("{CHANGE}/vendor/bysystem/{{systemId}}"), REQUEST_READ, later)
        .get(&format!("{CHANGE}/{{party}}/{{id}}"), PORTAL, later)
        .get(&format!("{CHANGE}/{{id}}"), PORTAL, later)
        .post(&format!("{CHANGE}/{{party}}/{{id}}/approve"), PORTAL, later)
        .post(&format!("{CHANGE}/{{party}}/{{id}}/reject"), PORTAL, later)
        .get(&format!("{AGENT}/clients"), PORTAL, later)
        .post(&format!("{AGENT}/{{id}}"), PORTAL, later)
        .delete(&format!("{AGENT}/{{id}}/client"), PORTAL, later)
        .get(&format!("{AGENT}/{{facilitator}}/{{id}}/delegations"), PORTAL, later)
        .get(&format!("{AGENT}/{{id}}/self/"), PORTAL, later)
        .post(&format!("{AGENT}/{{id}}/self/"), PORTAL, later)
        .delete(&format!("{AGENT}/{{id}}/self/"), PORTAL, later)
        .get(&format!("{CLIENTS}/agents"), CLIENTS_READ, later)
        .get(&format!("{CLIENTS}/clients/available"), CLIENTS_READ, later)
        .get(&format!("{CLIENTS}/clients"), CLIENTS_READ, later)
        .post(&format!("{CLIENTS}/clients"), CLIENTS_WRITE, later)
        .delete(&format!("{CLIENTS}/clients"), CLIENTS_WRITE, later)
}

async fn later() -> Response {
    problem::not_implemented("authentication-systemuser.md").into_response()
}
