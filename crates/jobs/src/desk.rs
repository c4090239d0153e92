//! What operators see of the queues and timers, and do to messages. Who does it, the audit log knows of the request.

use crate::figures::{Queue, queues};
use crate::{Outbox, mask, store};
use db::{Db, MaybeRetry, Row, Tx, cursor, params};
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, SystemClock};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Messages of one transaction, where many are changed.
const STRETCH: usize = 500;
/// How far back the latest changes are looked for: the log has no index by action.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Characters of a reason.
const LONGEST_REASON: usize = 500;
/// Sorts behind every name of a queue.
const LAST: &str = "\u{10FFFF}";

/// The operators' side of the outbox. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    db: Db,
    outbox: Outbox,
    pub(crate) wall: Arc<dyn Clock>,
}

/// What is the matter with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody could handle it.
    Dead,
    /// Not handled yet, for the first time or again.
    Waiting,
    /// Under way.
    Running,
}

/// A message as operators see it, without secrets and identity numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Queue that handles it.
    pub queue: String,
    /// What it is about.
    pub topic: String,
    /// Orders messages of one subject.
    pub key: String,
    /// What is the matter.
    pub state: State,
    /// When it was put.
    pub put_at: Timestamp,
    /// When it died, or when it may be tried again.
    pub retry_at: Timestamp,
    /// Business time before which it is not handled.
    pub due_at: Timestamp,
    /// Tries so far.
    pub attempts: i64,
    /// What the last failed try said.
    pub last_error: Option<String>,
    /// The node that handles it.
    pub node: Option<Uuid>,
    /// What the publisher said.
    pub payload: Value,
    /// Where it stands.
    #[serde(skip)]
    position: i64,
}

/// A node that handles messages at the moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id, new at each start.
    pub id: Uuid,
    /// Messages under way.
    pub leases: i64,
    /// When the last of its leases ends.
    pub until: Timestamp,
}

/// A timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timer {
    /// Its name.
    pub name: String,
    /// When it runs next.
    pub next_run: Timestamp,
    /// When it ran.
    pub last_run: Option<Timestamp>,
    /// The node on which it ran.
    pub last_node: Option<Uuid>,
    /// Why the run failed; absent when it did not.
    pub last_error: Option<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such message: it may have been handled in the meantime.
    #[error("there is no such message")]
    Unknown,
    /// A node handles it at the moment.
    #[error("the message is being handled at the moment")]
    Running,
    /// A message is dropped for a reason of at most 500 characters.
    #[error("a message is dropped for a reason of at most 500 characters")]
    NoReason,
    /// The place to go on from is none of ours.
    #[error("{0}")]
    Cursor(&'static str),
    /// The database failed.
    #[error(transparent)]
    Db(db::Error),
}

impl From<db::Error> for Refused {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Cursor(reason) => Self::Cursor(reason),
            other => Self::Db(other),
        }
    }
}

impl MaybeRetry for Refused {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// What an operator has done to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub operator: String,
    /// Taken out for good; else tried again.
    pub dropped: bool,
    /// Why.
    pub reason: Option<String>,
    /// Id of the message.
    pub message: String,
    /// Its queue.
    pub queue: String,
    /// What it was about.
    pub topic: String,
    /// Its key, masked.
    pub key: String,
}

/// A reason that can be kept.
fn good(reason: &str) -> Result<&str, Refused> {
    let reason = reason.trim();
    let fits = (1..=LONGEST_REASON).contains(&reason.chars().count());
    if fits { Ok(reason) } else { Err(Refused::NoReason) }
}

impl Desk {
    /// On the tables of `outbox`.
    pub fn new(db: &Db, outbox: &Outbox) -> Self {
        Self { db: db.clone(), outbox: outbox.clone(), wall: Arc::new(SystemClock) }
    }

    /// Every queue.
    pub async fn queues(&self) -> db::Result<Vec<Queue>> {
        queues(&self.db, &self.outbox, self.wall.now()).await
    }

    /// Nodes that handle messages at the moment.
    pub async fn nodes(&self) -> db::Result<Vec<Node>> {
        let rows = self.db.query(&store::NODES, &params![self.wall.now()]).await?;
        rows.iter().map(|row| Ok(Node { id: row.get(0)?, leases: row.get(1)?, until: row.get(2)? })).collect()
    }

    /// Every timer that has run or is to run.
    pub async fn timers(&self) -> db::Result<Vec<Timer>> {
        let timer = |row: &Row| {
            Ok(Timer {
                name: row.get(0)?,
                next_run: row.get(1)?,
                last_run: row.get(2)?,
                last_node: row.get(3)?,
                last_error: row.get::<Option<String>>(4)?.as_deref().map(mask::text),
            })
        };
        self.db.query(&store::TIMERS, &[]).await?.iter().map(timer).collect()
    }

    /// At most `limit` messages of one queue or all, dead or open ones, the oldest of each queue first; and where to go on.
    pub async fn list(
        &self,
        queue: Option<&str>,
        dead: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Entry>, Option<String>), Refused> {
        let list = format!("outbox {dead} {}", queue.unwrap_or_default());
        let (from_queue, from_position, from_id) = match after {
            Some(text) => {
                let place = cursor::decode(&list, text)?;
                (place.get::<String>(0)?, place.get::<i64>(1)?, place.get::<Uuid>(2)?)
            }
            None => (String::new(), 0, Uuid::nil()),
        };
        let statement = if dead { &store::DEAD_PAGE } else { &store::OPEN_PAGE };
        let (first, last) = (queue.unwrap_or_default(), queue.unwrap_or(LAST));
        let page = params![first, last, from_queue, from_position, from_id, limit + 1];
        let rows = self.db.query(statement, &page).await?;
        let mut entries = rows.iter().map(|row| self.entry(row)).collect::<db::Result<Vec<_>>>()?;
        if entries.len() <= limit {
            return Ok((entries, None));
        }
        entries.truncate(limit);
        let place = entries.last().map(|entry| params![entry.queue.as_str(), entry.position, entry.id]);
        let next = place.map(|place| cursor::encode(&list, &place)).transpose()?;
        Ok((entries, next))
    }

