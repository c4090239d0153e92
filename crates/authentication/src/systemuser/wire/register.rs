//! The system register.

use super::body::null_is_empty;
use crate::systemuser::domain::{AccessPackage, Right, System};
use crate::systemuser::store::systems::Change;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What a vendor says of its system. Read through [`super::body`], hence the lower case.
#[derive(Debug, Deserialize)]
pub(crate) struct RegisterSystemRequest {
    pub id: String,
    pub vendor: Vendor,
    pub name: Map<String, Value>,
    pub description: Map<String, Value>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub rights: Vec<Right>,
    #[serde(default, rename = "accesspackages", deserialize_with = "null_is_empty")]
    pub packages: Vec<AccessPackage>,
    #[serde(default, rename = "clientid", deserialize_with = "null_is_empty")]
    pub client_ids: Vec<String>,
    #[serde(default = "yes", rename = "isvisible")]
    pub visible: bool,
    #[serde(default, rename = "allowedredirecturls", deserialize_with = "null_is_empty")]
    pub redirect_urls: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The vendor as ISO 6523 reference.
#[derive(Debug, Deserialize)]
pub(crate) struct Vendor {
    #[serde(default)]
    pub id: String,
}

/// WIRE: the authority is accepted but not given back (identity §4.2).
#[derive(Debug, Serialize)]
struct VendorReference {
    #[serde(rename = "ID")]
    id: String,
}

/// The vendor's view.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredSystemResponse {
    id: String,
    vendor: VendorReference,
    name: Map<String, Value>,
    description: Map<String, Value>,
    rights: Vec<Right>,
    access_packages: Vec<AccessPackage>,
    is_deleted: bool,
    client_id: Vec<String>,
    is_visible: bool,
    allowed_redirect_urls: Vec<String>,
}

impl From<System> for RegisteredSystemResponse {
    fn from(system: System) -> Self {
        Self {
            id: system.id,
            vendor: VendorReference { id: format!("0192:{}", system.vendor_org_no) },
            name: system.name,
            description: system.description,
            rights: system.rights,
            access_packages: system.packages,
            is_deleted: system.deleted,
            client_id: system.client_ids,
            is_visible: system.visible,
            allowed_redirect_urls: system.redirect_urls,
        }
    }
}

/// The portal's view, and the one of lists.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredSystemDto {
    system_id: String,
    system_vendor_org_number: String,
    /// WIRE: always empty; the portal looks the name up (identity §4.2).
    system_vendor_org_name: &'static str,
    name: Map<String, Value>,
    description: Map<String, Value>,
    rights: Vec<Right>,
    access_packages: Vec<AccessPackage>,
    is_visible: bool,
}

impl From<System> for RegisteredSystemDto {
    fn from(system: System) -> Self {
        Self {
            system_id: system.id,
            system_vendor_org_number: system.vendor_org_no,
            system_vendor_org_name: "",
            name: system.name,
            description: system.description,
            rights: system.rights,
            access_packages: system.packages,
            is_visible: system.visible,
        }
    }
}

/// Answer to a change.
#[derive(Debug, Serialize)]
pub(crate) struct SystemRegisterUpdateResult {
    succeeded: bool,
}

impl SystemRegisterUpdateResult {
    pub(crate) const DONE: Self = Self { succeeded: true };
}

/// One entry of the change log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemChangeLog {
    system_internal_id: Uuid,
    changed_by_org_number: String,
    change_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    created: Timestamp,
}

impl SystemChangeLog {
    pub(crate) fn new(system_internal_id: Uuid, change: Change) -> Self {
        Self {
            system_internal_id,
            changed_by_org_number: change.changed_by_org_no,
            change_type: change.change_type,
            changed_data: change.changed_data,
            client_id: change.client_id,
            created: change.created,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Shape: identity §4.2, `RegisteredSystemResponse`.
    #[test]
    fn vendor_view_has_exactly_these_members() {
        let system = System {
            id: "310000001_x".into(),
            internal_id: Uuid::nil(),
            vendor_org_no: "310000001".into(),
            name: Map::from_iter([("nb".to_owned(), json!("Navn"))]),
            description: Map::new(),
            rights: vec![Right::to_resource("ske-x")],
            packages: vec![],
            client_ids: vec!["c".into()],
            redirect_urls: vec![],
            visible: true,
            deleted: false,
        };
        let expected = json!({
            "id": "310000001_x", "vendor": {"ID": "0192:310000001"}, "name": {"nb": "Navn"}, "description": {},
            "rights": [{"resource": [{"id": "urn:altinn:resource", "value": "ske-x"}]}], "accessPackages": [],
            "isDeleted": false, "clientId": ["c"], "isVisible": true, "allowedRedirectUrls": []
        });
        assert_eq!(json!(RegisteredSystemResponse::from(system)), expected);
    }
}
