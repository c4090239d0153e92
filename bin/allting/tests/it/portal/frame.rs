use super::CITIZEN;
use crate::session::{Browser, KARI};
use crate::support::{Answer, app};

fn is_sound(path: &str, page: &Answer, language: &str) {
    let text = page.text();
    assert_eq!(text.matches("<h1").count(), 1, "{path}");
    assert!(text.contains(&format!("<html lang=\"{language}\"")), "{path}");
    assert!(!text.contains(" style=\"") && !text.contains("onclick") && !text.contains("<script>"), "{path}");
    assert!(page.header("content-security-policy").contains("style-src 'self'"), "{path}");
    for leftover in ["{ $", "pages-", "-title<"] {
        assert!(!text.contains(leftover), "{path} has {leftover}");
    }
}

#[tokio::test]
async fn every_page_is_sound_in_every_language() {
    let app = app().await;
    let browser = Browser::new(&app);
    for path in ["/", "/hjelp", "/tilgjengelighet", "/personvern"] {
        is_sound(path, &browser.get(path).await, "nb");
    }
    browser.persona(KARI).await;
    for language in ["nn", "en", "nb"] {
        let back = browser.get(&format!("/sprak/{language}?til=/aktor")).await;
        assert_eq!((back.status.as_u16(), back.header("location")), (303, "/aktor"));
        let paths = [
            "/innboks",
            "/innboks/utkast",
            "/innboks/sendt",
            "/innboks/arkiv",
            "/innboks/papirkurv",
            "/aktor",
        ];
        for path in paths.into_iter().chain(["/tilgang/systembrukere", "/hjelp"]) {
            let page = browser.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            is_sound(path, &page, language);
        }
    }
}

#[tokio::test]
async fn strangers_see_the_start_page_and_are_sent_to_log_in_elsewhere() {
    let app = app().await;
    let start = app.get("/").send().await.text();
    assert_eq!(start.matches("data-persona=").count(), 5);
    for path in ["/innboks", "/aktor", "/tilgang/systembrukere", "/innboks/dialog/x"] {
        let answer = app.get(path).send().await;
        assert!(
            answer.header("location").starts_with("/authentication/api/v1/authentication?goto="),
            "{path}"
        );
    }
    let browser = Browser::new(&app);
    browser.persona(CITIZEN).await;
    assert_eq!(browser.get("/").await.header("location"), "/innboks");
}

#[tokio::test]
async fn the_choice_of_language_leads_nowhere_else() {
    let app = app().await;
    for target in ["https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)"] {
        let answer = app.get(&format!("/sprak/en?til={target}")).send().await;
        assert_eq!(answer.header("location"), "/", "{target}");
    }
    assert_eq!(app.get("/sprak/xx").send().await.status, 404);
}

#[tokio::test]
async fn unknown_things_are_refused_as_pages() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.persona(KARI).await;
    let id = "0195cf11-92fc-71bb-9dac-2a28e3d5f26b";
    for path in [
        "/innboks/annet",
        "/innboks/dialog/x",
        &format!("/innboks/dialog/{id}"),
        &format!("/innboks/dialog/{id}/logg"),
        &format!("/systembruker/foresporsel/{id}"),
        &format!("/tilgang/systembrukere/{id}"),
        &format!("/tilgang/systembrukere/{id}/fjern"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        is_sound(path, &page, "nb");
    }
    assert_eq!(app.get("/assets/portal.css.map").send().await.status, 404);
}
