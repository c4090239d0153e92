//! One file per operation.

mod access_packages;
mod access_packages_check;
mod access_packages_grant;
mod access_packages_revoke;
mod authorized;
mod authorized_parties;
mod authorized_party;
mod connection_add;
mod connection_remove;
mod connections;
mod enduser_authorized_parties;
mod guard;
mod meta_packages;
mod meta_roles;
mod person;
mod policy_information;
mod resource_revoke;
mod resources;
mod resources_check;
mod roles;
mod serviceowner_authorized_parties;

use crate::service::AccessManagement;
use httpkit::{Access, Role, Route, Routes};
use ports::authorization::Pdp;
use std::sync::Arc;

/// What handlers work with.
#[derive(Clone)]
pub struct App {
    /// The block.
    pub access: Arc<AccessManagement>,
    /// Decides who may manage access for a party.
    pub pdp: Arc<dyn Pdp>,
}

const PORTAL: &str = "altinn:portal/enduser";
const FROM_READ: &str = "altinn:accessmanagement/enduser:connections:fromothers.read";
const FROM_WRITE: &str = "altinn:accessmanagement/enduser:connections:fromothers.write";
const TO_READ: &str = "altinn:accessmanagement/enduser:connections:toothers.read";
const TO_WRITE: &str = "altinn:accessmanagement/enduser:connections:toothers.write";
const OWNER: &str = "altinn:accessmanagement/authorizedparties.resourceowner";
/// Scope of those who may ask on behalf of any service owner.
pub const OWNER_ADMIN: &str = "altinn:accessmanagement/authorizedparties.admin";

const READ: Access = Access::scope(&[PORTAL, FROM_READ, TO_READ]);
const WRITE: Access = Access::scope(&[PORTAL, FROM_WRITE, TO_WRITE]);
const GIVE: Access = Access::scope(&[PORTAL, TO_WRITE]);
const CATALOGUE: Access =
    Access::Public("fixed catalogue of roles and access packages; says nothing about anyone");

/// The routes.
pub fn routes(app: App) -> Vec<Route> {
    const V1: &str = "/accessmanagement/api/v1";
    let path = |rest: &str| format!("{V1}/{rest}");
    let connections = |rest: &str| format!("{V1}/enduser/connections{rest}");
    let meta = |rest: &str| format!("{V1}/meta/{rest}");
    let any_party = Access::scope(&[PORTAL, "altinn:accessmanagement/authorizedparties"]);
    let owner = Access::scope(&[OWNER, OWNER_ADMIN]);
    Routes::new(Role::PLATFORM, app)
        .get(&path("authorizedparties"), Access::token(), authorized_parties::handle)
        .get(&path("authorizedparty/{partyId}"), Access::token(), authorized_party::handle)
        .get(&path("enduser/authorizedparties"), any_party, enduser_authorized_parties::handle)
        .post(&path("resourceowner/authorizedparties"), owner, serviceowner_authorized_parties::handle)
        .post(&path("serviceowner/authorizedparties"), owner, serviceowner_authorized_parties::handle)
        .get(&connections(""), READ, connections::handle)
        .post(&connections(""), GIVE, connection_add::handle)
        .delete(&connections(""), WRITE, connection_remove::handle)
        .get(&connections("/accesspackages"), READ, access_packages::handle)
        .post(&connections("/accesspackages"), GIVE, access_packages_grant::handle)
        .delete(&connections("/accesspackages"), WRITE, access_packages_revoke::handle)
        .get(&connections("/accesspackages/delegationcheck"), GIVE, access_packages_check::handle)
        .get(&connections("/roles"), READ, roles::handle)
        .get(&connections("/resources"), READ, resources::handle)
        .delete(&connections("/resources"), WRITE, resource_revoke::handle)
        .get(&connections("/resources/delegationcheck"), GIVE, resources_check::handle)
        .get(
            &path("policyinformation/accesspackages"),
            Access::platform_token(),
            policy_information::access_packages,
        )
        .get(
            &path("policyinformation/roles-and-accesspackages"),
            Access::platform_token(),
            policy_information::roles_and_packages,
        )
        .get(&meta("info/accesspackages/search"), CATALOGUE, meta_packages::search)
        .get(&meta("info/accesspackages/export"), CATALOGUE, meta_packages::export)
        .get(&meta("info/accesspackages/group"), CATALOGUE, meta_packages::groups)
        .get(&meta("info/accesspackages/group/{id}"), CATALOGUE, meta_packages::group)
        .get(&meta("info/accesspackages/group/{id}/areas"), CATALOGUE, meta_packages::group_areas)
        .get(&meta("info/accesspackages/area/{id}"), CATALOGUE, meta_packages::area)
        .get(&meta("info/accesspackages/area/{id}/packages"), CATALOGUE, meta_packages::area_packages)
        .get(&meta("info/accesspackages/package/{id}"), CATALOGUE, meta_packages::package)
        .get(&meta("info/accesspackages/package/urn/{urn}"), CATALOGUE, meta_packages::package)
        .get(&meta("info/accesspackages/package/{id}/resources"), CATALOGUE, meta_packages::resources)
        .get(&meta("info/roles"), CATALOGUE, meta_roles::all)
        .get(&meta("info/roles/packages"), CATALOGUE, meta_roles::packages_by_code)
        .get(&meta("info/roles/{id}"), CATALOGUE, meta_roles::one)
        .get(&meta("info/roles/{id}/packages"), CATALOGUE, meta_roles::packages)
        .get(&meta("types/organization/subtypes"), CATALOGUE, meta_roles::organisation_forms)
        .done()
}
