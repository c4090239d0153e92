//! What a stranger may send over a real connection, and what a token in any shape may look like.

use crate::support::{app, served};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

/// Sends bytes as they are and reads until the server is done.
async fn raw(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have answered and closed before all is sent.
    let _ = stream.write_all(request).await;
    let mut answer = vec![];
    let read = async {
        let mut part = [0; 4096];
        while let Ok(n @ 1..) = stream.read(&mut part).await {
            answer.extend(&part[..n]);
        }
    };
    timeout(Duration::from_secs(20), read).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn oversized_and_broken_heads_are_refused_and_the_server_goes_on() {
    let served = served().await;
    let address = served.address;
    let head = |more: &str| {
        format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{more}\r\n")
    };
    assert_eq!(status(&raw(address, head("").as_bytes()).await), "200");
    assert_eq!(
        status(&raw(address, head(&format!("x: {}\r\n", "a".repeat(16_000))).as_bytes()).await),
        "200"
    );
    for (why, request) in [
        ("one large header", head(&format!("x: {}\r\n", "a".repeat(200_000)))),
        ("many headers", head(&"x: y\r\n".repeat(200))),
        ("many large headers", head(&format!("x: {}\r\n", "y".repeat(2000)).repeat(100))),
    ] {
        assert_eq!(status(&raw(address, request.as_bytes()).await), "431", "{why}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nhost: {address}\r\n\r\n", "a".repeat(200_000));
    assert!(matches!(status(&raw(address, long.as_bytes()).await), "414" | "431" | "400"));
    for (why, request) in [
        ("no HTTP", "hello\r\n\r\n".to_owned()),
        ("a header without colon", head("nonsense\r\n")),
        ("two lengths", head("content-length: 1\r\ncontent-length: 2\r\n")),
        ("a length that is none", head("content-length: x\r\n")),
        ("a bare control byte in a header", head("x: a\u{1}b\r\n")),
        ("two hosts", head("host: other.example\r\n")),
        ("no host", "GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned()),
    ] {
        assert_eq!(status(&raw(address, request.as_bytes()).await), "400", "{why}");
    }
    let smuggled = "POST /token HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
                    0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: {}\r\n\r\n"
        .replace("{}", &address.to_string());
    let answer = raw(address, smuggled.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "one request, one answer: {answer}");
    assert_eq!(status(&raw(address, head("").as_bytes()).await), "200", "still there");
    served.stop().await;
}

#[tokio::test]
async fn a_malformed_token_is_refused_whatever_its_shape() {
    let app = app().await;
    let good = app.maskinporten_token("altinn:events.subscribe").await;
    let parts: Vec<&str> = good.split('.').collect();
    let deep =
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, "{\"a\":".repeat(500));
    let tokens = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "a.b.c.d".into(),
        good.replace('.', ""),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], parts[0], parts[2]),
        format!("{}.{deep}.{}", parts[0], parts[2]),
        format!("{deep}.{}.{}", parts[1], parts[2]),
        format!("{good}.{}", parts[2]),
        format!("{}+/.{}.{}", parts[0], parts[1], parts[2]),
        good.to_uppercase(),
        "A".repeat(15_000),
        "A".repeat(30_000),
    ];
    let path = "/events/api/v1/subscriptions";
    assert_eq!(app.get(path).bearer(&good).send().await.status, 200);
    for token in &tokens {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let answer = app.get(path).header("authorization", &format!("{scheme} {token}")).send().await;
            assert_eq!(answer.status, 401, "{scheme} {token:.80}");
        }
    }
    for header in ["Bearer", "Basic YTpi", &good, &format!("Digest {good}"), "Bearer\t"] {
        assert_eq!(app.get(path).header("authorization", header).send().await.status, 401, "{header:.40}");
    }
    let twice = app.get(path).header("authorization", "Bearer x").bearer(&good).send().await;
    assert!(matches!(twice.status.as_u16(), 400 | 401), "the first of two counts, or none: {}", twice.status);
}
