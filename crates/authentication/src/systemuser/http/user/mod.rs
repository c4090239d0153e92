//! `/authentication/api/v1/systemuser` (identity §4.5–4.7).

mod by_external_id;
mod by_query;
mod by_system;
mod create;
mod delegations;
mod delete;
mod get;
mod list;
mod stream;
mod update;

use super::{PORTAL, REGISTER_WRITE, REQUEST_WRITE, Table};
use crate::systemuser::scopes;
use httpkit::Access;

pub(super) fn routes(table: Table) -> Table {
    const BASE: &str = "/authentication/api/v1/systemuser";
    const MASKINPORTEN: Access = Access::scope(&[scopes::MASKINPORTEN_READ]);
    const INTERNAL: Access = Access::platform_or(&[scopes::ADMIN]);
    table
        .get(&format!("{BASE}/{{party}}"), Access::token(), list::standard)
        .get(&format!("{BASE}/agent/{{party}}"), Access::token(), list::agent)
        .get(&format!("{BASE}/{{party}}/{{id}}"), Access::token(), get::handle)
        .get(&format!("{BASE}/{{party}}/{{id}}/delegations"), Access::token(), delegations::handle)
        .post(&format!("{BASE}/{{party}}/create"), PORTAL, create::handle)
        .delete(&format!("{BASE}/{{party}}/{{id}}"), Access::token(), delete::standard)
        .delete(&format!("{BASE}/agent/{{party}}/{{id}}"), Access::token(), delete::agent)
        .put(BASE, PORTAL, update::handle)
        .get(&format!("{BASE}/vendor/byquery"), REQUEST_WRITE, by_query::handle)
        .get(&format!("{BASE}/vendor/bysystem/{{systemId}}"), REGISTER_WRITE, by_system::handle)
        .get(&format!("{BASE}/byExternalId"), MASKINPORTEN, by_external_id::handle)
        .get(&format!("{BASE}/internal/systemusers/stream"), INTERNAL, stream::handle)
        .get(&format!("{BASE}/internal/systemusers/{{id}}"), INTERNAL, stream::single)
}
