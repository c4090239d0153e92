//! Reading the log: newest first, page by page.

use crate::{Actor, ActorKind};
use db::{Db, Sql, Value};
use jiff::Timestamp;
use kernel::{Ids, RandomIds};
use uuid::Uuid;

/// Which changes to show. Everything that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Recorded at or after.
    pub since: Option<Timestamp>,
    /// Recorded before.
    pub until: Option<Timestamp>,
    /// Who acted: party uuid, organisation number, name.
    pub actor: Option<String>,
    /// The party in any role: it acted, somebody acted for it, or it was changed. Its uuid, and its other names as an actor.
    pub party: Vec<String>,
    /// Resource.
    pub resource: Option<String>,
    /// A word of [`crate::Action`], or the part before its dot.
    pub action: Option<String>,
    /// Id of what was changed.
    pub subject: Option<String>,
    /// Trace id.
    pub trace: Option<String>,
    /// Decision that permitted it.
    pub decision: Option<Uuid>,
    /// Older than this row.
    pub before: Option<Uuid>,
}

/// One change as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the log.
    pub id: Uuid,
    /// Business time.
    pub at: Timestamp,
    /// The machine's time.
    pub recorded_at: Timestamp,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// For which party.
    pub on_behalf_of: Option<Uuid>,
    /// As part of which service.
    pub resource: Option<String>,
    /// What kind of thing was changed.
    pub subject_kind: String,
    /// Its id.
    pub subject: String,
    /// The decision that permitted it.
    pub decision: Option<Uuid>,
    /// Trace id of the request or job.
    pub trace: Option<String>,
    /// Client of the token.
    pub client: Option<String>,
    /// Session of the login.
    pub session: Option<String>,
    /// More, as JSON text.
    pub detail: Option<String>,
}

/// Which look-ups to show.
#[derive(Debug, Clone, Default)]
pub struct LookupFilter {
    /// Recorded at or after.
    pub since: Option<Timestamp>,
    /// Recorded before.
    pub until: Option<Timestamp>,
    /// Who was looked up.
    pub person: Option<Uuid>,
    /// Who looked.
    pub actor: Option<String>,
    /// Trace id.
    pub trace: Option<String>,
    /// Older than this row.
    pub before: Option<Uuid>,
}

/// One look-up as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupRow {
    /// Its place in the log.
    pub id: Uuid,
    /// Business time.
    pub at: Timestamp,
    /// The machine's time.
    pub recorded_at: Timestamp,
    /// Operation.
    pub operation: String,
    /// Why the caller was let in.
    pub purpose: String,
    /// Who was found; nobody when it is empty.
    pub person: Option<Uuid>,
    /// Who looked.
    pub actor: Actor,
    /// Trace id of the request.
    pub trace: Option<String>,
    /// Client of the token.
    pub client: Option<String>,
    /// Session of the login.
    pub session: Option<String>,
}

/// An id for a row recorded at `at`. Below the millisecond the twelve bits that RFC 9562 leaves for it tell the order, so that
/// the rows of one transaction stand as they were written.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let mut random = [0; 10];
    RandomIds.fill(&mut random);
    let fraction = at.as_microsecond().rem_euclid(1000) * 4096 / 1000;
    random[..2].copy_from_slice(&(fraction as u16).to_be_bytes());
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The lowest id that a row recorded at `at` may have.
pub(crate) fn first_id(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// The first id after every row recorded before `at`, which may lie within a millisecond.
fn end_id(at: Timestamp) -> Uuid {
    let millis =
        u64::try_from(at.as_microsecond().div_euclid(1000) + i64::from(at.as_microsecond() % 1000 > 0));
    uuid::Builder::from_unix_timestamp_millis(millis.unwrap_or(0), &[0; 10]).into_uuid()
}

/// Puts conditions of constant text together, numbering their parameters.
#[derive(Default)]
struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// `text` names its one parameter `?`, or a list of them `{in}`, as often as it likes.
    fn add(&mut self, text: &str, value: Value) {
        self.values.push(value);
        let number = self.values.len();
        self.text.push_str(if self.text.is_empty() { " WHERE " } else { " AND " });
        self.text
            .push_str(&text.replace("{in}", &format!("{{in:{number}}}")).replace('?', &format!("${number}")));
    }

    fn some(&mut self, text: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(text, value.into());
        }
    }

    fn times(&mut self, since: Option<Timestamp>, until: Option<Timestamp>, before: Option<Uuid>) {
        self.some("id >= ?", since.map(first_id));
        self.some("recorded_at >= ?", since);
        self.some("id < ?", until.map(end_id));
        self.some("recorded_at < ?", until);
        self.some("id < ?", before);
    }

    async fn read(
        mut self,
        db: &Db,
        name: &'static str,
        select: &str,
        limit: usize,
    ) -> db::Result<Vec<db::Row>> {
        self.values.push(limit.into());
        let text = format!("{select}{} ORDER BY id DESC LIMIT ${}", self.text, self.values.len());
        db.query(&Sql::dynamic(name, text).heavy(), &self.values).await
    }
}

