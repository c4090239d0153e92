//! The HTTP-only login that public test suites use: identity §2.8.

use super::browser::{Browser, KARI, claims, here, start};
use crate::support::app;
use serde_json::json;

/// Value of a hidden input, as a client that parses the form reads it.
fn hidden(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn the_whole_flow_ends_with_the_raw_token() {
    let app = app().await;
    let browser = Browser::new(&app);
    let goto = here("/authentication/api/v1/refresh");
    let (address, page) = browser.follow(&start(&[("goto", &goto), ("iss", "mockporten")])).await;
    let page = page.text();
    let names = [
        "Response_type",
        "Client_id",
        "Redirect_uri",
        "Scope",
        "State",
        "Nonce",
        "Acr_values",
        "Response_mode",
        "Ui_locales",
        "Prompt",
        "Code_challenge",
        "Code_challenge_method",
        "Login_hint",
        "Claims",
        "Request_uri",
    ];
    let fields: Vec<_> = names.iter().map(|name| (*name, hidden(&page, name))).collect();
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("Pid", KARI), ("Password", "allting")]);
    let posted = browser.post(&address, &fields).await;
    assert_eq!(posted.status, 302, "{}", posted.text());
    let (last, answer) = browser.follow(posted.header("location")).await;
    assert_eq!((last, answer.status.as_u16()), (goto, 200), "{}", answer.text());
    let token = claims(&app, &answer.text()).await;
    for (name, value) in [
        ("originaliss", json!("mockporten")),
        ("urn:altinn:authlevel", json!(4)),
        ("urn:altinn:authenticatemethod", json!("NotDefined")),
    ] {
        assert_eq!(token[name], value, "{name}");
    }
}
