//! `POST /v1/{inntektsaar}`: a delivery is checked, taken and answered at once.

use crate::domain::delivery::{self, Delivery, Fault};
use crate::service::{DELIVERIES, Desk, OWNER, texts};
use crate::store::document;
use crate::store::document::{Document, Kind};
use crate::store::filing::{self, Filing, Remembered, Status};
use crate::wire::feil::{Feil, Kode};
use crate::wire::receipt::Receipt;
use audit::{Action, Entry};
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use httpkit::{Caller, SystemUserClaim};
use ports::authorization::{Question, Subject};
use ports::dialogporten::{NewDialog, NewTransmission, Sender, Status as DialogStatus};
use ports::register::{Party, PartyKind, PartyRef};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Takes a delivery.
pub async fn handle(
    State(desk): State<Desk>,
    Path(year): Path<String>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let correlation = correlation(&headers).unwrap_or_else(|| desk.service.ctx.ids.uuid());
    match take(&desk, &year, &caller, &headers, body, correlation).await {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer).into_response(),
        Err(Refused::Feil(feil)) => feil.into_response(),
        Err(Refused::Internal(e)) => httpkit::internal(e.as_ref()),
    }
}

enum Refused {
    Feil(Box<Feil>),
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<Feil> for Refused {
    fn from(feil: Feil) -> Self {
        Self::Feil(Box::new(feil))
    }
}

impl From<db::Error> for Refused {
    fn from(e: db::Error) -> Self {
        Self::Internal(e.into())
    }
}

impl db::MaybeRetry for Refused {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Internal(e) => e.downcast_ref(),
            Self::Feil(_) => None,
        }
    }
}

/// What the request claims, once its form is sound.
struct Request {
    system_user: SystemUserClaim,
    key: Uuid,
    vendor: String,
    hash: Vec<u8>,
    body: Bytes,
    delivery: Delivery,
}

async fn take(
    desk: &Desk,
    year: &str,
    caller: &Caller,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    correlation: Uuid,
) -> Result<String, Refused> {
    let request = read(desk, year, caller, headers, body, correlation)?;
    let party = authorized_party(desk, &request, correlation).await?;
    let remembered = filing::replay(&desk.service.ctx.db, &request.vendor, request.key).await?;
    if let Some(remembered) = remembered {
        return replay(remembered, &request, correlation);
    }
    match keep(desk, &request, &party).await {
        // Another request with the same key was faster.
        Err(Refused::Internal(e)) if matches!(e.downcast_ref(), Some(db::Error::Unique(_))) => {
            let rival = db::write_tx!(desk.service.ctx.db, "gld.replay", |tx| {
                filing::replay_durable(tx, &request.vendor, request.key).await
            })?;
            replay(rival.ok_or(Refused::Internal(e))?, &request, correlation)
        }
        kept => kept,
    }
}

/// Everything that can be told without a register: headers, size, structure, year.
fn read(
    desk: &Desk,
    year: &str,
    caller: &Caller,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    correlation: Uuid,
) -> Result<Request, Refused> {
    let feil = |kode| Feil::new(kode, correlation);
    let system_user = caller.system_user().ok_or_else(|| {
        feil(Kode::Authorization).because(1063, "Tokenet mangler systembruker i authorization_details")
    })?;
    let vendor = caller.consumer().unwrap_or_default().to_owned();
    let key = match headers.get("idempotencyKey").map(|value| value.to_str().unwrap_or_default()) {
        None => return Err(feil(Kode::Request).because(1028, "Headeren idempotencyKey mangler").into()),
        Some(text) => Uuid::try_parse(text).map_err(|_| {
            feil(Kode::Request).at(
                1022,
                "idempotencyKey er ikke en UUID",
                Some("idempotencyKey".into()),
                Some(text.into()),
            )
        })?,
    };
    if !accepts_json(headers) {
        return Err(feil(Kode::Metadata).because(1030, "Accept må tillate application/json").into());
    }
    if !is_json(headers) {
        return Err(feil(Kode::Metadata).because(1047, "Content-Type må være application/json").into());
    }
    let body = body.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let why = if too_large { "Innholdet er større enn 10 MB" } else { "Innholdet kunne ikke leses" };
        feil(Kode::Structure).because(1022, why).status(rejection.status())
    })?;
    let bad_year = || {
        feil(Kode::Structure).at(
            1022,
            "inntektsaar er et år med fire siffer",
            Some("inntektsaar".into()),
            Some(year.into()),
        )
    };
    let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let year_number: i16 = year.parse().ok().filter(|_| digits).ok_or_else(bad_year)?;
    let document = httpkit::json_from(&body).map_err(|(path, reason)| {
        feil(Kode::Structure).at(1032, reason, Some(path.replace('$', "")), None)
    })?;
    let this_year = desk.service.ctx.clock.now().to_zoned(jiff::tz::TimeZone::UTC).year();
    let delivery = delivery::read(desk.scheme, &document, year_number, this_year)
        .map_err(|fault| fault_feil(fault, correlation))?;
    let mut digest = Sha256::new();
    digest.update([desk.scheme as u8]);
    digest.update(year);
    digest.update(&body);
    Ok(Request { system_user, key, vendor, hash: digest.finalize().to_vec(), body, delivery })
}

