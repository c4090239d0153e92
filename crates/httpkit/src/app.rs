//! The whole server as one service: composes the modules' routes and takes each request through host, guard and handler.

use crate::casing::Casing;
use crate::guard::{Guard, Shared, enforce};
use crate::hosts::{HostError, HostTable, Target};
use crate::operators::{Door, OperatorsError, read_operators};
use crate::trace::Answered;
use crate::{Access, Class, ClientAddress, Ctx, Limiter, Origin, Role, Route, bounds, problem, trace};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{from_fn_with_state, map_request};
use axum::response::Response;
use axum::routing::MethodRouter;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use ports::authentication::Sessions;
use ports::faults::Faults;
use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// The server's routes, ready to answer.
pub struct App {
    roles: HashMap<Role, Part>,
    shared: Part,
    hosts: HostTable,
    table: Vec<RouteLine>,
    ctx: Ctx,
    timeout: Duration,
    guards: Arc<Shared>,
    /// Requests under way.
    under_way: AtomicUsize,
}

/// The routes of one role, or of the shared origin.
#[derive(Default)]
struct Part {
    router: Router,
    casing: Casing,
}

impl Part {
    fn add(&mut self, path: &str, handler: MethodRouter) {
        self.casing.learn(path);
        self.router = std::mem::take(&mut self.router).route(path, handler);
    }
}

/// One line of the route table, for goldens and the authorization matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteLine {
    /// Role that it answers on.
    pub role: Role,
    /// HTTP method.
    pub method: Method,
    /// Path on the role's own host.
    pub path: String,
    /// What it asks of the caller.
    pub access: Access,
    /// By which limit its callers are rationed.
    pub class: Class,
}

/// Why the modules do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Two routes have the same method and path.
    #[error("{method} {path} is defined twice on role {role}")]
    Duplicate {
        /// Role or shared origin.
        role: String,
        /// Method.
        method: Method,
        /// Path.
        path: String,
    },
    /// The public address cannot be used.
    #[error("{0}")]
    Address(String),
    /// The file of operators cannot be used.
    #[error(transparent)]
    Operators(#[from] OperatorsError),
}

impl App {
    /// Composes `routes`. Test doors are left out in production. `public_url` is where clients reach the server.
    pub fn new(
        ctx: Ctx,
        public_url: &str,
        routes: Vec<Route>,
        sessions: Arc<dyn Sessions>,
    ) -> Result<Self, AppError> {
        let sandbox = ctx.config.is_sandbox();
        if !ctx.config.operations.operators.is_empty() {
            read_operators(Path::new(&ctx.config.operations.operators))?;
        }
        let limiter = Limiter::new(&ctx.config);
        let guards = Arc::new(Shared {
            ctx: ctx.clone(),
            sessions,
            operators: Door::default(),
            limiter,
            faults: OnceLock::new(),
        });
        let mut seen = HashSet::new();
        let (mut roles, mut shared): (HashMap<Role, Part>, Part) = (HashMap::new(), Part::default());
        let (mut table, mut everywhere) = (Vec::new(), Vec::new());
        for route in routes {
            if !sandbox && matches!(route.access, Access::Sandbox(_)) {
                continue;
            }
            let guard = Guard {
                shared: guards.clone(),
                answered: Answered { role: route.role, path: route.path.as_str().into() },
                access: route.access,
                class: route.class,
                limit: route.limit,
                refusals: route.refusals,
                proven_by_form: route.reads_csrf_form,
            };
            let handler = route
                .handler
                .route_layer(DefaultBodyLimit::max(route.limit))
                .route_layer(from_fn_with_state(guard, enforce));
            if let Some(prefix) = route.role.prefix() {
                let path = format!("{prefix}{}", route.path);
                if !seen.insert((route.method.clone(), path.clone())) {
                    return Err(AppError::Duplicate {
                        role: "shared origin".into(),
                        method: route.method,
                        path,
                    });
                }
                shared.add(
                    &path,
                    handler.clone().layer(map_request(move |request| ready(under(prefix, request)))),
                );
            }
            roles.entry(route.role).or_default().add(&route.path, handler.clone());
            if route.role == Role::ALLTING {
                everywhere.push((route.path.clone(), handler));
            }
            table.push(RouteLine {
                role: route.role,
                method: route.method,
                path: route.path,
                access: route.access,
                class: route.class,
            });
        }
        table.sort_by(|a, b| (a.role, &a.path, a.method.as_str()).cmp(&(b.role, &b.path, b.method.as_str())));
        // What only Allting has answers on every host.
        for (role, part) in &mut roles {
            if *role != Role::ALLTING {
                for (path, handler) in &everywhere {
                    part.add(path, handler.clone());
                }
            }
        }
        let names: Vec<Role> = roles.keys().copied().collect();
        let hosts = HostTable::new(&ctx.config, public_url, &names).map_err(AppError::Address)?;
        let timeout = Duration::from_secs(ctx.config.server.request_timeout_seconds);
        Ok(Self { roles, shared, hosts, table, ctx, timeout, guards, under_way: AtomicUsize::new(0) })
    }

