//! Writing the system register.

use super::{Error, SYSTEM, Service, Vendor};
use crate::systemuser::domain::register::{self as rules, Draft, Known};
use crate::systemuser::domain::{AccessPackage, Right, System};
use crate::systemuser::store::systems::{self, ChangeType, NewChange};
use crate::systemuser::wire::register::RegisterSystemRequest;
use audit::{Action, Entry};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// A change to be written with its entry in the change log.
pub(crate) struct Written<'a> {
    pub system: System,
    pub change_type: ChangeType,
    pub vendor: &'a Vendor,
    /// The submitted body.
    pub data: Option<&'a Value>,
}

impl Service {
    /// The system, if this vendor may write it. `missing` is the answer for an id that is not registered.
    pub(crate) async fn own_system(
        &self,
        vendor: &Vendor,
        id: &str,
        missing: Error,
    ) -> Result<System, Error> {
        let Some(system) = systems::get(&self.ctx.db, id).await? else { return Err(missing) };
        if vendor.is_admin || system.vendor_org_no == vendor.org_no {
            Ok(system)
        } else {
            Err(Error::FORBIDDEN)
        }
    }

    /// Everything that the rules need to know about a draft.
    async fn look_up(&self, draft: &Draft<'_>) -> Result<Known, Error> {
        Ok(Known {
            id_taken: systems::get(&self.ctx.db, draft.id).await?.is_some(),
            bound_clients: systems::bound_elsewhere(&self.ctx.db, draft.client_ids, draft.id).await?,
            resource_types: self.resource_types(draft.rights).await?,
            packages: self.catalogue(draft.packages).await?,
        })
    }

    async fn resource_types(&self, rights: &[Right]) -> Result<HashMap<String, String>, Error> {
        let mut types = HashMap::new();
        for attribute in rights.iter().flat_map(|right| &right.resource) {
            if !types.contains_key(&attribute.value)
                && let Some(resource) = self.deps.resources.resource(&attribute.value).await?
            {
                types.insert(attribute.value.clone(), resource.resource_type);
            }
        }
        Ok(types)
    }

    /// Registers a system; gives it its internal id.
    pub(crate) async fn register_system(
        &self,
        vendor: &Vendor,
        mut request: RegisterSystemRequest,
        body: &Value,
    ) -> Result<System, Error> {
        let vendor_org_no = rules::org_no_of_reference(&request.vendor.id)
            .ok_or_else(|| Error::Invalid(vec![rules::bad_vendor()]))?
            .to_owned();
        if !vendor.is_admin && vendor_org_no != vendor.org_no {
            return Err(Error::FORBIDDEN);
        }
        // WIRE: only a PUT refuses a client id that is named twice (identity §4.3); here it counts once.
        let mut seen = HashSet::new();
        request.client_ids.retain(|id| seen.insert(id.clone()));
        let system = System { vendor_org_no, internal_id: self.ctx.ids.uuid(), ..system_of(request) };
        let draft = draft_of(&system);
        let faults = rules::check_new(&draft, &self.look_up(&draft).await?);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let change = self.log_entry(ChangeType::Create, vendor, Some(body));
        let written = db::write_tx!(self.ctx.db, "authn.system.create", |tx| {
            systems::insert(tx, &system, change.at).await?;
            systems::log(tx, &system.id, &change).await?;
            audit::put(tx, &Entry::new(Action::SystemCreate, change.at, SYSTEM, &system.id)).await?;
            Ok::<_, Error>(())
        });
        match client_taken(written) {
            Err(error) if error.is_unique() => {
                Err(Error::text(409, format!("The System already exist: {}", system.id)))
            }
            written => written.map(|()| system),
        }
    }

    /// The stored system with everything of the request in it, once it has passed the rules.
    pub(crate) async fn replaced(
        &self,
        stored: System,
        request: RegisterSystemRequest,
    ) -> Result<System, Error> {
        let system = System {
            internal_id: stored.internal_id,
            vendor_org_no: stored.vendor_org_no,
            ..system_of(request)
        };
        let draft = draft_of(&system);
        let faults = rules::check_replacement(&draft, &self.look_up(&draft).await?);
        if faults.is_empty() { Ok(system) } else { Err(Error::Invalid(faults)) }
    }

    /// The stored system with other rights, once they have passed the rules.
    pub(crate) async fn with_rights(&self, stored: System, rights: Vec<Right>) -> Result<System, Error> {
        let known = Known { resource_types: self.resource_types(&rights).await?, ..Known::default() };
        let faults = rules::check_rights(&rights, &known);
        if faults.is_empty() { Ok(System { rights, ..stored }) } else { Err(Error::Invalid(faults)) }
    }

    /// The stored system with other packages, once they have passed the rules.
    pub(crate) async fn with_packages(
        &self,
        stored: System,
        packages: Vec<AccessPackage>,
    ) -> Result<System, Error> {
        let known = Known { packages: self.catalogue(&packages).await?, ..Known::default() };
        let faults = rules::check_packages(&packages, stored.visible, &known);
        if faults.is_empty() { Ok(System { packages, ..stored }) } else { Err(Error::Invalid(faults)) }
    }

    /// Writes a changed system and its entry in the change log together.
    pub(crate) async fn write_system(&self, written: Written<'_>) -> Result<(), Error> {
        let Written { system, change_type, vendor, data } = written;
        let change = self.log_entry(change_type, vendor, data);
        let written = db::write_tx!(self.ctx.db, "authn.system.update", |tx| {
            systems::update(tx, &system, change.at).await?;
            systems::log(tx, &system.id, &change).await?;
            let detail = json!({ "change": change_type.word() });
            audit::put(tx, &Entry::new(Action::SystemUpdate, change.at, SYSTEM, &system.id).detail(detail))
                .await?;
            Ok::<_, Error>(())
        });
        client_taken(written)
    }

    fn log_entry<'a>(
        &self,
        change_type: ChangeType,
        vendor: &'a Vendor,
        data: Option<&'a Value>,
    ) -> NewChange<'a> {
        NewChange {
            change_type,
            org_no: &vendor.org_no,
            client_id: vendor.client_id.as_deref(),
            data,
            at: self.now(),
        }
    }
}

/// A client that another system took between the check and the write.
fn client_taken(written: Result<(), Error>) -> Result<(), Error> {
    match written {
        Err(Error::Db(db::Error::Unique(columns))) if columns.contains("client_id") => {
            Err(Error::Invalid(vec![rules::client_bound()]))
        }
        written => written,
    }
}

fn system_of(request: RegisterSystemRequest) -> System {
    System {
        id: request.id,
        internal_id: uuid::Uuid::nil(),
        vendor_org_no: String::new(),
        name: request.name,
        description: request.description,
        rights: request.rights,
        packages: request.packages,
        client_ids: request.client_ids,
        redirect_urls: request.redirect_urls,
        visible: request.visible,
        deleted: false,
    }
}

fn draft_of(system: &System) -> Draft<'_> {
    Draft {
        id: &system.id,
        vendor_org_no: &system.vendor_org_no,
        rights: &system.rights,
        packages: &system.packages,
        client_ids: &system.client_ids,
        redirect_urls: &system.redirect_urls,
        visible: system.visible,
    }
}
