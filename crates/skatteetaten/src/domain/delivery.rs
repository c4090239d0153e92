//! Reads a delivery: structure by schema first, then the checks that need no register.

use super::scheme::Scheme;
use jsonschema::Validator;
use serde_json::Value;
use std::sync::LazyLock;

/// Oldest income year that is taken, counted back from the current one.
const YEARS_BACK: i16 = 5;

/// A delivery that has the right structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Income year of every leveranse.
    pub income_year: i16,
    /// Organisation number of the oppgavegiver.
    pub org_no: String,
    /// `oppgavegiversLeveranseReferanse` of the first leveranse.
    pub own_reference: Option<String>,
    /// Where the oppgavegiver wants to be told.
    pub contact_email: Option<String>,
    /// Tasks (oppgaver) in all.
    pub tasks: i64,
    /// Deletions (sletteoppgaver) in all; `None` when the member is absent.
    pub deletions: Option<i64>,
}

/// What is wrong with a delivery, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not by the schema.
    Structure {
        /// Path with `/` separators.
        path: String,
        /// The value there, as JSON text cut to 100 characters.
        value: Option<String>,
        /// Why.
        reason: String,
    },
    /// The year in the address is another than in the body.
    OtherYear {
        /// Path.
        path: String,
        /// Year in the body.
        stated: i16,
    },
    /// The leveranser have several income years.
    MixedYears,
    /// The leveranser have several oppgavegivere.
    MixedParties,
    /// The year is not open for reporting.
    ClosedYear(i16),
}

static SCHEMAS: LazyLock<[Option<Validator>; 2]> = LazyLock::new(|| {
    [
        include_str!("../../schemas/boligsameie.schema.json"),
        include_str!("../../schemas/boligselskap.schema.json"),
    ]
    .map(|text| {
        serde_json::from_str(text).ok().and_then(|schema: Value| jsonschema::validator_for(&schema).ok())
    })
});

