//! Register roles.

use db::{Db, Result, Row, Sql, Value, params};
use jiff::civil::Date;
use ports::register::RegisterRole;
use uuid::Uuid;

db::statements! {
    FROM = "register.roles_from",
        "SELECT f.uuid, r.code, t.uuid FROM party f JOIN register_role r ON r.from_party = f.id \
         JOIN party t ON t.id = r.to_party WHERE f.uuid IN {in:1}";
    TO = "register.roles_to",
        "SELECT f.uuid, r.code, t.uuid FROM party t JOIN register_role r ON r.to_party = t.id \
         JOIN party f ON f.id = r.from_party WHERE t.uuid IN {in:1}";
    HOLDERS = "register.role_holders",
        "SELECT r.code, t.kind, t.name, s.first_name, s.middle_name, s.last_name, s.birth_date, s.death_date, t.org_no, \
         t.unit_type, t.deleted FROM register_role r JOIN party t ON t.id = r.to_party LEFT JOIN person s ON s.party = t.id \
         WHERE r.from_party = $1 ORDER BY r.code, t.name, t.id";
}

/// Roles that others hold for these parties.
pub async fn from(db: &Db, parties: &[Uuid]) -> Result<Vec<RegisterRole>> {
    list(db, &FROM, parties).await
}

/// Roles that these parties hold for others.
pub async fn to(db: &Db, parties: &[Uuid]) -> Result<Vec<RegisterRole>> {
    list(db, &TO, parties).await
}

async fn list(db: &Db, sql: &Sql, parties: &[Uuid]) -> Result<Vec<RegisterRole>> {
    if parties.is_empty() {
        return Ok(vec![]);
    }
    let read = |row: &Row| Ok(RegisterRole { from: row.get(0)?, code: row.get(1)?, to: row.get(2)? });
    db.query(sql, &[Value::list(parties)]).await?.iter().map(read).collect()
}

/// A holder of a role, as the open data show it.
#[derive(Debug)]
pub struct Holder {
    /// Role code.
    pub code: String,
    /// Who.
    pub who: Who,
}

/// Who holds a role.
#[derive(Debug)]
pub enum Who {
    /// A person.
    Person {
        /// Given name.
        first: Option<String>,
        /// Middle name.
        middle: Option<String>,
        /// Surname.
        last: Option<String>,
        /// Date of birth.
        born: Option<Date>,
        /// No longer alive.
        dead: bool,
    },
    /// An organisation.
    Unit {
        /// Organisation number.
        org_no: String,
        /// Name.
        name: String,
        /// Organisation form.
        unit_type: String,
        /// Struck off.
        deleted: bool,
    },
}

/// All holders of roles in an organisation, by code.
pub async fn holders(db: &Db, organisation: i64) -> Result<Vec<Holder>> {
    db.query(&HOLDERS, &params![organisation]).await?.iter().map(holder).collect()
}

fn holder(row: &Row) -> Result<Holder> {
    let who = if row.get::<i64>(1)? == 1 {
        Who::Person {
            first: row.get(3)?,
            middle: row.get(4)?,
            last: row.get(5)?,
            born: super::records::date(row, 6)?,
            dead: row.get::<Option<String>>(7)?.is_some(),
        }
    } else {
        Who::Unit {
            name: row.get(2)?,
            org_no: row.get::<Option<String>>(8)?.unwrap_or_default(),
            unit_type: row.get::<Option<String>>(9)?.unwrap_or_default(),
            deleted: row.get(10)?,
        }
    };
    Ok(Holder { code: row.get(0)?, who })
}
