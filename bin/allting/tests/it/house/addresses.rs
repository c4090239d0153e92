//! Hosts, paths and limits, as a stranger would try them.

use crate::support::app;

#[tokio::test]
async fn doubtful_addresses_are_refused_before_any_route() {
    let app = app().await;
    let bad = [
        ("/health/../health/live", "127.0.0.1"),
        ("/health/%2e%2e/live", "127.0.0.1"),
        ("/health%2flive", "127.0.0.1"),
        ("/health/live%00", "127.0.0.1"),
        ("/%ff", "127.0.0.1"),
        ("/health/live", "user@127.0.0.1"),
        ("/health/live", "127.0.0.1:x"),
    ];
    for (path, host) in bad {
        assert_eq!(app.get(path).header("host", host).send().await.status, 400, "{path} {host}");
    }
    assert_eq!(app.get("/health/live").header("host", "evil.example").send().await.status, 421);
    let twice = app.get("/health/live").header("host", "127.0.0.1").header("x-forwarded-host", "a.no, b.no");
    assert_eq!(twice.send().await.status, 400);
}

#[tokio::test]
async fn a_real_host_name_a_forwarded_one_and_its_label_reach_the_same_service() {
    let app = app().await;
    let discovery = "/.well-known/oauth-authorization-server";
    let own = app.get(discovery).header("host", "test.maskinporten.no").send().await;
    let forwarded = app
        .get(discovery)
        .header("host", "127.0.0.1")
        .header("x-forwarded-host", "test.maskinporten.no")
        .send()
        .await;
    let label = app.get(&format!("/_host/maskinporten{discovery}")).send().await;
    for answer in [&own, &forwarded, &label] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["issuer"], "https://test.maskinporten.no/");
    }
    // A reporting service lies on its own host only.
    assert_eq!(app.post("/v1/2023").send().await.status, 404);
    assert_eq!(app.post("/_host/innrapporteringboligsameie/v1/2023").send().await.status, 401);
}

#[tokio::test]
async fn slashes_too_many_do_no_harm() {
    let app = app().await;
    assert_eq!(app.get("//health//live/").send().await.status, 200);
}

#[tokio::test]
async fn every_answer_carries_the_safe_headers() {
    let answer = app().await.get("/health/live").send().await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert!(answer.header("traceparent").starts_with("00-"));
}