/// Reads `document` as a delivery of `scheme` for the year in the address. `this_year` is the current calendar year.
pub fn read(scheme: Scheme, document: &Value, year: i16, this_year: i16) -> Result<Delivery, Fault> {
    let schema = SCHEMAS[scheme as usize - 1].as_ref();
    let Some(schema) = schema else {
        return Err(structure("leveranse".into(), None, "the schema is missing".into()));
    };
    if let Some(error) = schema.iter_errors(document).next() {
        let path = error.instance_path().to_string().trim_start_matches('/').to_owned();
        let value = document.pointer(&error.instance_path().to_string()).map(short);
        return Err(structure(path, value, error.to_string().chars().take(300).collect()));
    }
    let deliveries = leveranser(document);
    let first =
        deliveries.first().ok_or_else(|| structure("leveranse".into(), None, "no leveranse".into()))?;
    let income_year = year_of(first);
    if deliveries.iter().any(|delivery| year_of(delivery) != income_year) {
        return Err(Fault::MixedYears);
    }
    let org_no = first["oppgavegiver"]["organisasjonsnummer"].as_str().unwrap_or_default().to_owned();
    if deliveries.iter().any(|delivery| delivery["oppgavegiver"]["organisasjonsnummer"] != org_no.as_str()) {
        return Err(Fault::MixedParties);
    }
    if income_year != year {
        let at = if document["leveranse"].is_array() {
            "leveranse/0/inntektsaar"
        } else {
            "leveranse/inntektsaar"
        };
        return Err(Fault::OtherYear { path: at.into(), stated: income_year });
    }
    if !(this_year - YEARS_BACK..=this_year).contains(&year) {
        return Err(Fault::ClosedYear(year));
    }
    let count = |member: &str| {
        let lengths = deliveries.iter().filter_map(|delivery| delivery[member].as_array().map(Vec::len));
        lengths.reduce(|a, b| a + b).and_then(|n| i64::try_from(n).ok())
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(Delivery {
        income_year,
        org_no,
        own_reference: text(&first["oppgavegiversLeveranseReferanse"]),
        contact_email: text(&first["oppgavegiver"]["kontaktinformasjon"]["varselEpostadresse"]),
        tasks: count("oppgave").unwrap_or(0),
        deletions: count("sletteoppgave"),
    })
}

/// The leveranser of a document: boligselskap sends an array, the other schemes one object.
pub fn leveranser(document: &Value) -> Vec<&Value> {
    match &document["leveranse"] {
        Value::Array(items) => items.iter().collect(),
        Value::Null => vec![],
        one => vec![one],
    }
}

/// Samples write the year as a number or as text; the schema admits four digits only.
fn year_of(delivery: &Value) -> i16 {
    let year = &delivery["inntektsaar"];
    let number = year.as_i64().or_else(|| year.as_str().and_then(|text| text.parse().ok()));
    number.and_then(|number| i16::try_from(number).ok()).unwrap_or(0)
}

fn structure(path: String, value: Option<String>, reason: String) -> Fault {
    Fault::Structure { path, value, reason }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Value {
        json!({"leveranse": {
            "oppgavegiversLeveranseReferanse": "L-1", "leveransetype": "ordinaer", "inntektsaar": 2023, "kildesystem": "S",
            "oppgavegiver": {"organisasjonsnummer": "310149942", "kontaktinformasjon": {"varselEpostadresse": "a@b.no"}},
            "oppgaveoppsummering": {"antallOppgaver": 0}, "oppgave": [], "sletteoppgave": []}})
    }

    fn fault(change: impl FnOnce(&mut Value)) -> Fault {
        let mut document = sample();
        change(&mut document);
        read(Scheme::Boligsameie, &document, 2023, 2026).unwrap_err()
    }

    #[test]
    fn a_sound_delivery_is_read() {
        let delivery = read(Scheme::Boligsameie, &sample(), 2023, 2026).unwrap();
        assert_eq!((delivery.income_year, delivery.tasks, delivery.deletions), (2023, 0, Some(0)));
        assert_eq!(delivery.contact_email.as_deref(), Some("a@b.no"));
    }

    #[test]
    fn a_year_as_text_is_read_too() {
        let mut document = sample();
        document["leveranse"]["inntektsaar"] = json!("2023");
        assert!(read(Scheme::Boligsameie, &document, 2023, 2026).is_ok());
    }

    #[test]
    fn wrong_types_name_path_and_value() {
        let found = fault(|d| d["leveranse"]["oppgavegiver"]["organisasjonsnummer"] = json!(310_149_942));
        let Fault::Structure { path, value, .. } = found else { panic!("{found:?}") };
        assert_eq!(
            (path.as_str(), value.as_deref()),
            ("leveranse/oppgavegiver/organisasjonsnummer", Some("310149942"))
        );
    }

    #[test]
    fn years_must_agree_and_be_open() {
        assert_eq!(
            fault(|d| d["leveranse"]["inntektsaar"] = json!(2022)),
            Fault::OtherYear { path: "leveranse/inntektsaar".into(), stated: 2022 }
        );
        let mut old = sample();
        old["leveranse"]["inntektsaar"] = json!(2019);
        assert_eq!(read(Scheme::Boligsameie, &old, 2019, 2026).unwrap_err(), Fault::ClosedYear(2019));
    }

    #[test]
    fn boligselskap_sends_an_array_of_one_party_and_one_year() {
        let one = sample()["leveranse"].clone();
        let mut other = one.clone();
        other["oppgavegiver"]["organisasjonsnummer"] = json!("313876144");
        let read = |items: Value| {
            read(Scheme::Boligselskap, &json!({"leveranse": items}), 2023, 2026)
                .map(|delivery| delivery.tasks)
        };
        assert_eq!(read(json!([one.clone(), one.clone()])), Ok(0));
        assert_eq!(read(json!([one.clone(), other])), Err(Fault::MixedParties));
        assert!(matches!(read(one), Err(Fault::Structure { .. })));
    }
}
