//! `/sandkasse`: pages that control the sandbox.

use crate::support::{app, production};
use serde_json::json;

#[tokio::test]
async fn one_click_sets_a_fault_the_bar_names_it_and_one_click_takes_all_away() {
    let app = app().await;
    let page = app.get("/sandkasse/feil").send().await.text();
    assert!(page.contains("Ingen feil er slått på.") && page.contains("value=\"altinn-treg\""));
    for name in ["maskinporten-nede", "skatteetaten-feiler"] {
        let answer = app.post("/sandkasse/feil").form(&[("start", name)]).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sandkasse/feil"));
    }
    assert_eq!(app.post("/token").send().await.status, 503);
    let start = app.get("/").send().await.text();
    assert!(start.contains("Bestilte feil: maskinporten-nede, skatteetaten-feiler"), "{start}");
    app.post("/sandkasse/feil").form(&[("stopp", "maskinporten-nede")]).send().await;
    assert_eq!(app.post("/token").send().await.status, 400);
    app.post("/sandkasse/feil").form(&[("stopp-alle", "ja")]).send().await;
    assert_eq!(app.count("sandbox_fault").await, 0);
    assert!(!app.get("/").send().await.text().contains("Bestilte feil"));
    // What no button offers changes nothing.
    app.post("/sandkasse/feil").form(&[("start", "alt")]).send().await;
    assert_eq!(app.count("sandbox_fault").await, 0);
}

#[tokio::test]
async fn the_console_moves_the_clock_and_shows_the_mail_in_three_languages() {
    let app = app().await;
    let before = app.ctx.clock.now();
    for step in ["P30D", "nonsense"] {
        let answer = app.post("/sandkasse/klokke").form(&[("flytt", step)]).send().await;
        assert_eq!(answer.status, 303);
    }
    let moved = app.ctx.clock.now().duration_since(before).as_hours();
    assert_eq!(moved, 30 * 24);
    app.post("/sandkasse/klokke").form(&[("flytt", "now")]).send().await;
    assert_eq!(app.ctx.clock.now().duration_since(before).as_hours(), 0);
    let mut tx = app.ctx.db.begin("test").await.unwrap();
    let mail = notifyio::Mail {
        id: uuid::Uuid::from_bytes([7; 16]),
        recipient: "kari@example.com".into(),
        subject: "Ny <melding>".into(),
        body: "Du har fått svar.".into(),
        at: before,
    };
    notifyio::capture(&mut tx, &mail).await.unwrap();
    tx.commit().await.unwrap();
    for (language, title) in [("nb", "Sandkassen"), ("nn", "Sandkassen"), ("en", "The sandbox")] {
        let get = |path: &str| app.get(path).header("cookie", &format!("allting_language={language}"));
        assert!(
            get("/sandkasse")
                .send()
                .await
                .text()
                .contains(&format!("<h1 class=\"ds-heading\" data-size=\"md\">{title}</h1>"))
        );
        let text = get("/sandkasse/epost").send().await.text();
        assert!(text.contains("kari@example.com") && text.contains("Ny &lt;melding&gt;"), "{text}");
        assert!(!get("/sandkasse/feil").send().await.text().contains("fault-"), "a text is missing");
    }
    assert_eq!(
        app.get("/sandbox/api/v1/messages").send().await.json()["messages"][0]["to"],
        json!("kari@example.com")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_is_taken_brought_back_and_deleted_by_its_page() {
    let app = app().await;
    let page = app.get("/sandkasse/kopier").send().await.text();
    assert!(page.contains("Ingen kopier ennå."), "{page}");
    let send = async |field: &str, name: &str| {
        let answer = app.post("/sandkasse/kopier").form(&[(field, name)]).repeats().send().await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        app.get(answer.header("location")).send().await.text()
    };
    assert!(send("lagre", "Store Bokstaver").await.contains("Ingen kopi er tatt."));
    assert!(send("lagre", "ren").await.contains("Kopien er tatt."));
    app.post("/sandkasse/feil").form(&[("start", "altinn-treg")]).send().await;
    assert_eq!(app.count("sandbox_fault").await, 1);
    let back = send("tilbake", "ren").await;
    assert!(back.contains("Alt er som det var i kopien.") && back.contains("<code>ren</code>"), "{back}");
    assert_eq!(app.count("sandbox_fault").await, 0);
    assert!(send("slett", "ren").await.contains("Kopien er slettet."));
    assert!(send("tilbake", "ren").await.contains("Kopien finnes ikke."));
    for language in ["nn", "en"] {
        let page = app
            .get("/sandkasse/kopier")
            .header("cookie", &format!("allting_language={language}"))
            .send()
            .await;
        assert!(!page.text().contains("snapshot-"), "a text is missing: {}", page.text());
    }
}

#[tokio::test]
async fn production_has_no_console() {
    let app = production().await;
    for path in
        ["/sandkasse", "/sandkasse/feil", "/sandkasse/epost", "/sandkasse/kopier", "/sandbox/api/v1/faults"]
    {
        assert_eq!(app.get(path).send().await.status, 404, "{path}");
    }
    assert!(!app.get("/").send().await.text().contains("/sandkasse"));
}
