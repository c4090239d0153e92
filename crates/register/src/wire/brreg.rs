//! Open data of Enhetsregisteret (identity §8). Members without value are left out, never `null`.

use crate::domain::role_types;
use crate::domain::unit_types::{industry_name, is_sub_unit, municipality_name, unit_type_name};
use crate::store::roles::{Holder, Who};
use httpkit::Origin;
use ports::population::{Address, Organisation, OrganisationStatus};
use serde_json::{Map, Value, json};

const BASE: &str = "/enhetsregisteret/api";
/// Fewer employees than this are withheld, though it is told that there are some.
const FEWEST_SHOWN: u32 = 5;

fn link(origin: &Origin, path: &str) -> Value {
    json!({ "href": origin.url(&format!("{BASE}{path}")) })
}

fn unit_type(origin: &Origin, code: &str) -> Value {
    json!({
        "kode": code,
        "beskrivelse": unit_type_name(code).unwrap_or(code),
        "_links": { "self": link(origin, &format!("/organisasjonsformer/{code}")) },
    })
}

fn collection(unit: &Organisation) -> &'static str {
    if is_sub_unit(&unit.unit_type) { "underenheter" } else { "enheter" }
}

/// A unit or sub-unit; the reduced form when it is struck off.
pub fn unit(unit: &Organisation, origin: &Origin) -> Value {
    let mut links = Map::from_iter([(
        "self".to_owned(),
        link(origin, &format!("/{}/{}", collection(unit), unit.org_no)),
    )]);
    if let Some(parent) = &unit.parent {
        links.insert("overordnetEnhet".to_owned(), link(origin, &format!("/enheter/{parent}")));
    }
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            out.insert(name.to_owned(), value);
        }
    };
    put("organisasjonsnummer", json!(unit.org_no));
    put("navn", json!(unit.name.to_uppercase()));
    put("organisasjonsform", unit_type(origin, &unit.unit_type));
    put("_links", Value::Object(links));
    if unit.status == OrganisationStatus::Deleted {
        put("slettedato", json!(unit.deleted_at));
        put("respons_klasse", json!("SlettetEnhet"));
        return Value::Object(out);
    }
    put("postadresse", address(unit.postal_address.as_ref()));
    put("registreringsdatoEnhetsregisteret", json!(unit.registered));
    put("registrertIMvaregisteret", json!(unit.vat.is_some()));
    for (name, code) in ["naeringskode1", "naeringskode2", "naeringskode3"].iter().zip(&unit.industry_codes) {
        put(name, json!({ "kode": code, "beskrivelse": industry_name(code).unwrap_or(code) }));
    }
    put("harRegistrertAntallAnsatte", json!(unit.employees.is_some()));
    put(
        "antallAnsatte",
        json!(unit.employees.filter(|employees| *employees == 0 || *employees >= FEWEST_SHOWN)),
    );
    put("overordnetEnhet", json!(unit.parent));
    put("epostadresse", json!(unit.contact.as_ref().and_then(|contact| contact.emails.first())));
    put("mobil", json!(unit.contact.as_ref().and_then(|contact| contact.mobiles.first())));
    if is_sub_unit(&unit.unit_type) {
        put("beliggenhetsadresse", address(unit.business_address.as_ref()));
        put("respons_klasse", json!("Underenhet"));
        return Value::Object(out);
    }
    put("forretningsadresse", address(unit.business_address.as_ref()));
    put("stiftelsesdato", json!(unit.registered));
    let business = matches!(
        unit.unit_type.as_str(),
        "AS" | "ASA" | "ANS" | "DA" | "NUF" | "BRL" | "BBL" | "SA" | "KS" | "SE"
    );
    put("registrertIForetaksregisteret", json!(business));
    put("registrertIStiftelsesregisteret", json!(unit.unit_type == "STI"));
    put("registrertIFrivillighetsregisteret", json!(false));
    put("registrertIPartiregisteret", json!(false));
    put("konkurs", json!(unit.status == OrganisationStatus::Bankrupt));
    put("underAvvikling", json!(unit.status == OrganisationStatus::BeingDissolved));
    put("underTvangsavviklingEllerTvangsopplosning", json!(false));
    put("maalform", json!("Bokmål"));
    put("respons_klasse", json!("Enhet"));
    Value::Object(out)
}

fn address(address: Option<&Address>) -> Value {
    let Some(address) = address else { return Value::Null };
    let code = address.country.as_deref().unwrap_or("NO");
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            out.insert(name.to_owned(), value);
        }
    };
    let upper = |text: &String| text.to_uppercase();
    put("landkode", json!(code));
    put("adresse", json!(address.street.iter().collect::<Vec<_>>()));
    if code == "NO" {
        put("land", json!("Norge"));
        put("postnummer", json!(address.postal_code));
        put("poststed", json!(address.city.as_ref().map(upper)));
        put("kommunenummer", json!(address.municipality));
        let name = address.municipality.as_deref().and_then(municipality_name);
        put("kommune", json!(name.map(str::to_uppercase)));
    } else {
        put("land", json!(code));
        // WIRE: a foreign post code stands inside the postal place.
        let place: Vec<String> = address.postal_code.iter().chain(&address.city).map(upper).collect();
        put("poststed", json!(place.join(" ")));
    }
    Value::Object(out)
}

