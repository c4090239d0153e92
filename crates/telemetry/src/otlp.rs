//! Sends spans to a collector by OTLP over HTTP, in batches, beside the work.

use crate::span::{Kind, Told, Value};
use crate::trace::Trace;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

/// Spans that wait for the collector; more are dropped and counted, since looking must not stop the work.
const WAITING: usize = 8192;
/// Most spans of one call.
const BATCH: usize = 512;
/// Longest that a span waits for company.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest that one batch is tried.
const PATIENCE: Duration = Duration::from_secs(5);

static COLLECTOR: OnceLock<Collector> = OnceLock::new();

/// Where spans go.
pub(crate) struct Collector(mpsc::Sender<Letter>);

/// A span that has ended.
pub(crate) struct Span {
    pub trace: Trace,
    pub kind: Kind,
    /// By the machine's clock.
    pub start: SystemTime,
    pub end: SystemTime,
    pub told: Told,
}

enum Letter {
    Span(Span),
    /// Answered when everything before it has been sent or lost.
    Flush(oneshot::Sender<()>),
}

/// Why spans cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum OtlpError {
    /// No client can be made.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
    /// The address is none.
    #[error(transparent)]
    Exporter(#[from] ExporterBuildError),
}

/// The collector of this process; nobody collects until `start`.
pub(crate) fn collector() -> Option<&'static Collector> {
    COLLECTOR.get()
}

impl Collector {
    /// Takes a span along when there is room, at once either way.
    pub(crate) fn take(&self, span: Span) {
        if self.0.try_send(Letter::Span(span)).is_err() {
            lost(1);
        }
    }
}

/// From now on sends every span to `endpoint`, such as `http://127.0.0.1:4318/v1/traces`, with the headers of
/// `OTEL_EXPORTER_OTLP_HEADERS`. Needs a runtime. A second call in a process changes nothing.
pub fn start(endpoint: &str, environment: &str, version: &'static str) -> Result<(), OtlpError> {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()?;
    let resource = Resource::builder_empty()
        .with_service_name("allting")
        .with_attribute(KeyValue::new("service.version", version))
        .with_attribute(KeyValue::new("deployment.environment.name", environment.to_owned()))
        .build();
    exporter.set_resource(&resource);
    let (sender, waiting) = mpsc::channel(WAITING);
    if COLLECTOR.set(Collector(sender)).is_ok() {
        tokio::spawn(deliver(exporter, waiting));
    }
    Ok(())
}

/// Waits until the spans so far have reached the collector, for some seconds at most.
pub async fn flush() {
    let Some(collector) = collector() else { return };
    let (done, all_sent) = oneshot::channel();
    let sent = async {
        // An error means that nobody sends any more.
        if collector.0.send(Letter::Flush(done)).await.is_ok() {
            let _ = all_sent.await;
        }
    };
    if timeout(PATIENCE, sent).await.is_err() {
        tracing::warn!("stopped before the collector took all spans");
    }
}

async fn deliver(exporter: SpanExporter, mut waiting: mpsc::Receiver<Letter>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut until = Instant::now();
    loop {
        let next =
            if batch.is_empty() { Ok(waiting.recv().await) } else { timeout_at(until, waiting.recv()).await };
        match next {
            Ok(Some(Letter::Span(span))) => {
                if batch.is_empty() {
                    until = Instant::now() + PAUSE;
                }
                batch.push(data(span));
                if batch.len() == BATCH {
                    send(&exporter, &mut batch).await;
                }
            }
            Ok(Some(Letter::Flush(done))) => {
                send(&exporter, &mut batch).await;
                // Who asked may have stopped waiting.
                let _ = done.send(());
            }
            Err(_elapsed) => send(&exporter, &mut batch).await,
            Ok(None) => return,
        }
    }
}

async fn send(exporter: &SpanExporter, batch: &mut Vec<SpanData>) {
    let spans = batch.len();
    if spans == 0 {
        return;
    }
    let full = std::mem::replace(batch, Vec::with_capacity(BATCH));
    if let Err(error) = exporter.export(full).await {
        lost(spans as u64);
        tracing::warn!(%error, spans, "the collector did not take the spans");
    }
}

fn lost(spans: u64) {
    metrics::counter!("otlp_spans_lost_total").increment(spans);
}

fn data(span: Span) -> SpanData {
    let (trace, id, parent) = span.trace.parts();
    let attribute = |(name, value)| match value {
        Value::Text(text) => KeyValue::new(name, text),
        Value::Number(number) => KeyValue::new(name, number),
    };
    SpanData {
        span_context: SpanContext::new(
            TraceId::from_bytes(trace),
            SpanId::from_bytes(id),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: parent.map_or(SpanId::INVALID, SpanId::from_bytes),
        parent_span_is_remote: parent.is_some() && matches!(span.kind, Kind::Server | Kind::Consumer),
        span_kind: match span.kind {
            Kind::Server => SpanKind::Server,
            Kind::Client => SpanKind::Client,
            Kind::Consumer => SpanKind::Consumer,
            Kind::Internal => SpanKind::Internal,
        },
        name: span.told.name,
        start_time: span.start,
        end_time: span.end,
        attributes: span.told.attributes.into_iter().map(attribute).collect(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: if span.told.failed { Status::error("") } else { Status::Unset },
        instrumentation_scope: InstrumentationScope::builder("allting").build(),
    }
}