/// At most `limit` changes, newest first.
pub async fn page(db: &Db, filter: &Filter, limit: usize) -> db::Result<Vec<Row>> {
    let mut conditions = Conditions::default();
    conditions.times(filter.since, filter.until, filter.before);
    conditions.some("actor = ?", filter.actor.as_ref());
    conditions.some("resource = ?", filter.resource.as_ref());
    conditions.some("(action = ? OR action LIKE ? || '.%')", filter.action.as_ref());
    conditions.some("subject = ?", filter.subject.as_ref());
    conditions.some("trace = ?", filter.trace.as_ref());
    conditions.some("decision = ?", filter.decision);
    if !filter.party.is_empty() {
        let uuids: Vec<Uuid> = filter.party.iter().filter_map(|name| name.parse().ok()).collect();
        let names = Value::list(&filter.party);
        conditions.values.push(Value::list(&uuids));
        let number = conditions.values.len();
        conditions.add(
            &format!("(on_behalf_of IN {{in:{number}}} OR actor IN {{in}} OR subject IN {{in}})"),
            names,
        );
    }
    let select = "SELECT id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, \
                  decision, trace, client, session, detail FROM audit_entry";
    let rows = conditions.read(db, "audit.page", select, limit).await?;
    let row = |row: &db::Row| {
        Ok(Row {
            id: row.get(0)?,
            at: row.get(1)?,
            recorded_at: row.get(2)?,
            action: row.get(3)?,
            actor: Actor { kind: ActorKind::of_code(row.get(4)?), id: row.get(5)? },
            on_behalf_of: row.get(6)?,
            resource: row.get(7)?,
            subject_kind: row.get(8)?,
            subject: row.get(9)?,
            decision: row.get(10)?,
            trace: row.get(11)?,
            client: row.get(12)?,
            session: row.get(13)?,
            detail: row.get(14)?,
        })
    };
    rows.iter().map(row).collect()
}

/// At most `limit` look-ups of persons, newest first.
pub async fn lookups(db: &Db, filter: &LookupFilter, limit: usize) -> db::Result<Vec<LookupRow>> {
    let mut conditions = Conditions::default();
    conditions.times(filter.since, filter.until, filter.before);
    conditions.some("person = ?", filter.person);
    conditions.some("actor = ?", filter.actor.as_ref());
    conditions.some("trace = ?", filter.trace.as_ref());
    let select = "SELECT id, at, recorded_at, operation, purpose, person, actor_kind, actor, trace, client, session FROM audit_lookup";
    let rows = conditions.read(db, "audit.lookups", select, limit).await?;
    let row = |row: &db::Row| {
        Ok(LookupRow {
            id: row.get(0)?,
            at: row.get(1)?,
            recorded_at: row.get(2)?,
            operation: row.get(3)?,
            purpose: row.get(4)?,
            person: row.get(5)?,
            actor: Actor { kind: ActorKind::of_code(row.get(6)?), id: row.get(7)? },
            trace: row.get(8)?,
            client: row.get(9)?,
            session: row.get(10)?,
        })
    };
    rows.iter().map(row).collect()
}
