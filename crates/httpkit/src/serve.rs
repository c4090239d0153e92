//! Listens, serves and drains.

use crate::App;
use axum::body::Body;
use http::{HeaderValue, header};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Bounds of one server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Largest sum of header bytes; more gets 431.
    pub max_header_bytes: usize,
    /// How long a stop waits for requests under way.
    pub drain: Duration,
    /// Set when a stop has been announced: from then on each answer is the last one on its connection.
    pub leaving: Arc<AtomicBool>,
}

/// Serves `app` on `listener` until `stop` resolves, then lets requests under way finish.
pub async fn serve(app: Arc<App>, listener: TcpListener, server: Server, stop: impl Future<Output = ()>) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(15))
        .max_buf_size(server.max_header_bytes.max(8192))
        .max_headers(128);
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            // Who has connected before the stop is served, too.
            biased;
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // Out of file descriptors, or a client that hung up early: the listener itself is sound.
                tracing::warn!(error = %e, "accept failed");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        // Small answers should not wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let (app, leaving) = (app.clone(), server.leaving.clone());
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let (app, leaving) = (app.clone(), leaving.clone());
            async move {
                let mut response = app.handle(peer, request.map(Body::new)).await;
                if leaving.load(Ordering::Relaxed) {
                    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                Ok::<_, std::convert::Infallible>(response)
            }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(e) = connection.await {
                tracing::debug!(error = %e, "connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(server.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests under way");
    }
}
