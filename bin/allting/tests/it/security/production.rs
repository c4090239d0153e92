//! What production does not do although the sandbox does.

use crate::support::{TestApp, app, app_with_routes, production, production_with_routes};
use http::HeaderMap;
use httpkit::{Access, Role, Routes};
use ports::population::PopulationSink;
use serde_json::json;
use std::sync::Arc;

async fn takes_any_port(app: &TestApp) -> bool {
    let register = Arc::new(register::Register::new(&app.ctx));
    let idporten = idporten::Idporten::new(&app.ctx, register);
    let client = json!({"clientId": "native", "redirectUris": ["http://127.0.0.1:*/cb"], "scopes": ["openid"], "authMethod": "none"});
    let mut tx = app.ctx.db.begin("test").await.unwrap();
    idporten.load(&mut tx, "idportenClients", &[client]).await.is_ok()
}

#[tokio::test]
async fn a_client_may_not_leave_its_port_open() {
    assert!(takes_any_port(&app().await).await);
    assert!(!takes_any_port(&production().await).await);
}

#[tokio::test]
async fn browsers_are_told_to_keep_to_https() {
    let header = "strict-transport-security";
    assert_eq!(production().await.get("/health/live").send().await.header(header), "max-age=31536000");
    assert_eq!(app().await.get("/health/live").send().await.header(header), "");
}

async fn told(headers: HeaderMap) -> String {
    ["forwarded", "x-forwarded-for", "x-forwarded-proto"]
        .map(|name| headers.contains_key(name).to_string())
        .join(" ")
}

/// The tests' peer is the loopback address, which is a proxy in the sandbox and a stranger in production.
#[tokio::test]
async fn what_a_stranger_says_of_itself_reaches_no_handler() {
    let routes = || Routes::new(Role::ALLTING, ()).get("/test/told", Access::Public("test"), told).done();
    let (sandbox, production) = (app_with_routes(routes()).await, production_with_routes(routes()).await);
    for (app, expected) in [(&sandbox, "true true true"), (&production, "false false false")] {
        let call =
            app.get("/test/told").header("forwarded", "for=192.0.2.1").header("x-forwarded-for", "192.0.2.1");
        assert_eq!(call.header("x-forwarded-proto", "https").send().await.text(), expected);
    }
}
