//! Listens, serves and drains.

use crate::connections::{Connections, Late, Ticket};
use crate::faults::Hangup;
use crate::pace::{Answer, Paced};
use crate::{App, Tls, problem};
use axum::body::Body;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::io;
use std::net::SocketAddr;
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
    /// How to speak TLS; `None`: plain HTTP.
    pub tls: Option<Tls>,
}

/// Said to a connection for which there is no room, before anything is read from it.
const NO_ROOM: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Serves `app` on `listener` until `stop` resolves, then lets requests under way finish.
pub async fn serve(app: Arc<App>, listener: TcpListener, server: Server, stop: impl Future<Output = ()>) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    // How long a head may take is the business of `Connections`, which sees idle connections too.
    builder
        .http1()
        .header_read_timeout(None)
        .max_buf_size(server.max_header_bytes.max(8192))
        .max_headers(128);
    let graceful = GracefulShutdown::new();
    let connections = Connections::new(app.limits());
    let watch = connections.clone().watch();
    tokio::pin!(stop, watch);
    loop {
        let accepted = tokio::select! {
            // Who has connected before the stop is served, too.
            biased;
            () = &mut watch => break,
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                // Out of file descriptors, or a client that hung up early: the listener itself is sound.
                tracing::warn!(error = %e, "accept failed");
                connections.make_room();
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let Some(ticket) = connections.admit(peer.ip(), app.is_proxy(peer.ip())) else {
            // Whoever does not take the answer at once does without, and so does whoever speaks TLS.
            if server.tls.is_none() {
                let _ = stream.try_write(NO_ROOM);
            }
            continue;
        };
        // Small answers should not wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let ticket = Arc::new(ticket);
        let (app, of_request, leaving) = (app.clone(), ticket.clone(), server.leaving.clone());
        let service = hyper::service::service_fn(move |request| {
            answer(app.clone(), of_request.clone(), leaving.clone(), peer, request)
        });
        let (builder, watcher, tls) = (builder.clone(), graceful.watcher(), server.tls.clone());
        let stream = ticket.observe(stream);
        let task = tokio::spawn(async move {
            let ended = match tls {
                Some(tls) => {
                    let Some(stream) = tls.accept(stream).await else { return };
                    watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                }
                None => {
                    watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                }
            };
            if let Err(e) = ended {
                tracing::debug!(error = %e, "connection ended");
            }
        });
        ticket.served_by(task.abort_handle());
    }
    drop(listener);
    let drained = tokio::select! {
        drained = tokio::time::timeout(server.drain, graceful.shutdown()) => drained.is_ok(),
        () = watch => false,
    };
    if !drained {
        tracing::warn!("stopped with requests under way");
    }
}

/// One request of a connection.
async fn answer(
    app: Arc<App>,
    ticket: Arc<Ticket>,
    leaving: Arc<AtomicBool>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Answer>, io::Error> {
    let under_way = ticket.request();
    let late = Late::default();
    let request = request.map(|body| Body::new(Paced::new(body, ticket.pace(), late.clone())));
    let mut response = app.handle(peer, request).await;
    if response.extensions().get::<Hangup>().is_some() {
        return Err(io::Error::other("hung up, as was asked for"));
    }
    if late.is_set() {
        response = problem::empty(StatusCode::REQUEST_TIMEOUT);
    }
    if late.is_set() || leaving.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| Answer { body, _request: under_way }))
}
