//! Open connections: how many, whose, and whether they move. Whoever is slow or silent keeps nobody else out.

use config::Limits;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::AbortHandle;

/// How often connections are looked at.
const ROUND: Duration = Duration::from_millis(500);
/// Files that the process needs for other things than connections.
const OTHER_FILES: usize = 200;

/// Bounds on connections.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    most: usize,
    of_address: usize,
    idle: Duration,
    patience: Duration,
    slowest: u64,
}

/// All open connections of one listener.
pub(crate) struct Connections {
    bounds: Bounds,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Arc<Connection>>,
    of: HashMap<IpAddr, usize>,
}

/// One connection.
struct Connection {
    peer: IpAddr,
    state: Mutex<State>,
    task: OnceLock<AbortHandle>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    phase: Phase,
    since: Instant,
    /// When the peer stopped taking what is written, and the bytes that it took since.
    blocked: Option<(Instant, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The head of a request is due.
    Head,
    /// A request is under way.
    Request,
    /// Between two requests.
    Idle,
}

impl Connections {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        let unlimited = |n: usize| if n == 0 { usize::MAX } else { n };
        let files = open_files().map_or(usize::MAX, |files| files.saturating_sub(OTHER_FILES).max(16));
        let most = unlimited(limits.connections);
        if files < most && most != usize::MAX {
            tracing::warn!(files, "the limit of open files allows fewer connections than are configured");
        }
        let bounds = Bounds {
            most: most.min(files),
            of_address: unlimited(limits.connections_per_address),
            idle: Duration::from_secs(limits.idle_seconds.max(1)),
            patience: Duration::from_secs(limits.patience_seconds.max(1)),
            slowest: limits.slowest_bytes_per_second.max(1),
        };
        Arc::new(Self { bounds, open: Mutex::default() })
    }

    /// Takes a connection in, at the cost of the longest idle one if need be. `None`: there is no room.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Option<Ticket> {
        let mut open = self.open();
        let of_peer = open.of.get(&peer).copied().unwrap_or_default();
        let room = (is_proxy || of_peer < self.bounds.of_address || open.close_oldest(Some(peer)))
            && (open.all.len() < self.bounds.most || open.close_oldest(None));
        if !room {
            metrics::counter!("http_connections_refused_total").increment(1);
            return None;
        }
        let state = State { phase: Phase::Head, since: Instant::now(), blocked: None };
        let connection = Arc::new(Connection { peer, state: Mutex::new(state), task: OnceLock::new() });
        let id = open.next;
        open.next += 1;
        open.all.insert(id, connection.clone());
        *open.of.entry(peer).or_default() += 1;
        open.count();
        Some(Ticket { id, connection, connections: self.clone() })
    }

    /// Closes the longest idle connection, when the process has run out of files.
    pub(crate) fn make_room(&self) {
        self.open().close_oldest(None);
    }

    /// Ends connections that are idle or late, for as long as it is polled.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut rounds = tokio::time::interval(ROUND);
        loop {
            rounds.tick().await;
            let now = Instant::now();
            let late: Vec<u64> = {
                let open = self.open();
                open.all
                    .iter()
                    .filter(|(_, connection)| connection.is_late(self.bounds, now))
                    .map(|(id, _)| *id)
                    .collect()
            };
            let mut open = self.open();
            for id in late {
                open.close(id);
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Closes the connection that has waited longest without a request under way, of `peer` or of all.
    fn close_oldest(&mut self, peer: Option<IpAddr>) -> bool {
        let candidates = self.all.iter().filter(|(_, c)| peer.is_none_or(|peer| c.peer == peer));
        let waiting = candidates.filter_map(|(id, connection)| {
            let state = connection.state();
            (state.phase != Phase::Request && state.blocked.is_none()).then_some((state.since, *id))
        });
        let oldest = waiting.min();
        if let Some((_, id)) = oldest {
            metrics::counter!("http_connections_closed_total", "why" => "room").increment(1);
            self.close(id);
        }
        oldest.is_some()
    }

    fn count(&self) {
        let open = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        metrics::gauge!("http_connections").set(f64::from(open));
    }

    fn close(&mut self, id: u64) {
        if let Some(connection) = self.remove(id)
            && let Some(task) = connection.task.get()
        {
            task.abort();
        }
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Connection>> {
        let connection = self.all.remove(&id)?;
        if let Some(count) = self.of.get_mut(&connection.peer) {
            *count -= 1;
            if *count == 0 {
                self.of.remove(&connection.peer);
            }
        }
        self.count();
        Some(connection)
    }
}

impl Connection {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.since = Instant::now();
    }

    fn is_late(&self, bounds: Bounds, now: Instant) -> bool {
        let state = *self.state();
        let waited = now.saturating_duration_since(state.since);
        let blocked = state.blocked.is_some_and(|(since, taken)| {
            now.saturating_duration_since(since)
                > bounds.patience + Duration::from_secs(taken / bounds.slowest)
        });
        let why = match state.phase {
            _ if blocked => "writing",
            Phase::Head if waited > bounds.patience => "head",
            Phase::Idle if waited > bounds.idle => "idle",
            _ => return false,
        };
        metrics::counter!("http_connections_closed_total", "why" => why).increment(1);
        true
    }
}

/// A connection's place among the open ones, given back when it is dropped.
pub(crate) struct Ticket {
    id: u64,
    connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Ticket {
    /// The task that serves the connection, to be ended with it.
    pub(crate) fn served_by(&self, task: AbortHandle) {
        // Set once, where the task begins.
        let _ = self.connection.task.set(task);
    }

    /// A request begins; the connection is idle again when the guard is dropped.
    pub(crate) fn request(&self) -> RequestUnderWay {
        self.connection.enter(Phase::Request);
        RequestUnderWay(self.connection.clone())
    }

    /// The stream, observed.
    pub(crate) fn observe<S>(&self, stream: S) -> Observed<S> {
        Observed { stream, connection: self.connection.clone() }
    }

    /// What a body may be late, and its slowest pace in bytes a second.
    pub(crate) fn pace(&self) -> (Duration, u64) {
        (self.connections.bounds.patience, self.connections.bounds.slowest)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.connections.open().remove(self.id);
    }
}

/// Dropped with the last byte of the answer's body.
pub(crate) struct RequestUnderWay(Arc<Connection>);

impl Drop for RequestUnderWay {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}

/// A stream whose movements are noted.
pub(crate) struct Observed<S> {
    stream: S,
    connection: Arc<Connection>,
}

impl<S> Observed<S> {
    fn wrote(&self, result: &Poll<io::Result<usize>>) {
        let mut state = self.connection.state();
        match (result, &mut state.blocked) {
            (Poll::Pending, blocked @ None) => *blocked = Some((Instant::now(), 0)),
            (Poll::Ready(Ok(n)), Some((_, taken))) => *taken += *n as u64,
            _ => {}
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Observed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            let mut state = self.connection.state();
            if state.phase == Phase::Idle {
                state.phase = Phase::Head;
                state.since = Instant::now();
            }
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Observed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&result);
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// All that was written has been taken.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        if result.is_ready() {
            self.connection.state().blocked = None;
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Tells the serving loop that a body was given up as too slow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late(Arc<AtomicBool>);

impl Late {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many files the process may open.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
