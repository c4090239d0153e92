//! System users.

use crate::systemuser::domain::{AccessPackage, Right, User};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For vendors and for Maskinporten.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemUserExternalDto {
    id: String,
    integration_title: String,
    system_id: String,
    product_name: String,
    reportee_org_no: String,
    created: Timestamp,
    is_deleted: bool,
    supplier_name: &'static str,
    /// WIRE: lower-case n (identity §4.2).
    #[serde(rename = "supplierOrgno")]
    supplier_org_no: String,
    external_ref: String,
    user_type: &'static str,
}

impl From<User> for SystemUserExternalDto {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            integration_title: user.title,
            system_id: user.system_id,
            product_name: String::new(),
            reportee_org_no: user.owner_org_no,
            created: user.created,
            is_deleted: user.deleted,
            supplier_name: "",
            supplier_org_no: user.vendor_org_no,
            external_ref: user.external_ref,
            user_type: user.kind.word(),
        }
    }
}

impl SystemUserExternalDto {
    /// WIRE: Maskinporten's look-up has the system id as product name (identity §4.7).
    pub(crate) fn for_maskinporten(user: User) -> Self {
        let product_name = user.system_id.clone();
        Self { product_name, ..user.into() }
    }
}

/// For the portal. Lists have an empty `partyUuId`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemUserInternalDto {
    #[serde(flatten)]
    external: SystemUserExternalDto,
    system_internal_id: Uuid,
    party_id: String,
    /// WIRE: misspelt so by the source (identity §4.2).
    #[serde(rename = "partyUuId")]
    party_uuid: String,
    access_packages: Vec<AccessPackage>,
    /// Only in the detail view of a standard system user.
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<Vec<Right>>,
}

impl SystemUserInternalDto {
    pub(crate) fn in_list(mut user: User, system_internal_id: Uuid) -> Self {
        Self {
            system_internal_id,
            party_id: user.owner_party_id.to_string(),
            party_uuid: String::new(),
            access_packages: std::mem::take(&mut user.packages),
            rights: None,
            external: user.into(),
        }
    }

    /// With what the system user has now.
    pub(crate) fn detail(
        user: User,
        system_internal_id: Uuid,
        access_packages: Vec<AccessPackage>,
        rights: Option<Vec<Right>>,
    ) -> Self {
        let party_uuid = user.owner.to_string();
        Self { party_uuid, access_packages, rights, ..Self::in_list(user, system_internal_id) }
    }
}

/// What a standard system user has been given.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StandardSystemUserDelegations {
    pub system_user_id: Uuid,
    pub rights: Vec<Right>,
    pub access_packages: Vec<AccessPackage>,
}

/// For the register, which follows the stream.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemUserRegisterDto {
    id: Uuid,
    party_org_no: String,
    party_id: String,
    integration_title: String,
    is_deleted: bool,
    last_changed: Timestamp,
    created: Timestamp,
    sequence_no: i64,
    system_user_type: &'static str,
}

impl From<User> for SystemUserRegisterDto {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            party_org_no: user.owner_org_no,
            party_id: user.owner_party_id.to_string(),
            integration_title: user.title,
            is_deleted: user.deleted,
            last_changed: user.changed,
            created: user.created,
            sequence_no: user.sequence,
            system_user_type: user.kind.word(),
        }
    }
}

/// A page of the stream.
#[derive(Debug, Serialize)]
pub(crate) struct StreamPage {
    pub links: super::page::Links,
    pub stats: StreamStats,
    pub data: Vec<SystemUserRegisterDto>,
}

/// Where the page lies in the stream; all three are `sequenceMax` when it is empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StreamStats {
    pub page_start: i64,
    pub page_end: i64,
    pub sequence_max: i64,
}

/// Query of the vendor's look-up.
#[derive(Debug, Deserialize)]
pub(crate) struct ByQuery {
    #[serde(rename = "system-id")]
    pub system_id: Option<String>,
    pub orgno: Option<String>,
    #[serde(rename = "external-ref")]
    pub external_ref: Option<String>,
}

/// Query of Maskinporten's look-up.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ByExternalId {
    pub client_id: Option<String>,
    pub system_provider_org_no: Option<String>,
    pub system_user_owner_org_no: Option<String>,
    pub external_ref: Option<String>,
}

/// Body of `PUT /systemuser`.
#[derive(Debug, Deserialize)]
pub(crate) struct UpdateSystemUser {
    pub id: Uuid,
    #[serde(rename = "partyid")]
    pub party_id: serde_json::Value,
}
