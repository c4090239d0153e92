//! System users, as Maskinporten, the PDP and the portal see them.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// A system user: a party's own user for a vendor's system.
#[derive(Debug, Clone)]
pub struct SystemUser {
    /// `systemuser_id`, also the uuid of the party that receives its rights.
    pub id: Uuid,
    /// `<vendorOrgNo>_<name>`.
    pub system_id: String,
    /// Vendor's organisation number.
    pub vendor_org_no: String,
    /// The party that owns it.
    pub owner: Uuid,
    /// Organisation number of the owner.
    pub owner_org_no: String,
    /// The vendor's own reference; empty when none.
    pub external_ref: String,
    /// What the owner sees.
    pub title: String,
    /// When it was made.
    pub created: Timestamp,
    /// Revoked.
    pub deleted: bool,
}

/// Look-up of system users.
#[async_trait]
pub trait SystemUsers: Send + Sync {
    /// The live system user that a Maskinporten grant names: client on the system, vendor, owner and external reference
    /// must all fit (identity §4.7).
    async fn by_external_id(
        &self,
        client_id: &str,
        vendor_org_no: &str,
        owner_org_no: &str,
        external_ref: Option<&str>,
    ) -> Result<Option<SystemUser>>;
    /// By id, deleted ones included.
    async fn system_user(&self, id: Uuid) -> Result<Option<SystemUser>>;
    /// Live system users of a party, newest first.
    async fn of_party(&self, owner: Uuid) -> Result<Vec<SystemUser>>;
}
