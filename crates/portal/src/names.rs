//! Names of services, owners, packages and vendors, in the reader's language.

use crate::visit::Page;
use crate::words::{Words, org_no, pick_value};
use ports::register::{Party, PartyRef};

/// A service by registry id: its title, and its owner's name.
pub struct Service {
    pub title: Words,
    pub owner: Words,
}

impl Page {
    /// A service owner by code; the code itself when nobody has it.
    pub async fn owner(&self, code: &str) -> ports::Result<Words> {
        let owner = self.portal.deps.resources.service_owner(code).await?;
        let name = owner.and_then(|owner| pick_value(&owner.name, self.language));
        // Names are not translated words to be read out in another language.
        Ok(name.map_or_else(|| Words::plain(code.to_owned()), |name| Words::plain(name.text)))
    }

    /// A service; its id stands in where the registry has no title.
    pub async fn service(&self, id: &str) -> ports::Result<Service> {
        let resource = self.portal.deps.resources.resource(id).await?;
        let plain = || Words::plain(id.to_owned());
        let title = resource.as_ref().and_then(|resource| pick_value(&resource.title, self.language));
        let owner = match &resource {
            Some(resource) => self.owner(&resource.owner_code).await?,
            None => Words::plain(String::new()),
        };
        Ok(Service { title: title.unwrap_or_else(plain), owner })
    }

    /// An access package by URN.
    pub async fn package(&self, urn: &str) -> ports::Result<Words> {
        let package = self.portal.deps.access.package(urn).await?;
        let name = package.and_then(|package| pick_value(&package.name, self.language));
        Ok(name.unwrap_or_else(|| Words::plain(urn.rsplit(':').next().unwrap_or(urn).to_owned())))
    }

    /// An organisation's name by number; the number when nobody has it.
    pub async fn organisation(&self, number: &str) -> ports::Result<String> {
        let party = self.portal.deps.register.party(&PartyRef::OrgNo(number.to_owned())).await?;
        Ok(party.map_or_else(|| org_no(number), |party| party.name))
    }
}

/// How a party is told from others of the same name.
pub fn distinction(page: &Page, party: &Party) -> String {
    match &party.org_no {
        Some(number) => page.ta("org-no", &[("number", &org_no(number))]),
        None => page.t("person"),
    }
}
