//! Documents of a filing: for systems on the service's host, for people in the portal.

use crate::domain::scheme::Scheme;
use crate::service::{DELIVERIES, Desk, FEEDBACK, Service};
use crate::store::document::{self, Document, Kind};
use crate::store::filing::{self, Filing};
use crate::wire::feil::{Feil, Kode};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use httpkit::{Caller, problem};
use maud::html;
use ports::authorization::{Question, Subject};
use std::sync::Arc;
use uuid::Uuid;

/// `GET /v1/forsendelser/{forsendelse}/dokumenter/{dokument}`
pub async fn for_system(
    State(desk): State<Desk>,
    path: Result<Path<(Uuid, Uuid)>, PathRejection>,
    caller: Caller,
) -> Response {
    let service = &desk.service;
    let feil = |kode| Feil::new(kode, service.ctx.ids.uuid());
    let Some(system_user) = caller.system_user() else {
        return feil(Kode::Authorization)
            .because(1063, "Tokenet mangler systembruker i authorization_details")
            .into_response();
    };
    let Ok(Path((filing, id))) = path else {
        return feil(Kode::NotFound).because(1061, "Fant ikke forsendelsen").into_response();
    };
    let found = match service.find(id).await {
        Ok(found) => found,
        Err(e) => return httpkit::internal(&e),
    };
    let Some((document, owner)) = found else {
        return feil(Kode::NotFound).because(1050, "Forsendelsen har ikke dette dokumentet").into_response();
    };
    if owner.id != filing || owner.scheme != desk.scheme {
        return feil(Kode::NotFound).because(1061, "Fant ikke forsendelsen").into_response();
    }
    match service.may_read(Subject::SystemUser(system_user.id), 3, owner.scheme, owner.party).await {
        Ok(Verdict::Yes) => service.send(&document, &owner).await,
        Ok(_) => feil(Kode::Authorization)
            .because(1015, "Ikke rett til å lese for denne oppgavegiveren")
            .into_response(),
        Err(e) => httpkit::internal(&e),
    }
}

/// `GET /skatteetaten/dokumenter/{dokument}`
pub async fn for_person(
    State(service): State<Arc<Service>>,
    path: Result<Path<Uuid>, PathRejection>,
    caller: Caller,
) -> Response {
    let (Some(person), level) = (caller.party_uuid(), caller.auth_level()) else {
        return problem::empty(StatusCode::UNAUTHORIZED);
    };
    let Ok(Path(id)) = path else { return problem::text(StatusCode::NOT_FOUND, "Fant ikke dokumentet.") };
    let found = match service.find(id).await {
        Ok(found) => found,
        Err(e) => return httpkit::internal(&e),
    };
    // Whoever may not read it is not told that it exists.
    let Some((document, owner)) = found else {
        return problem::text(StatusCode::NOT_FOUND, "Fant ikke dokumentet.");
    };
    match service.may_read(Subject::Party(person), level, owner.scheme, owner.party).await {
        Ok(Verdict::Yes) => service.send(&document, &owner).await,
        Ok(Verdict::LevelTooLow) => {
            problem::text(StatusCode::FORBIDDEN, "Logg inn på et høyere nivå for å åpne dokumentet.")
        }
        Ok(Verdict::No) => problem::text(StatusCode::NOT_FOUND, "Fant ikke dokumentet."),
        Err(e) => httpkit::internal(&e),
    }
}

enum Verdict {
    Yes,
    LevelTooLow,
    No,
}

impl Service {
    async fn find(&self, id: Uuid) -> db::Result<Option<(Document, Filing)>> {
        let Some(document) = document::get(&self.ctx.db, id).await? else { return Ok(None) };
        Ok(filing::get(&self.ctx.db, document.filing).await?.map(|filing| (document, filing)))
    }

    async fn may_read(
        &self,
        subject: Subject,
        level: u8,
        scheme: Scheme,
        party: Uuid,
    ) -> db::Result<Verdict> {
        let question = Question {
            subject,
            resource: scheme.resource().to_owned(),
            party,
            action: "read".to_owned(),
            instance: None,
            attribute: None,
        };
        let decision = self.deps.pdp.decide(&question).await?;
        Ok(match (decision.permits(), decision.minimum_level) {
            (false, _) => Verdict::No,
            (true, Some(needed)) if level < needed => Verdict::LevelTooLow,
            (true, _) => Verdict::Yes,
        })
    }

    async fn send(&self, document: &Document, filing: &Filing) -> Response {
        let content = match document.kind {
            Kind::Receipt => return httpkit::html(receipt(filing)),
            Kind::Delivery => self.ctx.blobs.get(&blob::Key::new(DELIVERIES, filing.id)).await,
            Kind::Feedback => self.ctx.blobs.get(&blob::Key::new(FEEDBACK, document.id)).await,
        };
        match content {
            Ok(Some(bytes)) => {
                let disposition = format!("attachment; filename=\"{}\"", document.name);
                let headers = [
                    (header::CONTENT_TYPE, document.media_type.clone()),
                    (header::CONTENT_DISPOSITION, disposition),
                ];
                (headers, bytes).into_response()
            }
            Ok(None) => problem::text(StatusCode::NOT_FOUND, "Innholdet finnes ikke lenger."),
            Err(e) => httpkit::internal(&e),
        }
    }
}

/// The receipt, as a page that can be printed.
fn receipt(filing: &Filing) -> String {
    let rows = [
        ("Tjeneste", filing.scheme.titles()[0].1.to_owned()),
        ("Inntektsår", filing.income_year.to_string()),
        ("Mottatt", filing.received_at.to_zoned(oslo()).strftime("%d.%m.%Y kl. %H:%M:%S").to_string()),
        ("Antall oppgaver", filing.tasks.to_string()),
        ("Egen referanse", filing.own_reference.clone().unwrap_or_else(|| "–".into())),
        ("Forsendelse", filing.id.to_string()),
        ("Dialog", filing.dialog.to_string()),
    ];
    html! {
        (maud::DOCTYPE)
        html lang="nb" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Kvittering fra Skatteetaten" }
            }
            body {
                main {
                    h1 { "Kvittering fra Skatteetaten" }
                    p { "Skatteetaten har mottatt opplysningene. Svaret kommer som en ny melding i samme dialog." }
                    dl { @for (name, value) in &rows { dt { (name) } dd { (value) } } }
                }
            }
        }
    }
    .into_string()
}

fn oslo() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Europe/Oslo").unwrap_or(jiff::tz::TimeZone::UTC)
}
