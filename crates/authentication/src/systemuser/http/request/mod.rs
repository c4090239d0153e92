//! `/authentication/api/v1/systemuser/request` (identity §4.4).

mod by_external_ref;
mod by_system;
mod create;
mod decide;
mod delete;
mod escalate;
mod get_vendor;
mod party_view;
mod pending;
mod portal_view;

pub(super) use decide::run as decide;
pub(super) use escalate::run as escalate;

use super::{PORTAL, REQUEST_READ, REQUEST_WRITE, Table};
use crate::systemuser::domain::Kind;
use httpkit::{Access, Origin, Role};
use uuid::Uuid;

pub(super) fn routes(table: Table) -> Table {
    const BASE: &str = "/authentication/api/v1/systemuser/request";
    const VENDOR: &str = "/authentication/api/v1/systemuser/request/vendor";
    table
        .post(VENDOR, REQUEST_WRITE, create::standard)
        .post(&format!("{VENDOR}/agent"), REQUEST_WRITE, create::agent)
        .get(&format!("{VENDOR}/{{id}}"), REQUEST_READ, get_vendor::standard)
        .get(&format!("{VENDOR}/agent/{{id}}"), REQUEST_READ, get_vendor::agent)
        .get(
            &format!("{VENDOR}/byexternalref/{{systemId}}/{{orgNo}}/{{externalRef}}"),
            REQUEST_READ,
            by_external_ref::standard,
        )
        .get(
            &format!("{VENDOR}/agent/byexternalref/{{systemId}}/{{orgNo}}/{{externalRef}}"),
            REQUEST_READ,
            by_external_ref::agent,
        )
        .get(&format!("{VENDOR}/bysystem/{{systemId}}"), REQUEST_READ, by_system::standard)
        .get(&format!("{VENDOR}/agent/bysystem/{{systemId}}"), REQUEST_READ, by_system::agent)
        .delete(&format!("{VENDOR}/{{id}}"), REQUEST_WRITE, delete::handle)
        .get(&format!("{BASE}/{{id}}"), PORTAL, portal_view::standard)
        .get(&format!("{BASE}/agent/{{id}}"), PORTAL, portal_view::agent)
        .get(&format!("{BASE}/{{party}}/{{id}}"), Access::token(), party_view::standard)
        .get(&format!("{BASE}/agent/{{party}}/{{id}}"), Access::token(), party_view::agent)
        .post(&format!("{BASE}/{{party}}/{{id}}/approve"), PORTAL, decide::approve_standard)
        .post(&format!("{BASE}/agent/{{party}}/{{id}}/approve"), PORTAL, decide::approve_agent)
        .post(&format!("{BASE}/{{party}}/{{id}}/reject"), Access::token(), decide::reject_standard)
        .post(&format!("{BASE}/agent/{{party}}/{{id}}/reject"), Access::token(), decide::reject_agent)
        .post(&format!("{BASE}/{{party}}/{{id}}/escalate"), PORTAL, escalate::standard)
        .post(&format!("{BASE}/agent/{{party}}/{{id}}/escalate"), PORTAL, escalate::agent)
        .get(&format!("{BASE}/{{party}}/{{orgNo}}/pending"), PORTAL, pending::standard)
        .get(&format!("{BASE}/agent/{{party}}/{{orgNo}}/pending"), PORTAL, pending::agent)
}

/// Where the customer decides: on the frontend's own host when the vendor came to the platform's, else on the one origin.
fn confirm_url(origin: &Origin, kind: Kind, id: Uuid) -> String {
    let base = origin.of(Role::AM_UI);
    let page = match kind {
        Kind::Standard => "request",
        Kind::Agent => "agentrequest",
    };
    format!("{base}/accessmanagement/ui/systemuser/{page}?id={id}&DONTCHOOSEREPORTEE=true")
}
