//! System users for Maskinporten, access management and the PDP.

use super::domain::User;
use super::store::users;
use async_trait::async_trait;
use httpkit::Ctx;
use ports::Result;
use ports::authentication::SystemUser;
use uuid::Uuid;

/// Reads system users as they are now.
#[derive(Clone)]
pub struct SystemUsers {
    db: db::Db,
}

impl SystemUsers {
    /// Needs nothing but the database, since the blocks that decide are built on it.
    pub fn new(ctx: &Ctx) -> Self {
        Self { db: ctx.db.clone() }
    }
}

impl From<User> for SystemUser {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            system_id: user.system_id,
            vendor_org_no: user.vendor_org_no,
            owner: user.owner,
            owner_org_no: user.owner_org_no,
            external_ref: user.external_ref,
            title: user.title,
            created: user.created,
            deleted: user.deleted,
        }
    }
}

#[async_trait]
impl ports::authentication::SystemUsers for SystemUsers {
    async fn by_external_id(
        &self,
        client_id: &str,
        vendor_org_no: &str,
        owner_org_no: &str,
        external_ref: Option<&str>,
    ) -> Result<Option<SystemUser>> {
        let external_ref = external_ref.filter(|text| !text.is_empty()).unwrap_or(owner_org_no);
        let user = users::by_client(&self.db, client_id, vendor_org_no, owner_org_no, external_ref).await?;
        Ok(user.map(Into::into))
    }

    async fn system_user(&self, id: Uuid) -> Result<Option<SystemUser>> {
        Ok(users::get(&self.db, id).await?.map(Into::into))
    }

    async fn of_party(&self, owner: Uuid) -> Result<Vec<SystemUser>> {
        Ok(users::of_owner(&self.db, owner).await?.into_iter().map(Into::into).collect())
    }
}
