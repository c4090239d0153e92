//! Writes decisions to the log in batches, beside the decisions themselves.

use crate::domain::attributes::{INSTANCE, ORG, ORG_NO, PARTY_ID, PERSON, RESOURCE, SESSION, USER_ID};
use crate::domain::facts::Api;
use crate::store::decisions::{Entry, append, find};
use db::Db;
use kernel::{Clock, Ids};
use ports::authorization::LoggedDecision;
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;
use xacml::{ACTION, ACTION_ID, Attribute, Decision, Request, SUBJECT};

/// How long a decision may wait for company.
const PAUSE: Duration = Duration::from_millis(200);
/// Rows of one transaction.
const BATCH: usize = 500;
/// Most decisions that wait; more are counted and dropped, since a log must not take the decision point down.
const WAITING: usize = 20_000;

/// The log. Rows are on disk within a quarter of a second, so a crash may lose that much of it, never a decision's effect.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    waiting: Mutex<Vec<Entry>>,
}

/// What the log needs beside the request.
pub struct Circumstances<'a> {
    /// Which API asked.
    pub api: Api,
    /// Party of the subject.
    pub subject: Option<Uuid>,
    /// Address of the client.
    pub ip: Option<&'a str>,
}

impl Audit {
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self(Arc::new(Inner { db, clock, ids, waiting: Mutex::default() }))
    }

    /// Puts a decision in the queue and answers its id; the first one of a batch sees to its writing.
    pub fn record(
        &self,
        request: &Request,
        decision: Decision,
        circumstances: &Circumstances<'_>,
    ) -> Option<Uuid> {
        metrics::counter!("pdp_decisions_total", "decision" => word(decision)).increment(1);
        let entry = self.entry(request, decision, circumstances);
        let id = entry.id;
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            metrics::counter!("pdp_decisions_unlogged_total").increment(1);
            tracing::warn!("the decision log is full, a decision was not logged");
            return None;
        }
        waiting.push(entry);
        if waiting.len() == 1 {
            let audit = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PAUSE).await;
                audit.flush().await;
            });
        }
        Some(id)
    }

    /// Writes down that somebody was looked up by number; on disk when this answers.
    pub async fn looked_up(&self, operation: &'static str, person: Option<Uuid>) -> db::Result<()> {
        let at = self.0.clock.now();
        db::write_tx!(self.0.db, "az.looked_up", |tx| {
            ::audit::looked_up(tx, &::audit::Lookup { at, operation, person }).await
        })
    }

    /// Writes what waits.
    pub async fn flush(&self) {
        let batch = std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for chunk in batch.chunks(BATCH) {
            let written = db::write_tx!(self.0.db, "az.decisions", |tx| {
                append(tx, chunk).await?;
                Ok::<_, db::Error>(())
            });
            if let Err(error) = written {
                metrics::counter!("pdp_decisions_unlogged_total").increment(chunk.len() as u64);
                tracing::error!(%error, rows = chunk.len(), "decisions could not be logged");
            }
        }
    }

    /// The decision of this id. Those that wait here are written first; another node's may come a quarter of a second later.
    pub async fn find(&self, id: Uuid) -> db::Result<Option<LoggedDecision>> {
        self.flush().await;
        find(&self.0.db, id).await
    }

    fn entry(&self, request: &Request, decision: Decision, circumstances: &Circumstances<'_>) -> Entry {
        let at = self.0.clock.now();
        let subject = |id: &'static str| request.first(SUBJECT, id).map(str::to_owned);
        let resource = |id: &'static str| request.first(xacml::RESOURCE, id).map(str::to_owned);
        Entry {
            id: self.0.ids.uuid_v7(at),
            at,
            api: circumstances.api.word(),
            session: subject(SESSION),
            user_id: subject(USER_ID).and_then(|text| text.parse().ok()),
            org_code: subject(ORG),
            org_no: subject(ORG_NO),
            subject_party: circumstances.subject,
            resource_party: resource(PARTY_ID).and_then(|text| text.parse().ok()),
            resource: resource(RESOURCE),
            instance: resource(INSTANCE),
            operation: request.first(ACTION, ACTION_ID).map(str::to_owned),
            ip: circumstances.ip.map(str::to_owned),
            request: text(request),
            decision: match decision {
                Decision::Permit => 0,
                Decision::Deny => 1,
                Decision::Indeterminate => 2,
                Decision::NotApplicable => 3,
            },
        }
    }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Permit => "Permit",
        Decision::Deny => "Deny",
        Decision::Indeterminate => "Indeterminate",
        Decision::NotApplicable => "NotApplicable",
    }
}

#[derive(Serialize)]
struct LoggedCategory<'a> {
    category: &'a str,
    attributes: Vec<LoggedAttribute<'a>>,
}

#[derive(Serialize)]
struct LoggedAttribute<'a> {
    id: &'a str,
    values: Vec<&'a str>,
}

impl<'a> From<&'a Attribute> for LoggedAttribute<'a> {
    fn from(attribute: &'a Attribute) -> Self {
        Self { id: &attribute.id, values: attribute.values.iter().map(|(_, value)| value.as_str()).collect() }
    }
}

/// The enriched request: categories with their attributes, national identity numbers left out.
fn text(request: &Request) -> String {
    let categories: Vec<_> = request
        .categories
        .iter()
        .map(|category| LoggedCategory {
            category: &category.category,
            attributes: category
                .attributes
                .iter()
                .filter(|one| one.id != PERSON)
                .map(LoggedAttribute::from)
                .collect(),
        })
        .collect();
    // Only a map with keys that are not text cannot be written.
    serde_json::to_string(&categories).unwrap_or_default()
}
