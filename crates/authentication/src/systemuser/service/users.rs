//! Looking up and revoking system users.

use super::{Error, Service, USER, Vendor};
use crate::systemuser::domain::{AccessPackage, Kind, Problem, Right, Triple, User};
use crate::systemuser::store::{requests, systems, users};
use audit::Action;
use ports::accessmanagement::Grant;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// What came of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revoked {
    Done,
    /// Unknown, or revoked before.
    Absent,
}

impl Service {
    /// A live system user of either kind.
    pub(crate) async fn live_user(&self, id: Uuid) -> Result<Option<User>, Error> {
        Ok(users::get(&self.ctx.db, id).await?.filter(|user| !user.deleted))
    }

    /// Ends a system user of `owner` together with everything it was given and the request from which it came.
    pub(crate) async fn revoke(&self, by: Uuid, owner: Uuid, id: Uuid, kind: Kind) -> Result<Revoked, Error> {
        let Some(user) = self.live_user(id).await? else { return Ok(Revoked::Absent) };
        if user.owner != owner {
            return Err(Problem::DELETE_NOT_OWNED.into());
        }
        if user.kind != kind {
            let expected =
                if kind == Kind::Agent { Problem::EXPECTED_AGENT } else { Problem::EXPECTED_STANDARD };
            return Err(expected.into());
        }
        let triple = Triple {
            system_id: user.system_id.clone(),
            org_no: user.owner_org_no.clone(),
            external_ref: user.external_ref.clone(),
        };
        let at = self.now();
        db::write_tx!(self.ctx.db, "authn.user.revoke", |tx| {
            if !users::delete(tx, id, at).await? {
                return Ok(Revoked::Absent);
            }
            requests::delete_triple(tx, &triple, kind, at).await?;
            let taken = self.deps.access.revoke_all(tx, user.owner, id, by).await?;
            let detail = json!({ "grants": taken });
            self.audit(tx, Action::SystemUserRevoke, (USER, id), Some(user.owner), detail).await?;
            Ok::<_, Error>(Revoked::Done)
        })
    }

    /// What a standard system user has now: single rights and packages.
    pub(crate) async fn given_to(&self, user: &User) -> Result<(Vec<Right>, Vec<AccessPackage>), Error> {
        let (mut rights, mut packages) = (Vec::new(), Vec::new());
        for granted in self.deps.access.granted(user.owner, user.id).await? {
            match granted.grant {
                Grant::Right(right) => {
                    let right = Right::to_resource(&right.resource);
                    if !rights.contains(&right) {
                        rights.push(right);
                    }
                }
                Grant::Package(urn) => packages.push(AccessPackage { urn }),
            }
        }
        Ok((rights, packages))
    }

    /// Internal ids of the users' systems.
    pub(crate) async fn internal_ids(&self, users: &[User]) -> Result<HashMap<String, Uuid>, Error> {
        let mut ids = HashMap::new();
        for user in users {
            if !ids.contains_key(&user.system_id)
                && let Some(system) = systems::get(&self.ctx.db, &user.system_id).await?
            {
                ids.insert(system.id, system.internal_id);
            }
        }
        Ok(ids)
    }

    /// A live system user of one of the vendor's systems.
    pub(crate) async fn vendors_user(&self, vendor: &Vendor, triple: &Triple) -> Result<Option<User>, Error> {
        let user = users::by_triple(&self.ctx.db, triple).await?;
        Ok(user.filter(|user| user.vendor_org_no == vendor.org_no))
    }
}
