//! Persons, organisations and self-identified users in full, as population files and the wire show them.

use db::{Db, Error, FromValue, Json, Result, Row, Sql, Tx, Value, params};
use jiff::civil::Date;
use kernel::{OrgNo, PartyUrn, Pid};
use ports::population::{
    Organisation, OrganisationContact, OrganisationStatus, Person, PersonContact, Registers, Role,
    SelfIdentified, SelfIdentifiedKind,
};
use std::collections::HashMap;

macro_rules! person {
    ($rest:literal) => {
        concat!(
            "SELECT p.pid, p.id, p.uuid, p.user_id, p.user_uuid, p.user_name, s.first_name, s.middle_name, s.last_name, \
             s.birth_date, s.death_date, s.address, s.guardians, p.unchecked, c.emails, c.mobiles, c.reserved, c.language, \
             c.updated FROM party p JOIN person s ON s.party = p.id LEFT JOIN party_contact c ON c.party = p.id ",
            $rest
        )
    };
}
macro_rules! organisation {
    ($rest:literal) => {
        concat!(
            "SELECT p.org_no, p.id, p.uuid, p.name, p.unit_type, m.org_no, o.status, o.registered, o.deleted_at, \
             o.industry_codes, o.business_address, o.postal_address, o.vat, o.employees, p.unchecked, c.emails, c.mobiles \
             FROM party p JOIN organisation o ON o.party = p.id LEFT JOIN party m ON m.id = p.parent \
             LEFT JOIN party_contact c ON c.party = p.id ",
            $rest
        )
    };
}

db::statements! {
    PERSON = "register.person", person!("WHERE p.pid = $1");
    PERSON_BY_ID = "register.person_by_id", person!("WHERE p.id = $1");
    PERSONS = "register.persons", Heavy, person!("WHERE p.pid IN {in:1}");
    ALL_PERSONS = "register.all_persons", Heavy, person!("WHERE p.kind = 1 ORDER BY p.pid");
    ORGANISATION = "register.organisation", organisation!("WHERE p.org_no = $1");
    ORGANISATIONS = "register.organisations", Heavy, organisation!("WHERE p.org_no IN {in:1}");
    ALL_ORGANISATIONS = "register.all_organisations", Heavy, organisation!("WHERE p.kind IN (2, 4) ORDER BY p.org_no");
    SELF_IDENTIFIED = "register.self_identified",
        "SELECT user_name, email, user_id, id, uuid FROM party WHERE kind = 3 ORDER BY user_name, email";
    ALL_ROLES = "register.all_roles", Heavy,
        "SELECT f.org_no, f.pid, f.user_name, f.email, r.code, t.org_no, t.pid, t.user_name, t.email, r.via_org_no \
         FROM register_role r JOIN party f ON f.id = r.from_party JOIN party t ON t.id = r.to_party";
    MODIFIED = "register.party_modified", "SELECT modified FROM party WHERE id = $1";
}

/// How many keys a statement is asked for at once.
pub const BATCH: usize = 500;

/// A person by number.
pub async fn person(db: &Db, pid: &str) -> Result<Option<Person>> {
    db.query_opt(&PERSON, &params![pid]).await?.as_ref().map(read_person).transpose()
}

/// A person by `partyId`.
pub async fn person_by_id(db: &Db, id: i64) -> Result<Option<Person>> {
    db.query_opt(&PERSON_BY_ID, &params![id]).await?.as_ref().map(read_person).transpose()
}

/// An organisation by number.
pub async fn organisation(db: &Db, org_no: &str) -> Result<Option<Organisation>> {
    db.query_opt(&ORGANISATION, &params![org_no]).await?.as_ref().map(read_organisation).transpose()
}

/// When the party was last changed.
pub async fn modified(db: &Db, id: i64) -> Result<Option<jiff::Timestamp>> {
    db.query_opt(&MODIFIED, &params![id]).await?.map(|row| row.get(0)).transpose()
}

/// Persons that are there already, by number.
pub async fn persons_in(tx: &mut Tx, pids: &[&str]) -> Result<HashMap<String, Person>> {
    let rows = batched(tx, &PERSONS, pids).await?;
    rows.iter().map(|row| read_person(row).map(|person| (person.pid.clone(), person))).collect()
}

/// Organisations that are there already, by number.
pub async fn organisations_in(tx: &mut Tx, org_nos: &[&str]) -> Result<HashMap<String, Organisation>> {
    let rows = batched(tx, &ORGANISATIONS, org_nos).await?;
    rows.iter().map(|row| read_organisation(row).map(|unit| (unit.org_no.clone(), unit))).collect()
}

/// Self-identified users that are there already; there are few.
pub async fn self_identified_in(tx: &mut Tx) -> Result<Vec<SelfIdentified>> {
    tx.query(&SELF_IDENTIFIED, &params![]).await?.iter().map(read_self_identified).collect()
}

async fn batched(tx: &mut Tx, sql: &Sql, keys: &[&str]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for batch in keys.chunks(BATCH) {
        rows.extend(tx.query(sql, &[Value::list(batch)]).await?);
    }
    Ok(rows)
}

