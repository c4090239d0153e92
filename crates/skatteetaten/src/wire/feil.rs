//! Error bodies of the reporting services (agency services §1.4).

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use httpkit::Refusal;
use serde::Serialize;
use uuid::Uuid;

/// `{kode, melding, korrelasjonsid, spesifisering}`
#[derive(Debug, Clone, Serialize)]
pub struct Feil {
    kode: String,
    melding: &'static str,
    korrelasjonsid: Uuid,
    spesifisering: Vec<Spesifisering>,
    #[serde(skip)]
    status: StatusCode,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spesifisering {
    kode: String,
    melding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    angitt_verdi: Option<String>,
}

/// The main codes that these services answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kode {
    /// 004
    Authentication,
    /// 005
    Authorization,
    /// 006
    Request,
    /// 008
    Structure,
    /// 010
    Validation,
    /// 011
    Metadata,
    /// 017
    System,
    /// 019
    IdempotencyKeyUsed,
    /// 021
    NotFound,
}

impl Feil {
    /// An error; `correlation` is echoed to the client and stands in the log.
    pub fn new(kode: Kode, correlation: Uuid) -> Self {
        let (number, status, melding) = match kode {
            Kode::Authentication => ("004", StatusCode::UNAUTHORIZED, "Feil ved autentisering"),
            Kode::Authorization => ("005", StatusCode::FORBIDDEN, "Feil ved autorisasjon"),
            Kode::Request => ("006", StatusCode::BAD_REQUEST, "Feil i forespørselen"),
            Kode::Structure => ("008", StatusCode::BAD_REQUEST, "Innholdet har feil struktur"),
            Kode::Validation => ("010", StatusCode::BAD_REQUEST, "Innholdet er ikke gyldig"),
            Kode::Metadata => ("011", StatusCode::BAD_REQUEST, "Feil i metadata"),
            Kode::System => ("017", StatusCode::INTERNAL_SERVER_ERROR, "Systemfeil"),
            Kode::IdempotencyKeyUsed => {
                ("019", StatusCode::CONFLICT, "idempotencyKey er brukt før med annet innhold")
            }
            Kode::NotFound => ("021", StatusCode::NOT_FOUND, "Fant ikke ressursen"),
        };
        Self {
            kode: format!("GLD_{number}"),
            melding,
            korrelasjonsid: correlation,
            spesifisering: vec![],
            status,
        }
    }

    /// Adds what exactly is wrong.
    pub fn because(self, number: u16, melding: impl Into<String>) -> Self {
        self.at(number, melding, None, None)
    }

    /// Adds what exactly is wrong and where; `path` has `/` separators.
    pub fn at(
        mut self,
        number: u16,
        melding: impl Into<String>,
        path: Option<String>,
        value: Option<String>,
    ) -> Self {
        let kode = format!("GLD_{number}");
        self.spesifisering.push(Spesifisering {
            kode,
            melding: melding.into(),
            sti: path,
            angitt_verdi: value,
        });
        self
    }

    /// Another status than the main code's own.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for Feil {
    fn into_response(self) -> Response {
        let correlation = self.korrelasjonsid.to_string();
        let mut response = (self.status, axum::Json(self)).into_response();
        if let Ok(value) = correlation.parse() {
            response.headers_mut().insert("Korrelasjonsid", value);
        }
        response
    }
}

/// What the guard's refusals look like here.
pub fn refusal(refusal: Refusal) -> Response {
    // The guard has no correlation id of the request; the trace id in the header finds it again.
    let correlation =
        httpkit::trace_id().and_then(|trace| Uuid::try_parse(trace.get(3..35)?).ok()).unwrap_or_default();
    let authentication = Feil::new(Kode::Authentication, correlation);
    match refusal {
        Refusal::Unauthenticated(reason) if reason == "no token" => {
            authentication.because(1007, "Headeren Authorization mangler").into_response()
        }
        Refusal::Unauthenticated(_) => authentication.because(1008, "Tokenet er ikke gyldig").into_response(),
        Refusal::Forbidden(_) | Refusal::Csrf => Feil::new(Kode::Authorization, correlation)
            .because(1015, "Tokenet mangler scopet som tjenesten krever")
            .into_response(),
        // The published list has no code of its own for it; this one says to try again.
        Refusal::Limited(_) => Feil::new(Kode::System, correlation)
            .because(1053, "For mange forespørsler")
            .status(StatusCode::TOO_MANY_REQUESTS)
            .into_response(),
        Refusal::Broken(status) => Feil::new(Kode::System, correlation).status(status).into_response(),
    }
}
