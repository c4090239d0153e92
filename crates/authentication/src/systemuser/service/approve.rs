//! A customer decides on a vendor's request (identity §4.4), or makes a system user itself (§4.5).

use super::guard::ACCESS_MANAGEMENT;
use super::{Error, REQUEST, Service, USER};
use crate::systemuser::domain::request::{self as rules, Decision};
use crate::systemuser::domain::{AccessPackage, Kind, Problem, Request, Right, System, Triple, User, right};
use crate::systemuser::store::{requests, systems, users};
use audit::Action;
use db::Tx;
use ports::accessmanagement::{Grant, Right as AccessRight};
use ports::authentication::{RequestStatus, RequestView};
use ports::register::{Party, PartyRef};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A decision on one request by a person who may take it.
pub(crate) struct Verdict<'a> {
    /// The person, as party.
    pub user: Uuid,
    /// The party in whose name the person decides.
    pub party: &'a Party,
    pub request: Uuid,
    pub kind: Kind,
    pub decision: Decision,
}

impl Service {
    /// A request of this kind.
    pub(crate) async fn request(&self, id: Uuid, kind: Kind) -> Result<Request, Error> {
        let request = requests::get(&self.ctx.db, id).await?.filter(|request| request.kind == kind);
        request.ok_or(Error::Problem(Problem::REQUEST_NOT_FOUND))
    }

    /// Takes the decision. Checks come in the wire's order; the caller has asked the PDP already.
    pub(crate) async fn decide(&self, verdict: &Verdict<'_>) -> Result<(), Error> {
        let (unknown, mismatch) = match verdict.kind {
            Kind::Standard => (Problem::REQUEST_NOT_FOUND, Problem::PARTY_MISMATCH),
            Kind::Agent => (Problem::AGENT_REQUEST_NOT_FOUND, Problem::AGENT_PARTY_MISMATCH),
        };
        let request = requests::get(&self.ctx.db, verdict.request).await?;
        let request = request.filter(|request| request.kind == verdict.kind).ok_or(unknown)?;
        if verdict.party.org_no.as_deref() != Some(request.party_org_no.as_str()) {
            return Err(mismatch.into());
        }
        let status = rules::decide(request.status, verdict.decision)?;
        let system = self.live_system(&request.system_id).await?;
        match verdict.decision {
            Decision::Approve => self.approve(verdict, &request, &system).await,
            Decision::Reject => self.reject(verdict, status).await,
        }
    }

    async fn reject(&self, verdict: &Verdict<'_>, status: RequestStatus) -> Result<(), Error> {
        let at = self.now();
        db::write_tx!(self.ctx.db, "authn.request.reject", |tx| {
            if !requests::decide(tx, verdict.request, status, at).await? {
                return Err(Error::Problem(Problem::STATUS_NOT_NEW));
            }
            let about = (REQUEST, verdict.request);
            self.audit(tx, Action::SystemUserReject, about, Some(verdict.party.uuid), json!({})).await?;
            Ok::<_, Error>(())
        })
    }

    async fn approve(&self, verdict: &Verdict<'_>, request: &Request, system: &System) -> Result<(), Error> {
        if users::by_triple(&self.ctx.db, &request.triple()).await?.is_some() {
            return Err(Problem::USER_EXISTS.into());
        }
        // The vendor may have changed its system since it asked.
        rules::check_rights(system, &request.rights)?;
        let catalogue = self.catalogue(&request.packages).await?;
        rules::check_packages(request.kind, system, &request.packages, &catalogue)?;
        // An agent's packages are only kept: they take effect client by client.
        let grants = match request.kind {
            Kind::Standard => {
                self.delegable(verdict.user, verdict.party.uuid, &request.rights, &request.packages).await?
            }
            Kind::Agent => Vec::new(),
        };
        if system.norwegian_name().is_none() {
            return Err(Problem::NAME_MISSING.into());
        }
        let user = self.user_of(request.id, request.kind, verdict.party, system, &request.triple(), request);
        let written = db::write_tx!(self.ctx.db, "authn.request.approve", |tx| {
            if !requests::decide(tx, request.id, RequestStatus::Accepted, user.created).await? {
                return Err(Error::Problem(Problem::STATUS_NOT_NEW));
            }
            self.make(tx, &user, verdict.user, &grants, Action::SystemUserApprove).await?;
            Ok::<_, Error>(())
        });
        exists_if_unique(written)
    }

