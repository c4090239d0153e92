//! Real sockets: the slow, the silent and the many.

use crate::support::{Served, served_with};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

/// A server that waits a second for the slow.
async fn impatient(more: &[(&str, &str)]) -> Served {
    let mut settings = vec![
        ("limits.patience_seconds", "1"),
        ("limits.slowest_bytes_per_second", "100000"),
        ("limits.idle_seconds", "2"),
    ];
    settings.extend_from_slice(more);
    served_with(&settings).await
}

async fn connect(address: SocketAddr) -> TcpStream {
    timeout(SOON, TcpStream::connect(address)).await.unwrap().unwrap()
}

/// Reads until the server closes, or resets.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = vec![];
    let read = async {
        let mut part = [0; 4096];
        while let Ok(n @ 1..) = stream.read(&mut part).await {
            answer.extend(&part[..n]);
        }
    };
    timeout(SOON, read).await.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

/// One whole request on a connection that is kept.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut answer = vec![0; 4096];
    let n = timeout(SOON, stream.read(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer[..n]).into_owned()
}

#[tokio::test]
async fn a_slow_head_an_idle_connection_and_a_slow_body_are_ended() {
    let served = impatient(&[]).await;
    let mut silent = connect(served.address).await;
    let mut head = connect(served.address).await;
    let mut idle = connect(served.address).await;
    let mut body = connect(served.address).await;
    assert!(ask(&mut idle).await.starts_with("HTTP/1.1 200"));
    head.write_all(b"GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ").await.unwrap();
    let start = "POST /token HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\n";
    body.write_all(start.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = body.into_split();
    // A byte now and then keeps nobody patient: what counts is the pace.
    let drip = tokio::spawn(async move {
        while writer.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut answer = String::new();
    let _ = timeout(SOON, reader.read_to_string(&mut answer)).await.expect("the server gives up");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    timeout(SOON, drip).await.unwrap().unwrap();
    assert_eq!(rest(&mut silent).await, "");
    assert_eq!(rest(&mut head).await, "");
    assert_eq!(rest(&mut idle).await, "");
    assert!(ask(&mut connect(served.address).await).await.starts_with("HTTP/1.1 200"));
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_left() {
    let served = impatient(&[]).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = timeout(SOON, socket.connect(served.address)).await.unwrap().unwrap();
    // More answers than the buffers of both sides hold; the server stops reading when it cannot write.
    let request = b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".repeat(200);
    let begun = Instant::now();
    let sent = async { while begun.elapsed() < SOON && stream.write_all(&request).await.is_ok() {} };
    timeout(SOON, sent).await.expect("the server hangs up");
    assert!(ask(&mut connect(served.address).await).await.starts_with("HTTP/1.1 200"));
    served.stop().await;
}

#[tokio::test]
async fn two_thousand_idle_connections_keep_nobody_out() {
    let most = if open_files() > 4_500 { "1000" } else { "300" };
    let served = impatient(&[
        ("limits.connections", most),
        ("limits.connections_per_address", "800"),
        ("limits.patience_seconds", "60"),
        ("limits.idle_seconds", "60"),
    ])
    .await;
    let address = served.address;
    let flood = tokio::spawn(async move {
        let mut kept = vec![];
        for _ in 0..2_000 {
            if let Ok(Ok(stream)) = timeout(SOON, TcpStream::connect(address)).await {
                kept.push(stream);
                // The own side's files are bounded too; the server sees no end of a connection that is only forgotten.
                if kept.len() > 400 {
                    kept.swap_remove(0);
                }
            }
        }
        kept
    });
    let mut served_well = 0;
    while !flood.is_finished() {
        assert!(ask(&mut connect(address).await).await.starts_with("HTTP/1.1 200"));
        served_well += 1;
    }
    let kept = flood.await.unwrap();
    assert!(ask(&mut connect(address).await).await.starts_with("HTTP/1.1 200"));
    assert!(served_well > 0 && kept.len() >= 400);
    served.stop().await;
}

#[tokio::test]
async fn above_the_cap_the_longest_idle_goes_and_the_busy_stay() {
    let served = impatient(&[
        ("limits.connections_per_address", "2"),
        ("limits.idle_seconds", "60"),
        ("limits.patience_seconds", "60"),
    ])
    .await;
    let mut first = connect(served.address).await;
    assert!(ask(&mut first).await.starts_with("HTTP/1.1 200"));
    let mut second = connect(served.address).await;
    assert!(ask(&mut second).await.starts_with("HTTP/1.1 200"));
    let mut third = connect(served.address).await;
    assert!(ask(&mut third).await.starts_with("HTTP/1.1 200"));
    assert_eq!(rest(&mut first).await, "", "the longest idle one was closed");
    // Two requests under way: their bodies are awaited.
    for stream in [&mut second, &mut third] {
        let start = "POST /token HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 10\r\n\r\n";
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut told = [0; 25];
        timeout(SOON, stream.read_exact(&mut told)).await.unwrap().unwrap();
        assert!(told.starts_with(b"HTTP/1.1 100"));
    }
    let mut fourth = connect(served.address).await;
    assert!(rest(&mut fourth).await.starts_with("HTTP/1.1 503"));
    second.write_all(b"grant_type").await.unwrap();
    let mut answer = [0; 12];
    timeout(SOON, second.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    served.stop().await;
}

#[tokio::test]
async fn too_many_requests_at_once_are_told_at_once_and_health_still_answers() {
    let served = impatient(&[("limits.requests_at_once", "1"), ("limits.patience_seconds", "60")]).await;
    let mut slow = connect(served.address).await;
    let start = "POST /token HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 10\r\n\r\n";
    slow.write_all(start.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    timeout(SOON, slow.read_exact(&mut told)).await.unwrap().unwrap();
    let mut other = connect(served.address).await;
    other.write_all(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").await.unwrap();
    let answer = rest(&mut other).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 1"), "{answer}");
    assert!(ask(&mut connect(served.address).await).await.starts_with("HTTP/1.1 200"));
    served.stop().await;
}

fn open_files() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX)
}
