//! Version 1 of the register API (register-profile A2).

use crate::domain::names;
use jiff::Timestamp;
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{self as record, Address};
use ports::register::PartyKind;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A party. WIRE: members without value are `null`; a sub-unit is type 2 with unit type `BEDR` or `AAFY`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    pub party_id: i64,
    pub party_uuid: Uuid,
    pub party_type_name: u8,
    pub org_number: Option<String>,
    pub ssn: Option<String>,
    pub unit_type: Option<String>,
    pub name: String,
    pub is_deleted: bool,
    pub only_hierarchy_element_with_no_access: bool,
    pub person: Option<Person>,
    pub organization: Option<Organization>,
    pub child_parties: Option<Vec<Party>>,
    pub last_changed_in_altinn: Option<Timestamp>,
    pub last_changed_in_external_register: Option<Timestamp>,
    pub external_urn: Option<String>,
}

/// A person.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub ssn: String,
    pub name: String,
    pub first_name: Option<String>,
    pub middle_name: Option<String>,
    pub last_name: Option<String>,
    pub telephone_number: Option<String>,
    pub mobile_number: Option<String>,
    pub mailing_address: Option<String>,
    pub mailing_postal_code: Option<String>,
    pub mailing_postal_city: Option<String>,
    pub address_municipal_number: Option<String>,
    pub address_municipal_name: Option<String>,
    pub address_street_name: Option<String>,
    pub address_house_number: Option<String>,
    pub address_house_letter: Option<String>,
    pub address_postal_code: Option<String>,
    pub address_city: Option<String>,
    pub date_of_death: Option<String>,
}

/// An organisation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    pub org_number: String,
    pub name: String,
    pub unit_type: String,
    pub telephone_number: Option<String>,
    pub mobile_number: Option<String>,
    pub fax_number: Option<String>,
    // WIRE: the capital M is the API's own.
    #[serde(rename = "eMailAddress")]
    pub email_address: Option<String>,
    pub internet_address: Option<String>,
    pub mailing_address: Option<String>,
    pub mailing_postal_code: Option<String>,
    pub mailing_postal_city: Option<String>,
    pub business_address: Option<String>,
    pub business_postal_code: Option<String>,
    pub business_postal_city: Option<String>,
    pub unit_status: String,
}

/// Body of `POST /parties/lookup`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lookup {
    #[serde(default)]
    pub ssn: Option<String>,
    #[serde(default)]
    pub org_no: Option<String>,
}

impl Party {
    /// Puts a party together from what the register holds about it.
    pub fn new(
        party: ports::register::Party,
        person: Option<&record::Person>,
        organisation: Option<&record::Organisation>,
        children: Option<Vec<Self>>,
        modified: Option<Timestamp>,
    ) -> Self {
        let name = person.map_or_else(|| party.name.clone(), short_name);
        let urn = match (&party.pid, &party.org_no, &party.user_name) {
            (Some(pid), ..) => Pid::parse_digits(pid).ok().map(PartyUrn::Person),
            (_, Some(org_no), _) => OrgNo::parse_digits(org_no).ok().map(PartyUrn::Organization),
            (.., Some(user)) => Some(PartyUrn::SelfIdentified(user.clone())),
            _ => Some(PartyUrn::IdportenEmail(party.name.clone())),
        };
        Self {
            party_id: party.id,
            party_uuid: party.uuid,
            party_type_name: match party.kind {
                PartyKind::Person => 1,
                PartyKind::Organisation | PartyKind::SubUnit => 2,
                PartyKind::SelfIdentified | PartyKind::SystemUser => 3,
            },
            org_number: party.org_no,
            ssn: party.pid,
            unit_type: party.unit_type,
            name,
            is_deleted: party.deleted,
            only_hierarchy_element_with_no_access: false,
            person: person.map(Person::new),
            organization: organisation.map(Organization::new),
            child_parties: children,
            last_changed_in_altinn: modified,
            last_changed_in_external_register: modified,
            external_urn: urn.map(|urn| urn.to_urn()),
        }
    }
}

