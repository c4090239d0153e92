use super::{CITIZEN, at_level, csrf};
use crate::authentication::world;
use crate::session::{Browser, KARI};
use serde_json::json;

#[tokio::test]
async fn a_decision_says_what_it_is_about_and_is_taken_once() {
    let world = world().await;
    world.register(json!({})).await;
    let request = world.ask(json!({})).await.json();
    let id = request["id"].as_str().unwrap();
    let page = format!("/systembruker/foresporsel/{id}");
    let address = request["confirmUrl"].as_str().unwrap();
    let kari = Browser::new(&world.app);
    kari.persona(KARI).await;
    assert_eq!(kari.get(address).await.header("location"), page);
    let question = kari.get(&page).await;
    let text = question.text();
    for words in
        ["Regnbue", "310 200 409", "310 200 107", "Skatteetaten", "Slik angrer du", "Gi fullmakt", "Avvis"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    let party = world.customer().await.uuid.to_string();
    kari.cookies.borrow_mut().insert("AltinnPartyUuid".to_owned(), party);
    assert!(
        kari.get("/tilgang/systembrukere").await.text().contains(&page),
        "the waiting request is not listed"
    );
    let proof = csrf(&question);
    let forged = kari.post(&page, &[("_csrf", "x"), ("svar", "godkjenn")]).await;
    assert_eq!((forged.status.as_u16(), world.app.count("authn_systemuser").await), (403, 0));
    let odd = kari.post(&page, &[("_csrf", &proof), ("svar", "kanskje")]).await;
    assert_eq!((odd.status.as_u16(), world.app.count("authn_systemuser").await), (404, 0));

    let done = kari.post(&page, &[("_csrf", &proof), ("svar", "godkjenn")]).await;
    assert_eq!(
        (done.status.as_u16(), done.header("location")),
        (303, format!("{page}?svar=godkjenn").as_str())
    );
    assert_eq!(world.app.count("authn_systemuser").await, 1);
    let receipt = kari.get(done.header("location")).await.text();
    assert!(receipt.contains("Fullmakten er gitt") && receipt.contains(id), "{receipt}");
    let again = kari.post(&page, &[("_csrf", &proof), ("svar", "avvis")]).await;
    assert_eq!(again.status, 409);
    assert!(again.text().contains("Noen har allerede svart"), "{}", again.text());

    let revoke = format!("/tilgang/systembrukere/{id}/fjern");
    let refused = kari.post(&revoke, &[("_csrf", "x")]).await;
    assert_eq!(refused.status, 403);
    let ended = kari.post(&revoke, &[("_csrf", &proof)]).await;
    assert!(ended.text().contains("Systembrukeren er fjernet"), "{}", ended.text());
    assert_eq!(kari.get(&revoke).await.status, 404);
}

#[tokio::test]
async fn who_may_not_decide_is_told_so_and_nothing_changes() {
    let world = world().await;
    world.register(json!({})).await;
    let request = world.ask(json!({})).await.json();
    let page = format!("/systembruker/foresporsel/{}", request["id"].as_str().unwrap());
    let citizen = Browser::new(&world.app);
    citizen.persona(CITIZEN).await;
    let refused = citizen.get(&page).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Spør daglig leder"));
    let proof = csrf(&citizen.get("/aktor").await);
    let refused = citizen.post(&page, &[("_csrf", &proof), ("svar", "godkjenn")]).await;
    assert_eq!((refused.status.as_u16(), world.app.count("authn_systemuser").await), (403, 0));

    let kari = Browser::new(&world.app);
    at_level(&kari, KARI, "level2").await;
    let weak = kari.get(&page).await;
    assert_eq!(weak.status, 403);
    assert!(weak.text().contains("sikkerhetsnivå 3") && weak.text().contains("acr_values=idporten-loa-high"));
    let proof = csrf(&kari.get("/aktor").await);
    let refused = kari.post(&page, &[("_csrf", &proof), ("svar", "godkjenn")]).await;
    assert_eq!((refused.status.as_u16(), world.app.count("authn_systemuser").await), (403, 0));
}

#[tokio::test]
async fn a_right_that_cannot_be_passed_on_is_explained() {
    let world = world().await;
    let right =
        json!([{ "resource": [{ "id": "urn:altinn:resource", "value": "altinn_access_management" }] }]);
    world.register(json!({"rights": right})).await;
    let request = world.ask(json!({"rights": right})).await.json();
    let page = format!("/systembruker/foresporsel/{}", request["id"].as_str().unwrap());
    let kari = Browser::new(&world.app);
    kari.persona(KARI).await;
    let proof = csrf(&kari.get(&page).await);
    let refused = kari.post(&page, &[("_csrf", &proof), ("svar", "godkjenn")]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Tjenesteeieren tillater ikke"), "{}", refused.text());
    assert!(refused.text().contains("AUTH-00070"));
}

#[tokio::test]
async fn on_its_own_host_the_address_leads_to_the_portals_host() {
    let world = world().await;
    let id = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";
    let path = format!("/accessmanagement/ui/systemuser/agentrequest?id={id}&DONTCHOOSEREPORTEE=true");
    let answer = world
        .app
        .get(&path)
        .header("host", "am.ui.tt02.altinn.no")
        .header("x-forwarded-proto", "https")
        .send()
        .await;
    assert_eq!(answer.header("location"), format!("https://af.tt02.altinn.no/systembruker/foresporsel/{id}"));
}
