//! A small balancer: asks every node whether it is ready, and hands each request to the next one that is.

use super::until;
use allting::demo::http::builder;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::RwLock;

/// How often nodes are asked.
const ASK: Duration = Duration::from_millis(50);
/// Largest body that is passed on.
const LARGEST: usize = 16 << 20;

#[derive(Clone)]
pub struct Balancer {
    inner: Arc<Inner>,
    /// Where clients reach it, and the public address of all nodes.
    pub url: String,
}

struct Inner {
    nodes: Mutex<Vec<(String, bool)>>,
    next: AtomicUsize,
    passed: AtomicUsize,
    /// Read by each request for as long as it takes.
    quiet: RwLock<()>,
    client: reqwest::Client,
}

impl Balancer {
    /// Listens, with no nodes yet.
    pub async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let client = builder().redirect(reqwest::redirect::Policy::none()).build();
        let inner = Arc::new(Inner {
            nodes: Mutex::default(),
            next: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            quiet: RwLock::new(()),
            client: client.unwrap(),
        });
        let app = axum::Router::new().fallback(pass).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(socket, app).await });
        let asking = inner.clone();
        tokio::spawn(async move {
            loop {
                asking.ask().await;
                tokio::time::sleep(ASK).await;
            }
        });
        Self { inner, url }
    }

    /// Takes a node in, and waits until it gets its share.
    pub async fn add(&self, url: &str) {
        self.inner.nodes.lock().unwrap().push((url.to_owned(), false));
        until("a node to be taken in", async || {
            self.inner.nodes.lock().unwrap().iter().any(|(known, ready)| known == url && *ready).then_some(())
        })
        .await;
    }

    /// Forgets a node.
    pub fn remove(&self, url: &str) {
        self.inner.nodes.lock().unwrap().retain(|(known, _)| known != url);
    }

    /// Requests passed on so far.
    pub fn passed(&self) -> usize {
        self.inner.passed.load(Ordering::Relaxed)
    }

    /// Does something at a moment when no request is under way.
    pub async fn between_requests<T>(&self, act: impl FnOnce() -> T) -> T {
        let _quiet = self.inner.quiet.write().await;
        act()
    }
}

impl Inner {
    async fn ask(&self) {
        let nodes: Vec<String> = self.nodes.lock().unwrap().iter().map(|(url, _)| url.clone()).collect();
        for url in nodes {
            let asked = self.client.get(format!("{url}/health/ready")).timeout(Duration::from_secs(2)).send();
            let ready = asked.await.is_ok_and(|answer| answer.status() == 200);
            self.note(&url, ready);
        }
    }

    fn note(&self, url: &str, ready: bool) {
        for node in self.nodes.lock().unwrap().iter_mut().filter(|(known, _)| known == url) {
            node.1 = ready;
        }
    }

    fn pick(&self) -> Option<String> {
        let nodes = self.nodes.lock().unwrap();
        let ready: Vec<_> = nodes.iter().filter(|(_, ready)| *ready).collect();
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        Some(ready.get(next.checked_rem(ready.len())?)?.0.clone())
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let _busy = inner.quiet.read().await;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap();
    while let Some(node) = inner.pick() {
        let address = format!("{node}{}", parts.uri.path_and_query().map_or("/", |path| path.as_str()));
        let mut headers = parts.headers.clone();
        headers.remove(header::CONNECTION);
        let sent = inner.client.request(parts.method.clone(), address).headers(headers).body(body.clone());
        match sent.send().await {
            Ok(answer) => {
                inner.passed.fetch_add(1, Ordering::Relaxed);
                let mut response = Response::new(Body::empty());
                *response.status_mut() = answer.status();
                *response.headers_mut() = answer.headers().clone();
                for name in [header::CONNECTION, header::TRANSFER_ENCODING] {
                    response.headers_mut().remove(name);
                }
                let Ok(bytes) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
                *response.body_mut() = bytes.into();
                return response;
            }
            // To another one only what cannot have happened, or does nothing: as proxies do unless told otherwise.
            Err(error) if error.is_connect() || parts.method.is_safe() => inner.note(&node, false),
            Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
