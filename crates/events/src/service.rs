//! What handlers and jobs share, and the port.

use crate::Deps;
use crate::domain::consumer::Consumer;
use crate::store::event;
use async_trait::async_trait;
use audit::{Action, Entry};
use db::Tx;
use httpkit::Ctx;
use ports::authorization::{Question, Subject};
use ports::events::CloudEvent;
use ports::register::PartyRef;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Surroundings and ports.
pub struct Service {
    pub ctx: Ctx,
    pub deps: Deps,
}

/// Publishes events of other blocks.
pub struct Events {
    ctx: Ctx,
}

impl Events {
    /// Events are stored in the database of `ctx`.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

#[async_trait]
impl ports::events::Events for Events {
    async fn publish(&self, tx: &mut Tx, event: CloudEvent) -> ports::Result<()> {
        let mut body = Map::new();
        body.insert("specversion".into(), json!("1.0"));
        body.insert("id".into(), json!(event.id));
        body.insert("source".into(), json!(event.source));
        body.insert("type".into(), json!(event.kind));
        body.insert("time".into(), json!(event.time.to_string()));
        let optional = [
            ("subject", &event.subject),
            ("alternativesubject", &event.alternative_subject),
            ("resource", &event.resource),
            ("resourceinstance", &event.resource_instance),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                body.insert(name.into(), json!(value));
            }
        }
        body.extend(event.extra);
        register(&self.ctx, tx, body).await
    }
}

/// Stores an event and hands it to the inbound job. A repeated (id, source) is accepted and not stored again. Events of one
/// source get their numbers in the order of publication, so that a reader sees "created" before "updated".
pub async fn register(ctx: &Ctx, tx: &mut Tx, body: Map<String, Value>) -> db::Result<()> {
    let now = ctx.clock.now();
    let row = ctx.ids.uuid_v7(now);
    if !event::insert(tx, row, &body, now).await? {
        return Ok(());
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let detail = json!({ "type": text("type") });
    let entry = Entry::new(Action::EventPublish, now, "event", text("id")).resource(text("resource"));
    audit::put(tx, &entry.detail(detail)).await?;
    let source = text("source");
    let message = ::jobs::Message {
        topic: crate::jobs::inbound::REGISTERED,
        key: source.to_owned(),
        payload: json!({ "row": row }),
        available_at: None,
    };
    ctx.outbox.put(tx, message).await
}

impl Service {
    /// May `consumer` do `action` with events of `resource` about `subject`? Nobody may nothing.
    pub async fn may(
        &self,
        consumer: Option<&Consumer>,
        action: &str,
        resource: &str,
        subject: Option<&str>,
    ) -> db::Result<bool> {
        let Some(consumer) = consumer else { return Ok(false) };
        match self.question(consumer, action, resource, subject).await? {
            Some(question) => Ok(self.deps.pdp.decide(&question).await?.permits()),
            None => Ok(false),
        }
    }

    /// The PDP question for a consumer, an action and what the event is about. `None` when the consumer is nobody any more.
    async fn question(
        &self,
        consumer: &Consumer,
        action: &str,
        resource: &str,
        subject: Option<&str>,
    ) -> db::Result<Option<Question>> {
        let asker = match consumer {
            Consumer::ServiceOwner(code) => Subject::ServiceOwner(code.clone()),
            Consumer::Organisation(number) => Subject::Organisation(number.clone()),
            Consumer::SystemUser(id) => Subject::SystemUser(*id),
            Consumer::User(id) => match self.deps.register.party(&PartyRef::UserId(*id)).await? {
                Some(party) => Subject::Party(party.uuid),
                None => return Ok(None),
            },
        };
        let party = match subject.and_then(party_ref) {
            Some(by) => self.deps.register.party(&by).await?.map(|party| party.uuid),
            None => None,
        };
        Ok(Some(Question {
            subject: asker,
            resource: resource.strip_prefix("urn:altinn:resource:").unwrap_or(resource).to_owned(),
            party: party.unwrap_or(Uuid::nil()),
            action: action.to_owned(),
            instance: None,
            attribute: None,
        }))
    }
}

/// The party that a subject names; publisher-defined texts name none.
pub fn party_ref(subject: &str) -> Option<PartyRef> {
    let after = |prefix: &str| subject.strip_prefix(prefix);
    if let Some(id) = after("/party/") {
        return id.parse().ok().map(PartyRef::Id);
    }
    if let Some(id) = after("urn:altinn:party:uuid:") {
        return id.parse().ok().map(PartyRef::Uuid);
    }
    if let Some(number) = after("urn:altinn:organization:identifier-no:") {
        return Some(PartyRef::OrgNo(number.to_owned()));
    }
    after("urn:altinn:person:identifier-no:").map(|number| PartyRef::Pid(number.to_owned()))
}
