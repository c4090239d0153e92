use super::{DIRECTOR, world};
use crate::session::Browser;
use serde_json::json;

/// The cookie of a real login approves only with proof against forgery, and the browser ends at the vendor's.
#[tokio::test]
async fn a_browser_approves_logs_out_and_comes_back_to_the_vendor() {
    let world = world().await;
    world.register(json!({})).await;
    let request = world.ask(json!({"redirectUrl": "https://vendor.example/done?case=7"})).await.json();
    let id = request["id"].as_str().unwrap();
    let browser = Browser::new(&world.app);
    browser.persona(DIRECTOR).await;
    let portal = "/accessmanagement/api/v1/systemuser";
    let view = browser.get(&format!("{portal}/request/{id}")).await;
    assert_eq!(view.status, 200, "{}", view.text());

    let approve = format!("{portal}/request/{}/{id}/approve", world.customer().await.id);
    let cookies: Vec<_> = browser.cookies.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
    let proof = browser.cookies.borrow()["XSRF-TOKEN"].clone();
    let forged = world.app.post(&approve).header("cookie", &cookies.join("; ")).send().await;
    assert_eq!(forged.status, 403);
    assert_eq!(world.app.count("authn_systemuser").await, 0);
    let approved = world
        .app
        .post(&approve)
        .header("cookie", &cookies.join("; "))
        .header("x-xsrf-token", &proof)
        .send()
        .await;
    assert_eq!((approved.status.as_u16(), approved.text().as_str()), (200, "true"));

    let (address, page) = browser.follow(&format!("{portal}/request/{id}/logout")).await;
    assert!(address.contains("/idporten/logout"), "{address}: {}", page.text());
    assert!(!browser.cookies.borrow().contains_key("AltinnStudioRuntime"));
    let back = browser.get("/authentication/api/v1/logout/handleloggedout").await;
    assert_eq!((back.status.as_u16(), back.header("location")), (302, "https://vendor.example/done?case=7"));
}
