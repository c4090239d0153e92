//! Operations of the real services that are known and not built yet: they answer 501, so that a client can tell them from
//! a mistyped address. The table stands in `docs/wire/README.md` too; a test keeps the two equal.

use axum::response::Response;
use httpkit::{Access, Role, Route, Routes, problem};

/// An operation, or everything below a path.
#[derive(Debug, Clone, Copy)]
pub struct Unbuilt {
    /// Path on the role's own host.
    pub path: &'static str,
    /// Everything below the path too.
    pub tree: bool,
    /// What it is.
    pub what: &'static str,
}

const fn tree(path: &'static str, what: &'static str) -> Unbuilt {
    Unbuilt { path, tree: true, what }
}

const fn one(path: &'static str, what: &'static str) -> Unbuilt {
    Unbuilt { path, tree: false, what }
}

/// On the platform's host.
const PLATFORM: &[Unbuilt] = &[
    tree("/storage/api/v1", "storage of forms: applications, instances, data, processes"),
    tree("/receipt/api/v1", "receipts of forms"),
    tree("/notifications/api/v1", "orders of notifications, shipments, status feed"),
    tree("/correspondence/api/v1", "messages (correspondence)"),
    tree("/broker/api/v1", "file transfers (broker)"),
    tree("/profile/api/v1", "profiles, contact points, notification addresses"),
    tree("/events/api/v1/app", "events of apps"),
    tree("/events/api/v1/storage", "event storage, internal"),
    one("/events/api/v1/inbound", "event queue, internal"),
    one("/events/api/v1/outbound", "event queue, internal"),
    one("/events/api/v1/subscriptions/validate/{id}", "validation of a subscription, internal"),
    tree("/dialogporten/graphql", "GraphQL of dialogs, with subscriptions"),
    one("/dialogporten/api/v1/enduser/dialoglookup", "dialog behind an instance, for end users"),
    one("/dialogporten/api/v1/serviceowner/dialoglookup", "dialog behind an instance, for service owners"),
    one("/dialogporten/api/v1/enduser/serviceresources", "services that a user may see"),
    one("/dialogporten/api/v1/metadata/serviceresources", "services with dialogs"),
    one("/dialogporten/api/v1/serviceowner/dialogs/{dialogId}/actions/freeze", "freezing of a dialog"),
    one(
        "/dialogporten/api/v1/serviceowner/dialogs/{dialogId}/actions/should-send-notification",
        "condition of a notification",
    ),
    tree("/dialogporten/api/v1/serviceowner/dialogs/{dialogId}/context", "labels of a service owner"),
    tree("/dialogporten/api/v1/serviceowner/dialogs/{dialogId}/endusercontext", "labels of end users"),
    one("/authorization/api/v1/policies/GetPolicies", "policies of apps in words"),
    one("/resourceregistry/api/v1/resource/updated", "feed of policy subjects"),
    one("/resourceregistry/api/v1/resource/changes", "feed of resources"),
    one("/resourceregistry/api/v1/resource/export", "catalogue as RDF"),
    one("/register/api/v1/parties/nameslookup", "names of parties"),
    one("/register/api/v1/parties/partylist", "parties by id"),
    one("/register/api/v1/organizations/contactpoint/lookup", "contact points of organisations"),
    one("/register/api/v2/internal/parties/stream", "feed of parties"),
    one("/register/api/v2/internal/parties/set-username", "user names"),
    one("/register/api/v2/internal/parties/self-identified", "making of self-identified users"),
    tree("/register/api/v2/internal/parties/external-roles", "feed of roles"),
    one("/register/api/v2/internal/metadata/external-roles", "catalogue of roles"),
    one("/enhets-registeret/api/v1/update.svc", "updates from Enhetsregisteret"),
    tree("/accessmanagement/api/v1/app", "delegation of instances by apps"),
    tree("/accessmanagement/api/v1/bff", "ID-porten grants and consents of the frontend"),
    tree("/accessmanagement/api/v1/enterprise", "consent requests"),
    tree("/accessmanagement/api/v1/internal", "internal connections and parties"),
    tree("/accessmanagement/api/v1/maskinporten", "delegated Maskinporten scopes"),
    tree("/accessmanagement/api/v1/enduser/clientdelegations", "client delegation"),
    tree("/accessmanagement/api/v2/enduser/clientdelegations", "client delegation, version 2"),
    tree("/accessmanagement/api/v1/enduser/maskinportensuppliers", "suppliers with delegated scopes"),
    tree("/accessmanagement/api/v1/enduser/request", "requests for access"),
    tree("/accessmanagement/api/v1/serviceowner/delegationrequests", "requests for access by service owners"),
    tree("/accessmanagement/api/v1/serviceowner/connections", "packages given by service owners"),
    one("/accessmanagement/api/v1/policyinformation/getdelegationchanges", "feed of delegations"),
];

