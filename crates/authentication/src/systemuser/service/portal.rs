//! Names and texts that the portal's back end adds.

use super::{Error, Service};
use crate::systemuser::domain::System;
use crate::systemuser::store::systems;
use crate::systemuser::wire::portal::{self as wire, RegisteredSystemFe};
use ports::register::PartyRef;
use ports::resourceregistry::{Resource, ServiceOwner};
use serde_json::Value;

/// Shown where a name is not looked up.
const NOT_AVAILABLE: &str = "N/A";

impl Service {
    /// A system in short, by id.
    pub(crate) async fn system_in_short(
        &self,
        id: &str,
        language: &str,
    ) -> Result<RegisteredSystemFe, Error> {
        match systems::get(&self.ctx.db, id).await? {
            Some(system) => self.in_short(&system, language).await,
            None => Ok(RegisteredSystemFe {
                system_id: id.to_owned(),
                system_vendor_org_number: String::new(),
                system_vendor_org_name: NOT_AVAILABLE.to_owned(),
                name: NOT_AVAILABLE.to_owned(),
            }),
        }
    }

    /// A system in short, with its vendor's name.
    pub(crate) async fn in_short(
        &self,
        system: &System,
        language: &str,
    ) -> Result<RegisteredSystemFe, Error> {
        let vendor = self.deps.register.party(&PartyRef::OrgNo(system.vendor_org_no.clone())).await?;
        Ok(RegisteredSystemFe {
            system_id: system.id.clone(),
            system_vendor_org_number: system.vendor_org_no.clone(),
            system_vendor_org_name: vendor.map_or_else(|| NOT_AVAILABLE.to_owned(), |vendor| vendor.name),
            name: wire::text(&Value::Object(system.name.clone()), language),
        })
    }

    /// WIRE: lists have no system name (identity §4.12).
    pub(crate) async fn unnamed(&self, id: &str) -> Result<RegisteredSystemFe, Error> {
        let system = self.system_in_short(id, "nb").await?;
        Ok(RegisteredSystemFe { name: NOT_AVAILABLE.to_owned(), ..system })
    }

    /// `ServiceResourceFE` of each; one that has left the registry is left out.
    pub(crate) async fn resources_in_words(
        &self,
        ids: &[String],
        language: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut list = Vec::new();
        for id in ids {
            if let Some((resource, owner)) = self.resource(id).await? {
                list.push(wire::service_resource(&resource, owner.as_ref(), language));
            }
        }
        Ok(list)
    }

    /// `AccessPackageFE` of each; one that has left the catalogue is left out.
    pub(crate) async fn packages_in_words(
        &self,
        urns: &[String],
        language: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut list = Vec::new();
        for urn in urns {
            let Some(info) = self.deps.access.package(urn).await? else { continue };
            let mut resources = Vec::new();
            for id in &info.resources {
                if let Some((resource, owner)) = self.resource(id).await? {
                    resources.push(wire::package_resource(&resource, owner.as_ref(), language));
                }
            }
            list.push(wire::access_package(&info, resources, language));
        }
        Ok(list)
    }

    async fn resource(&self, id: &str) -> Result<Option<(Resource, Option<ServiceOwner>)>, Error> {
        let Some(resource) = self.deps.resources.resource(id).await? else { return Ok(None) };
        let owner = self.deps.resources.service_owner(&resource.owner_code).await?;
        Ok(Some((resource, owner)))
    }
}
