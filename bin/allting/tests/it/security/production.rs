//! What production does not do although the sandbox does.

use crate::support::{TestApp, app, production};
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

/// The tests' peer is the loopback address, which is a proxy in the sandbox and a stranger in production.
#[tokio::test]
async fn a_stranger_is_not_believed_what_it_says_of_itself() {
    let foreign = "test.maskinporten.no";
    for (app, believed) in [(app().await, true), (production().await, false)] {
        let path = "/.well-known/oauth-authorization-server";
        let direct = app.get(path).header("host", "127.0.0.1:8080").send().await;
        assert_eq!(direct.status, 200);
        let answer = app.get("/register/api/v1/persons").header("x-forwarded-host", foreign).send().await;
        // Maskinporten's host has no such path; the platform's has, behind a token.
        assert_eq!(answer.status == 404, believed);
    }
}
