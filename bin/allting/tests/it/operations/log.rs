//! What operators read of the audit log.

use crate::skatteetaten::{sound, world};
use crate::support::{CITIZEN, app, app_with};
use population::personas::CONDOMINIUM;
use serde_json::json;

const AUDIT: &str = "/allting/api/v1/operations/audit";
const LOOKUPS: &str = "/allting/api/v1/operations/lookups";
const DECISIONS: &str = "/allting/api/v1/operations/decisions";

#[tokio::test]
async fn the_log_is_read_by_party_and_trace_page_by_page_and_that_is_written_down() {
    let world = world().await;
    let filed = world.file("0195cf11-92fc-41bb-9dac-2a28e3d5f26b", &sound()).await;
    let of_trace = format!("{AUDIT}?trace={}", filed.trace());
    let whole = world.app.get(&of_trace).send().await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    let items = whole.json()["items"].as_array().unwrap().clone();
    assert_eq!(
        (items.len(), &items[0]["action"], &whole.json()["next"]),
        (4, &json!("filing.receive"), &json!(null))
    );
    assert_eq!((&items[0]["actorKind"], &items[0]["actor"]), (&json!("system-user"), &json!(world.user.id)));
    assert_eq!(items[0]["onBehalfOf"], json!(world.user.party.uuid));
    let first = world.app.get(&format!("{of_trace}&limit=3")).send().await.json();
    assert_eq!(first["next"], items[2]["id"]);
    let rest =
        world.app.get(&format!("{of_trace}&limit=3&before={}", first["next"].as_str().unwrap())).send().await;
    assert_eq!(rest.json()["items"], json!([items[3]]));

    let party =
        world.app.get(&format!("{AUDIT}?party={CONDOMINIUM}&action=filing&since=1h")).send().await.json();
    assert_eq!(party["items"], json!([items[0]]), "an organisation is found by its number");
    let none = world.app.get(&format!("{AUDIT}?party={CONDOMINIUM}&until=1h")).send().await.json();
    assert_eq!(none["items"], json!([]));
    let csv = world.app.get(&format!("{of_trace}&format=csv")).send().await;
    assert_eq!((csv.header("content-type"), csv.text().lines().count()), ("text/csv; charset=utf-8", 5));
    assert!(csv.text().starts_with("id,at,recordedAt,action,actorKind,actor,onBehalfOf,"), "{}", csv.text());

    let read = world.app.get(&format!("{AUDIT}?action=log.read")).send().await.json();
    assert_eq!(read["items"].as_array().unwrap().len(), 6);
    assert_eq!(
        (&read["items"][0]["actorKind"], &read["items"][0]["actor"]),
        (&json!("operator"), &json!("sandbox"))
    );
}

#[tokio::test]
async fn look_ups_of_a_person_are_read_and_what_is_not_understood_is_refused() {
    let app = app().await;
    let token = app
        .test_token("GetEnterpriseToken", "scopes=altinn:register/partylookup.admin&org=skd&orgNo=974761076")
        .await;
    app.post("/register/api/v1/parties/lookup").bearer(&token).json(&json!({"ssn": CITIZEN})).send().await;
    let citizen = app.party(ports::register::PartyRef::Pid(CITIZEN.into())).await.uuid;
    let shown = app.get(&format!("{LOOKUPS}?party={citizen}")).send().await.json();
    assert_eq!(
        (shown["items"].as_array().unwrap().len(), &shown["items"][0]["actor"]),
        (1, &json!("974761076"))
    );
    for bad in [
        "?party=x",
        "?action=nothing",
        "?since=yesterday",
        "?limit=501",
        "?colour=red",
        "?trace=1&trace=2",
        "?before=1",
    ] {
        let refused = app.get(&format!("{AUDIT}{bad}")).send().await;
        assert_eq!(refused.status, 400, "{bad}: {}", refused.text());
    }
    assert_eq!(app.get(&format!("{LOOKUPS}?action=log")).send().await.status, 400);
}

#[tokio::test]
async fn only_operators_read_it() {
    let file = std::env::temp_dir()
        .join(format!("allting-operators-{}", uuid::Uuid::from_bytes(crate::support::random())));
    let (token, line) = httpkit::new_operator(&kernel::RandomIds, "kari").unwrap();
    std::fs::write(&file, line).unwrap();
    let app = app_with(&[("operations.operators", &file.display().to_string())]).await;
    assert_eq!(app.get(AUDIT).send().await.status, 401);
    let basic = |secret: &str| {
        use base64::Engine;
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("kari:{secret}")))
    };
    assert_eq!(app.get(AUDIT).header("authorization", &basic("guess")).send().await.status, 401);
    assert_eq!(app.get(AUDIT).header("authorization", &basic(&token)).send().await.status, 200);
    let read =
        app.get(&format!("{AUDIT}?actor=kari")).header("authorization", &basic(&token)).send().await.json();
    assert_eq!(read["items"][0]["action"], "log.read");
    std::fs::remove_file(&file).unwrap();
}

