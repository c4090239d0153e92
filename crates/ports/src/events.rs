//! CloudEvents, as other blocks publish them.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// A CloudEvent 1.0 to publish.
#[derive(Debug, Clone)]
pub struct CloudEvent {
    /// `id`
    pub id: Uuid,
    /// `source`, an absolute URI.
    pub source: String,
    /// `type`
    pub kind: String,
    /// `subject`, e.g. `/party/50000001`.
    pub subject: Option<String>,
    /// `alternativesubject`, e.g. `/organisation/310149942`.
    pub alternative_subject: Option<String>,
    /// `resource`, e.g. `urn:altinn:resource:ske-innrapportering-boligsameie`.
    pub resource: Option<String>,
    /// `resourceinstance`
    pub resource_instance: Option<String>,
    /// `time`
    pub time: Timestamp,
    /// Further extension attributes and `data`, as top-level members.
    pub extra: serde_json::Map<String, Value>,
}

/// Publishes events in the transaction of the change that they tell of.
#[async_trait]
pub trait Events: Send + Sync {
    /// Stores the event; subscribers get it after commit.
    async fn publish(&self, tx: &mut Tx, event: CloudEvent) -> Result<()>;
}
