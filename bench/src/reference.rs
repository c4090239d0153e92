//! A bare axum handler in a process of its own: what HTTP alone costs on this machine at this hour.

use crate::child::Server;
use crate::http::{Connection, request};
use crate::load::{Figure, Operation, Pace, drive};
use axum::Json;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::time::Duration;

/// Runs the handler until the parent ends it.
pub async fn serve() -> Result<(), String> {
    let app = axum::Router::new()
        .route("/ready", get(async || "ok"))
        .route("/echo", post(async |Json(body): Json<Value>| Json(body)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
    println!("{}", json!({"address": listener.local_addr().map_err(|e| e.to_string())?.to_string()}));
    axum::serve(listener, app).await.map_err(|e| e.to_string())
}

struct Echo {
    connection: Connection,
    request: Vec<u8>,
}

impl Operation for Echo {
    async fn turn(&mut self) -> Result<bool, String> {
        self.connection.send(&self.request).await?.expect(200).map(|_| true)
    }
}

/// Measures it with 16 connections that send and get 600 bytes of JSON.
pub async fn measure(time: Duration) -> Result<Figure, String> {
    let server = Server::reference().await?;
    let body = json!({"text": "x".repeat(588)}).to_string();
    let request =
        request("POST", server.address, "/echo", &["content-type: application/json".into()], body.as_bytes());
    let mut operations = Vec::new();
    for _ in 0..16 {
        operations
            .push(Echo { connection: Connection::open(server.address).await?, request: request.clone() });
    }
    Ok(drive("reference: bare axum echo", &server, None, operations, Pace::Closed, time).await)
}
