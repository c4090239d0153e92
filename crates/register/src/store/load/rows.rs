//! Rows gathered for bulk writing.

use super::{CONTACT_DROP, CONTACT_PUT, ORGANISATION_PUT, PARTY_PUT, PERSON_PUT};
use crate::domain::names;
use crate::domain::unit_types::is_sub_unit;
use db::{Tx, Value, params};
use jiff::Timestamp;
use jiff::civil::Date;
use ports::population::{Organisation, OrganisationStatus, Person, SelfIdentified};
use serde::Serialize;

#[derive(Default)]
pub struct Batch {
    parties: Vec<[Value; 16]>,
    persons: Vec<[Value; 10]>,
    organisations: Vec<[Value; 9]>,
    contacts: Vec<[Value; 6]>,
    without_contact: Vec<[Value; 1]>,
}

impl Batch {
    pub fn person(&mut self, person: &Person, now: Timestamp) {
        let [first, middle, last] =
            [&person.first_name, &person.middle_name, &person.last_name].map(|name| name.as_deref());
        let name = names::display(first, middle, last);
        let folded = names::fold(&name);
        let family = names::fold(&names::short(first, middle, last));
        self.parties.push(params![
            person.party_id,
            person.party_uuid,
            1,
            if name.is_empty() { "(uten navn)".to_owned() } else { name },
            None::<String>,
            &person.pid,
            person.user_id,
            person.user_uuid,
            &person.user_name,
            person.user_name.as_deref().map(names::fold),
            None::<String>,
            None::<String>,
            None::<i64>,
            false,
            person.unchecked,
            now,
        ]);
        self.persons.push(params![
            person.party_id,
            first,
            middle,
            last,
            folded,
            family,
            date(person.birth_date),
            date(person.death_date),
            json(person.address.as_ref()),
            json((!person.guardians.is_empty()).then_some(&person.guardians)),
        ]);
        match &person.contact {
            Some(contact) => self.contacts.push(params![
                person.party_id,
                list(contact.email.as_ref()),
                list(contact.mobile.as_ref()),
                contact.reserved,
                contact.language.as_deref(),
                date(contact.updated),
            ]),
            None => self.without_contact.push(params![person.party_id]),
        }
    }

    pub fn organisation(&mut self, unit: &Organisation, parent: Option<i64>, now: Timestamp) {
        self.parties.push(params![
            unit.party_id,
            unit.party_uuid,
            if is_sub_unit(&unit.unit_type) { 4 } else { 2 },
            &unit.name,
            &unit.org_no,
            None::<String>,
            None::<i64>,
            None::<uuid::Uuid>,
            None::<String>,
            None::<String>,
            None::<String>,
            &unit.unit_type,
            parent,
            unit.status == OrganisationStatus::Deleted,
            unit.unchecked,
            now,
        ]);
        self.organisations.push(params![
            unit.party_id,
            match unit.status {
                OrganisationStatus::Active => 0,
                OrganisationStatus::Deleted => 1,
                OrganisationStatus::Bankrupt => 2,
                OrganisationStatus::BeingDissolved => 3,
            },
            date(unit.registered),
            date(unit.deleted_at),
            json(Some(&unit.industry_codes)),
            json(unit.business_address.as_ref()),
            json(unit.postal_address.as_ref()),
            json(unit.vat.as_ref()),
            unit.employees,
        ]);
        match &unit.contact {
            Some(contact) => self.contacts.push(params![
                unit.party_id,
                json(Some(&contact.emails)),
                json(Some(&contact.mobiles)),
                false,
                None::<String>,
                None::<String>,
            ]),
            None => self.without_contact.push(params![unit.party_id]),
        }
    }

    pub fn self_identified(&mut self, user: &SelfIdentified, now: Timestamp) {
        self.parties.push(params![
            user.party_id,
            user.party_uuid,
            3,
            user.user_name.as_ref().or(user.email.as_ref()),
            None::<String>,
            None::<String>,
            user.user_id,
            user.party_uuid,
            &user.user_name,
            user.user_name.as_deref().map(names::fold),
            &user.email,
            None::<String>,
            None::<i64>,
            false,
            false,
            now,
        ]);
    }

    /// Writes everything; parties come before what hangs on them, and main units before their sub-units.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), db::Error> {
        tx.execute_many(&PARTY_PUT, &self.parties).await?;
        tx.execute_many(&PERSON_PUT, &self.persons).await?;
        tx.execute_many(&ORGANISATION_PUT, &self.organisations).await?;
        tx.execute_many(&CONTACT_PUT, &self.contacts).await?;
        tx.execute_many(&CONTACT_DROP, &self.without_contact).await?;
        Ok(())
    }
}

fn date(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// A column of JSON text, kept byte for byte.
fn json<T: Serialize>(value: Option<&T>) -> Value {
    match value.map(serde_json::to_string) {
        None => Value::Null,
        Some(Ok(text)) => Value::Text(text),
        Some(Err(error)) => Value::Invalid(error.to_string()),
    }
}

fn list(item: Option<&String>) -> Value {
    json(Some(&item.into_iter().collect::<Vec<_>>()))
}
