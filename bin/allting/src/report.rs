//! What is on: the start-up report, for people on standard error and as JSON for machines. It holds no secrets.

use crate::compose::Surroundings;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use config::Config;
use httpkit::{Access, Role, Route, RouteLine, Routes, Tls};
use kernel::{Clock, SystemClock};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, OnceLock};

/// The parts that are known when the server has been put together.
#[derive(Debug, Clone)]
pub struct Built {
    test_doors: usize,
    hosts: BTreeMap<&'static str, Vec<String>>,
    tls: Option<Tls>,
}

/// Where the running server keeps them for its route.
pub type Slot = Arc<OnceLock<Built>>;

impl Built {
    /// From the routes of the server.
    pub fn new(config: &Config, routes: &[RouteLine], tls: Option<Tls>) -> Self {
        let test_doors = routes.iter().filter(|route| matches!(route.access, Access::Sandbox(_))).count();
        let roles = routes.iter().map(|route| route.role);
        let hosts = roles.map(|role| (role.label(), role.hosts(config))).collect();
        Self { test_doors, hosts, tls }
    }
}

/// `GET /allting/api/v1/operations/report`
pub fn routes(surroundings: &Surroundings) -> Vec<Route> {
    Routes::new(Role::ALLTING, surroundings.clone())
        .get("/allting/api/v1/operations/report", Access::operator(), handle)
        .done()
}

async fn handle(State(surroundings): State<Surroundings>) -> Response {
    let Some(built) = surroundings.built.get() else {
        return http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let report = report(&surroundings.ctx, built).await;
    ([(http::header::CACHE_CONTROL, "no-store")], axum::Json(report)).into_response()
}

/// The report as JSON.
pub async fn report(ctx: &httpkit::Ctx, built: &Built) -> Value {
    let config = &ctx.config;
    let durability = match ctx.db.durability().await {
        Ok(found) => found.to_string(),
        Err(error) => format!("unknown: {error}"),
    };
    let place = format!("{:?}", config.blobs.place).to_lowercase();
    // Doctor's scratch database has no blobs to ask about.
    let blob_keys = ctx.blobs.key_use().await.unwrap_or_default();
    let sealing = blob_keys.into_iter().find(|key| key.active).map(|key| key.id);
    let now = SystemClock.now();
    let keys = ctx.keys.report().into_iter().flat_map(|(setting, file, keys)| {
        let file = if file.is_empty() { "public sandbox key".to_owned() } else { file };
        let line = move |key: &jose::KeyInfo| {
            let days = key.since.map(|since| now.duration_since(since).as_hours() / 24);
            json!({"issuer": setting, "file": file, "kid": key.kid, "alg": key.alg, "state": key.state.word(), "days": days})
        };
        keys.iter().map(line).collect::<Vec<_>>()
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "profile": if config.is_sandbox() { "sandbox" } else { "production" },
        "environment": config.environment,
        "address": {"listen": config.server.listen, "publicUrl": config.public_url(), "oneOrigin": config.is_sandbox() || config.server.one_origin},
        "tls": tls(config, built),
        "hosts": built.hosts,
        "database": {"engine": format!("{:?}", ctx.db.engine()), "durability": durability},
        "blobs": {"place": place, "sealedUnder": sealing},
        "keys": keys.collect::<Vec<_>>(),
        "testDoors": built.test_doors,
        "limits": {"headerBytes": config.server.max_header_bytes, "requestSeconds": config.server.request_timeout_seconds,
            "requestsAtOnce": config.limits.requests_at_once, "connections": config.limits.connections},
        "outbound": {"loopback": config.is_sandbox() && config.outbound.allow_loopback, "privateNetworks": false, "timeoutSeconds": config.outbound.timeout_seconds},
        "notices": notices(config, built),
    })
}

fn tls(config: &Config, built: &Built) -> Value {
    match &built.tls {
        Some(tls) => json!({
            "by": "this process",
            "expires": tls.expires().to_string(),
            "uncovered": uncovered(built, tls),
        }),
        None if config.server.trusted_proxies.is_empty() => json!({"by": "nobody"}),
        None => json!({"by": "proxy", "trusted": config.server.trusted_proxies}),
    }
}

/// Hosts that the certificate does not stand for.
fn uncovered(built: &Built, tls: &Tls) -> Vec<String> {
    built.hosts.values().flatten().filter(|host| !tls.names(host)).cloned().collect()
}

/// What an operator should know and would not guess.
fn notices(config: &Config, built: &Built) -> Vec<String> {
    let mut notices = Vec::new();
    if config.is_sandbox() {
        return notices;
    }
    notices.push("nobody can log in: ID-porten has no electronic identity in production yet, so /authorize answers temporarily_unavailable; Maskinporten and its tokens work".to_owned());
    if config.server.one_origin {
        notices.push(
            "all roles share one origin (server.one_origin): cookies and scripts of one are those of all"
                .to_owned(),
        );
    } else {
        let homeless: Vec<_> =
            built.hosts.iter().filter(|(_, hosts)| hosts.is_empty()).map(|(role, _)| *role).collect();
        let homeless: Vec<_> = homeless.into_iter().filter(|role| *role != Role::ALLTING.label()).collect();
        if !homeless.is_empty() {
            notices.push(format!("no host leads to {}: name them in [hosts]", homeless.join(", ")));
        }
    }
    if let Some(tls) = &built.tls {
        let left = tls.expires().duration_since(SystemClock.now()).as_hours() / 24;
        if left < 21 {
            notices.push(format!("the certificate expires in {left} days: put a new one in its place"));
        }
        let uncovered = uncovered(built, tls);
        if !uncovered.is_empty() {
            notices.push(format!("the certificate does not stand for {}", uncovered.join(", ")));
        }
    }
    notices
}

/// The report for people, one line a member.
pub fn print(report: &Value, out: &mut impl Write) -> std::io::Result<()> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let Value::Object(members) = report else { return Ok(()) };
    for (name, value) in members {
        match value {
            Value::Array(lines) if lines.is_empty() => {}
            Value::Array(lines) => {
                for line in lines {
                    match line {
                        Value::Object(line) => {
                            let words: Vec<_> =
                                line.values().filter(|value| !value.is_null()).map(plain).collect();
                            writeln!(out, "  {name:12} {}", words.join("  "))?;
                        }
                        line => writeln!(out, "  {name:12} {}", plain(line))?,
                    }
                }
            }
            Value::Object(inner) => {
                let words: Vec<_> =
                    inner.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
                writeln!(out, "  {name:12} {}", words.join(" "))?;
            }
            value => writeln!(out, "  {name:12} {}", plain(value))?,
        }
    }
    Ok(())
}
