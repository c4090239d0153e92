//! Every route with what no client sends: it is refused, nothing breaks, nothing is left behind.

use super::matrix::{call_with, every_scope, sound_tokens};
use crate::support::{Answer, Call, DIRECTOR, TestApp, app};
use axum::body::Body;
use http::{Method, StatusCode};
use httpkit::{Access, RouteLine};
use std::time::Duration;

/// The route called by somebody who may.
struct Door<'a> {
    app: &'a TestApp,
    tokens: [String; 2],
    platform: String,
    cookie: String,
    csrf: String,
}

impl<'a> Door<'a> {
    fn open(&self, route: &RouteLine, query: &str) -> Call<'a> {
        let call = call_with(self.app, route, query);
        match route.access {
            Access::Token { maskinporten_only, .. } => {
                call.bearer(&self.tokens[usize::from(maskinporten_only)])
            }
            Access::Platform | Access::PlatformOr(_) => call.header("PlatformAccessToken", &self.platform),
            Access::Session => call.header("cookie", &self.cookie).header("x-xsrf-token", &self.csrf),
            Access::Public(_) | Access::Client(_) | Access::Sandbox(_) | Access::Operator => call,
        }
    }
}

/// What is sent, with what content type. Each body is wrong whatever the route expects.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=x";
    vec![
        ("deep JSON", json, [vec![b'['; 20_000], vec![b']'; 20_000]].concat()),
        ("deep objects", json, "{\"a\":".repeat(5_000).into_bytes()),
        ("truncated JSON", json, b"{\"a\": [1, 2".to_vec()),
        ("no UTF-8", json, b"{\"\xff\xfe\": \"\xc3\x28\"}".to_vec()),
        ("a NUL", json, b"{\"a\": \"\\u0000\"}".to_vec()),
        ("a number no one can hold", json, b"[1e999999]".to_vec()),
        ("wrong content type", "image/png", b"\x89PNG\r\n".to_vec()),
        ("no content type that is one", ";;;", b"{}".to_vec()),
        ("form, no UTF-8", form, b"%ff=%fe&a=\xff".to_vec()),
        ("form of many fields", form, "a=b&".repeat(20_000).into_bytes()),
        (
            "multipart without end",
            multipart,
            b"--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n".to_vec(),
        ),
        ("multipart of nothing", multipart, b"--x--".to_vec()),
        ("multipart of garbage", multipart, b"--x\r\n\r\n\xff--x\r\n".to_vec()),
        ("XML bomb", "application/xml", BOMB.as_bytes().to_vec()),
        ("deep XML", "application/xml", "<a>".repeat(50_000).into_bytes()),
    ]
}

const BOMB: &str =
    "<!DOCTYPE a [<!ENTITY b \"cccccccccc\"><!ENTITY d \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&d;</a>";

async fn answered(call: Call<'_>) -> Option<Answer> {
    tokio::time::timeout(Duration::from_secs(20), call.send()).await.ok()
}

#[tokio::test]
async fn no_route_breaks_hangs_or_keeps_anything_of_hostile_input() {
    let app = app().await;
    let (cookie, csrf) = app.login(DIRECTOR).await;
    let tokens = sound_tokens(&app, &every_scope(app.routes())).await;
    let platform = app.test_token("GetPlatformAccessToken", "app=x").await;
    let door = Door { app: &app, tokens, platform, cookie, csrf };
    let bodies = bodies();
    let before = app.rows().await;
    let mut found = vec![];
    let mut check = |route: &RouteLine, what: &str, answer: Option<Answer>, refused: bool| {
        let status = answer.map(|answer| answer.status);
        let fine = status.is_some_and(|status| {
            let unbuilt = status == StatusCode::NOT_IMPLEMENTED;
            unbuilt || status.is_client_error() || (!refused && !status.is_server_error())
        });
        if !fine {
            found.push(format!(
                "{} {} {} with {what}: {status:?}",
                route.role.label(),
                route.method,
                route.path
            ));
        }
    };
    // What lets anyone in may keep a note of whom it turned away.
    let is_open = |route: &RouteLine| {
        matches!(route.access, Access::Public(_) | Access::Client(_) | Access::Sandbox(_) | Access::Operator)
    };
    let (open, guarded): (Vec<&RouteLine>, Vec<_>) = app.routes().iter().partition(|route| is_open(route));
    for (at, route) in guarded.iter().chain(&open).enumerate() {
        if at == guarded.len() {
            assert_eq!(app.rows().await, before, "something was kept");
        }
        let many = "a=b&".repeat(10_000);
        check(route, "10,000 parameters", answered(door.open(route, &many)).await, true);
        let long = format!("a={}", "x".repeat(20_000));
        check(route, "a long query", answered(door.open(route, &long)).await, true);
        check(
            route,
            "a query of no UTF-8",
            answered(door.open(route, "%ff=%fe&limit=%00&party=%c3%28")).await,
            false,
        );
        let compressed = door.open(route, "").header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]);
        check(route, "a compressed body", answered(compressed).await, true);
        if route.method == Method::GET {
            continue;
        }
        let huge = door.open(route, "").header("content-type", "application/json");
        let huge = huge.header("content-length", "1000000000000").body(Body::from("{}"));
        let expects_none = route.method.as_str() == "ANY";
        check(route, "a huge body announced", answered(huge).await, !expects_none);
        for (what, kind, body) in &bodies {
            let call = door.open(route, "").header("content-type", kind).body(body.clone());
            // Where no body is expected, none is read, and what the address asks for may be done.
            check(route, what, answered(call).await, false);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let long = format!("/register/api/v1/parties/{}", "a".repeat(10_000));
    assert_eq!(app.get(&long).send().await.status, 414);
}