/// The holders of roles, by group.
pub fn roles(unit: &Organisation, holders: &[Holder], origin: &Origin) -> Value {
    let mut groups: Vec<(&str, Vec<&Holder>)> = Vec::new();
    for holder in holders {
        let code = role_types::group(&holder.code);
        match groups.iter_mut().find(|(known, _)| *known == code) {
            Some((_, members)) => members.push(holder),
            None => groups.push((code, vec![holder])),
        }
    }
    let groups: Vec<Value> = groups
        .iter_mut()
        .map(|(code, members)| {
            members.sort_by_key(|holder| rank(&holder.code));
            let members: Vec<Value> =
                members.iter().enumerate().map(|(order, holder)| role(order, holder, origin)).collect();
            json!({
                "type": {
                    "kode": code,
                    "beskrivelse": role_types::group_name(code),
                    "_links": { "self": link(origin, &format!("/roller/rollegruppetyper/{code}")) },
                },
                "sistEndret": unit.registered,
                "roller": members,
            })
        })
        .collect();
    json!({
        "rollegrupper": groups,
        "_links": {
            "self": link(origin, &format!("/enheter/{}/roller", unit.org_no)),
            "enhet": link(origin, &format!("/enheter/{}", unit.org_no)),
        },
    })
}

/// The chair stands first.
fn rank(code: &str) -> usize {
    ["LEDE", "NEST", "MEDL", "VARA", "OBS"].iter().position(|known| *known == code).unwrap_or(9)
}

fn role(order: usize, holder: &Holder, origin: &Origin) -> Value {
    let code = &holder.code;
    let mut out = Map::from_iter([
        (
            "type".to_owned(),
            json!({
                "kode": code,
                "beskrivelse": role_types::find(code).map_or(code.as_str(), |role| role.name),
                "_links": { "self": link(origin, &format!("/roller/rolletyper/{code}")) },
            }),
        ),
        // WIRE: older clients read one of these, newer ones the other (identity §8).
        ("fratraadt".to_owned(), json!(false)),
        ("avregistrert".to_owned(), json!(false)),
        ("rekkefolge".to_owned(), json!(order)),
    ]);
    match &holder.who {
        Who::Person { first, middle, last, born, dead } => {
            let mut name = Map::new();
            for (member, part) in [("fornavn", first), ("mellomnavn", middle), ("etternavn", last)] {
                if let Some(part) = part {
                    name.insert(member.to_owned(), json!(part));
                }
            }
            // WIRE: open data never show the national identity number.
            out.insert("person".to_owned(), json!({ "fodselsdato": born, "navn": name, "erDoed": dead }));
        }
        Who::Unit { org_no, name, unit_type: form, deleted } => {
            let unit = json!({
                "organisasjonsnummer": org_no,
                "organisasjonsform": unit_type(origin, form),
                "navn": [name],
                "erSlettet": deleted,
                "_links": { "self": link(origin, &format!("/enheter/{org_no}")) },
            });
            out.insert("enhet".to_owned(), unit);
        }
    }
    Value::Object(out)
}

/// Body of a 400 for a path that holds no organisation number.
pub fn bad_number(path: &str, value: &str, now: jiff::Timestamp) -> Value {
    json!({
        "tidsstempel": now.as_millisecond(),
        "status": 400,
        "feilmelding": "Feilaktig forespørsel",
        "sti": path,
        "antallFeil": 1,
        "valideringsfeil": [{
            "feilmelding": "Organisasjonsnummer må ha 9 siffer",
            "parametere": ["organisasjonsnummer"],
            "feilaktigVerdi": value,
        }],
    })
}

/// The content type for an `Accept` header; `None` is 406.
pub fn content_type(accept: &str, resource: &str) -> Option<String> {
    if accept.trim().is_empty() {
        return Some("application/json".to_owned());
    }
    accept.split(',').find_map(|alternative| {
        let alternative = alternative.trim();
        let kind = alternative.split(';').next().unwrap_or_default().trim();
        match kind {
            "*/*" | "application/*" | "application/json" => Some("application/json".to_owned()),
            "application/hal+json" => Some(kind.to_owned()),
            _ if kind == format!("application/vnd.brreg.enhetsregisteret.{resource}+json") => {
                let charset = alternative.to_ascii_lowercase().contains("charset=utf-8");
                Some(if charset { format!("{kind};charset=UTF-8") } else { kind.to_owned() })
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_acceptable_type_wins_and_version_one_is_gone() {
        let v2 = "application/vnd.brreg.enhetsregisteret.enhet.v2+json";
        assert_eq!(content_type("", "enhet.v2").as_deref(), Some("application/json"));
        assert_eq!(content_type("*/*", "enhet.v2").as_deref(), Some("application/json"));
        assert_eq!(content_type(&format!("text/html, {v2}"), "enhet.v2").as_deref(), Some(v2));
        assert_eq!(
            content_type(&format!("{v2};charset=UTF-8"), "enhet.v2"),
            Some(format!("{v2};charset=UTF-8"))
        );
        assert_eq!(content_type("application/vnd.brreg.enhetsregisteret.enhet.v1+json", "enhet.v2"), None);
        assert_eq!(content_type("text/html", "enhet.v2"), None);
    }
}
