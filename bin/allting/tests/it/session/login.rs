//! `GET authentication` and `GET upstream/callback`: identity §3.5.

use super::browser::{Browser, KARI, LOGIN, OLA, claims, here, start};
use crate::support::app;
use serde_json::json;

const REFRESH: &str = "/authentication/api/v1/refresh";

#[tokio::test]
async fn a_person_logs_in_through_id_porten_and_comes_to_where_she_was_going() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (address, answer) =
        browser.log_in(&start(&[("goto", &here(REFRESH))]), "bankid-mobil", "4", KARI).await;
    assert_eq!((address, answer.status.as_u16()), (here(REFRESH), 200), "{}", answer.text());
    let cookies = browser.cookies.borrow().clone();
    for name in ["AltinnStudioRuntime", "altinnsession", "AltinnPartyId", "AltinnPartyUuid", "XSRF-TOKEN"] {
        assert!(cookies.contains_key(name), "{name}");
    }
    let token = claims(&app, &answer.text()).await;
    let now = app.ctx.clock.now().as_second();
    let uuid = cookies["AltinnPartyUuid"].clone();
    assert_eq!(token["urn:altinn:partyid"].to_string(), cookies["AltinnPartyId"]);
    assert!(token["urn:altinn:userid"].is_string());
    assert!(token.get("pid").is_none());
    for (name, value) in [
        ("sub", json!(format!("urn:altinn:party:uuid:{uuid}"))),
        ("urn:altinn:party:uuid", json!(uuid)),
        ("originaliss", json!("idporten")),
        ("acr", json!("idporten-loa-high")),
        ("urn:altinn:authlevel", json!(4)),
        ("amr", json!(["BankID Mobil"])),
        ("urn:altinn:authenticatemethod", json!("BankIDMobil")),
        ("scope", json!("openid digdir:dialogporten.noconsent altinn:portal/enduser altinn:instances.read")),
    ] {
        assert_eq!(token[name], value, "{name}");
    }
    assert_eq!(token["jti"], token["sid"]);
    assert!(token["exp"].as_i64().unwrap() - now <= 1800);
    assert_eq!(app.count("authn_event").await, 1);
}

#[tokio::test]
async fn a_live_session_needs_no_second_login_and_another_persona_takes_over() {
    let app = app().await;
    let browser = Browser::new(&app);
    let kari = claims(&app, &browser.persona(KARI).await.text()).await;
    let (_, again) = browser.follow(&start(&[("goto", REFRESH)])).await;
    assert_eq!(claims(&app, &again.text()).await["sid"], kari["sid"]);
    browser.cookies.borrow_mut().remove("AltinnStudioRuntime");
    let (_, by_handle) = browser.follow(&start(&[("goTo", REFRESH)])).await;
    assert_eq!(claims(&app, &by_handle.text()).await["sid"], kari["sid"], "the session's handle is enough");
    let ola = claims(&app, &browser.persona(OLA).await.text()).await;
    assert_ne!(ola["sub"], kari["sub"]);
    assert_eq!(app.count("authn_session").await, 1, "the first session has ended");
}

#[tokio::test]
async fn only_the_highest_level_asks_for_a_new_login() {
    let app = app().await;
    let browser = Browser::new(&app);
    browser.log_in(&start(&[("goto", REFRESH)]), "minid", "3", KARI).await;
    let (address, _) =
        browser.follow(&start(&[("goto", REFRESH), ("acr_values", "idporten-loa-substantial")])).await;
    assert!(address.ends_with(REFRESH));
    let high = start(&[("goto", REFRESH), ("acr_values", "idporten-loa-high")]);
    let (_, answer) = browser.log_in(&high, "buypass", "4", KARI).await;
    let token = claims(&app, &answer.text()).await;
    assert_eq!((&token["acr"], &token["urn:altinn:authlevel"]), (&json!("idporten-loa-high"), &json!(4)));
}

