use super::{ACCOUNTANT, CITIZEN, csrf};
use crate::session::{Browser, KARI};
use crate::support::app;
use ::population::personas::{ACCOUNTING_FIRM, CONDOMINIUM};
use ports::register::{PartyRef, Register};

#[tokio::test]
async fn a_person_acts_for_those_who_have_given_authority_and_for_nobody_else() {
    let app = app().await;
    let register = register::Register::new(&app.ctx);
    let party = register.party(&PartyRef::OrgNo(CONDOMINIUM.to_owned())).await.unwrap().unwrap();
    let uuid = party.uuid.to_string();

    let kari = Browser::new(&app);
    kari.persona(KARI).await;
    let form = csrf(&kari.get("/aktor").await);
    let chosen = kari.post("/aktor", &[("_csrf", &form), ("part", &uuid), ("til", "//evil.example")]).await;
    assert_eq!((chosen.status.as_u16(), chosen.header("location")), (303, "/innboks"));
    assert_eq!(kari.cookies.borrow()["AltinnPartyId"], party.id.to_string());
    assert!(kari.get("/innboks").await.text().contains(&format!("Innboks for {}", party.name)));

    let citizen = Browser::new(&app);
    citizen.persona(CITIZEN).await;
    let form = csrf(&citizen.get("/aktor").await);
    let refused = citizen.post("/aktor", &[("_csrf", &form), ("part", &uuid)]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Du har ikke tilgang"));
    // A cookie set by hand is worth nothing.
    citizen.cookies.borrow_mut().insert("AltinnPartyUuid".to_owned(), uuid);
    assert!(citizen.get("/innboks").await.text().contains("Innboks for Amir Hussain"));
}

#[tokio::test]
async fn a_choice_without_the_sessions_proof_is_refused() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.persona(KARI).await;
    let before = browser.cookies.borrow()["AltinnPartyUuid"].clone();
    for proof in ["", "x"] {
        let refused = browser.post("/aktor", &[("_csrf", proof), ("part", &before)]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("Skjemaet er utløpt"));
    }
}

#[tokio::test]
async fn many_clients_are_searched() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.persona(ACCOUNTANT).await;
    let all = browser.get("/aktor").await.text();
    assert!(all.matches("name=\"part\"").count() <= 51, "more than one page of them");
    let found = browser.get(&format!("/aktor?sok={}", &ACCOUNTING_FIRM[..7])).await.text();
    assert!(found.contains("310 200 301"), "{found}");
    assert!(browser.get("/aktor?sok=finnesikke").await.text().contains("Ingen treff"));
}