/// From a change to the decision that let it happen, and back.
#[tokio::test]
async fn a_decision_is_shown_with_the_changes_that_name_it() {
    let world = world().await;
    let filed = world.file("0195cf11-92fc-41bb-9dac-2a28e3d5f26b", &sound()).await;
    let rows = world.app.get(&format!("{AUDIT}?trace={}", filed.trace())).send().await.json();
    let id = rows["items"][0]["decision"].as_str().unwrap().to_owned();
    let answer = world.app.get(&format!("{DECISIONS}/{id}")).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let decision = answer.json();
    assert_eq!(
        (&decision["id"], &decision["decision"], &decision["action"], &decision["resource"]),
        (&json!(id), &json!("Permit"), &json!("write"), &json!("ske-innrapportering-boligsameie"))
    );
    let named: Vec<_> = decision["entries"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
    assert!(named.contains(&&rows["items"][0]["id"]));
    assert!(decision["request"].as_array().is_some_and(|categories| !categories.is_empty()));
    let read = world.app.get(&format!("{AUDIT}?action=log.read")).send().await.json();
    assert_eq!(
        (&read["items"][0]["subject"], &read["items"][0]["detail"]),
        (&json!("decision"), &json!({ "id": id }))
    );

    let list = world.app.get(&format!("/drift/logg?trace={}", filed.trace())).send().await;
    let address = format!("/drift/logg/avgjorelse/{id}");
    assert!(list.status == 200 && list.text().contains(&address), "{}", list.text());
    let page = world.app.get(&address).send().await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("Tillatt") && text.contains("filing.receive"), "{text}");
    assert!(text.contains(&format!("/drift/logg?trace={}", filed.trace())), "back to the changes");

    for id in ["0195cf11-92fc-71bb-9dac-2a28e3d5f26b", "x"] {
        let unknown = world.app.get(&format!("{DECISIONS}/{id}")).send().await;
        assert_eq!((unknown.status.as_u16(), &unknown.json()["type"]), (404, &json!("unknown-decision")));
        let unknown = world.app.get(&format!("/drift/logg/avgjorelse/{id}")).send().await;
        assert!(unknown.status == 404 && unknown.text().contains("Vi finner ikke avgjørelsen"));
    }
}

#[tokio::test]
async fn the_pages_filter_page_on_and_say_when_there_is_nothing() {
    let world = world().await;
    let app = &world.app;
    let none = app.get("/drift/logg/oppslag?since=1h&actor=x").send().await;
    assert!(none.status == 200 && none.text().contains("Ingen oppslag passer med utvalget."));
    world.file("0195cf11-92fc-41bb-9dac-2a28e3d5f26b", &sound()).await;
    let ids = |text: &str| -> Vec<String> {
        text.split("data-entry=\"").skip(1).map(|rest| rest[..36].to_owned()).collect()
    };
    let path = format!("/drift/logg?party={CONDOMINIUM}&since=24h");
    let whole = ids(&app.get(&path).send().await.text());
    let (mut seen, mut next) = (vec![], Some(format!("{path}&limit=2")));
    while let Some(address) = next {
        let text = app.get(&address).send().await.text();
        seen.extend(ids(&text));
        assert!(text.contains("/operations/audit?party=") && text.contains("format=csv"));
        next = text
            .split("href=\"")
            .filter_map(|rest| rest.split('"').next())
            .find(|to| to.contains("&amp;before="))
            .map(|to| to.replace("&amp;", "&"));
    }
    assert!(seen.len() > 2 && seen == whole, "{seen:?} {whole:?}");
    let filings = app.get(&format!("{path}&action=filing.receive")).send().await.text();
    assert_eq!(ids(&filings).len(), 1);
    assert!(filings.contains("value=\"filing.receive\" selected"));
    for (query, word) in [
        ("since=i+går", "Vi forstår ikke tiden"),
        ("party=12837122463", "Vi forstår ikke parten"),
        ("before=1", "Vi forstår ikke «before»"),
    ] {
        let refused = app.get(&format!("/drift/logg?{query}")).send().await;
        assert!(refused.status == 400 && refused.text().contains(word), "{query}: {}", refused.text());
    }
    for (language, word) in [("nn", "Kven gjorde kva"), ("en", "Who did what")] {
        let cookie = format!("allting_language={language}");
        assert!(app.get("/drift/logg").header("cookie", &cookie).send().await.text().contains(word));
    }
    let day = app.get("/drift/logg?since=2020-01-01&until=2020-01-02T09:00").send().await;
    assert!(day.status == 200 && day.text().contains("Ingen endring passer med utvalget."));
}
