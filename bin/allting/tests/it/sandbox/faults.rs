//! `/sandbox/api/v1/faults`

use crate::support::{TestApp, app, served, served_with};
use http::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Instant;
use testkit::TestDb;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const UNIT: &str = "/enhetsregisteret/api/enheter/310200107";
const REPORT: &str = "/_host/innrapporteringboligsameie/v1/2023";

async fn set(app: &TestApp, name: &str, fault: &Value) {
    let answer = app.put(&format!("/sandbox/api/v1/faults/{name}")).json(fault).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_fault_strikes_the_next_request_in_the_words_of_the_service_until_it_is_taken_away() {
    let app = app().await;
    set(&app, "all-of-it", &json!({"kind": "error", "status": 503})).await;
    let token = app.post("/token").send().await;
    assert_eq!((token.status.as_u16(), token.header("allting-fault")), (503, "all-of-it"));
    assert_eq!(token.json()["error"], "temporarily_unavailable");
    let report = app.post(REPORT).send().await;
    assert_eq!((report.status.as_u16(), &report.json()["kode"]), (503, &json!("GLD_017")));
    let dialogs = app.get("/dialogporten/api/v1/enduser/dialogs").send().await;
    assert_eq!((dialogs.status.as_u16(), dialogs.text().as_str()), (503, "Service Unavailable"));
    assert_eq!(app.get(UNIT).send().await.json()["status"], 503);
    assert_eq!(app.get("/innboks").send().await.status, 503);
    for path in
        ["/health/live", "/sandkasse/feil", "/sandbox/api/v1/faults", "/metrics", "/sandbox/api/v1/clock"]
    {
        let answer = app.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("allting-fault")), (200, ""), "{path}");
    }
    assert_eq!(app.delete("/sandbox/api/v1/faults/all-of-it").send().await.status, 204);
    assert_eq!(app.delete("/sandbox/api/v1/faults/all-of-it").send().await.status, 404);
    let healthy = app.get(UNIT).send().await;
    assert_eq!((healthy.status.as_u16(), healthy.header("allting-fault")), (200, ""));
}

