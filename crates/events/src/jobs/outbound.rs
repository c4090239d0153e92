//! Posts an event to one subscription's endpoint.

use crate::service::Service;
use crate::store::event::{self, Trace};
use crate::store::subscription;
use async_trait::async_trait;
use httpkit::OutboundError;
use jobs::{Failure, Handler, Job};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// Topic: an event matches a subscription.
pub const MATCHED: &str = "events.matched";

/// The postman.
pub struct Outbound(pub Arc<Service>);

#[derive(Deserialize)]
struct Matched {
    row: Uuid,
    subscription: i64,
}

/// Waits of events §9.
const LADDER: [Duration; 11] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(10),
    Duration::from_mins(30),
    Duration::from_hours(1),
    Duration::from_hours(3),
    Duration::from_hours(6),
    Duration::from_hours(12),
    Duration::from_hours(12),
];

#[async_trait]
impl Handler for Outbound {
    fn queue(&self) -> &'static str {
        "events.outbound"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[MATCHED]
    }

    fn ladder(&self) -> &'static [Duration] {
        &LADDER
    }

    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let service = &self.0;
        let Matched { row, subscription } = job.read()?;
        let ctx = &service.ctx;
        let stored =
            event::get(&ctx.db, row).await?.ok_or_else(|| Failure::Dead(format!("no event {row}")))?;
        // A subscription that has been deleted in the meantime gets nothing.
        let Some(target) = subscription::get(&ctx.db, subscription).await? else { return Ok(()) };
        let outcome = service.post(&target.endpoint, &Value::Object(stored.body.clone())).await;
        let code = outcome.as_ref().ok().copied();
        let delivered = matches!(outcome, Ok(200..300));
        let given_up = match &outcome {
            Ok(200..300) => false,
            Err(Failure::Dead(_)) => true,
            _ => job.attempt as usize > LADDER.len(),
        };
        let activities =
            std::iter::once("WebhookPostResponse").chain(given_up.then_some("DequeueLimitReached"));
        let now = ctx.clock.now();
        db::write_tx!(ctx.db, "events.outbound", |tx| {
            for activity in activities.clone() {
                let trace = Trace {
                    event: stored.text("id").unwrap_or_default(),
                    resource: stored.text("resource"),
                    subscription: Some(subscription),
                    consumer: Some(&target.consumer),
                    activity,
                    response_code: code,
                };
                event::trace(tx, ctx.ids.uuid_v7(now), now, &trace).await?;
            }
            if delivered {
                job.done(tx).await?;
            }
            Ok::<_, db::Error>(())
        })?;
        match outcome? {
            200..300 => Ok(()),
            status => Err(Failure::Retry(format!("the endpoint answered {status}"))),
        }
    }
}

impl Service {
    /// Posts `body` and answers the status. The address is never in the error: consumers put secrets into its query.
    pub async fn post(&self, endpoint: &str, body: &Value) -> Result<u16, Failure> {
        let url = Url::parse(endpoint).map_err(|_| Failure::Dead("the endpoint is not a URL".into()))?;
        let slack = url.host_str() == Some("hooks.slack.com");
        let text = if slack {
            serde_json::json!({ "text": body.to_string() }).to_string()
        } else {
            body.to_string()
        };
        let request = self.ctx.http.post(&url).map_err(|e| Failure::Dead(e.to_string()))?;
        let request = request.header("content-type", "application/json; charset=utf-8").body(text);
        match self.ctx.http.send(request).await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(e) => Err(Failure::Retry(OutboundError::from(e.without_url()).to_string())),
        }
    }
}
