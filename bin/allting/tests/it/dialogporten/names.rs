//! How persons are named: the wire writes them last name first (dialogporten §4.5), registers and pages in reading order.

use super::{CONDOMINIUM, DIRECTOR, OWNER, USER, app, dialog, owner, person};
use serde_json::{Value, json};

#[tokio::test]
async fn persons_are_written_last_name_first_on_the_wire() {
    let app = app().await;
    let agency = owner(&app).await;
    let made = app.post(OWNER).bearer(&agency).json(&dialog("ske-innrapportering-boligsameie")).send().await;
    let id = made.json().as_str().unwrap().to_owned();
    let director = person(&app, DIRECTOR).await;
    let open = app.get(&format!("{USER}/{id}")).bearer(&director).send().await.json();
    let by = &open["seenSinceLastUpdate"][0]["seenBy"];
    assert_eq!((&by["actorType"], &by["actorName"]), (&json!("PartyRepresentative"), &json!("Nordli Kari")));
    for (path, token) in [(USER, &director), (OWNER, &agency)] {
        let log = app.get(&format!("{path}/{id}/seenlog")).bearer(token).send().await;
        assert_eq!(log.json()[0]["seenBy"]["actorName"], "Nordli Kari", "{}", log.text());
    }
    let parties = app.get("/dialogporten/api/v1/enduser/parties").bearer(&director).send().await.json();
    let name = |urn: String| -> Value {
        let list = parties["authorizedParties"].as_array().unwrap();
        list.iter().find(|party| party["party"] == urn.as_str()).unwrap()["name"].clone()
    };
    assert_eq!(name(format!("urn:altinn:person:identifier-no:{DIRECTOR}")), "Nordli Kari");
    assert_eq!(name(format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}")), "SAMEIET FJORDUTSIKTEN");
}