    /// The same, with faults that the sandbox may be asked for.
    pub fn with_faults(self, faults: Arc<dyn Faults>) -> Self {
        // Set once, before the first request.
        let _ = self.guards.faults.set(faults);
        self
    }

    /// Every route, sorted by role and path.
    pub fn routes(&self) -> &[RouteLine] {
        &self.table
    }

    /// (host name, role label) of every role with host names of its own.
    pub fn hosts(&self) -> Vec<(String, &'static str)> {
        self.hosts.names().into_iter().map(|(host, role)| (host, role.label())).collect()
    }

    /// Answers one request.
    pub async fn handle(&self, peer: SocketAddr, request: Request) -> Response {
        let trusted = self.hosts.is_trusted(peer.ip());
        let trace = trace::begin(self.ctx.ids.as_ref(), request.headers(), trusted);
        let started = Instant::now();
        let method = known_method(request.method());
        let mut response = match self.begin(request.uri().path()) {
            Some(_under_way) => trace::traced(trace, method, self.answer(peer, request)).await,
            None => busy(),
        };
        secure(&mut response, &trace.parent());
        if !self.ctx.config.is_sandbox() {
            response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR);
        }
        let status = response.status().as_u16().to_string();
        metrics::counter!("http_requests_total", "method" => method, "status" => status).increment(1);
        let role = response.extensions().get::<Answered>().map_or("none", |answered| answered.role.label());
        let class = class(response.status());
        metrics::counter!("http_requests_by_role_total", "role" => role, "class" => class).increment(1);
        metrics::histogram!("http_request_seconds").record(started.elapsed().as_secs_f64());
        response
    }

    /// Is the peer a proxy whose headers are believed.
    pub(crate) fn is_proxy(&self, peer: IpAddr) -> bool {
        self.ctx.config.server.trusted_proxies.contains(&peer)
    }

    /// Settings of the server's limits.
    pub(crate) fn limits(&self) -> &config::Limits {
        &self.ctx.config.limits
    }

    /// Counts a request in until the answer is dropped; none when there are too many. Whether the process lives can always be asked.
    fn begin(&self, path: &str) -> Option<UnderWay<'_>> {
        let most = self.ctx.config.limits.requests_at_once;
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let under_way = UnderWay(&self.under_way);
        (most == 0 || before < most || path.starts_with("/health/")).then_some(under_way)
    }

    async fn answer(&self, peer: SocketAddr, mut request: Request) -> Response {
        if let Some(reason) = bad_path(request.uri().path()) {
            return problem::text(StatusCode::BAD_REQUEST, reason);
        }
        if let Some(refusal) = bounds::refusal(&request) {
            return refusal;
        }
        let (target, origin) = match self.hosts.resolve(peer, request.uri(), request.headers()) {
            Ok(found) => found,
            Err(HostError::Malformed(reason)) => return problem::text(StatusCode::BAD_REQUEST, reason),
            Err(HostError::Unknown) => {
                return problem::text(
                    StatusCode::MISDIRECTED_REQUEST,
                    "This server does not answer for that host.",
                );
            }
        };
        let address = ClientAddress::new(peer.ip(), request.headers(), |peer| self.hosts.is_trusted(peer));
        request.extensions_mut().insert(address);
        if !self.hosts.is_trusted(peer.ip()) {
            for name in FORWARDED {
                request.headers_mut().remove(name);
            }
        }
        request.extensions_mut().insert(origin);
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        let part = match target {
            Target::Shared => &self.shared,
            Target::Role { role, strip } => {
                if strip > 0 && strip_prefix(request.uri_mut(), strip).is_none() {
                    return problem::empty(StatusCode::BAD_REQUEST);
                }
                match self.roles.get(&role) {
                    Some(part) => part,
                    None => return problem::empty(StatusCode::NOT_FOUND),
                }
            }
        };
        if tidy_path(request.uri_mut(), &part.casing).is_none() {
            return problem::empty(StatusCode::BAD_REQUEST);
        }
        let work = AssertUnwindSafe(part.router.clone().oneshot(request)).catch_unwind();
        match tokio::time::timeout(self.timeout, work).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(never))) => match never {},
            Ok(Err(_panic)) => {
                metrics::counter!("http_panics_total").increment(1);
                tracing::error!(trace = trace::trace_id(), "a handler panicked");
                problem::empty(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Err(_elapsed) => problem::empty(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// One request under way.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Told at once rather than left waiting.
fn busy() -> Response {
    metrics::counter!("http_shed_total").increment(1);
    let mut response = problem::empty(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// How long browsers keep to https, once they have been told.
const ONE_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What proxies write. From anyone else it is hearsay, which no handler gets to see.
const FORWARDED: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"];

/// The class of a status as a label of figures.
fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// The method as a label of figures; callers invent methods, and each label is kept for good.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// On the shared origin, absolute links of a role lie under its prefix.
fn under(prefix: &'static str, mut request: Request) -> Request {
    if let Some(origin) = request.extensions_mut().get_mut::<Origin>() {
        prefix.clone_into(&mut origin.prefix);
    }
    request
}

fn strip_prefix(uri: &mut Uri, length: usize) -> Option<()> {
    let whole = uri.path_and_query()?.as_str();
    let rest = &whole[length..];
    let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse().ok()?);
    *uri = Uri::from_parts(parts).ok()?;
    Some(())
}

/// Folds repeated slashes, takes a trailing one off (published clients send both: agency services §1.1, events §1) and
/// corrects the case. A path that is a route as it stands is left alone.
fn tidy_path(uri: &mut Uri, casing: &Casing) -> Option<()> {
    let path = uri.path();
    if casing.is_route(path) {
        return Some(());
    }
    let folded = path.contains("//") || (path.len() > 1 && path.ends_with('/'));
    let mut tidy = if folded {
        path.split('/')
            .filter(|segment| !segment.is_empty())
            .fold(String::new(), |path, part| path + "/" + part)
    } else {
        path.to_owned()
    };
    if tidy.is_empty() {
        tidy.push('/');
    }
    let corrected = casing.correct(&tidy);
    if !folded && corrected.is_none() {
        return Some(());
    }
    let mut tidy = corrected.unwrap_or(tidy);
    if let Some(query) = uri.query() {
        tidy = format!("{tidy}?{query}");
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(tidy.parse().ok()?);
    *uri = Uri::from_parts(parts).ok()?;
    Some(())
}

/// Why a path is a trick: encoded separators, dot segments, control characters, broken or non-UTF-8 escapes.
fn bad_path(path: &str) -> Option<&'static str> {
    let bytes = path.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            // `from_str_radix` alone would take a sign.
            let digits =
                path.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
            match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                None => return Some("The path has a broken percent escape."),
                Some(b'/' | b'\\') => return Some("The path has an encoded separator."),
                Some(0..0x20 | 0x7f) => return Some("The path has a control character."),
                Some(_) => at += 2,
            }
        } else if bytes[at] == b'\\' {
            return Some("The path has a backslash.");
        }
        at += 1;
    }
    let Ok(plain) = percent_encoding::percent_decode_str(path).decode_utf8() else {
        return Some("The path is not UTF-8.");
    };
    plain.split('/').any(|segment| segment == "." || segment == "..").then_some("The path has dot segments.")
}

/// Headers that every answer carries, unless the handler set its own.
fn secure(response: &mut Response, trace: &str) {
    let headers = response.headers_mut();
    let defaults: [(HeaderName, &'static str); 3] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(trace) = HeaderValue::from_str(trace) {
        headers.insert("traceparent", trace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_tricks_are_seen() {
        for path in [
            "/a/../b",
            "/a/%2e%2e/b",
            "/a%2fb",
            "/a%5cb",
            "/a%00",
            "/a%0d%0ab",
            "/a%zz",
            "/a%+2",
            "/a%2",
            "/%ff%fe",
            "/./a",
        ] {
            assert!(bad_path(path).is_some(), "{path}");
        }
        for path in
            ["/", "/v1/2023", "/p/urn:altinn:organization:identifier-no:310149942", "/navn/S%C3%B8r", "/a..b"]
        {
            assert!(bad_path(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_role_prefix_is_taken_off_and_the_query_stays() {
        let mut uri: Uri = "/_host/x/v1/2023?a=b".parse().unwrap();
        strip_prefix(&mut uri, "/_host/x".len()).unwrap();
        assert_eq!(uri, "/v1/2023?a=b");
        let mut bare: Uri = "/_host/x".parse().unwrap();
        strip_prefix(&mut bare, "/_host/x".len()).unwrap();
        assert_eq!(bare, "/");
    }

    fn tidied(path: &str) -> Option<String> {
        let mut casing = Casing::default();
        for route in ["/", "/a/{id}", "/A/Special", "/v1/{year}/x"] {
            casing.learn(route);
        }
        let mut uri: Uri = format!("{path}?q=//").parse().ok()?;
        tidy_path(&mut uri, &casing)?;
        Some(uri.to_string())
    }

    proptest::proptest! {
        /// Tidying decodes nothing, makes no trick of what was none, and has no more to do the second time.
        #[test]
        fn a_tidy_path_stays_tidy(path in "(/|a|A|b|Special|special|%2e|%25|%2525|\\.|v1|é){0,8}") {
            let path = format!("/{path}");
            if bad_path(&path).is_none() && let Some(tidy) = tidied(&path) {
                let (once, query) = tidy.split_once('?').unwrap();
                proptest::prop_assert_eq!(query, "q=//");
                proptest::prop_assert!(bad_path(once).is_none(), "{} became {}", path, once);
                let segments = |path: &str| path.split('/').filter(|s| !s.is_empty()).collect::<Vec<_>>().join("/").to_lowercase();
                proptest::prop_assert_eq!(segments(&path), segments(once));
                let again = tidied(once);
                proptest::prop_assert_eq!(again.as_deref(), Some(tidy.as_str()));
            }
        }
    }
}
