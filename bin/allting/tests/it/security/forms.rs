//! Changes by the portal's cookie that another site's page would make.

use crate::support::{DIRECTOR, app_with_routes};
use httpkit::{Access, CsrfForm, Role, Routes};
use serde::Deserialize;

#[derive(Deserialize)]
struct Nothing {}

async fn forgetful() -> &'static str {
    "done"
}

async fn careful(_: CsrfForm<Nothing>) -> &'static str {
    "done"
}

/// A handler that forgets to read the proof is guarded all the same.
#[tokio::test]
async fn a_page_that_reads_no_proof_takes_it_in_the_header_only() {
    let routes = Routes::new(Role::PORTAL, ())
        .post("/test/forgetful", Access::session(), forgetful)
        .post("/test/careful", Access::session(), careful)
        .done();
    let app = app_with_routes(routes).await;
    let (cookies, proof) = app.login(DIRECTOR).await;
    let post = async |path: &str, field: &str, header: &str| {
        let call = app.post(path).header("cookie", &cookies).header("x-xsrf-token", header);
        call.form(&[("_csrf", field)]).send().await.status.as_u16()
    };
    assert_eq!(post("/test/forgetful", "", "").await, 403);
    assert_eq!(post("/test/forgetful", &proof, "").await, 403, "nobody has looked at the field");
    assert_eq!(post("/test/forgetful", "", &proof).await, 200);
    assert_eq!(post("/test/careful", "", "").await, 403);
    assert_eq!(post("/test/careful", "guess", "guess").await, 403);
    assert_eq!(post("/test/careful", &proof, "").await, 200);
    assert_eq!(post("/test/careful", "", &proof).await, 200);
}
