//! Back end of the access-management frontend, `/accessmanagement/api/v1` on the frontend's own host (identity §4.12).
//! Each call is one of the platform's calls with the same rights; refusals come back with `AMUI-` codes.

mod create;
mod decide;
mod delete;
mod escalate;
mod get;
mod language;
mod list;
mod logout;
mod pending;
mod request;
mod systems;

use super::{PORTAL, Table};
use crate::systemuser::http::answer::{self, Answer};
use axum::response::Response;
use httpkit::problem;

pub(super) fn routes(table: Table) -> Table {
    const BASE: &str = "/accessmanagement/api/v1/systemuser";
    const REGISTER: &str = "/accessmanagement/api/v1/systemregister";
    let table = table
        .get(&format!("{BASE}/{{partyId}}"), PORTAL, list::standard)
        .get(&format!("{BASE}/agent/{{partyId}}"), PORTAL, list::agent)
        .get(&format!("{BASE}/{{partyId}}/{{id}}"), PORTAL, get::standard)
        .get(&format!("{BASE}/agent/{{partyId}}/{{id}}"), PORTAL, get::agent)
        .post(&format!("{BASE}/{{partyId}}"), PORTAL, create::handle)
        .delete(&format!("{BASE}/{{partyId}}/{{id}}"), PORTAL, delete::standard)
        .delete(&format!("{BASE}/agent/{{partyId}}/{{id}}"), PORTAL, delete::agent)
        .get(&format!("{BASE}/{{partyUuid}}/pending"), PORTAL, pending::handle)
        .get(&format!("{BASE}/request/{{id}}"), PORTAL, request::standard)
        .get(&format!("{BASE}/agentrequest/{{id}}"), PORTAL, request::agent)
        .post(&format!("{BASE}/request/{{partyId}}/{{id}}/approve"), PORTAL, decide::approve_standard)
        .post(&format!("{BASE}/agentrequest/{{partyId}}/{{id}}/approve"), PORTAL, decide::approve_agent)
        .post(&format!("{BASE}/request/{{partyId}}/{{id}}/reject"), PORTAL, decide::reject_standard)
        .post(&format!("{BASE}/agentrequest/{{partyId}}/{{id}}/reject"), PORTAL, decide::reject_agent)
        .post(&format!("{BASE}/request/{{partyId}}/{{id}}/escalate"), PORTAL, escalate::standard)
        .post(&format!("{BASE}/agentrequest/{{partyId}}/{{id}}/escalate"), PORTAL, escalate::agent)
        .get(&format!("{BASE}/request/{{id}}/logout"), PORTAL, logout::request)
        .get(&format!("{BASE}/agentrequest/{{id}}/logout"), PORTAL, logout::agent_request)
        .get(&format!("{BASE}/changerequest/{{id}}/logout"), PORTAL, logout::change_request)
        .get(REGISTER, PORTAL, systems::list)
        .get(&format!("{REGISTER}/rights/{{systemId}}"), PORTAL, systems::rights);
    not_built(table, BASE)
}

/// Change requests and client delegation.
fn not_built(table: Table, base: &str) -> Table {
    let clients = format!("{base}/agentdelegation/{{partyId}}/{{id}}");
    table
        .get(&format!("{base}/changerequest/{{id}}"), PORTAL, later)
        .post(&format!("{base}/changerequest/{{partyId}}/{{id}}/approve"), PORTAL, later)
        .post(&format!("{base}/changerequest/{{partyId}}/{{id}}/reject"), PORTAL, later)
        .get(&format!("{clients}/customers"), PORTAL, later)
        .get(&format!("{clients}/delegation"), PORTAL, later)
        .post(&format!("{clients}/delegation"), PORTAL, later)
        .delete(&format!("{clients}/delegation/{{clientUuid}}"), PORTAL, later)
        .get(&format!("{clients}/self"), PORTAL, later)
        .post(&format!("{clients}/self"), PORTAL, later)
        .delete(&format!("{clients}/self"), PORTAL, later)
}

async fn later() -> Response {
    problem::not_implemented("authentication-systemuser.md")
}

/// The platform's answer with the portal's words for a refusal.
fn passed_on(answer: Answer) -> Response {
    answer.unwrap_or_else(answer::portal)
}