    /// One message.
    pub async fn get(&self, id: Uuid) -> db::Result<Option<Entry>> {
        self.db.query_opt(&store::GET, &params![id]).await?.map(|row| self.entry(&row)).transpose()
    }

    /// Lets a message that is not under way be tried now; a dead one gets its whole ladder again.
    pub async fn retry(&self, id: Uuid) -> Result<(), Refused> {
        self.change(id, None).await
    }

    /// Takes out a message that is not under way, for good.
    pub async fn drop(&self, id: Uuid, reason: &str) -> Result<(), Refused> {
        self.change(id, Some(good(reason)?)).await
    }

    /// Lets every message of a queue that is dead now be tried again; answers how many.
    pub async fn retry_queue(&self, queue: &str) -> Result<usize, Refused> {
        self.change_queue(queue, None).await
    }

    /// Takes out every message of a queue that is dead now; answers how many.
    pub async fn drop_queue(&self, queue: &str, reason: &str) -> Result<usize, Refused> {
        self.change_queue(queue, Some(good(reason)?)).await
    }

    /// What operators have done in the last week, the latest first.
    pub async fn actions(&self, limit: usize) -> db::Result<Vec<Action>> {
        let filter = audit::Filter {
            action: Some("job".into()),
            since: self.wall.now().checked_sub(LOOK_BACK).ok(),
            ..audit::Filter::default()
        };
        let action = |row: audit::Row| {
            let detail: Value = serde_json::from_str(&row.detail.unwrap_or_default()).unwrap_or_default();
            let text = |name: &str| detail[name].as_str().map(str::to_owned);
            Action {
                at: row.recorded_at,
                operator: row.actor.id,
                dropped: row.action == audit::Action::JobDrop.word(),
                reason: text("reason"),
                message: row.subject,
                queue: text("queue").unwrap_or_default(),
                topic: text("topic").unwrap_or_default(),
                key: text("key").unwrap_or_default(),
            }
        };
        Ok(audit::page(&self.db, &filter, limit).await?.into_iter().map(action).collect())
    }

    /// Without a reason, the message is kept and tried again.
    async fn change(&self, id: Uuid, reason: Option<&str>) -> Result<(), Refused> {
        let label = if reason.is_none() { "outbox.retry" } else { "outbox.drop" };
        db::write_tx!(self.db, label, |tx| {
            let row = tx.query_opt(&store::HOLD, &params![id]).await?.ok_or(Refused::Unknown)?;
            let entry = self.entry(&row)?;
            if entry.state == State::Running {
                return Err(Refused::Running);
            }
            self.apply(tx, &entry, reason).await?;
            Ok::<_, Refused>(())
        })?;
        self.outbox.wake();
        Ok(())
    }

    async fn change_queue(&self, queue: &str, reason: Option<&str>) -> Result<usize, Refused> {
        let label = if reason.is_none() { "outbox.retry_queue" } else { "outbox.drop_queue" };
        // What dies again in the meantime is left alone.
        let before = self.wall.now();
        let mut changed = 0;
        loop {
            let stretch = db::write_tx!(self.db, label, |tx| {
                let rows = tx.query(&store::HOLD_DEAD, &params![queue, before, STRETCH]).await?;
                for row in &rows {
                    self.apply(tx, &self.entry(row)?, reason).await?;
                }
                Ok::<_, Refused>(rows.len())
            })?;
            self.outbox.wake();
            changed += stretch;
            if stretch < STRETCH {
                return Ok(changed);
            }
        }
    }

    async fn apply(&self, tx: &mut Tx, entry: &Entry, reason: Option<&str>) -> db::Result<()> {
        if reason.is_none() {
            tx.execute(&store::RETRY, &params![entry.id, self.wall.now()]).await?;
        } else {
            tx.execute(&store::DROP, &params![entry.id]).await?;
        }
        let action = if reason.is_none() { audit::Action::JobRetry } else { audit::Action::JobDrop };
        let detail = json!({
            "queue": entry.queue, "topic": entry.topic, "key": entry.key, "attempts": entry.attempts,
            "error": entry.last_error, "reason": reason.map(mask::text),
        });
        let row = audit::Entry::new(action, self.outbox.business_now(), "job", entry.id).detail(detail);
        audit::put(tx, &row).await
    }

    fn entry(&self, row: &Row) -> db::Result<Entry> {
        let leased = row.get::<Option<Timestamp>>(8)?.is_some_and(|until| until >= self.wall.now());
        let state = match (row.get::<bool>(11)?, leased) {
            (true, _) => State::Dead,
            (false, true) => State::Running,
            (false, false) => State::Waiting,
        };
        let position = row.get::<i64>(4)?;
        Ok(Entry {
            id: row.get(0)?,
            queue: row.get(1)?,
            topic: row.get(2)?,
            key: mask::text(&row.get::<String>(3)?),
            state,
            put_at: Timestamp::from_microsecond(position).unwrap_or_default(),
            retry_at: row.get(7)?,
            due_at: row.get(6)?,
            attempts: row.get(10)?,
            last_error: row.get::<Option<String>>(12)?.as_deref().map(mask::text),
            node: row.get::<Option<Uuid>>(9)?.filter(|_| leased),
            payload: mask::payload(row.get(5)?),
            position,
        })
    }
}