fn fault_feil(fault: Fault, correlation: Uuid) -> Feil {
    let feil = |kode| Feil::new(kode, correlation);
    match fault {
        Fault::Structure { path, value, reason } => feil(Kode::Structure).at(1032, reason, Some(path), value),
        Fault::OtherYear { path, stated } => feil(Kode::Validation).at(
            1052,
            "Inntektsåret i adressen og i innholdet er ikke det samme",
            Some(path),
            Some(stated.to_string()),
        ),
        Fault::MixedYears => feil(Kode::Validation).because(1069, "Alle leveranser må ha samme inntektsår"),
        Fault::MixedParties => {
            feil(Kode::Validation).because(1022, "Alle leveranser må ha samme oppgavegiver")
        }
        Fault::ClosedYear(year) => feil(Kode::Validation).at(
            1027,
            "Inntektsåret er ikke åpent for innrapportering",
            Some("inntektsaar".into()),
            Some(year.to_string()),
        ),
    }
}

/// The oppgavegiver, when it may report and the system user may report for it.
async fn authorized_party(desk: &Desk, request: &Request, correlation: Uuid) -> Result<Party, Refused> {
    let feil = |kode| Feil::new(kode, correlation);
    let deps = &desk.service.deps;
    let org_no = &request.delivery.org_no;
    let at = || (Some("leveranse/oppgavegiver/organisasjonsnummer".to_owned()), Some(org_no.clone()));
    let party = deps.register.party(&PartyRef::OrgNo(org_no.clone())).await?;
    let Some(party) = party.filter(|party| !party.deleted) else {
        let (path, value) = at();
        return Err(feil(Kode::Validation).at(1055, "Fant ikke organisasjonsnummeret", path, value).into());
    };
    if party.kind == PartyKind::SubUnit {
        let (path, value) = at();
        return Err(feil(Kode::Validation)
            .at(1062, "En underenhet kan ikke være oppgavegiver", path, value)
            .into());
    }
    let question = Question {
        subject: Subject::SystemUser(request.system_user.id),
        resource: desk.scheme.resource().to_owned(),
        party: party.uuid,
        action: "write".to_owned(),
        instance: None,
        attribute: None,
    };
    if !deps.pdp.decide(&question).await?.permits() {
        let (path, value) = at();
        let why = "Systembrukeren har ikke rett til å levere for denne oppgavegiveren";
        return Err(feil(Kode::Authorization).at(1015, why, path, value).into());
    }
    Ok(party)
}

fn replay((hash, answer): Remembered, request: &Request, correlation: Uuid) -> Result<String, Refused> {
    if hash == request.hash {
        Ok(answer)
    } else {
        Err(Feil::new(Kode::IdempotencyKeyUsed, correlation).into())
    }
}

