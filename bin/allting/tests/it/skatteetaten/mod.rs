//! Third-party reporting with every block behind it.

mod document;
mod feedback;
mod replay;
mod submit;

use crate::support::{Answer, REPORTING, SystemUser, TestApp, app};
use population::personas::{CONDOMINIUM, PROPERTY_COMPANY};
use serde_json::{Value, json};
use uuid::Uuid;

const SERVICE: &str = "/_host/innrapporteringboligsameie";
const YEAR: &str = "/_host/innrapporteringboligsameie/v1/2023";
const KEY: &str = "0195cf11-92fc-41bb-9dac-2a28e3d5f26b";

/// A vendor whose customer has approved its system user.
pub struct World {
    pub app: TestApp,
    pub user: SystemUser,
    pub token: String,
}

pub async fn world() -> World {
    world_of(app().await).await
}

pub async fn world_of(app: TestApp) -> World {
    let user = app.system_user().await;
    let token = user.token(&app, REPORTING).await;
    World { app, user, token }
}

/// Ids of a delivery that was taken.
pub struct Filed {
    pub dialog: String,
    pub filing: String,
}

impl World {
    pub async fn file(&self, key: &str, body: &Value) -> Answer {
        // The same again finds its answer; whether a row is left is asked where a filing must be taken.
        self.app
            .post(YEAR)
            .bearer(&self.token)
            .header("idempotencyKey", key)
            .json(body)
            .repeats()
            .send()
            .await
    }

    /// Files under a new key; it must be taken.
    pub async fn filed(&self, body: &Value) -> Filed {
        let answer = self.file(&Uuid::from_bytes(crate::support::random()).to_string(), body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(self.app.entries(&answer).await > 0);
        let answer = answer.json();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Filed { dialog: text("dialogId"), filing: text("forsendelseId") }
    }
}

/// A delivery of two owners; the liabilities add up to 27 709.
pub fn delivery(reference: &str, liabilities: i64) -> Value {
    let cadastre = |section: u16| json!({"kommunenummer": "1554", "gaardsnummer": 91, "bruksnummer": 227, "seksjonsnummer": section});
    let whole_year = json!({"start": "0101", "slutt": "3112"});
    json!({"leveranse": {
        "kildesystem": "Prøve", "leveransetype": "ordinaer", "inntektsaar": 2023,
        "oppgavegiversLeveranseReferanse": reference,
        "oppgavegiver": {"organisasjonsnummer": CONDOMINIUM, "kontaktinformasjon": {
            "navn": "Styret", "telefonnummer": "00000000", "varselEpostadresse": "Regnskap@Sameiet.example", "varselSmsMobilnummer": "40000000"}},
        "oppgave": [
            {"oppgaveeier": {"organisasjonsnummer": PROPERTY_COMPANY, "navn": "Eieren AS"}, "eiertid": whole_year,
             "matrikkelnummer": cadastre(11), "andelSkattepliktigeInntekter": 1766, "andelFradragsberettigedeKostnader": 1766,
             "andelFormue": 9336, "andelGjeld": 21761},
            {"oppgaveeier": {"foedselsnummer": "19919640521", "navn": "Amir Hussain"}, "eiertid": whole_year,
             "matrikkelnummer": cadastre(30), "andelSkattepliktigeInntekter": 483, "andelFradragsberettigedeKostnader": 483,
             "andelFormue": 2552, "andelGjeld": 5948},
        ],
        "oppgaveoppsummering": {"antallOppgaver": 2, "sumAndelSkattepliktigeInntekter": 2249,
            "sumAndelFradragsberettigedeKostnader": 2249, "sumAndelFormue": 11888, "sumAndelGjeld": liabilities},
    }})
}

/// A delivery whose sums agree.
pub fn sound() -> Value {
    delivery("L-1", 27_709)
}