    /// Everything predefined on the system, for a party that sets the system user up by itself.
    pub(crate) async fn create_user(
        &self,
        person: Uuid,
        party: &Party,
        system_id: &str,
        title: &str,
    ) -> Result<User, Error> {
        let org_no = party.org_no.clone().ok_or(Problem::PARTY_NOT_FOUND)?;
        let system = self.live_system(system_id).await?;
        let triple = Triple { system_id: system.id.clone(), external_ref: org_no.clone(), org_no };
        if users::by_triple(&self.ctx.db, &triple).await?.is_some() {
            return Err(Problem::USER_EXISTS.into());
        }
        let catalogue = self.catalogue(&system.packages).await?;
        rules::check_packages(Kind::Standard, &system, &system.packages, &catalogue)?;
        let grants = self.delegable(person, party.uuid, &system.rights, &system.packages).await?;
        let name = system.norwegian_name().ok_or(Problem::NAME_MISSING)?;
        let title = if title.trim().is_empty() { name } else { title.trim() };
        let like = Request {
            id: Uuid::nil(),
            kind: Kind::Standard,
            system_id: system.id.clone(),
            vendor_org_no: system.vendor_org_no.clone(),
            party_org_no: triple.org_no.clone(),
            external_ref: triple.external_ref.clone(),
            title: title.to_owned(),
            rights: Vec::new(),
            packages: system.packages.clone(),
            redirect_url: None,
            status: RequestStatus::Accepted,
            escalated: false,
            created: self.now(),
        };
        let user = self.user_of(self.ctx.ids.uuid(), Kind::Standard, party, &system, &triple, &like);
        let written = db::write_tx!(self.ctx.db, "authn.user.create", |tx| {
            self.make(tx, &user, person, &grants, Action::SystemUserCreate).await?;
            Ok::<_, Error>(())
        });
        exists_if_unique(written)?;
        Ok(user)
    }

    /// WIRE: the system user has the id of its request (identity §4.4).
    fn user_of(
        &self,
        id: Uuid,
        kind: Kind,
        party: &Party,
        system: &System,
        triple: &Triple,
        like: &Request,
    ) -> User {
        let now = self.now();
        User {
            id,
            kind,
            system_id: system.id.clone(),
            vendor_org_no: system.vendor_org_no.clone(),
            owner: party.uuid,
            owner_party_id: party.id,
            owner_org_no: triple.org_no.clone(),
            external_ref: triple.external_ref.clone(),
            title: like.title.clone(),
            packages: like.packages.clone(),
            created: now,
            changed: now,
            deleted: false,
            sequence: 0,
        }
    }

    /// System user, what it is given, and the audit row.
    async fn make(
        &self,
        tx: &mut Tx,
        user: &User,
        by: Uuid,
        grants: &[Grant],
        action: Action,
    ) -> Result<(), Error> {
        users::insert(tx, user).await?;
        if user.kind == Kind::Standard {
            self.deps.access.grant(tx, user.owner, user.id, by, grants).await?;
        }
        let packages: Vec<&str> = user.packages.iter().map(|package| package.urn.as_str()).collect();
        let resources: BTreeSet<&str> = grants
            .iter()
            .filter_map(|grant| match grant {
                Grant::Right(right) => Some(right.resource.as_str()),
                Grant::Package(_) => None,
            })
            .collect();
        let detail = json!({
            "system": user.system_id, "resources": resources, "packages": packages,
        });
        Ok(self.audit(tx, action, (USER, user.id), Some(user.owner), detail).await?)
    }

