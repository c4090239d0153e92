//! What the access-management frontend shows: texts in one language, names looked up (identity §4.12).

use crate::systemuser::domain::{Request, User, request};
use jiff::Timestamp;
use ports::accessmanagement::PackageInfo;
use ports::authentication::RequestView;
use ports::resourceregistry::{Resource, ServiceOwner};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// A system in short.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredSystemFe {
    pub system_id: String,
    pub system_vendor_org_number: String,
    pub system_vendor_org_name: String,
    pub name: String,
}

/// A system user, or in the list of pending requests one that may come to be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemUserFe {
    pub id: String,
    pub integration_title: String,
    pub party_id: String,
    pub created: Timestamp,
    pub system: RegisteredSystemFe,
    pub user_type: &'static str,
    pub resources: Vec<Value>,
    pub access_packages: Vec<Value>,
}

impl SystemUserFe {
    /// Without its rights.
    pub(crate) fn in_list(user: User, system: RegisteredSystemFe) -> Self {
        Self {
            id: user.id.to_string(),
            integration_title: user.title,
            party_id: user.owner_party_id.to_string(),
            created: user.created,
            system,
            user_type: user.kind.word(),
            resources: Vec::new(),
            access_packages: Vec::new(),
        }
    }
}

impl SystemUserFe {
    /// WIRE: a pending request is listed as the system user that may come of it (identity §4.12).
    pub(crate) fn pending(request: Request, party_id: i64, system: RegisteredSystemFe) -> Self {
        Self {
            id: request.id.to_string(),
            integration_title: request.title,
            party_id: party_id.to_string(),
            created: request.created,
            system,
            user_type: request.kind.word(),
            resources: Vec::new(),
            access_packages: Vec::new(),
        }
    }
}

/// A request as it is put to the person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestFe {
    id: Uuid,
    party_id: i64,
    party_uuid: Uuid,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    system: RegisteredSystemFe,
    /// Absent for agent requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<Value>>,
    access_packages: Vec<Value>,
    created: Timestamp,
    escalated: bool,
    user_may_escalate_but_not_approve: bool,
}

impl RequestFe {
    pub(crate) fn new(
        view: RequestView,
        system: RegisteredSystemFe,
        resources: Vec<Value>,
        access_packages: Vec<Value>,
    ) -> Self {
        Self {
            id: view.id,
            party_id: view.party_id,
            party_uuid: view.party,
            status: request::word(view.status),
            redirect_url: view.redirect_url,
            system,
            resources: (!view.agent).then_some(resources),
            access_packages,
            created: view.created,
            escalated: view.escalated,
            user_may_escalate_but_not_approve: view.may_escalate_only,
        }
    }
}

/// What a system asks for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisteredSystemRightsFe {
    pub resources: Vec<Value>,
    pub access_packages: Vec<Value>,
}

/// The text in a language, else in bokmål, else any.
pub(crate) fn text(texts: &Value, language: &str) -> String {
    let in_language = |key: &str| texts.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let any = || texts.as_object()?.values().find_map(Value::as_str);
    in_language(language).or_else(|| in_language("nb")).or_else(any).unwrap_or_default().to_owned()
}

/// `ServiceResourceFE`; members that the registry's document lacks are left out.
pub(crate) fn service_resource(resource: &Resource, owner: Option<&ServiceOwner>, language: &str) -> Value {
    let mut body = json!({
        "identifier": resource.identifier,
        "title": text(&resource.title, language),
        "description": text(&resource.description, language),
        "delegable": resource.delegable,
        "resourceOwnerName": owner.map(|owner| text(&owner.name, language)).unwrap_or_default(),
        "resourceOwnerOrgNumber": resource.owner_org_no,
        "resourceOwnerOrgcode": resource.owner_code,
        "resourceType": resource.resource_type,
    });
    let document = &resource.document;
    if let Some(description) = document.get("rightDescription") {
        body["rightDescription"] = text(description, language).into();
    }
    for member in ["homepage", "status", "spatial", "contactPoints", "visible", "resourceReferences"] {
        if let Some(value) = document.get(member).filter(|value| !value.is_null()) {
            body[member] = value.clone();
        }
    }
    body
}

/// `AccessPackageFE`.
pub(crate) fn access_package(info: &PackageInfo, resources: Vec<Value>, language: &str) -> Value {
    json!({
        "id": info.id,
        "urn": info.urn,
        "name": text(&info.name, language),
        "description": text(&info.description, language),
        "isAssignable": info.assignable,
        "isDelegable": info.delegable,
        "resources": resources,
    })
}

/// `AccessPackageResourceFE`.
pub(crate) fn package_resource(resource: &Resource, owner: Option<&ServiceOwner>, language: &str) -> Value {
    json!({
        "identifier": resource.identifier,
        "title": text(&resource.title, language),
        "description": text(&resource.description, language),
        "resourceOwnerName": owner.map(|owner| text(&owner.name, language)).unwrap_or_default(),
        "resourceOwnerOrgcode": resource.owner_code,
        "resourceType": resource.resource_type,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_back_to_bokmaal() {
        let texts = json!({"nb": "Bokmål", "nn": "", "en": "English"});
        assert_eq!((text(&texts, "en"), text(&texts, "nn")), ("English".to_owned(), "Bokmål".to_owned()));
        assert_eq!(
            (text(&json!({"se": "x"}), "nb"), text(&Value::Null, "nb")),
            ("x".to_owned(), String::new())
        );
    }
}
