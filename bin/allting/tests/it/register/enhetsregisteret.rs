//! `/enhetsregisteret/api/…`

use crate::support::app;
use population::personas;
use population::personas::{CONDOMINIUM, INDUSTRY_COMPANY};
use serde_json::{Value, json};

const V2: &str = "application/vnd.brreg.enhetsregisteret.enhet.v2+json";

#[tokio::test]
async fn a_unit_has_every_mandatory_member_and_no_null() {
    let app = app().await;
    let answer = app.get(&format!("/enhetsregisteret/api/enheter/{CONDOMINIUM}")).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let unit = answer.json();
    for member in [
        "organisasjonsnummer",
        "navn",
        "organisasjonsform",
        "registreringsdatoEnhetsregisteret",
        "registrertIMvaregisteret",
        "harRegistrertAntallAnsatte",
        "registrertIForetaksregisteret",
        "registrertIStiftelsesregisteret",
        "registrertIFrivillighetsregisteret",
        "registrertIPartiregisteret",
        "konkurs",
        "underAvvikling",
        "underTvangsavviklingEllerTvangsopplosning",
    ] {
        assert!(!unit[member].is_null(), "{member}");
    }
    assert!(unit.as_object().unwrap().values().all(|value| !value.is_null()));
    assert_eq!(
        (&unit["respons_klasse"], &unit["organisasjonsform"]["kode"]),
        (&json!("Enhet"), &json!("ESEK"))
    );
    let own = unit["_links"]["self"]["href"].as_str().unwrap();
    assert!(own.ends_with(&format!("/enhetsregisteret/api/enheter/{CONDOMINIUM}")), "{own}");
}

#[tokio::test]
async fn the_register_answers_on_its_own_host_too() {
    let app = app().await;
    let path = format!("/enhetsregisteret/api/enheter/{CONDOMINIUM}");
    let answer = app.get(&path).header("host", "data.brreg.no").send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["_links"]["self"]["href"].as_str().unwrap().contains("//data.brreg.no/"));
}

#[tokio::test]
async fn types_are_negotiated() {
    let app = app().await;
    let path = format!("/enhetsregisteret/api/enheter/{CONDOMINIUM}");
    let get = async |accept: &str| app.get(&path).header("accept", accept).send().await;
    assert_eq!(get(V2).await.header("content-type"), V2);
    assert_eq!(get("application/hal+json").await.header("content-type"), "application/hal+json");
    assert_eq!(get("application/vnd.brreg.enhetsregisteret.enhet.v1+json").await.status, 406);
}

#[tokio::test]
async fn numbers_that_are_not_there_or_no_numbers() {
    let app = app().await;
    let unknown = app.get("/enhetsregisteret/api/enheter/313876144").send().await;
    assert_eq!((unknown.status.as_u16(), unknown.text().as_str()), (404, ""));
    let main_unit = app.get(&format!("/enhetsregisteret/api/underenheter/{CONDOMINIUM}")).send().await;
    assert_eq!(main_unit.status, 404);
    let malformed = app.get("/enhetsregisteret/api/enheter/12").send().await;
    assert_eq!(malformed.status, 400);
    let body = malformed.json();
    assert_eq!((&body["antallFeil"], &body["sti"]), (&json!(1), &json!("/enhetsregisteret/api/enheter/12")));
    assert_eq!(body["valideringsfeil"][0]["feilaktigVerdi"], "12");
}

#[tokio::test]
async fn roles_stand_in_groups_without_identity_numbers() {
    let app = app().await;
    let answer = app.get(&format!("/enhetsregisteret/api/enheter/{CONDOMINIUM}/roller")).send().await;
    assert_eq!(answer.status, 200);
    assert!(personas().iter().all(|persona| !answer.text().contains(persona.pid)));
    let body = answer.json();
    let group = |code: &str| -> Value {
        let groups = body["rollegrupper"].as_array().unwrap();
        groups.iter().find(|group| group["type"]["kode"] == code).cloned().unwrap_or_default()
    };
    let manager = &group("DAGL")["roller"][0];
    assert_eq!(manager["person"]["navn"], json!({"fornavn": "Kari", "etternavn": "Nordli"}));
    assert_eq!(manager["person"]["fodselsdato"], "1971-03-12");
    assert_eq!((&manager["fratraadt"], &manager["avregistrert"]), (&json!(false), &json!(false)));
    assert_eq!(group("STYR")["roller"][0]["type"]["kode"], "LEDE");
    assert_eq!(group("FFØR")["roller"][0]["enhet"]["organisasjonsform"]["kode"], "AS");
    let company = app.get(&format!("/enhetsregisteret/api/enheter/{INDUSTRY_COMPANY}/roller")).send().await;
    assert_eq!(company.json()["rollegrupper"][0]["type"]["kode"], "DAGL");
}
