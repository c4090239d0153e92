//! The handshake: an endpoint must answer before it gets events.

use crate::service::Service;
use crate::store::event::{self, Trace};
use crate::store::subscription;
use async_trait::async_trait;
use audit::{Action, Entry};
use httpkit::Role;
use jobs::{Failure, Handler, Job};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Topic: a subscription has been made, or made again.
pub const CREATED: &str = "events.subscription.created";

/// The handshake.
pub struct Validate(pub Arc<Service>);

#[derive(Deserialize)]
struct Created {
    subscription: i64,
}

/// Waits of events §6.3.
const LADDER: [Duration; 8] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(2),
    Duration::from_mins(2),
];

#[async_trait]
impl Handler for Validate {
    fn queue(&self) -> &'static str {
        "events.validate"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[CREATED]
    }

    fn ladder(&self) -> &'static [Duration] {
        &LADDER
    }

    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let service = &self.0;
        let id = job.read::<Created>()?.subscription;
        let ctx = &service.ctx;
        let Some(target) = subscription::get(&ctx.db, id).await? else { return Ok(()) };
        let base = Role::PLATFORM.url(&ctx.config);
        let greeting = json!({
            "id": job.id,
            "source": format!("{base}/events/api/v1/subscriptions/{id}"),
            "type": "platform.events.validatesubscription",
            "specversion": "1.0",
        });
        let outcome = service.post(&target.endpoint, &greeting).await;
        let answered = matches!(outcome, Ok(200..300));
        let now = ctx.clock.now();
        let event = job.id.to_string();
        db::write_tx!(ctx.db, "events.validate", |tx| {
            if answered {
                subscription::validated(tx, id).await?;
                let entry = Entry::new(Action::SubscriptionValidate, now, "subscription", id);
                audit::put(tx, &entry.resource(&target.resource_filter)).await?;
            }
            let trace = Trace {
                event: &event,
                resource: None,
                subscription: Some(id),
                consumer: Some(&target.consumer),
                activity: if answered { "EndpointValidationSuccess" } else { "EndpointValidationFailed" },
                response_code: outcome.as_ref().ok().copied(),
            };
            event::trace(tx, ctx.ids.uuid_v7(now), now, &trace).await?;
            if answered {
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
