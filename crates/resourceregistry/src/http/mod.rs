//! Operations, one a file.

mod access_lists;
mod app_policies;
mod by_subjects;
mod create_resource;
mod delete_resource;
mod get_policy;
mod get_resource;
mod list_resources;
mod orgs;
mod policy_rights;
mod policy_rules;
mod policy_subjects;
mod put_policy;
mod search;
mod update_resource;
mod write_access;

use crate::access_lists::AccessLists;
use crate::service::ResourceRegistry;
use httpkit::{Access, Class, Role, Route, Routes};
use ports::register::Register;
use std::sync::Arc;

const WRITE: Access =
    Access::scope(&["altinn:resourceregistry/resource.write", "altinn:resourceregistry/resource.admin"]);
const CATALOGUE: Access = Access::Public("the catalogue of services is public by law and by wire");
/// Largest policy file.
const POLICY_LIMIT: usize = 4 * 1024 * 1024;

/// The block's routes. WIRE: clients write the collection with and without a slash at the end.
pub fn routes(registry: Arc<ResourceRegistry>, register: Arc<dyn Register>) -> Vec<Route> {
    const BASE: &str = "/resourceregistry/api/v1/resource";
    let at = |rest: &str| format!("{BASE}{rest}");
    let lists = AccessLists { registry: registry.clone(), register };
    Routes::new(Role::PLATFORM, registry)
        .get(&at("/resourcelist"), CATALOGUE, list_resources::handle)
        .get(&at("/orgs"), CATALOGUE, orgs::handle)
        .get(&at("/search"), CATALOGUE, search::handle)
        .class(Class::Search)
        .get(&at("/Search"), CATALOGUE, search::handle)
        .class(Class::Search)
        .post(&at("/bysubjects"), CATALOGUE, by_subjects::handle)
        .post(&at("/bysubjects/"), CATALOGUE, by_subjects::handle)
        .post(BASE, WRITE, create_resource::handle)
        .post(&at("/"), WRITE, create_resource::handle)
        .get(&at("/{id}"), CATALOGUE, get_resource::handle)
        .put(&at("/{id}"), WRITE, update_resource::handle)
        .delete(&at("/{id}"), WRITE, delete_resource::handle)
        .get(&at("/{id}/policy"), CATALOGUE, get_policy::handle)
        .post(&at("/{id}/policy"), WRITE, put_policy::handle)
        .limit(POLICY_LIMIT)
        .put(&at("/{id}/policy"), WRITE, put_policy::handle)
        .limit(POLICY_LIMIT)
        .get(&at("/{id}/policy/subjects"), CATALOGUE, policy_subjects::handle)
        .get(&at("/{id}/policy/rules"), CATALOGUE, policy_rules::handle)
        .get("/resourceregistry/api/v2/resource/{id}/policy/rights", CATALOGUE, policy_rights::handle)
        .post("/authorization/api/v1/policies", Access::platform_token(), app_policies::put)
        .limit(POLICY_LIMIT)
        .get(
            "/authorization/api/v1/policies/roleswithaccess/{org}/{app}",
            CATALOGUE,
            app_policies::roles_with_access,
        )
        .done()
        .into_iter()
        .chain(access_lists::routes(lists))
        .collect()
}
