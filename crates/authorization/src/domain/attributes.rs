//! Attribute ids of requests (authorization.md §3).

pub const ORG: &str = "urn:altinn:org";
pub const APP: &str = "urn:altinn:app";
pub const RESOURCE: &str = "urn:altinn:resource";
pub const INSTANCE: &str = "urn:altinn:instance-id";
pub const RESOURCE_INSTANCE: &str = "urn:altinn:resource:instance-id";
pub const PARTY_ID: &str = "urn:altinn:partyid";
pub const PARTY_UUID: &str = "urn:altinn:party:uuid";
pub const ORG_NO: &str = "urn:altinn:organization:identifier-no";
pub const ORG_NO_LEGACY: &str = "urn:altinn:organizationnumber";
pub const PERSON: &str = "urn:altinn:person:identifier-no";
pub const USER_ID: &str = "urn:altinn:userid";
pub const SYSTEM_USER: &str = "urn:altinn:systemuser:uuid";
pub const SESSION: &str = "urn:altinn:sessionid";
pub const PACKAGE: &str = "urn:altinn:accesspackage";

/// Roles, each under the URN of its register.
pub const ROLES: [&str; 4] = [
    "urn:altinn:rolecode",
    "urn:altinn:role",
    "urn:altinn:external-role:ccr",
    "urn:altinn:external-role:cra",
];