/// Everything.
pub async fn all(db: &Db) -> Result<Registers> {
    let none = params![];
    let mut roles: Vec<Role> =
        db.query(&ALL_ROLES, &none).await?.iter().map(read_role).collect::<Result<_>>()?;
    roles.sort();
    Ok(Registers {
        persons: db.query(&ALL_PERSONS, &none).await?.iter().map(read_person).collect::<Result<_>>()?,
        organisations: db
            .query(&ALL_ORGANISATIONS, &none)
            .await?
            .iter()
            .map(read_organisation)
            .collect::<Result<_>>()?,
        self_identified: db
            .query(&SELF_IDENTIFIED, &none)
            .await?
            .iter()
            .map(read_self_identified)
            .collect::<Result<_>>()?,
        roles,
    })
}

fn read_person(row: &Row) -> Result<Person> {
    let contact = match json::<Vec<String>>(row, 14)? {
        None => None,
        Some(emails) => Some(PersonContact {
            email: emails.into_iter().next(),
            mobile: json::<Vec<String>>(row, 15)?.unwrap_or_default().into_iter().next(),
            reserved: row.get(16)?,
            language: row.get(17)?,
            updated: date(row, 18)?,
        }),
    };
    Ok(Person {
        pid: row.get(0)?,
        party_id: row.get(1)?,
        party_uuid: row.get(2)?,
        user_id: row.get(3)?,
        user_uuid: row.get(4)?,
        user_name: row.get(5)?,
        first_name: row.get(6)?,
        middle_name: row.get(7)?,
        last_name: row.get(8)?,
        birth_date: date(row, 9)?,
        death_date: date(row, 10)?,
        address: json(row, 11)?,
        contact,
        guardians: json(row, 12)?.unwrap_or_default(),
        unchecked: row.get(13)?,
    })
}

fn read_organisation(row: &Row) -> Result<Organisation> {
    let contact = match json::<Vec<String>>(row, 15)? {
        None => None,
        Some(emails) => Some(OrganisationContact { emails, mobiles: json(row, 16)?.unwrap_or_default() }),
    };
    Ok(Organisation {
        org_no: row.get(0)?,
        party_id: row.get(1)?,
        party_uuid: row.get(2)?,
        name: row.get(3)?,
        unit_type: row.get(4)?,
        parent: row.get(5)?,
        status: match row.get::<i64>(6)? {
            1 => OrganisationStatus::Deleted,
            2 => OrganisationStatus::Bankrupt,
            3 => OrganisationStatus::BeingDissolved,
            _ => OrganisationStatus::Active,
        },
        registered: date(row, 7)?,
        deleted_at: date(row, 8)?,
        industry_codes: json(row, 9)?.unwrap_or_default(),
        business_address: json(row, 10)?,
        postal_address: json(row, 11)?,
        vat: json(row, 12)?,
        employees: row.get(13)?,
        unchecked: row.get(14)?,
        contact,
    })
}

fn read_self_identified(row: &Row) -> Result<SelfIdentified> {
    let email: Option<String> = row.get(1)?;
    Ok(SelfIdentified {
        kind: if email.is_some() {
            SelfIdentifiedKind::IdportenEmail
        } else {
            SelfIdentifiedKind::Educational
        },
        user_name: row.get(0)?,
        email,
        user_id: row.get(2)?,
        party_id: row.get(3)?,
        party_uuid: row.get(4)?,
    })
}

fn read_role(row: &Row) -> Result<Role> {
    let via: String = row.get(9)?;
    Ok(Role {
        from: urn(row, 0)?,
        role: row.get(4)?,
        to: urn(row, 5)?,
        via_organisation: Some(via).filter(|via| !via.is_empty()),
    })
}

/// The URN of the party whose `org_no`, `pid`, `user_name` and `email` begin at `column`.
fn urn(row: &Row, column: usize) -> Result<String> {
    let keys: [Option<String>; 4] =
        [row.get(column)?, row.get(column + 1)?, row.get(column + 2)?, row.get(column + 3)?];
    let urn = match keys {
        [Some(org_no), ..] => OrgNo::parse_digits(&org_no).ok().map(PartyUrn::Organization),
        [_, Some(pid), ..] => Pid::parse_digits(&pid).ok().map(PartyUrn::Person),
        [_, _, Some(name), _] => Some(PartyUrn::SelfIdentified(name)),
        [.., Some(email)] => Some(PartyUrn::IdportenEmail(email)),
        _ => None,
    };
    urn.map(|urn| urn.to_urn()).ok_or_else(|| Error::Decode {
        statement: "register.party_key",
        column,
        reason: "the party has no valid natural key".to_owned(),
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Result<Option<T>> {
    Ok(row.get::<Option<Json<T>>>(column)?.map(|Json(value)| value))
}

/// A date kept as text.
pub fn date(row: &Row, column: usize) -> Result<Option<Date>> {
    let Some(text) = Option::<String>::from_value(&row.cells()[column]).unwrap_or_default() else {
        return Ok(None);
    };
    let wrong =
        |error: jiff::Error| Error::Decode { statement: "register.date", column, reason: error.to_string() };
    text.parse().map(Some).map_err(wrong)
}
