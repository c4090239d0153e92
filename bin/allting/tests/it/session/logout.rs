//! `GET logout`, `handleloggedout` and the frame of the provider: identity §3.7.

use super::browser::{Browser, KARI, here};
use crate::support::app;

const LOGOUT: &str = "/authentication/api/v1/logout";
const REFRESH: &str = "/authentication/api/v1/refresh";

#[tokio::test]
async fn logging_out_ends_both_sessions_at_once() {
    let app = app().await;
    let browser = Browser::new(&app);
    let token = browser.persona(KARI).await.text();
    let answer = browser.get(LOGOUT).await;
    let provider = answer.header("location").to_owned();
    assert!(provider.starts_with(&here("/idporten/logout?client_id=")), "{provider}");
    assert!(!browser.cookies.borrow().contains_key("AltinnStudioRuntime"));
    assert_eq!(
        app.get(REFRESH).header("cookie", &format!("AltinnStudioRuntime={token}")).send().await.status,
        401
    );
    assert_eq!(app.get(REFRESH).bearer(&token).send().await.status, 401);
    let page = browser.get(&provider).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains(&here("/authentication/api/v1/upstream/frontchannel-logout?iss=")),
        "{}",
        page.text()
    );
    assert!(page.text().contains(&format!("url={}", here("/authentication/api/v1/logout/handleloggedout"))));
    assert_eq!(app.count("idporten_session").await, 0);
    assert_eq!(app.count("authn_event").await, 2);
}

#[tokio::test]
async fn without_a_session_logout_leads_to_the_start_page() {
    let app = app().await;
    let answer = app.get(LOGOUT).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, &*here("/")));
}

#[tokio::test]
async fn a_logout_elsewhere_reaches_us_by_frame() {
    let app = app().await;
    let browser = Browser::new(&app);
    let token = browser.persona(KARI).await.text();
    let page = browser.get("/idporten/logout").await.text();
    let frame = page.split_once("<iframe src=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&");
    let told = app.get(frame.strip_prefix(crate::support::BASE).unwrap()).send().await;
    assert_eq!((told.status.as_u16(), told.text().as_str()), (200, "OK"));
    assert_eq!(app.get(REFRESH).bearer(&token).send().await.status, 401);
    let wrong = app
        .get("/authentication/api/v1/upstream/frontchannel-logout?iss=https://evil.example&sid=x")
        .send()
        .await;
    assert_eq!(wrong.status, 200);
}

#[tokio::test]
async fn the_cookie_decides_where_a_logged_out_person_goes() {
    let app = app().await;
    let path = "/authentication/api/v1/logout/handleloggedout";
    let go = async |cookie: &str| {
        let answer = app.get(path).header("cookie", &format!("AltinnLogoutInfo={cookie}")).send().await;
        assert!(answer.header("set-cookie").contains("AltinnLogoutInfo=; "));
        answer.header("location").to_owned()
    };
    assert_eq!(go("amSafeRedirectUrl=x").await, here("/accessmanagement/api/v1/logoutredirect"));
    assert_eq!(go("SystemuserRequestId=6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1").await, here("/"));
    assert_eq!(go("").await, here("/"));
}
