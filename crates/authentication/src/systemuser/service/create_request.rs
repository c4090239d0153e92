//! A vendor asks a customer for a system user (identity §4.4).

use super::{Error, REQUEST, Service, Vendor};
use crate::systemuser::domain::{
    AccessPackage, Kind, Problem, Request, Right, System, Triple, request as rules,
};
use crate::systemuser::store::{requests, systems, users};
use audit::Action;
use ports::authentication::RequestStatus;
use serde_json::json;
use uuid::Uuid;

/// How often a request is looked at anew when another one with the same key was made meanwhile.
const ATTEMPTS: usize = 3;

/// What the vendor asks for.
#[derive(Clone)]
pub(crate) struct NewRequest {
    pub kind: Kind,
    pub system_id: String,
    pub party_org_no: String,
    pub external_ref: Option<String>,
    pub title: Option<String>,
    pub rights: Option<Vec<Right>>,
    pub packages: Option<Vec<AccessPackage>>,
    pub redirect_url: Option<String>,
}

/// Whether the request is new or was there before.
pub(crate) enum Outcome {
    Created(Request),
    Existing(Request),
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

impl Service {
    /// Whoever asks for the same at the same moment gets what the first one made. It may also have been answered or taken back
    /// since, so that the checks are made anew, all of them.
    pub(crate) async fn create_request(&self, vendor: &Vendor, new: NewRequest) -> Result<Outcome, Error> {
        for _ in 0..ATTEMPTS {
            match self.try_create(vendor, new.clone()).await {
                Err(error) if error.is_unique() => {}
                outcome => return outcome,
            }
        }
        Err(Problem::EARLIER_PENDING.into())
    }

    /// The checks come in the wire's order.
    async fn try_create(&self, vendor: &Vendor, new: NewRequest) -> Result<Outcome, Error> {
        let external_ref = given(new.external_ref.clone()).unwrap_or_else(|| new.party_org_no.clone());
        let triple =
            Triple { system_id: new.system_id.clone(), org_no: new.party_org_no.clone(), external_ref };
        if users::by_triple(&self.ctx.db, &triple).await?.is_some() {
            return Err(Problem::USER_EXISTS.into());
        }
        if let Some(existing) = self.own_request(vendor, &triple, new.kind).await? {
            return Ok(Outcome::Existing(existing));
        }
        let system = self.live_system(&new.system_id).await?;
        if let Some(earlier) = requests::by_triple(&self.ctx.db, &triple, Kind::Standard).await? {
            return Err(rules::earlier(earlier.status).into());
        }
        if system.vendor_org_no != vendor.org_no {
            return Err(Problem::SYSTEM_NOT_FOUND.into());
        }
        let request = self.checked(&system, new, &triple).await?;
        db::write_tx!(self.ctx.db, "authn.request.create", |tx| {
            requests::insert(tx, &request).await?;
            let detail = json!({ "system": request.system_id, "party": request.party_org_no });
            self.audit(tx, Action::SystemUserRequest, (REQUEST, request.id), None, detail).await?;
            Ok::<_, Error>(())
        })?;
        Ok(Outcome::Created(request))
    }

    async fn checked(&self, system: &System, new: NewRequest, triple: &Triple) -> Result<Request, Error> {
        self.organisation(&new.party_org_no).await?;
        let redirect_url = given(new.redirect_url);
        rules::check_redirect(system, redirect_url.as_deref())?;
        rules::check_not_empty(new.kind, new.rights.as_deref(), new.packages.as_deref())?;
        let (rights, packages) = (new.rights.unwrap_or_default(), new.packages.unwrap_or_default());
        rules::check_rights(system, &rights)?;
        rules::check_packages(new.kind, system, &packages, &self.catalogue(&packages).await?)?;
        let created = self.now();
        Ok(Request {
            id: self.ctx.ids.uuid_v7(created),
            kind: new.kind,
            system_id: system.id.clone(),
            vendor_org_no: system.vendor_org_no.clone(),
            party_org_no: new.party_org_no,
            external_ref: triple.external_ref.clone(),
            title: given(new.title).unwrap_or_else(|| system.norwegian_name().unwrap_or_default().to_owned()),
            rights,
            packages,
            redirect_url,
            status: RequestStatus::New,
            escalated: false,
            created,
        })
    }

    async fn own_request(
        &self,
        vendor: &Vendor,
        triple: &Triple,
        kind: Kind,
    ) -> Result<Option<Request>, Error> {
        let request = requests::by_triple(&self.ctx.db, triple, kind).await?;
        Ok(request.filter(|request| request.vendor_org_no == vendor.org_no))
    }

    /// A request of this kind, if this vendor made it.
    pub(crate) async fn request_of(&self, vendor: &Vendor, id: Uuid, kind: Kind) -> Result<Request, Error> {
        let request = requests::get(&self.ctx.db, id).await?.filter(|request| request.kind == kind);
        let request = request.ok_or(Problem::REQUEST_NOT_FOUND)?;
        if request.vendor_org_no == vendor.org_no {
            Ok(request)
        } else {
            Err(Problem::SYSTEM_NOT_FOUND.into())
        }
    }

    /// A request of this kind by its triple, if this vendor made it.
    pub(crate) async fn request_by_ref(
        &self,
        vendor: &Vendor,
        triple: &Triple,
        kind: Kind,
    ) -> Result<Request, Error> {
        let request =
            requests::by_triple(&self.ctx.db, triple, kind).await?.ok_or(Problem::REQUEST_NOT_FOUND)?;
        if request.vendor_org_no == vendor.org_no {
            Ok(request)
        } else {
            Err(Problem::SYSTEM_NOT_FOUND.into())
        }
    }

    /// The system of a vendor's list; deleted systems have lists too.
    pub(crate) async fn vendors_system(&self, vendor: &Vendor, id: &str) -> Result<System, Error> {
        let system =
            systems::get(&self.ctx.db, id).await?.filter(|system| system.vendor_org_no == vendor.org_no);
        system.ok_or(Error::Problem(Problem::SYSTEM_NOT_FOUND))
    }

    /// Takes a request back. A system user that came of it stays.
    pub(crate) async fn delete_request(&self, vendor: &Vendor, id: Uuid) -> Result<(), Error> {
        let request = requests::get(&self.ctx.db, id).await?;
        // Another vendor's request is as unknown as none.
        if request.is_none_or(|request| request.vendor_org_no != vendor.org_no) {
            return Err(Problem::REQUEST_NOT_FOUND.into());
        }
        let at = self.now();
        db::write_tx!(self.ctx.db, "authn.request.delete", |tx| {
            if !requests::delete(tx, id, at).await? {
                return Err(Error::Problem(Problem::REQUEST_NOT_FOUND));
            }
            self.audit(tx, Action::SystemUserWithdraw, (REQUEST, id), None, json!({})).await?;
            Ok::<_, Error>(())
        })
    }
}
