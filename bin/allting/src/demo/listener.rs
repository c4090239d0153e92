//! The vendor's webhook: it answers 500 to the first real event, as a listener that has just been deployed may.

use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{Duration, timeout};

/// Events that have come, with the status that each was answered with.
#[derive(Default)]
struct Inner {
    events: Mutex<Vec<(Value, u16)>>,
    news: Notify,
}

/// A running listener.
#[derive(Clone)]
pub struct Listener {
    inner: Arc<Inner>,
    /// Its address.
    pub url: String,
}

impl Listener {
    /// Listens on a free port.
    pub async fn start() -> anyhow::Result<Self> {
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/hook", socket.local_addr()?);
        let inner = Arc::new(Inner::default());
        let app = axum::Router::new().route("/hook", post(hear)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(socket, app).await });
        Ok(Self { inner, url })
    }

    /// Waits until an event satisfies `wanted`; answers it with its status.
    pub async fn wait(
        &self,
        seconds: u64,
        wanted: impl Fn(&Value, u16) -> bool,
    ) -> anyhow::Result<(Value, u16)> {
        let search = async {
            loop {
                let news = self.inner.news.notified();
                let found = self.all().into_iter().find(|(event, status)| wanted(event, *status));
                match found {
                    Some(found) => return found,
                    None => news.await,
                }
            }
        };
        timeout(Duration::from_secs(seconds), search).await.map_err(|_| {
            let kinds: Vec<_> =
                self.all().iter().map(|(event, status)| format!("{} {status}", event["type"])).collect();
            anyhow::anyhow!("no such event within {seconds} s; heard: {kinds:?}")
        })
    }

    /// What has come, with the status that each was answered with.
    pub fn all(&self) -> Vec<(Value, u16)> {
        self.inner.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn hear(State(inner): State<Arc<Inner>>, body: String) -> StatusCode {
    let event: Value = serde_json::from_str(&body).unwrap_or_default();
    let handshake = event["type"] == "platform.events.validatesubscription";
    let status = {
        let mut events = inner.events.lock().unwrap_or_else(PoisonError::into_inner);
        let first =
            !events.iter().any(|(earlier, _)| earlier["type"] != "platform.events.validatesubscription");
        let status = if first && !handshake { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        events.push((event, status.as_u16()));
        status
    };
    inner.news.notify_waiters();
    status
}
