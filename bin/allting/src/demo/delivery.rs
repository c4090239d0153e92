//! A condominium's yearly delivery, in the form of the published example, with synthetic owners.

use serde_json::{Value, json};

/// A delivery for `org_no`; `liabilities_sum` is what the summary states, 27 709 when it agrees with the tasks.
pub fn condominium(org_no: &str, year: u16, reference: &str, liabilities_sum: i64) -> Value {
    let cadastre = |section: u16| json!({"kommunenummer": "1554", "gaardsnummer": 91, "bruksnummer": 227, "seksjonsnummer": section});
    let whole_year = json!({"start": "0101", "slutt": "3112"});
    json!({"leveranse": {
        "kildesystem": "Allting demo",
        "leveransetype": "ordinaer",
        "inntektsaar": year,
        "oppgavegiversLeveranseReferanse": reference,
        "oppgavegiver": {
            "organisasjonsnummer": org_no,
            "kontaktinformasjon": {
                "navn": "Styret i sameiet",
                "telefonnummer": "00000000",
                "varselEpostadresse": "styret@sameiet.example",
                "varselSmsMobilnummer": "40000000",
            },
        },
        "oppgave": [
            {
                "oppgaveeier": {"organisasjonsnummer": population::personas::PROPERTY_COMPANY, "navn": "Eieren AS"},
                "eiertid": whole_year.clone(), "matrikkelnummer": cadastre(11),
                "andelSkattepliktigeInntekter": 1766, "andelFradragsberettigedeKostnader": 1766,
                "andelFormue": 9336, "andelGjeld": 21761,
            },
            {
                "oppgaveeier": {"foedselsnummer": "19919640521", "navn": "Amir Hussain"},
                "eiertid": whole_year, "matrikkelnummer": cadastre(30),
                "andelSkattepliktigeInntekter": 483, "andelFradragsberettigedeKostnader": 483,
                "andelFormue": 2552, "andelGjeld": 5948,
            },
        ],
        "sletteoppgave": [],
        "oppgaveoppsummering": {
            "antallOppgaver": 2,
            "sumAndelSkattepliktigeInntekter": 2249,
            "sumAndelFradragsberettigedeKostnader": 2249,
            "sumAndelFormue": 11888,
            "sumAndelGjeld": liabilities_sum,
        },
    }})
}