#[tokio::test]
async fn faults_keep_to_their_service_path_client_times_and_time() {
    let app = app().await;
    let error = |more: Value| {
        let mut fault = json!({"kind": "error", "status": 500});
        fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fault
    };
    set(&app, "a", &error(json!({"service": "maskinporten", "path": "/token"}))).await;
    assert_eq!(app.post("/token").send().await.status, 500);
    assert_eq!(app.get("/jwk").send().await.status, 200);
    assert_eq!(app.get(UNIT).send().await.status, 200);
    set(&app, "a", &error(json!({"client": "310200409"}))).await;
    let token = app.maskinporten_token("altinn:events.subscribe").await;
    let path = "/events/api/v1/subscriptions";
    assert_eq!(app.get(path).bearer(&token).send().await.status, 500);
    assert_eq!(app.get(path).send().await.status, 401);
    set(&app, "a", &error(json!({"service": "brreg", "times": 2}))).await;
    let mut statuses = vec![];
    for _ in 0..4 {
        statuses.push(app.get(UNIT).send().await.status.as_u16());
    }
    assert_eq!(statuses, [500, 500, 200, 200]);
    assert_eq!(app.get("/sandbox/api/v1/faults").send().await.json(), json!({"faults": []}));
    let until = app.ctx.clock.now() + std::time::Duration::from_hours(1);
    set(&app, "a", &error(json!({"until": until.to_string()}))).await;
    assert_eq!(app.get(UNIT).send().await.status, 500);
    app.put("/sandbox/api/v1/clock").json(&json!({"advance": "PT2H"})).send().await;
    assert_eq!(app.get(UNIT).send().await.status, 200);
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_requests() {
    let app = app().await;
    let fault = json!({"service": "brreg", "kind": "error", "status": 500, "probability": 0.5, "seed": 7});
    let mut runs = vec![];
    for _ in 0..2 {
        set(&app, "now-and-then", &fault).await;
        let mut run = vec![];
        for _ in 0..40 {
            run.push(app.get(UNIT).send().await.status.as_u16());
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&500) && runs[0].contains(&200));
}

#[tokio::test]
async fn slow_and_wrong_answers() {
    let app = app().await;
    let whole = app.get(UNIT).send().await;
    let wrong = |answer: &str| json!({"service": "brreg", "kind": "wrong-answer", "answer": answer});
    set(&app, "wrong", &wrong("truncated")).await;
    assert_eq!(app.get(UNIT).send().await.body, whole.body[..whole.body.len() / 2]);
    set(&app, "wrong", &wrong("malformed")).await;
    let malformed = app.get(UNIT).send().await;
    assert!(serde_json::from_slice::<Value>(&malformed.body).is_err());
    set(&app, "wrong", &wrong("empty")).await;
    let empty = app.get(UNIT).send().await;
    assert_eq!((empty.status.as_u16(), empty.body.len(), empty.header("allting-fault")), (200, 0, "wrong"));
    app.delete("/sandbox/api/v1/faults").send().await;
    set(&app, "slow", &json!({"service": "brreg", "kind": "slow", "milliseconds": 60, "jitter": 5})).await;
    let begun = Instant::now();
    let slow = app.get(UNIT).send().await;
    // It may take longer, never less.
    assert!(begun.elapsed().as_millis() >= 60);
    assert_eq!((slow.body, slow.headers["allting-fault"].as_bytes()), (whole.body, b"slow".as_slice()));
}

const HEAD: &str = "host: 127.0.0.1\r\nconnection: close\r\n";

fn put(name: &str, fault: &Value) -> String {
    let (body, kind) = (fault.to_string(), "content-type: application/json\r\n");
    let length = body.len();
    format!(
        "PUT /sandbox/api/v1/faults/{name} HTTP/1.1\r\n{HEAD}{kind}content-length: {length}\r\n\r\n{body}"
    )
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![];
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_service_that_is_down_hangs_up() {
    let served = served().await;
    let fault = json!({"service": "maskinporten", "kind": "down", "down": "reset"});
    assert!(ask(served.address, &put("x", &fault)).await.starts_with("HTTP/1.1 200"));
    assert_eq!(ask(served.address, &format!("GET /jwk HTTP/1.1\r\n{HEAD}\r\n")).await, "");
    let health = ask(served.address, &format!("GET /health/live HTTP/1.1\r\n{HEAD}\r\n")).await;
    assert!(health.starts_with("HTTP/1.1 200"));
    served.stop().await;
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused_and_leaves_nothing() {
    let app = app().await;
    for (name, fault) in [
        ("x", json!({})),
        ("x", json!({"kind": "burning"})),
        ("x", json!({"kind": "slow"})),
        ("x", json!({"kind": "slow", "milliseconds": 50_001})),
        ("x", json!({"kind": "slow", "milliseconds": u64::MAX, "jitter": u64::MAX})),
        ("x", json!({"kind": "slow", "milliseconds": 1, "status": 500})),
        ("x", json!({"kind": "error"})),
        ("x", json!({"kind": "error", "status": 200})),
        ("x", json!({"kind": "error", "status": 500, "probability": 1.5})),
        ("x", json!({"kind": "error", "status": 500, "probability": -1})),
        ("x", json!({"kind": "error", "status": 500, "times": -1})),
        ("x", json!({"kind": "error", "status": 500, "path": "token"})),
        ("x", json!({"kind": "error", "status": 500, "service": "No Such"})),
        ("x", json!({"kind": "error", "status": 500, "color": "red"})),
        ("x", json!({"kind": "wrong-answer", "down": "reset"})),
        ("X%C3%98", json!({"kind": "down", "down": "reset"})),
        (&"x".repeat(41), json!({"kind": "down", "down": "reset"})),
    ] {
        let answer = app.put(&format!("/sandbox/api/v1/faults/{name}")).json(&fault).send().await;
        assert_eq!(answer.status, 400, "{name} {fault} {}", answer.text());
    }
    assert_eq!(app.count("sandbox_fault").await, 0);
}

#[tokio::test]
async fn a_page_of_a_stranger_sets_no_fault() {
    let app = app().await;
    for (header, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let call = app.post("/sandkasse/feil").header(header, value).form(&[("start", "maskinporten-nede")]);
        assert_eq!(call.send().await.status, 403);
        let call = app.call(Method::DELETE, "/sandbox/api/v1/faults").header(header, value);
        assert_eq!(call.send().await.status, 403);
    }
    assert_eq!(app.count("sandbox_fault").await, 0);
}

/// Two nodes on one PostgreSQL: what is set on one holds on the other when the answer is there, and its times are counted once.
#[tokio::test]
async fn a_fault_holds_on_every_node() {
    let Some(database) = TestDb::on(db::Engine::Postgres, &[]).await else { return };
    let mut nodes = vec![];
    for _ in 0..2 {
        nodes.push(served_with(&[("storage.database", database.url())]).await);
    }
    let fault = json!({"service": "maskinporten", "kind": "error", "status": 500, "times": 3});
    assert!(ask(nodes[0].address, &put("x", &fault)).await.starts_with("HTTP/1.1 200"));
    let mut struck = 0;
    for at in 0..8 {
        let answer = ask(nodes[at % 2].address, &format!("GET /jwk HTTP/1.1\r\n{HEAD}\r\n")).await;
        struck += usize::from(answer.contains("allting-fault: x"));
        if at == 1 {
            assert_eq!(struck, 2, "both nodes know it at once");
        }
    }
    assert_eq!(struck, 3);
    for node in nodes {
        node.stop().await;
    }
    database.close().await;
}
