//! Traces for a collector. They are compiled in on request: `scripts/otlp-test`.

#[cfg(not(feature = "otlp"))]
#[tokio::test]
async fn without_otlp_a_collector_is_refused() {
    use crate::support::{BASE, config_with, scratch};
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    let config = config_with(&directory, &[("operations.otlp_endpoint", "http://127.0.0.1:4318/v1/traces")]);
    let refused = allting::start::surroundings(config, BASE).await.err().unwrap().to_string();
    std::fs::remove_dir_all(directory).unwrap();
    assert!(refused.contains("operations.otlp_endpoint") && refused.contains("--features otlp"), "{refused}");
}

#[cfg(feature = "otlp")]
mod with {
    use crate::skatteetaten::{sound, world_of};
    use crate::support::{CITIZEN, DIRECTOR, Hook, SUBSCRIBE, app_with, random};
    use axum::body::Bytes;
    use axum::extract::State;
    use http::{HeaderMap, StatusCode};
    use kernel::Pid;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode as Outcome};
    use prost::Message;
    use serde_json::json;
    use std::sync::atomic::{AtomicU16, Ordering};
    use std::sync::{Arc, Mutex};
    use tokio::net::TcpListener;
    use uuid::Uuid;

    /// A collector on a socket of its own.
    struct Collector {
        spans: Mutex<Vec<Span>>,
        resources: Mutex<Vec<String>>,
        answer: AtomicU16,
    }

    async fn export(State(collector): State<Arc<Collector>>, headers: HeaderMap, body: Bytes) -> StatusCode {
        assert_eq!(headers["content-type"], "application/x-protobuf");
        let answer = StatusCode::from_u16(collector.answer.load(Ordering::Relaxed)).unwrap();
        if answer.is_success() {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            for batch in request.resource_spans {
                collector.resources.lock().unwrap().push(format!("{:?}", batch.resource));
                let spans = batch.scope_spans.into_iter().flat_map(|scope| scope.spans);
                collector.spans.lock().unwrap().extend(spans);
            }
        }
        answer
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    fn attribute<'a>(span: &'a Span, name: &str) -> Option<&'a Value> {
        span.attributes.iter().find(|one| one.key == name)?.value.as_ref()?.value.as_ref()
    }

    fn text(span: &Span, name: &str) -> String {
        match attribute(span, name) {
            Some(Value::StringValue(text)) => text.clone(),
            other => panic!("{name} of {} is {other:?}", span.name),
        }
    }

    fn names<'a>(spans: &[&'a Span]) -> Vec<&'a str> {
        spans.iter().map(|span| span.name.as_str()).collect()
    }

    /// The only test of the process that names a collector: the first one stays.
    #[tokio::test]
    async fn otlp_shows_a_filing_as_one_trace_from_the_request_to_the_webhook() {
        let figures = telemetry::init_metrics().expect("nobody else counts in this process");
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/v1/traces", socket.local_addr().unwrap());
        let collector = Arc::new(Collector {
            spans: Mutex::default(),
            resources: Mutex::default(),
            answer: AtomicU16::new(200),
        });
        let routes = axum::Router::new()
            .route("/v1/traces", axum::routing::post(export))
            .with_state(collector.clone());
        tokio::spawn(async move { axum::serve(socket, routes).await });

        let world = world_of(app_with(&[("operations.otlp_endpoint", &endpoint)]).await).await;
        let app = &world.app;
        let hook = Hook::start(&[]).await;
        let subscriber = world.user.token(app, SUBSCRIBE).await;
        let wanted = json!({"endPoint": hook.url, "resourceFilter": "urn:altinn:resource:ske-innrapportering-boligsameie"});
        let subscribed =
            app.post("/events/api/v1/subscriptions").bearer(&subscriber).json(&wanted).send().await;
        assert!(subscribed.status.is_success(), "{}", subscribed.text());
        app.drain().await;

        let filed = world.file(&Uuid::from_bytes(random()).to_string(), &sound()).await;
        assert_eq!(filed.status, 200, "{}", filed.text());
        app.drain().await;
        assert!(!hook.events().is_empty());
        telemetry::otlp::flush().await;

        let all = collector.spans.lock().unwrap().clone();
        let trace: Vec<&Span> = all.iter().filter(|span| hex(&span.trace_id) == filed.trace()).collect();
        let named =
            |name: &str| -> Vec<&Span> { trace.iter().copied().filter(|span| span.name == name).collect() };

        // The request is the root, and everything hangs together.
        let roots: Vec<_> = trace.iter().filter(|span| span.parent_span_id.is_empty()).collect();
        assert_eq!(roots.len(), 1, "{roots:#?}");
        let request = roots[0];
        assert_eq!(hex(&request.span_id), filed.header("traceparent")[36..52]);
        assert_eq!(request.kind(), SpanKind::Server);
        assert_eq!(request.name, format!("POST {}", text(request, "http.route")));
        assert!(request.name.contains('{'), "the template of the route: {}", request.name);
        assert_eq!(text(request, "http.request.method"), "POST");
        assert_eq!(text(request, "allting.role"), "innrapporteringboligsameie");
        assert_eq!(attribute(request, "http.response.status_code"), Some(&Value::IntValue(200)));
        for span in &trace {
            let parent = trace.iter().find(|other| other.span_id == span.parent_span_id);
            assert!(span.parent_span_id.is_empty() || parent.is_some(), "{span:#?} has no parent");
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
        }

        // What the request asked for runs as its part, statements as parts of whoever ran them.
        let [job] = named("skatteetaten.feedback")[..] else { panic!("{:?}", names(&trace)) };
        assert_eq!((job.kind(), &job.parent_span_id), (SpanKind::Consumer, &request.span_id));
        assert_eq!(attribute(job, "allting.attempt"), Some(&Value::IntValue(1)));
        let commits = named("commit");
        for owner in [&request.span_id, &job.span_id] {
            let commit = commits.iter().find(|commit| commit.parent_span_id == *owner).unwrap();
            assert_eq!(commit.kind(), SpanKind::Client);
            assert!(!text(commit, "allting.transaction").is_empty());
        }

        // The webhook's owner can take the trace up.
        let calls = named("POST");
        let heard = hook.last_headers()["traceparent"].to_str().unwrap().to_owned();
        let call = calls.iter().find(|call| hex(&call.span_id) == heard[36..52]).unwrap();
        assert_eq!(heard[3..35], filed.trace());
        assert_eq!((call.kind(), text(call, "server.address").as_str()), (SpanKind::Client, "127.0.0.1"));
        let caller = trace.iter().find(|span| span.span_id == call.parent_span_id).unwrap();
        assert_eq!(caller.kind(), SpanKind::Consumer);

        // A failure is told as one; no person is told of, though two of them were in paths, queries and bodies.
        let nothing = app.get("/health/no-such").send().await;
        assert_eq!(nothing.status, 404);
        for span in &all {
            let mut told = vec![span.name.clone()];
            told.extend(span.attributes.iter().map(|one| format!("{:?}", one.value)));
            for told in told {
                assert!(!told.contains('?') && !told.contains(DIRECTOR) && !told.contains(CITIZEN), "{told}");
                let mut runs = told.as_bytes().windows(11).filter_map(|run| std::str::from_utf8(run).ok());
                assert!(runs.all(|run| Pid::parse(run).is_err()), "{told}");
            }
            let outcome = span
                .status
                .as_ref()
                .map_or(Outcome::Unset, opentelemetry_proto::tonic::trace::v1::Status::code);
            assert_eq!(outcome, Outcome::Unset, "{span:#?}");
        }
        let resources = collector.resources.lock().unwrap().join("");
        for word in
            ["service.name", "\"allting\"", "service.version", "deployment.environment.name", "\"tt02\""]
        {
            assert!(resources.contains(word), "{resources}");
        }

        // What a collector does not take is counted; nobody waits for it.
        collector.answer.store(400, Ordering::Relaxed);
        let before = collector.spans.lock().unwrap().len();
        assert_eq!(app.get("/health/live").send().await.status, 200);
        telemetry::otlp::flush().await;
        assert_eq!(collector.spans.lock().unwrap().len(), before);
        let figures = figures.render();
        let lost = figures.lines().find_map(|line| line.strip_prefix("otlp_spans_lost_total ")).unwrap();
        assert!(lost.parse::<u64>().unwrap() >= 1, "{lost}");
    }
}
