//! Dialogs that other blocks make and extend in their own transactions.

use crate::Dialogporten;
use crate::domain::change::{self, Facts, Manner, Refused};
use crate::domain::draft::DialogInput;
use crate::domain::hierarchy;
use crate::domain::language;
use crate::domain::model::{
    Actor, Attachment, AttachmentUrl, Content, ContentValue, Dialog, Text, Texts, Transmission,
};
use crate::domain::names::{ActorType, Consumer, ContentType, Status, TransmissionType};
use crate::domain::party;
use crate::domain::rules::Errors;
use crate::error::Error;
use crate::store;
use async_trait::async_trait;
use db::Tx;
use ports::dialogporten::{Dialogs, NewDialog, NewTransmission, Sender, Status as PortStatus};
use ports::register::PartyRef;
use uuid::Uuid;

fn status(status: PortStatus) -> Status {
    match status {
        PortStatus::NotApplicable => Status::NotApplicable,
        PortStatus::InProgress => Status::InProgress,
        PortStatus::Draft => Status::Draft,
        PortStatus::Awaiting => Status::Awaiting,
        PortStatus::RequiresAttention => Status::RequiresAttention,
        PortStatus::Completed => Status::Completed,
    }
}

fn texts(given: &[(&'static str, String)]) -> Texts {
    let mut texts: Texts = given
        .iter()
        .map(|(lang, value)| Text { lang: language::normalise(lang), value: value.clone() })
        .collect();
    texts.sort_by(|a, b| a.lang.cmp(&b.lang));
    texts
}

fn content(title: &[(&'static str, String)], summary: &[(&'static str, String)]) -> Content {
    let pieces = [(ContentType::Title, title), (ContentType::Summary, summary)];
    let given = pieces.into_iter().filter(|(_, texts)| !texts.is_empty());
    given
        .map(|(kind, given)| {
            (kind, ContentValue { value: texts(given), media_type: "text/plain".to_owned() })
        })
        .collect()
}

/// The caller is another block: what it sends wrongly is a defect, and the transaction must not be kept.
fn defect(error: Error) -> db::Error {
    match error {
        Error::Db(error) => error,
        other => db::Error::Constraint(format!("dialog refused: {other}: {other:?}")),
    }
}

fn refused(refused: Refused) -> db::Error {
    defect(refused.into())
}

impl Dialogporten {
    fn transmission(&self, given: NewTransmission) -> db::Result<Transmission> {
        let kind = TransmissionType::parse(given.kind)
            .ok_or_else(|| db::Error::Constraint(format!("no transmission is of type {}", given.kind)))?;
        let now = self.ctx.clock.now();
        let sender = match given.sender {
            Sender::ServiceOwner => Actor::SERVICE_OWNER,
            Sender::PartyRepresentative { actor, name } => Actor {
                kind: ActorType::PartyRepresentative,
                name: Some(party::written_name(&actor, &name)).filter(|n| !n.is_empty()),
                id: Some(actor.to_lowercase()),
            },
        };
        let attachments = given.attachments.into_iter().map(|a| {
            let url = |url: String, consumer| AttachmentUrl {
                id: self.ctx.ids.uuid_v7(now),
                url,
                media_type: Some(a.media_type.clone()),
                consumer,
            };
            let urls = vec![url(a.gui_url, Consumer::Gui), url(a.api_url, Consumer::Api)];
            let display_name = texts(&a.title);
            Attachment { id: self.ctx.ids.uuid_v7(now), display_name, name: None, urls, expires_at: None }
        });
        Ok(Transmission {
            id: given.id,
            idempotent_key: None,
            created_at: given.at,
            attribute: None,
            extended_type: None,
            external_reference: None,
            related: given.related,
            kind,
            sender,
            content: content(&given.title, &given.summary),
            attachments: attachments.collect(),
            links: Vec::new(),
        })
    }

    /// Adds to a dialog with so many transmissions that its oldest leave the search: everything is read.
    async fn add_to_many(
        &self,
        tx: &mut Tx,
        dialog: Dialog,
        transmission: Transmission,
        status: Status,
    ) -> db::Result<()> {
        let was = (dialog.revision, dialog.user_revision);
        let mut aggregate = store::children::load_tx(tx, dialog).await?;
        let stored = (aggregate.transmissions.len(), aggregate.activities.len());
        aggregate.dialog.status = status;
        let manner = self.plain_manner();
        let (new, none) = (vec![transmission], Vec::new());
        let change = change::append(&mut aggregate, new, none, manner, (true, true), Errors::default())
            .map_err(refused)?;
        aggregate.dialog.revision = self.ctx.ids.uuid();
        if !change.labels.is_empty() {
            aggregate.dialog.user_revision = self.ctx.ids.uuid();
        }
        self.save(tx, &aggregate, &change, was, stored, false, manner.now).await.map_err(defect)
    }

    fn plain_manner(&self) -> Manner {
        Manner { now: self.ctx.clock.now(), silent: false, admin: false }
    }
}

#[async_trait]
impl Dialogs for Dialogporten {
    async fn create(&self, tx: &mut Tx, dialog: NewDialog) -> ports::Result<()> {
        let party = self.register.party_in(tx, &PartyRef::Uuid(dialog.party)).await?;
        let party =
            party.ok_or_else(|| db::Error::Constraint("the dialog's party is not registered".to_owned()))?;
        let resource = self.resources.resource_in(tx, &dialog.resource).await?;
        let transmissions = dialog.transmission.map(|t| self.transmission(t)).transpose()?;
        let input = DialogInput {
            resource: dialog.resource,
            party: party::urn_of(&party),
            external_reference: dialog.external_reference,
            status: Some(status(dialog.status)),
            content: content(&dialog.title, &dialog.summary),
            transmissions: transmissions.into_iter().collect(),
            ..DialogInput::default()
        };
        let facts = Facts {
            id: dialog.id,
            revisions: [self.ctx.ids.uuid(), self.ctx.ids.uuid(), self.ctx.ids.uuid()],
            resource_type: resource.map_or_else(|| "GenericAccessResource".to_owned(), |r| r.resource_type),
            org: dialog.org.clone(),
            party: Some(dialog.party),
        };
        let (aggregate, change) = change::create(input, facts, self.plain_manner()).map_err(refused)?;
        self.insert(tx, &aggregate, &change, false).await.map_err(defect)
    }

    async fn add_transmission(
        &self,
        tx: &mut Tx,
        dialog: Uuid,
        transmission: NewTransmission,
        new_status: PortStatus,
    ) -> ports::Result<()> {
        let transmission = self.transmission(transmission)?;
        let current = store::dialogs::get_locked(tx, dialog).await?;
        let current = current.ok_or_else(|| db::Error::Constraint(format!("no dialog {dialog}")))?;
        let was = (current.revision, current.user_revision);
        let manner = self.plain_manner();
        let stored = usize::try_from(current.from_owner + current.from_party).unwrap_or(usize::MAX);
        if stored >= store::search::SEARCHED {
            return self.add_to_many(tx, current, transmission, status(new_status)).await;
        }
        if let Some(parent) = transmission.related {
            let chain = store::children::chain(tx, dialog, parent, hierarchy::MAX_DEPTH).await?;
            let answers = store::children::answers(tx, dialog, parent).await?;
            let mut errors = Errors::default();
            for violation in hierarchy::check_answer(transmission.id, parent, &chain, answers) {
                errors.push("Transmissions", violation.message());
            }
            errors.into_result().map_err(|errors| refused(Refused::Domain(errors)))?;
        }
        let mut d = current;
        let words = store::search::words_of(&transmission);
        let change = change::append_one(&mut d, transmission, status(new_status), manner).map_err(refused)?;
        d.revision = self.ctx.ids.uuid();
        if !change.labels.is_empty() {
            d.user_revision = self.ctx.ids.uuid();
        }
        if !store::dialogs::append(tx, &d, was, &words).await? {
            return Err(defect(Error::race()));
        }
        self.follow(tx, &d, &change, (stored, 0), false, manner.now).await.map_err(defect)
    }
}