    /// What this person may give away of it on the party's behalf: every package, and of every right the actions that may
    /// be delegated, at least one.
    async fn delegable(
        &self,
        user: Uuid,
        from: Uuid,
        rights: &[Right],
        packages: &[AccessPackage],
    ) -> Result<Vec<Grant>, Error> {
        let mut grants = right::package_grants(packages);
        let wanted = right::right_grants(rights);
        let checks = self.deps.access.delegation_check(user, from, &wanted).await?;
        for (wanted, check) in wanted.into_iter().zip(checks) {
            if !check.delegable {
                return Err(Problem::of_check(&check.reasons).into());
            }
            if let Grant::Right(right) = wanted {
                let of_action = |action| Grant::Right(AccessRight { action: Some(action), ..right.clone() });
                grants.extend(check.actions.into_iter().map(of_action));
            }
        }
        let checks = self.deps.access.delegation_check(user, from, &right::package_grants(packages)).await?;
        match checks.iter().find(|check| !check.delegable) {
            None => Ok(grants),
            Some(refused) if refused.reasons.is_empty() => Err(Problem::PACKAGE_NOT_ALLOWED.into()),
            Some(refused) => {
                Err(Problem::PACKAGE_NOT_ALLOWED.with("delegationReasons", refused.reasons.join(", ")).into())
            }
        }
    }

    /// Marks a request for someone who may approve it; `false` when the user has nothing to do with the party.
    pub(crate) async fn escalate(
        &self,
        user: Uuid,
        party: &Party,
        id: Uuid,
        kind: Kind,
    ) -> Result<bool, Error> {
        let request = self.request(id, kind).await?;
        if party.org_no.as_deref() != Some(request.party_org_no.as_str()) {
            let mismatch =
                if kind == Kind::Agent { Problem::AGENT_PARTY_MISMATCH } else { Problem::PARTY_MISMATCH };
            return Err(mismatch.into());
        }
        if !self.is_related(user, party.uuid).await? {
            return Ok(false);
        }
        let at = self.now();
        db::write_tx!(self.ctx.db, "authn.request.escalate", |tx| {
            if !requests::escalate(tx, id, at).await? {
                return Err(Error::Problem(Problem::STATUS_NOT_NEW));
            }
            self.audit(tx, Action::SystemUserEscalate, (REQUEST, id), Some(party.uuid), json!({})).await?;
            Ok::<_, Error>(true)
        })
    }

    /// The request as the person who is to decide sees it.
    pub(crate) async fn request_view(&self, user: Uuid, request: &Request) -> Result<RequestView, Error> {
        let party = self.deps.register.party(&PartyRef::OrgNo(request.party_org_no.clone())).await?;
        let party = party.ok_or(Problem::PARTY_NOT_FOUND)?;
        let may_approve = self.may(user, party.uuid, ACCESS_MANAGEMENT, "write").await?;
        if !may_approve && !self.is_related(user, party.uuid).await? {
            return Err(Problem::NOT_ACCESS_MANAGER.into());
        }
        let system = systems::get(&self.ctx.db, &request.system_id).await?;
        let text = |map: Option<&Map<String, Value>>| Value::Object(map.cloned().unwrap_or_default());
        Ok(RequestView {
            id: request.id,
            agent: request.kind == Kind::Agent,
            system_id: request.system_id.clone(),
            system_name: text(system.as_ref().map(|system| &system.name)),
            system_description: text(system.as_ref().map(|system| &system.description)),
            vendor_org_no: request.vendor_org_no.clone(),
            party: party.uuid,
            party_id: party.id,
            party_org_no: request.party_org_no.clone(),
            resources: request.rights.iter().filter_map(Right::resource_id).map(str::to_owned).collect(),
            packages: request.packages.iter().map(|package| package.urn.clone()).collect(),
            status: request.status,
            redirect_url: request.redirect_url.clone(),
            escalated: request.escalated,
            created: request.created,
            timed_out: rules::timed_out(request.created, self.now()),
            may_escalate_only: !may_approve,
        })
    }
}

/// A system user of the same triple came in between.
fn exists_if_unique(written: Result<(), Error>) -> Result<(), Error> {
    match written {
        Err(error) if error.is_unique() => Err(Problem::USER_EXISTS.into()),
        written => written,
    }
}
