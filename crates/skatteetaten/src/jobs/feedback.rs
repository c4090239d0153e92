//! Judges a delivery, writes the feedback document, answers in the dialog and tells the oppgavegiver by e-mail.

use crate::domain::feedback::Feedback as Xml;
use crate::domain::verdict;
use crate::service::{DELIVERIES, FEEDBACK, OWNER, Service, texts};
use crate::store::document::{self, Document, Kind};
use crate::store::filing::{self, Filing, Status};
use async_trait::async_trait;
use audit::{Action, Entry};
use bytes::Bytes;
use jobs::{Failure, Handler, Job};
use ports::dialogporten::{NewTransmission, Sender, Status as DialogStatus};
use ports::notifications::EmailOrder;
use ports::register::{Party, PartyRef};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Topic: a delivery has been taken.
pub const RECEIVED: &str = "skatteetaten.filing.received";

/// The back office.
pub struct Feedback(pub Arc<Service>);

#[derive(Deserialize)]
struct Received {
    filing: Uuid,
}

#[async_trait]
impl Handler for Feedback {
    fn queue(&self) -> &'static str {
        "skatteetaten.feedback"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[RECEIVED]
    }

    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let id = job.read::<Received>()?.filing;
        let service = &self.0;
        let ctx = &service.ctx;
        let filing =
            filing::get(&ctx.db, id).await?.ok_or_else(|| Failure::Dead(format!("no filing {id}")))?;
        if filing.status != Status::Received {
            return Ok(());
        }
        let body = ctx
            .blobs
            .get(&blob::Key::new(DELIVERIES, id))
            .await
            .map_err(|e| Failure::Retry(e.to_string()))?;
        let body = body.ok_or_else(|| Failure::Dead(format!("filing {id} has lost its content")))?;
        let content = httpkit::json_from(&body).map_err(|(_, reason)| Failure::Dead(reason))?;
        let judged = verdict::judge(filing.scheme, &content);
        let approved = judged.iter().all(verdict::Judged::approved);
        let reasons: Vec<&str> =
            judged.iter().flat_map(|one| &one.deviations).map(|deviation| deviation.text.as_str()).collect();

        let party = party(service, &PartyRef::Uuid(filing.party)).await?;
        let vendor = party_or_number(service, &filing.vendor_org_no).await?;
        let now = ctx.clock.now();
        let org_no = party.org_no.clone().unwrap_or_default();
        let xml = Xml {
            scheme: filing.scheme,
            sender: (&filing.vendor_org_no, &vendor),
            party: (&org_no, &party.name),
            received: filing.received_at,
            handled: now,
            filing: id,
            income_year: filing.income_year,
            judged: &judged,
        };
        let xml = xml.to_xml().map_err(|e| Failure::Dead(e.to_string()))?;
        let feedback = Document {
            // Of its own in each run: a run that comes too late leaves the published document alone.
            id: ctx.ids.uuid_v7(now),
            filing: id,
            kind: Kind::Feedback,
            media_type: "application/xml".into(),
            name: "tilbakemelding.xml".into(),
        };
        let content = ctx
            .blobs
            .stage(&blob::Key::new(FEEDBACK, feedback.id), Bytes::from(xml))
            .await
            .map_err(|e| Failure::Retry(e.to_string()))?;

        let transmission_id = ctx.ids.uuid_v7(now);
        let (status, dialog_status) = if approved {
            (Status::Approved, DialogStatus::Completed)
        } else {
            (Status::Rejected, DialogStatus::RequiresAttention)
        };
        db::write_tx!(ctx.db, "gld.feedback", |tx| {
            if filing::judged(tx, id, status, now).await? {
                document::insert(tx, &feedback).await?;
                content.keep(tx).await?;
                let attachment = service.attachment(filing.scheme, id, feedback.id, Kind::Feedback);
                let transmission = NewTransmission {
                    id: transmission_id,
                    kind: if approved { "Acceptance" } else { "Rejection" },
                    sender: Sender::ServiceOwner,
                    related: Some(id),
                    attachments: vec![attachment],
                    at: now,
                    ..answer(approved, &reasons)
                };
                service.deps.dialogs.add_transmission(tx, filing.dialog, transmission, dialog_status).await?;
                service.deps.notifications.order_email(tx, email(&filing, &party.name, approved)).await?;
                let detail = json!({ "outcome": if approved { "approved" } else { "rejected" } });
                let entry = Entry::new(Action::FilingAnswer, now, "filing", id).on_behalf_of(filing.party);
                audit::put(tx, &entry.resource(filing.scheme.resource()).detail(detail)).await?;
            }
            job.done(tx).await
        })?;
        Ok(())
    }
}

fn answer(approved: bool, reasons: &[&str]) -> NewTransmission {
    let (title, summary) = if approved {
        (
            texts("Godkjent", "Godkjend", "Approved"),
            texts(
                "Skatteetaten har godkjent opplysningene. Du trenger ikke gjøre mer.",
                "Skatteetaten har godkjent opplysningane. Du treng ikkje gjere meir.",
                "The Tax Administration has approved the information. You need not do anything more.",
            ),
        )
    } else {
        let why = reasons.join(" ");
        (
            texts("Avvist", "Avvist", "Rejected"),
            texts(
                &format!("Skatteetaten har avvist opplysningene. {why}"),
                &format!("Skatteetaten har avvist opplysningane. {why}"),
                &format!("The Tax Administration has rejected the information. {why}"),
            ),
        )
    };
    NewTransmission {
        id: Uuid::nil(),
        kind: "Information",
        sender: Sender::ServiceOwner,
        related: None,
        title,
        summary: summary
            .into_iter()
            .map(|(language, text)| (language, text.chars().take(255).collect()))
            .collect(),
        attachments: vec![],
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn email(filing: &Filing, name: &str, approved: bool) -> EmailOrder {
    let scheme = filing.scheme.titles()[0].1;
    let outcome = if approved { "godkjent" } else { "avvist" };
    EmailOrder {
        idempotency_key: format!("gld-feedback-{}", filing.id),
        creator: OWNER.to_owned(),
        recipient: filing.party,
        addresses: filing.contact_email.clone().into_iter().collect(),
        resource: Some(filing.scheme.resource().to_owned()),
        subject: format!("Svar fra Skatteetaten til {name}"),
        body: format!(
            "Skatteetaten har behandlet {} for {}.\n\nResultat: {outcome}.\n\nLogg inn og åpne innboksen for å lese tilbakemeldingen. \
             Av hensyn til sikkerheten er det ingen lenke i denne e-posten.\n",
            scheme.to_lowercase(),
            filing.income_year
        ),
    }
}

async fn party(service: &Service, by: &PartyRef) -> Result<Party, Failure> {
    service.deps.register.party(by).await?.ok_or_else(|| Failure::Dead("the oppgavegiver is gone".into()))
}

/// The vendor's name, or its number when the register does not know it.
async fn party_or_number(service: &Service, org_no: &str) -> Result<String, Failure> {
    let found = service.deps.register.party(&PartyRef::OrgNo(org_no.to_owned())).await?;
    Ok(found.map_or_else(|| org_no.to_owned(), |party| party.name))
}
