//! Version 2 of the register API: a party with the fields that were asked for (register-profile A3).

use crate::domain::names;
use crate::domain::unit_types::municipality_name;
use jiff::Timestamp;
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{Address, Organisation, OrganisationStatus, Person};
use ports::register::{Party, PartyKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Body of `POST …/query`.
#[derive(Debug, Deserialize)]
pub struct Query {
    /// Party URNs.
    pub data: Option<Vec<String>>,
}

/// Body of `POST …/main-units`.
#[derive(Debug, Deserialize)]
pub struct MainUnits {
    /// URN of an organisation.
    pub data: Option<String>,
}

const IDENTIFIERS: [&str; 5] = ["uuid", "id", "person-id", "org-id", "ext-urn"];
const PARTY: [&str; 13] = [
    "uuid",
    "id",
    "type",
    "ext-urn",
    "display-name",
    "person-id",
    "org-id",
    "created",
    "modified",
    "deleted",
    "deleted-at",
    "version",
    "owner-uuid",
];
const PERSON: [&str; 10] = [
    "person.source",
    "person.first-name",
    "person.middle-name",
    "person.last-name",
    "person.short-name",
    "person.name",
    "person.address",
    "person.mailing-address",
    "person.date-of-birth",
    "person.date-of-death",
];
const ORGANISATION: [&str; 10] = [
    "org.source",
    "org.status",
    "org.type",
    "org.telephone",
    "org.mobile",
    "org.fax",
    "org.email",
    "org.internet",
    "org.mailing-address",
    "org.business-address",
];
const SELF_IDENTIFIED: [&str; 3] = ["si.type", "si.email", "si.ext-ref"];
const SYSTEM_USER: [&str; 1] = ["sysuser.type"];
const USER: [&str; 2] = ["user.id", "user.name"];

/// The fields that were asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Fields(Vec<&'static str>);

/// Why a list of fields is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum FieldsError {
    /// `org.subunits`, which parties cannot be asked for.
    SubUnits,
    /// No such field.
    Unknown(String),
}

impl Fields {
    /// Reads the comma list; without one the identifiers and the name are given.
    pub fn parse(text: Option<&str>) -> Result<Self, FieldsError> {
        let mut fields = Vec::new();
        for name in text
            .unwrap_or("identifiers,display-name")
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let group: &[&'static str] = match name {
                "none" => &[],
                "identifiers" => &IDENTIFIERS,
                "party" => &PARTY,
                "person" => &PERSON,
                "org" => &ORGANISATION,
                "si" => &SELF_IDENTIFIED,
                "sysuser" => &SYSTEM_USER,
                "user" => &USER,
                "org.subunits" => return Err(FieldsError::SubUnits),
                single => {
                    let all = [&PARTY[..], &PERSON, &ORGANISATION, &SELF_IDENTIFIED, &SYSTEM_USER, &USER];
                    let known = all.into_iter().flatten().find(|known| **known == single);
                    fields.push(*known.ok_or_else(|| FieldsError::Unknown(single.to_owned()))?);
                    continue;
                }
            };
            fields.extend(group);
        }
        Ok(Self(fields))
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    /// Whether the person's own record is needed.
    pub fn needs_person(&self) -> bool {
        PERSON.iter().any(|field| self.has(field))
    }

    /// Whether the organisation's own record is needed.
    pub fn needs_organisation(&self) -> bool {
        self.has("deleted-at") || ORGANISATION.iter().any(|field| self.has(field))
    }
}

/// What the register holds about one party.
pub struct Record {
    /// The party.
    pub party: Party,
    /// Its person, where asked for.
    pub person: Option<Person>,
    /// Its organisation, where asked for.
    pub organisation: Option<Organisation>,
    /// When it was last changed.
    pub modified: Timestamp,
}

/// The party with the fields. WIRE: a field that was not asked for is absent, one without value is `null`.
pub fn party(record: &Record, fields: &Fields) -> Value {
    let party = &record.party;
    let mut out = Map::from_iter([
        ("partyUuid".to_owned(), json!(party.uuid)),
        ("versionId".to_owned(), json!(record.modified.as_microsecond())),
        ("urn".to_owned(), json!(PartyUrn::Party(party.uuid).to_urn())),
        ("partyType".to_owned(), json!(kind(party.kind))),
    ]);
    let mut put = |field: &str, name: &str, value: Value| {
        if fields.has(field) {
            out.insert(name.to_owned(), value);
        }
    };
    put("id", "partyId", json!(party.id));
    put("ext-urn", "externalUrn", json!(external_urn(party)));
    put("display-name", "displayName", json!(party.name));
    put("created", "createdAt", json!(record.modified));
    put("modified", "modifiedAt", json!(record.modified));
    put("deleted", "isDeleted", json!(party.deleted));
    let deleted_at = record.organisation.as_ref().and_then(|unit| unit.deleted_at);
    put("deleted-at", "deletedAt", json!(deleted_at.map(|date| format!("{date}T00:00:00Z"))));
    match party.kind {
        PartyKind::Person => {
            put("person-id", "personIdentifier", json!(party.pid));
            if let Some(record) = &record.person {
                person(record, &mut put);
            }
        }
        PartyKind::Organisation | PartyKind::SubUnit => {
            put("org-id", "organizationIdentifier", json!(party.org_no));
            if let Some(record) = &record.organisation {
                organisation(record, &mut put);
            }
        }
        PartyKind::SelfIdentified => {
            let email = party.user_name.is_none();
            put("si.type", "selfIdentifiedUserType", json!(if email { "idporten-email" } else { "edu" }));
            put("si.email", "email", json!(email.then_some(&party.name)));
        }
        PartyKind::SystemUser => {}
    }
    if USER.iter().any(|field| fields.has(field)) {
        out.insert("user".to_owned(), user(party, fields));
    }
    Value::Object(out)
}

