use super::{CITIZEN, csrf};
use crate::session::{Browser, KARI};
use crate::support::{TestApp, app};
use ::population::personas::CONDOMINIUM;
use ports::register::{PartyRef, Register};
use serde_json::json;
use uuid::Uuid;

/// Dialogs of the condominium, oldest first.
async fn dialogs(app: &TestApp, count: usize) -> (Uuid, Vec<String>) {
    let party = PartyRef::OrgNo(CONDOMINIUM.to_owned());
    let party = register::Register::new(&app.ctx).party(&party).await.unwrap().unwrap().uuid;
    let query = "&scopes=digdir:dialogporten.serviceprovider&org=skd&orgNo=974761076";
    let token = app.test_token("GetEnterpriseToken", query).await;
    let mut ids = Vec::new();
    for number in 0..count {
        let text = |text: String| json!({ "value": [{ "value": text, "languageCode": "nb" }] });
        let dialog = json!({
            "serviceResource": "urn:altinn:resource:ske-innrapportering-boligsameie",
            "party": format!("urn:altinn:organization:identifier-no:{CONDOMINIUM}"),
            "externalReference": format!("sak-{number}"), "status": "RequiresAttention",
            "content": { "title": text(format!("Sak og dokument {number} & mer")), "summary": text("Om saken".into()) },
        });
        let made =
            app.post("/dialogporten/api/v1/serviceowner/dialogs").bearer(&token).json(&dialog).send().await;
        assert_eq!(made.status, 201, "{}", made.text());
        ids.push(made.json().as_str().unwrap().to_owned());
    }
    (party, ids)
}

async fn acting<'a>(app: &'a TestApp, pid: &str, party: Uuid) -> Browser<'a> {
    let browser = Browser::new(app);
    browser.persona(pid).await;
    browser.cookies.borrow_mut().insert("AltinnPartyUuid".to_owned(), party.to_string());
    browser
}

fn lines(page: &str) -> usize {
    page.matches("data-item").count()
}

#[tokio::test]
async fn a_full_folder_is_paged_and_small() {
    let app = app().await;
    let (party, _) = dialogs(&app, 30).await;
    let kari = acting(&app, KARI, party).await;
    let first = kari.get("/innboks").await.text();
    assert_eq!(lines(&first), 25);
    assert!(first.len() < 50_000, "{} bytes", first.len());
    assert!(first.contains("30 uleste meldinger") && first.contains("dokument 29 &amp; mer"), "{first}");
    let (_, next) = first.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(lines(&kari.get(&next).await.text()), 5);
}

#[tokio::test]
async fn opening_marks_as_seen_and_buttons_move() {
    let app = app().await;
    let (party, ids) = dialogs(&app, 1).await;
    let kari = acting(&app, KARI, party).await;
    assert!(kari.get("/innboks").await.text().contains("Ulest"));
    let path = format!("/innboks/dialog/{}", ids[0]);
    let page = kari.get(&path).await;
    assert!(page.text().contains("Krever handling") && page.text().contains("sak-0"));
    assert!(!kari.get("/innboks").await.text().contains("Ulest"));
    let log = kari.get(&format!("{path}/logg")).await.text();
    assert!(log.contains("Kari Nordli (deg) så meldingen"), "{log}");

    let proof = csrf(&page);
    for (word, folder) in
        [("arkiv", "/innboks/arkiv"), ("papirkurv", "/innboks/papirkurv"), ("innboks", "/innboks")]
    {
        let moved = kari.post(&path, &[("_csrf", &proof), ("merke", word)]).await;
        assert_eq!((moved.status.as_u16(), moved.header("location")), (303, "/innboks"), "{word}");
        assert_eq!(lines(&kari.get(folder).await.text()), 1, "{word}");
    }
    kari.post(&path, &[("_csrf", &proof), ("merke", "ulest")]).await;
    assert!(kari.get("/innboks").await.text().contains("Ulest"));
    assert_eq!(kari.post(&path, &[("_csrf", "x"), ("merke", "arkiv")]).await.status, 403);
    assert_eq!(kari.post(&path, &[("_csrf", &proof), ("merke", "sendt")]).await.status, 404);
}

#[tokio::test]
async fn strangers_to_the_party_see_nothing_of_it() {
    let app = app().await;
    let (party, ids) = dialogs(&app, 1).await;
    let citizen = acting(&app, CITIZEN, party).await;
    assert_eq!(lines(&citizen.get("/innboks").await.text()), 0);
    for path in [format!("/innboks/dialog/{}", ids[0]), format!("/innboks/dialog/{}/logg", ids[0])] {
        let page = citizen.get(&path).await;
        assert!([403, 404].contains(&page.status.as_u16()), "{}", page.status);
        assert!(!page.text().contains("dokument"), "{}", page.text());
    }
}
