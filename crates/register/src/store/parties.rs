//! Parties as other blocks see them.

use db::{Db, Error, Result, Row, Sql, Tx, Value, params};
use ports::register::{ContactPoints, Party, PartyKind, PartyRef};
use uuid::Uuid;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.uuid, p.kind, p.name, p.org_no, p.pid, p.user_id, p.user_name, p.unit_type, m.uuid, p.deleted \
             FROM party p LEFT JOIN party m ON m.id = p.parent ",
            $rest
        )
    };
}

db::statements! {
    BY_ID = "register.party_by_id", select!("WHERE p.id = $1");
    BY_UUID = "register.party_by_uuid", select!("WHERE p.uuid = $1");
    BY_PID = "register.party_by_pid", select!("WHERE p.pid = $1");
    BY_ORG_NO = "register.party_by_org_no", select!("WHERE p.org_no = $1");
    BY_USER_ID = "register.party_by_user_id", select!("WHERE p.user_id = $1");
    BY_USER_NAME = "register.party_by_user_name", select!("WHERE p.user_name_fold = $1");
    BY_EMAIL = "register.party_by_email", select!("WHERE p.email = $1");
    BY_UUIDS = "register.parties_by_uuid", select!("WHERE p.uuid IN {in:1}");
    SUB_UNITS = "register.sub_units", select!(
        "WHERE p.parent IN (SELECT id FROM party WHERE uuid IN {in:1}) AND p.kind = 4 ORDER BY p.org_no"
    );
    FIND_PERSONS = "register.find_persons", Heavy, select!(
        "JOIN person s ON s.party = p.id \
         WHERE NOT p.deleted AND (substr(s.given_fold, 1, length($1)) = $1 OR substr(s.family_fold, 1, length($1)) = $1 \
         OR substr(p.pid, 1, length($1)) = $1) ORDER BY s.family_fold, p.pid LIMIT $2"
    );
    CONTACT = "register.contact_points",
        "SELECT c.emails, c.mobiles, c.reserved, c.language FROM party_contact c JOIN party p ON p.id = c.party \
         WHERE p.uuid = $1";
    ANY = "register.any_party", "SELECT id FROM party LIMIT 1";
}

/// One party.
pub async fn party(db: &Db, by: &PartyRef) -> Result<Option<Party>> {
    let (sql, key) = look_up(by);
    db.query_opt(sql, &[key]).await?.as_ref().map(from_row).transpose()
}

/// One party, with what the transaction has written.
pub async fn party_in(tx: &mut Tx, by: &PartyRef) -> Result<Option<Party>> {
    let (sql, key) = look_up(by);
    tx.query_opt(sql, &[key]).await?.as_ref().map(from_row).transpose()
}

/// The self-identified user with this e-mail address, in lower case.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<Party>> {
    db.query_opt(&BY_EMAIL, &params![email]).await?.as_ref().map(from_row).transpose()
}

fn look_up(by: &PartyRef) -> (&'static Sql, Value) {
    match by {
        PartyRef::Id(id) => (&BY_ID, (*id).into()),
        PartyRef::Uuid(uuid) => (&BY_UUID, (*uuid).into()),
        PartyRef::Pid(pid) => (&BY_PID, pid.into()),
        PartyRef::OrgNo(org_no) => (&BY_ORG_NO, org_no.into()),
        PartyRef::UserId(id) => (&BY_USER_ID, (*id).into()),
        PartyRef::UserName(name) => (&BY_USER_NAME, crate::domain::names::fold(name).into()),
    }
}

/// Several parties.
pub async fn parties(db: &Db, uuids: &[Uuid]) -> Result<Vec<Party>> {
    list(db, &BY_UUIDS, uuids).await
}

/// Sub-units of main units.
pub async fn sub_units(db: &Db, mains: &[Uuid]) -> Result<Vec<Party>> {
    list(db, &SUB_UNITS, mains).await
}

async fn list(db: &Db, sql: &Sql, uuids: &[Uuid]) -> Result<Vec<Party>> {
    if uuids.is_empty() {
        return Ok(vec![]);
    }
    db.query(sql, &[Value::list(uuids)]).await?.iter().map(from_row).collect()
}

/// Living persons whose name or number begins with `text`.
pub async fn find_persons(db: &Db, text: &str, limit: usize) -> Result<Vec<Party>> {
    let text = crate::domain::names::fold(text.trim());
    db.query(&FIND_PERSONS, &params![text, limit]).await?.iter().map(from_row).collect()
}

/// Contact points; empty when none are registered.
pub async fn contact_points(db: &Db, party: Uuid) -> Result<ContactPoints> {
    let Some(row) = db.query_opt(&CONTACT, &params![party]).await? else {
        return Ok(ContactPoints::default());
    };
    let db::Json(emails) = row.get(0)?;
    let db::Json(mobiles) = row.get(1)?;
    Ok(ContactPoints { emails, mobiles, reserved: row.get(2)?, language: row.get(3)? })
}

/// Whether nobody is registered.
pub async fn is_empty(db: &Db) -> Result<bool> {
    Ok(db.query_opt(&ANY, &params![]).await?.is_none())
}

fn from_row(row: &Row) -> Result<Party> {
    Ok(Party {
        id: row.get(0)?,
        uuid: row.get(1)?,
        kind: match row.get(2)? {
            1 => PartyKind::Person,
            2 => PartyKind::Organisation,
            3 => PartyKind::SelfIdentified,
            4 => PartyKind::SubUnit,
            5 => PartyKind::SystemUser,
            other => {
                let reason = format!("{other} is no kind of party");
                return Err(Error::Decode { statement: "register.party", column: 2, reason });
            }
        },
        name: row.get(3)?,
        org_no: row.get(4)?,
        pid: row.get(5)?,
        user_id: row.get(6)?,
        user_name: row.get(7)?,
        unit_type: row.get(8)?,
        parent: row.get(9)?,
        deleted: row.get(10)?,
    })
}