/// On the host of the access-management frontend.
const FRONTEND: &[Unbuilt] = &[
    tree("/accessmanagement/api/v1/accesspackage", "access packages"),
    tree("/accessmanagement/api/v1/connection", "right-holders"),
    tree("/accessmanagement/api/v1/singleright", "single rights"),
    tree("/accessmanagement/api/v1/instances", "rights to instances"),
    tree("/accessmanagement/api/v1/clientdelegations", "client delegation"),
    tree("/accessmanagement/api/v1/consent", "consents"),
    tree("/accessmanagement/api/v1/request", "requests for access"),
    tree("/accessmanagement/api/v1/role", "roles"),
    tree("/accessmanagement/api/v1/resources", "services and their owners"),
    tree("/accessmanagement/api/v1/settings", "settings"),
    tree("/accessmanagement/api/v1/lookup", "look-up of persons and organisations"),
    tree("/accessmanagement/api/v1/user", "the user and its actors"),
    tree("/accessmanagement/api/v1/reportee", "change of actor"),
    tree("/accessmanagement/api/v1/delegationexport", "export of delegations"),
    tree("/accessmanagement/api/v1/idportenauthorization", "grants at ID-porten"),
    one("/accessmanagement/api/v1/authentication/refresh", "renewal of the login"),
    one("/accessmanagement/api/v1/logoutredirect", "way back after logout"),
    tree("/accessmanagement/api/v1/cdn", "service owners' names and logos"),
];

/// On the host of Brønnøysundregistrene.
const BRREG: &[Unbuilt] = &[
    one("/enhetsregisteret/api/enheter", "search of units"),
    one("/enhetsregisteret/api/underenheter", "search of sub-units"),
    one("/enhetsregisteret/api/roller/totalbestand", "all roles"),
    tree("/enhetsregisteret/api/oppdateringer", "feed of changes"),
    tree("/enhetsregisteret/api/organisasjonsformer", "unit types"),
    tree("/enhetsregisteret/api/konsernstruktur", "groups of companies"),
    tree("/enhetsregisteret/autorisert-api", "authorised API"),
];

/// Everything, by role.
pub const TABLE: &[(Role, &[Unbuilt])] =
    &[(Role::PLATFORM, PLATFORM), (Role::AM_UI, FRONTEND), (Role::BRREG, BRREG)];

/// Where the table is documented.
pub const ROW: &str = "README.md#not-built";

const WHY: Access = Access::Public("known and not built: 501 whoever asks, and nothing is read");

async fn not_built() -> Response {
    problem::not_implemented(ROW)
}

/// The table as the documentation shows it.
pub fn document() -> String {
    let line = |role: &Role, unbuilt: &Unbuilt| {
        let below = if unbuilt.tree { ", and everything below it" } else { "" };
        format!("| {} | `{}`{below} | {} |\n", role.label(), unbuilt.path, unbuilt.what)
    };
    let lines = TABLE.iter().flat_map(|(role, list)| list.iter().map(move |unbuilt| line(role, unbuilt)));
    std::iter::once("| Host | Path | What |\n|---|---|---|\n".to_owned()).chain(lines).collect()
}

/// The routes that answer for the table.
pub fn routes() -> Vec<Route> {
    let of_role = |(role, list): &(Role, &[Unbuilt])| {
        let mut routes = Routes::new(*role, ());
        for unbuilt in *list {
            routes = routes.any(unbuilt.path, WHY, not_built);
            if unbuilt.tree {
                routes = routes.any(&format!("{}/{{*rest}}", unbuilt.path), WHY, not_built);
            }
        }
        routes.done()
    };
    TABLE.iter().flat_map(of_role).collect()
}
