//! `/authentication/api/v1/systemregister` (identity §4.3).

mod changelog;
mod create;
mod delete;
mod get;
mod list;
mod rights;
mod update;
mod update_parts;
mod vendor_get;
mod vendor_list;

use super::{PORTAL, REGISTER_WRITE, Table};

pub(super) fn routes(table: Table) -> Table {
    const BASE: &str = "/authentication/api/v1/systemregister";
    const VENDOR: &str = "/authentication/api/v1/systemregister/vendor";
    table
        .get(BASE, PORTAL, list::handle)
        .get(&format!("{BASE}/{{systemId}}"), PORTAL, get::handle)
        .get(&format!("{BASE}/{{systemId}}/rights"), PORTAL, rights::rights)
        .get(&format!("{BASE}/{{systemId}}/accesspackages"), PORTAL, rights::packages)
        .get(VENDOR, REGISTER_WRITE, vendor_list::handle)
        .post(VENDOR, REGISTER_WRITE, create::handle)
        .get(&format!("{VENDOR}/{{systemId}}"), REGISTER_WRITE, vendor_get::handle)
        .put(&format!("{VENDOR}/{{systemId}}"), REGISTER_WRITE, update::handle)
        .put(&format!("{VENDOR}/{{systemId}}/rights"), REGISTER_WRITE, update_parts::rights)
        .put(&format!("{VENDOR}/{{systemId}}/accesspackages"), REGISTER_WRITE, update_parts::packages)
        .delete(&format!("{VENDOR}/{{systemId}}"), REGISTER_WRITE, delete::handle)
        .get(&format!("{VENDOR}/{{systemId}}/changelog"), REGISTER_WRITE, changelog::handle)
}
