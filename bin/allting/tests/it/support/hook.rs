//! A real listener on a real socket, as webhooks have it.

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// What came in, and what is answered next; 200 when nothing is planned.
#[derive(Default)]
struct Inner {
    heard: Mutex<Vec<(HeaderMap, String)>>,
    plan: Mutex<VecDeque<u16>>,
}

pub struct Hook {
    inner: Arc<Inner>,
    pub url: String,
}

impl Hook {
    pub async fn start(plan: &[u16]) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?code=secret", socket.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let routes = axum::Router::new().route("/hook", axum::routing::post(hear)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(socket, routes).await });
        let hook = Self { inner, url };
        hook.plan(plan);
        hook
    }

    /// Statuses of the next answers.
    pub fn plan(&self, statuses: &[u16]) {
        self.inner.plan.lock().unwrap().extend(statuses);
    }

    /// Bodies that came, in order, without handshakes.
    pub fn events(&self) -> Vec<String> {
        self.bodies().into_iter().filter(|body| !body.contains("validatesubscription")).collect()
    }

    /// Bodies of handshakes.
    pub fn handshakes(&self) -> Vec<Value> {
        let bodies = self.bodies().into_iter().filter(|body| body.contains("validatesubscription"));
        bodies.map(|body| serde_json::from_str(&body).unwrap()).collect()
    }

    fn bodies(&self) -> Vec<String> {
        self.inner.heard.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }

    /// Headers of the last call.
    pub fn last_headers(&self) -> HeaderMap {
        self.inner.heard.lock().unwrap().last().unwrap().0.clone()
    }
}

async fn hear(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: String) -> StatusCode {
    inner.heard.lock().unwrap().push((headers, body));
    let status = inner.plan.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}