/// Filing with its content, dialog with transmission, log row and the message to the back office: one transaction.
async fn keep(desk: &Desk, request: &Request, party: &Party) -> Result<String, Refused> {
    let sender = sender(desk, &request.system_user).await?;
    let service = &desk.service;
    let ctx = &service.ctx;
    let now = ctx.clock.now();
    let id = ctx.ids.uuid_v7(now);
    let content = ctx
        .blobs
        .stage(&blob::Key::new(DELIVERIES, id), request.body.clone())
        .await
        .map_err(|e| Refused::Internal(e.into()))?;
    let documents = [
        (Kind::Receipt, "text/html; charset=utf-8", "kvittering.html"),
        (Kind::Delivery, "application/json", "innsending.json"),
    ]
    .map(|(kind, media_type, name)| Document {
        id: ctx.ids.uuid_v7(now),
        filing: id,
        kind,
        media_type: media_type.into(),
        name: name.into(),
    });
    let candidate = ctx.ids.uuid_v7(now);
    let delivery = &request.delivery;
    let year = i64::from(delivery.income_year);
    let answer = db::write_tx!(ctx.db, "gld.submit", |tx| {
        let (dialog, is_new) = filing::claim_dialog(tx, desk.scheme, party.uuid, year, candidate).await?;
        let filing = Filing {
            id,
            scheme: desk.scheme,
            party: party.uuid,
            income_year: year,
            dialog,
            own_reference: delivery.own_reference.clone(),
            tasks: delivery.tasks,
            system_user: request.system_user.id,
            vendor_org_no: request.vendor.clone(),
            contact_email: delivery.contact_email.clone(),
            received_at: now,
            status: Status::Received,
        };
        filing::insert(tx, &filing, delivery.deletions.unwrap_or(0)).await?;
        content.keep(tx).await?;
        for entry in &documents {
            document::insert(tx, entry).await?;
        }
        let attachments =
            documents.iter().map(|d| service.attachment(desk.scheme, id, d.id, d.kind)).collect();
        let transmission = submission(&filing, sender.clone(), attachments);
        if is_new {
            service.deps.dialogs.create(tx, new_dialog(&filing, transmission)).await?;
        } else {
            service.deps.dialogs.add_transmission(tx, dialog, transmission, DialogStatus::InProgress).await?;
        }
        let receipt = Receipt {
            dialog_id: dialog,
            forsendelse_id: id,
            oppgavegivers_leveranse_referanse: delivery.own_reference.clone(),
            antall_oppgaver: delivery.tasks,
            antall_sletteoppgaver: delivery.deletions,
        };
        let answer = json!(receipt).to_string();
        filing::remember(tx, &filing, request.key, &request.hash, &answer).await?;
        let detail = json!({ "dialog": dialog, "year": year });
        let entry = Entry::new(Action::FilingReceive, now, "filing", id).on_behalf_of(party.uuid);
        audit::put(tx, &entry.resource(desk.scheme.resource()).detail(detail)).await?;
        let message = jobs::Message {
            topic: crate::jobs::feedback::RECEIVED,
            key: dialog.to_string(),
            payload: json!({ "filing": id }),
            available_at: None,
        };
        ctx.outbox.put(tx, message).await?;
        Ok::<_, Refused>(answer)
    })?;
    metrics::counter!("filings_total", "scheme" => desk.scheme.name()).increment(1);
    Ok(answer)
}

fn new_dialog(filing: &Filing, transmission: NewTransmission) -> NewDialog {
    let titles = filing.scheme.titles();
    let year = filing.income_year;
    NewDialog {
        id: filing.dialog,
        org: OWNER.to_owned(),
        resource: filing.scheme.resource().to_owned(),
        party: filing.party,
        external_reference: Some(format!("{}-{year}", filing.scheme.name())),
        title: titles
            .map(|(language, title)| (language, format!("{title} – {} {year}", words(language))))
            .to_vec(),
        summary: texts(
            "Opplysninger til Skatteetaten om eiernes andeler. Her ligger det som er sendt inn, og svarene.",
            "Opplysningar til Skatteetaten om partane til eigarane. Her ligg det som er sendt inn, og svara.",
            "Information to the Tax Administration about the owners' shares. What was sent in lies here, with the answers.",
        ),
        status: DialogStatus::InProgress,
        transmission: Some(transmission),
    }
}

fn words(language: &str) -> &'static str {
    match language {
        "nn" => "tredjepartsopplysningar for",
        "en" => "third-party information for",
        _ => "tredjepartsopplysninger for",
    }
}

/// The system user, under the title that the customer knows it by.
async fn sender(desk: &Desk, claim: &SystemUserClaim) -> Result<Sender, Refused> {
    let known = desk.service.deps.system_users.system_user(claim.id).await?;
    Ok(Sender::PartyRepresentative {
        actor: format!("urn:altinn:systemuser:uuid:{}", claim.id),
        name: known.map_or_else(|| claim.system_id.clone(), |user| user.title),
    })
}

fn submission(
    filing: &Filing,
    sender: Sender,
    attachments: Vec<ports::dialogporten::NewAttachment>,
) -> NewTransmission {
    let tasks = filing.tasks;
    NewTransmission {
        id: filing.id,
        kind: "Submission",
        sender,
        related: None,
        title: texts("Innsending mottatt", "Innsending motteken", "Submission received"),
        summary: texts(
            &format!("{tasks} oppgaver er mottatt og blir behandlet."),
            &format!("{tasks} oppgåver er mottekne og blir behandla."),
            &format!("{tasks} records have been received and are being processed."),
        ),
        attachments,
        at: filing.received_at,
    }
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let accept: Vec<_> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    accept.is_empty() || ["application/json", "application/*", "*/*"].iter().any(|kind| accept.contains(kind))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn correlation(headers: &HeaderMap) -> Option<Uuid> {
    headers.get("Korrelasjonsid")?.to_str().ok()?.parse().ok()
}
