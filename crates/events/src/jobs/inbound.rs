//! Gives an event its number and finds who gets it.

use crate::domain::consumer::Consumer;
use crate::domain::filter::Traits;
use crate::service::{Service, party_ref};
use crate::store::event::{self, Stored, Trace};
use crate::store::subscription::{self, Subscription};
use async_trait::async_trait;
use jobs::{Failure, Handler, Job, Message};
use ports::register::{PartyKind, PartyRef};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Topic: an event has been stored.
pub const REGISTERED: &str = "events.registered";

/// The matcher.
pub struct Inbound(pub Arc<Service>);

#[derive(Deserialize)]
struct Registered {
    row: Uuid,
}

#[async_trait]
impl Handler for Inbound {
    fn queue(&self) -> &'static str {
        "events.inbound"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[REGISTERED]
    }

    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let service = &self.0;
        let row = job.read::<Registered>()?.row;
        let ctx = &service.ctx;
        let stored =
            event::get(&ctx.db, row).await?.ok_or_else(|| Failure::Dead(format!("no event {row}")))?;
        if stored.sequence.is_some() {
            return Ok(());
        }
        let (allowed, denied) = service.audience(&stored).await?;
        let now = ctx.clock.now();
        let id = stored.text("id").unwrap_or_default();
        let resource = stored.text("resource");
        db::write_tx!(ctx.db, "events.inbound", |tx| {
            if event::number(tx, row).await? {
                for subscription in &allowed {
                    let message = Message {
                        topic: super::outbound::MATCHED,
                        key: format!("{row}/{}", subscription.id),
                        payload: json!({ "row": row, "subscription": subscription.id }),
                        available_at: None,
                    };
                    ctx.outbox.put(tx, message).await?;
                }
                for (subscription, activity) in allowed
                    .iter()
                    .map(|s| (s, "OutboundQueue"))
                    .chain(denied.iter().map(|s| (s, "Unauthorized")))
                {
                    let trace = Trace {
                        event: id,
                        resource,
                        subscription: Some(subscription.id),
                        consumer: Some(&subscription.consumer),
                        activity,
                        response_code: None,
                    };
                    event::trace(tx, ctx.ids.uuid_v7(now), now, &trace).await?;
                }
            }
            job.done(tx).await
        })?;
        Ok(())
    }
}

impl Service {
    /// Matching subscriptions whose consumers may have the event, and those whose may not.
    async fn audience(&self, stored: &Stored) -> db::Result<(Vec<Subscription>, Vec<Subscription>)> {
        let Some(resource) = stored.text("resource") else { return Ok((vec![], vec![])) };
        let candidates = subscription::to(&self.ctx.db, &resource.to_lowercase()).await?;
        if candidates.is_empty() {
            return Ok((vec![], vec![]));
        }
        let subject = stored.text("subject");
        let main_unit = if candidates.iter().any(|c| c.filter.include_subunits) {
            self.main_unit(subject).await?
        } else {
            None
        };
        let traits = Traits {
            source: stored.text("source").unwrap_or_default(),
            kind: stored.text("type").unwrap_or_default(),
            subject,
            main_unit: main_unit.as_deref(),
        };
        // One decision for each consumer, however many subscriptions it has.
        let mut rights: HashMap<String, bool> = HashMap::new();
        let (mut allowed, mut denied) = (vec![], vec![]);
        for candidate in candidates.into_iter().filter(|candidate| candidate.filter.fits(&traits)) {
            let permitted = if let Some(permitted) = rights.get(&candidate.consumer) {
                *permitted
            } else {
                let consumer = Consumer::parse(&candidate.consumer);
                let permitted = self.may(consumer.as_ref(), "subscribe", resource, subject).await?;
                rights.insert(candidate.consumer.clone(), permitted);
                permitted
            };
            if permitted { allowed.push(candidate) } else { denied.push(candidate) }
        }
        Ok((allowed, denied))
    }

    /// The main unit of a sub-unit that `subject` names, in the same form.
    async fn main_unit(&self, subject: Option<&str>) -> db::Result<Option<String>> {
        let Some((subject, by)) = subject.and_then(|subject| Some((subject, party_ref(subject)?))) else {
            return Ok(None);
        };
        let party = self.deps.register.party(&by).await?.filter(|party| party.kind == PartyKind::SubUnit);
        let Some(main) = party.and_then(|party| party.parent) else { return Ok(None) };
        let main = self.deps.register.party(&PartyRef::Uuid(main)).await?;
        Ok(main.and_then(|main| {
            if subject.starts_with("/party/") {
                Some(format!("/party/{}", main.id))
            } else if subject.starts_with("urn:altinn:party:uuid:") {
                Some(format!("urn:altinn:party:uuid:{}", main.uuid))
            } else {
                main.org_no.map(|number| format!("urn:altinn:organization:identifier-no:{number}"))
            }
        }))
    }
}