fn short_name(person: &record::Person) -> String {
    names::short(person.first_name.as_deref(), person.middle_name.as_deref(), person.last_name.as_deref())
}

impl Person {
    /// From the record. A protected address is left out.
    pub fn new(person: &record::Person) -> Self {
        let address = person.address.clone().filter(|address| !address.secret).unwrap_or_default();
        let (street, number, letter) = split_street(address.street.as_deref().unwrap_or_default());
        let municipality =
            address.municipality.as_deref().and_then(crate::domain::unit_types::municipality_name);
        Self {
            ssn: person.pid.clone(),
            name: short_name(person),
            first_name: person.first_name.clone(),
            middle_name: person.middle_name.clone(),
            last_name: person.last_name.clone(),
            telephone_number: None,
            mobile_number: person.contact.as_ref().and_then(|contact| contact.mobile.clone()),
            mailing_address: address.street.clone(),
            mailing_postal_code: address.postal_code.clone(),
            mailing_postal_city: address.city.clone(),
            address_municipal_number: address.municipality.clone(),
            address_municipal_name: municipality.map(str::to_owned),
            address_street_name: street,
            address_house_number: number,
            address_house_letter: letter,
            address_postal_code: address.postal_code,
            address_city: address.city,
            date_of_death: person.death_date.map(|date| format!("{date}T00:00:00")),
        }
    }
}

/// `Storgata 12B` as street, number and letter.
pub(super) fn split_street(street: &str) -> (Option<String>, Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match street.rsplit_once(' ') {
        Some((name, house)) if house.starts_with(|first: char| first.is_ascii_digit()) => {
            let digits = house.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(house.len());
            (some(name), some(&house[..digits]), some(&house[digits..]))
        }
        _ => (some(street), None, None),
    }
}

impl Organization {
    /// From the record.
    pub fn new(unit: &record::Organisation) -> Self {
        let contact = unit.contact.clone().unwrap_or_default();
        let business = unit.business_address.clone().unwrap_or_default();
        let Address { street, postal_code, city, .. } = unit.postal_address.clone().unwrap_or_default();
        Self {
            org_number: unit.org_no.clone(),
            name: unit.name.clone(),
            unit_type: unit.unit_type.clone(),
            telephone_number: None,
            mobile_number: contact.mobiles.into_iter().next(),
            fax_number: None,
            email_address: contact.emails.into_iter().next(),
            internet_address: None,
            mailing_address: street,
            mailing_postal_code: postal_code,
            mailing_postal_city: city,
            business_address: business.street,
            business_postal_code: business.postal_code,
            business_postal_city: business.city,
            unit_status: match unit.status {
                record::OrganisationStatus::Active => "N",
                record::OrganisationStatus::Deleted => "S",
                record::OrganisationStatus::Bankrupt => "K",
                record::OrganisationStatus::BeingDissolved => "L",
            }
            .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_is_split_into_its_parts() {
        let parts = |text| {
            let (street, number, letter) = split_street(text);
            (street.unwrap_or_default(), number.unwrap_or_default(), letter.unwrap_or_default())
        };
        let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(parts("Kongens gate 12B"), owned("Kongens gate", "12", "B"));
        assert_eq!(parts("Utsikten 3"), owned("Utsikten", "3", ""));
        assert_eq!(parts("Postboks tolv"), owned("Postboks tolv", "", ""));
        assert_eq!(parts(""), owned("", "", ""));
    }

    #[test]
    fn a_protected_address_is_left_out() {
        let address = Address { street: Some("Storgata 1".to_owned()), secret: true, ..Address::default() };
        let person = record::Person { address: Some(address), ..record::Person::default() };
        let wire = serde_json::to_string(&Person::new(&person)).unwrap();
        assert!(!wire.contains("Storgata"));
    }
}