fn kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::Person => "person",
        PartyKind::Organisation | PartyKind::SubUnit => "organization",
        PartyKind::SelfIdentified => "self-identified-user",
        PartyKind::SystemUser => "system-user",
    }
}

fn external_urn(party: &Party) -> Option<String> {
    let urn = match (&party.pid, &party.org_no, &party.user_name, party.kind) {
        (Some(pid), ..) => Pid::parse_digits(pid).ok().map(PartyUrn::Person),
        (_, Some(org_no), ..) => OrgNo::parse_digits(org_no).ok().map(PartyUrn::Organization),
        (.., PartyKind::SystemUser) => Some(PartyUrn::SystemUser(party.uuid)),
        (_, _, Some(name), _) => Some(PartyUrn::SelfIdentified(name.clone())),
        _ => Some(PartyUrn::IdportenEmail(party.name.clone())),
    };
    urn.map(|urn| urn.to_urn())
}

fn user(party: &Party, fields: &Fields) -> Value {
    let mut out = Map::new();
    if fields.has("user.id") {
        out.insert("userId".to_owned(), json!(party.user_id));
        out.insert("userIds".to_owned(), json!(party.user_id.iter().collect::<Vec<_>>()));
    }
    if fields.has("user.name") {
        out.insert("username".to_owned(), json!(party.user_name));
        out.insert("usernames".to_owned(), json!(party.user_name.iter().collect::<Vec<_>>()));
    }
    if party.user_id.is_none() { Value::Null } else { Value::Object(out) }
}

fn person(person: &Person, put: &mut impl FnMut(&str, &str, Value)) {
    let [first, middle, last] =
        [&person.first_name, &person.middle_name, &person.last_name].map(|name| name.as_deref());
    put("person.source", "source", json!("npr"));
    put("person.first-name", "firstName", json!(first));
    put("person.middle-name", "middleName", json!(middle));
    put("person.last-name", "lastName", json!(last));
    put("person.short-name", "shortName", json!(names::short(first, middle, last)));
    let shown = person.address.as_ref().filter(|address| !address.secret);
    let address = shown.map(|address| {
        let (street, number, letter) = super::v1::split_street(address.street.as_deref().unwrap_or_default());
        json!({
            "municipalNumber": address.municipality,
            "municipalName": address.municipality.as_deref().and_then(municipality_name),
            "streetName": street,
            "houseNumber": number,
            "houseLetter": letter,
            "postalCode": address.postal_code,
            "city": address.city,
        })
    });
    put("person.address", "address", json!(address));
    put("person.mailing-address", "mailingAddress", mailing(shown));
    put("person.date-of-birth", "dateOfBirth", json!(person.birth_date));
    put("person.date-of-death", "dateOfDeath", json!(person.death_date));
}

fn organisation(unit: &Organisation, put: &mut impl FnMut(&str, &str, Value)) {
    let contact = unit.contact.clone().unwrap_or_default();
    let status = match unit.status {
        OrganisationStatus::Active => "N",
        OrganisationStatus::Deleted => "S",
        OrganisationStatus::Bankrupt => "K",
        OrganisationStatus::BeingDissolved => "L",
    };
    put("org.source", "source", json!("ccr"));
    put("org.status", "unitStatus", json!(status));
    put("org.type", "unitType", json!(unit.unit_type));
    put("org.telephone", "telephoneNumber", Value::Null);
    put("org.mobile", "mobileNumber", json!(contact.mobiles.first()));
    put("org.fax", "faxNumber", Value::Null);
    put("org.email", "emailAddress", json!(contact.emails.first()));
    put("org.internet", "internetAddress", Value::Null);
    put("org.mailing-address", "mailingAddress", mailing(unit.postal_address.as_ref()));
    put("org.business-address", "businessAddress", mailing(unit.business_address.as_ref()));
}

fn mailing(address: Option<&Address>) -> Value {
    json!(address.map(|address| {
        json!({ "address": address.street, "postalCode": address.postal_code, "city": address.city })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_for_their_fields_and_unknown_ones_are_named() {
        let fields = Fields::parse(None).unwrap();
        assert!(fields.has("display-name") && fields.has("org-id") && !fields.has("deleted"));
        assert_eq!(Fields::parse(Some("none")), Ok(Fields(vec![])));
        assert!(Fields::parse(Some("org, user.id")).unwrap().needs_organisation());
        assert_eq!(Fields::parse(Some("id,org.subunits")), Err(FieldsError::SubUnits));
        assert_eq!(Fields::parse(Some("shoe-size")), Err(FieldsError::Unknown("shoe-size".to_owned())));
    }
}
