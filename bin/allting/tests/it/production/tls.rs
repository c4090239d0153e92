//! The listener's certificate: changed while connections go on, refused when it is no good.

use super::node::{certificate, write};
use crate::support::served_with;
use reqwest::tls::TlsInfo;
use std::time::{Duration, Instant};
use testkit::TempDir;

fn client() -> reqwest::Client {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().tls_danger_accept_invalid_certs(true).tls_info(true).build().unwrap()
}

/// The certificate that a call met.
async fn met(client: &reqwest::Client, url: &str) -> Vec<u8> {
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let info = answer.extensions().get::<TlsInfo>().unwrap();
    let met = info.peer_certificate().unwrap().to_vec();
    assert_eq!(answer.text().await.unwrap(), "ok");
    met
}

#[tokio::test]
async fn a_new_certificate_serves_new_connections_and_the_old_ones_go_on() {
    let scratch = TempDir::new();
    let file = |name: &str| scratch.join(name).display().to_string();
    let first = certificate(scratch.path(), &["localhost"]);
    let served = served_with(&[("tls.cert", &file("tls.crt")), ("tls.key", &file("tls.key"))]).await;
    assert!(served.url.starts_with("https://"), "{}", served.url);
    let url = format!("{}/health/live", served.url);
    let early = client();
    assert_eq!(met(&early, &url).await, first);

    let second = certificate(scratch.path(), &["localhost"]);
    let begun = Instant::now();
    while met(&client(), &url).await != second {
        assert!(begun.elapsed() < Duration::from_secs(20), "the new certificate is not taken up");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(met(&early, &url).await, first, "the connection of the first call goes on");

    // What cannot be used is not used; the files are good again before the next look or after it.
    let metrics = format!("{}/metrics", served.url);
    let refused = async || {
        let text = client().get(&metrics).send().await.unwrap().text().await.unwrap();
        text.lines().any(|line| line.starts_with("tls_certificates_refused_total "))
    };
    assert!(!refused().await);
    write(&scratch.join("tls.crt"), b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let begun = Instant::now();
    while !refused().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "the bad certificate is not noticed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(met(&client(), &url).await, second);
    served.stop().await;
}

/// A hello of TLS 1.1 (version 3.2, no extensions) gets the alert `protocol_version` (70).
#[tokio::test]
async fn old_versions_of_tls_are_refused() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let scratch = TempDir::new();
    let file = |name: &str| scratch.join(name).display().to_string();
    certificate(scratch.path(), &["localhost"]);
    let served = served_with(&[("tls.cert", &file("tls.crt")), ("tls.key", &file("tls.key"))]).await;
    for minor in [1, 2] {
        let mut body = vec![3, minor];
        body.extend([7; 32]);
        // No session id, four suites of that time, no compression.
        body.extend([0, 0, 8, 0xc0, 0x13, 0xc0, 0x14, 0, 0x2f, 0, 0x35, 1, 0]);
        let mut hello = vec![22, 3, 1, 0, body.len() as u8 + 4, 1, 0, 0, body.len() as u8];
        hello.extend(body);
        let mut stream = tokio::net::TcpStream::connect(served.address).await.unwrap();
        stream.write_all(&hello).await.unwrap();
        let mut alert = Vec::new();
        stream.read_to_end(&mut alert).await.unwrap();
        assert_eq!((alert.first(), alert.get(5)), (Some(&21), Some(&2)), "{alert:?}");
    }
    // Plain HTTP gets no answer of ours, either.
    let mut stream = tokio::net::TcpStream::connect(served.address).await.unwrap();
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"));
    served.stop().await;
}