#[tokio::test]
async fn strangers_are_not_where_a_login_leads() {
    let app = app().await;
    for goto in [
        "https://evil.example/",
        "//evil.example",
        "https://tt02.altinn.no.evil.example/",
        "http://tt02.altinn.no/",
        "",
    ] {
        let answer = app.get(&start(&[("goto", goto)])).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (302, &*here("/")), "{goto}");
    }
    let unknown = app.get(&start(&[("goto", "/"), ("acr_values", "gold")])).send().await;
    assert_eq!((unknown.status.as_u16(), unknown.text().as_str()), (400, "Invalid acr_values."));
    assert_eq!(app.count("authn_login").await, 0);
    let app_page = app.get(&start(&[("goto", "https://ttd.apps.tt02.altinn.no/ttd/app")])).send().await;
    assert!(app_page.header("location").starts_with(&here("/idporten/authorize?")));
}

#[tokio::test]
async fn the_provider_is_asked_with_state_nonce_and_challenge() {
    let app = app().await;
    let answer = app.get(&start(&[("goto", "/")])).send().await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let query = answer.header("location").split_once('?').unwrap().1;
    let sent: std::collections::BTreeMap<_, _> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(sent["acr_values"], "selfregistered-email idporten-loa-substantial");
    assert_eq!((sent["code_challenge_method"].as_str(), sent["response_type"].as_str()), ("S256", "code"));
    assert_eq!((sent["state"].len(), sent["nonce"].len(), sent["code_challenge"].len()), (43, 43, 43));
}

#[tokio::test]
async fn a_callback_that_does_not_fit_a_login_is_refused() {
    let app = app().await;
    let callback = "/authentication/api/v1/upstream/callback";
    assert_eq!(app.get(callback).send().await.status, 400);
    assert_eq!(app.get(&format!("{callback}?state=unknown&code=x")).send().await.status, 400);

    let browser = Browser::new(&app);
    let hint = format!("testid:{KARI}");
    let to_provider = browser.get(&start(&[("goto", "/"), ("login_hint", &hint)])).await;
    let back = browser.get(to_provider.header("location")).await.header("location").to_owned();
    let stranger = Browser::new(&app);
    assert_eq!(stranger.get(&back).await.status, 400, "another browser");
    assert_eq!(browser.get(&back).await.status, 302);
    assert_eq!(browser.get(&back).await.status, 400, "used");
    assert_eq!(app.count("authn_session").await, 1);
}

#[tokio::test]
async fn a_cancelled_login_leads_to_the_start_page() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (address, _) = browser.follow(&start(&[("goto", "/innboks")])).await;
    let handle = address.split("t=").nth(1).unwrap().to_owned();
    let cancelled = browser.post("/idporten/cancel", &[("t", &handle)]).await;
    let answer = browser.get(cancelled.header("location")).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, &*here("/")));
    assert_eq!(app.count("authn_session").await, 0);
}

#[tokio::test]
async fn a_person_who_is_not_in_the_register_gets_no_session() {
    let app = app().await;
    let browser = Browser::new(&app);
    let (_, answer) = browser.follow(&start(&[("goto", "/"), ("login_hint", "testid:28876895937")])).await;
    assert_eq!(answer.status, 500);
    assert_eq!(app.count("authn_session").await, 0);
}

#[tokio::test]
async fn on_the_platforms_own_host_cookies_reach_its_subdomains_and_are_secure() {
    let app = app().await;
    let browser = Browser { host: "platform.tt02.altinn.no", scheme: "https", ..Browser::new(&app) };
    let hint = format!("testid:{KARI}");
    let (login, sent) =
        browser.follow(&format!("{LOGIN}?goto=https://tt02.altinn.no/&login_hint={hint}")).await;
    assert!(login.starts_with("https://login.test.idporten.no/authorize?"), "{login}");
    assert!(sent.header("set-cookie").contains("; Domain=tt02.altinn.no; Secure"));
    let provider = Browser { host: "login.test.idporten.no", scheme: "https", ..Browser::new(&app) };
    let code = provider.get(&login).await;
    let sso = code.header("set-cookie");
    assert!(sso.contains("SameSite=None; Secure") && sso.contains("HttpOnly"), "{sso}");
    let done = browser.get(code.header("location")).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (302, "https://tt02.altinn.no/"));
    for cookie in done.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.contains("; Domain=tt02.altinn.no; Secure") && cookie.contains("Path=/; SameSite=Lax"),
            "{cookie}"
        );
        let secret = cookie.starts_with("AltinnStudioRuntime") || cookie.starts_with("altinnsession");
        assert!(!secret || cookie.contains("HttpOnly"), "{cookie}");
    }
}
