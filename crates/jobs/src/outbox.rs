//! The publishing side.

use crate::{Handler, store};
use db::{Tx, params};
use jiff::Timestamp;
use kernel::{Clock, Ids, SystemClock};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Something that happened, for other queues to act on.
#[derive(Debug, Clone)]
pub struct Message {
    /// What kind of thing (`filing.received`); at least the publisher's own queue should know it.
    pub topic: &'static str,
    /// Messages with one key are handled one after the other; each stands behind those that its transaction could see.
    pub key: String,
    /// What handlers need to know.
    pub payload: Value,
    /// Business time before which it is not handled.
    pub available_at: Option<Timestamp>,
}

/// Writes messages in the transaction of the change that they tell of. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    queues: OnceLock<HashMap<&'static str, Vec<&'static str>>>,
    wake: Notify,
}

impl Outbox {
    /// An outbox that knows no queues yet; `subscribe` tells it of them once the server is composed.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self(Arc::new(Inner { clock, ids, queues: OnceLock::new(), wake: Notify::new() }))
    }

    /// Fixes which queues get which topic. Only the first call counts.
    pub fn subscribe(&self, handlers: &[Arc<dyn Handler>]) {
        let mut queues: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        for handler in handlers {
            for topic in handler.topics() {
                queues.entry(topic).or_default().push(handler.queue());
            }
        }
        // A second composition in one process has the same handlers.
        let _ = self.0.queues.set(queues);
    }

    /// Stores `message` for every queue that subscribes to its topic. Nobody subscribing is no error: an event may have no audience.
    pub async fn put(&self, tx: &mut Tx, message: Message) -> db::Result<()> {
        let queues =
            self.0.queues.get().and_then(|queues| queues.get(message.topic)).map_or(&[][..], Vec::as_slice);
        let business = self.0.clock.now();
        let wall = SystemClock.now();
        let trace = telemetry::trace::current().map(telemetry::trace::Trace::parent);
        for queue in queues {
            let due = message.available_at.unwrap_or(business);
            let row = params![
                self.0.ids.uuid_v7(wall),
                *queue,
                message.topic,
                message.key.as_str(),
                wall.as_microsecond(),
                message.payload.clone(),
                business,
                due,
                wall,
                trace.as_deref()
            ];
            tx.execute(&store::PUT, &row).await?;
        }
        if !queues.is_empty() {
            self.wake();
        }
        Ok(())
    }

    /// Lets idle queues look at once.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_waiters();
    }

    /// Names of all queues, sorted.
    pub(crate) fn queues(&self) -> Vec<&'static str> {
        let by_topic = self.0.queues.get();
        let all: BTreeSet<_> = by_topic.into_iter().flat_map(HashMap::values).flatten().copied().collect();
        all.into_iter().collect()
    }

    pub(crate) fn business_now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Ends at the first message put after this call, also when it is awaited later than that.
    pub(crate) fn woken(&self) -> Notified<'_> {
        self.0.wake.notified()
    }
}
