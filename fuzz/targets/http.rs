//! The whole application in process: any request on any route, with and without good tokens, gets an answer that is not 500.
//! That reaches every parser of every block: paths, queries, headers, forms, JSON, XML, grants, events, deliveries.
#![no_main]

use allting::compose::Composition;
use allting::start::{start, surroundings};
use axum::body::Body;
use config::Config;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use httpkit::{App, Ctx};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use std::cell::OnceCell;
use std::collections::HashMap;
use tokio::runtime::Runtime;

/// Ids and names that lead somewhere in the seeded country.
const KNOWN: &[&str] = &[
    "310200107", "310200204", "12837122463", "27898031131", "2025", "boligsameie", "1", "50000001", "nb", "tt02",
    "7d3c9a52-5f0e-4a7c-9c1b-2f6d7b1e4a10", "0192:310200107", "urn:altinn:resource:altinn_access_management",
    "altinn_access_management", "urn:altinn:organization:identifier-no:310200107", "%00", "..", "*",
];
const TYPES: &[&str] = &[
    "application/json", "application/x-www-form-urlencoded", "application/xml", "application/cloudevents+json",
    "application/json-patch+json", "multipart/form-data; boundary=x", "text/plain", "application/merge-patch+json",
];
const NAMED: &[&str] = &[
    "if-match", "if-none-match", "accept", "accept-language", "x-forwarded-host", "idempotencykey", "cookie",
    "x-xsrf-token", "digdir-dialogporten-enduser-party", "platformaccesstoken", "altinn-partyuuid", "origin",
];

#[derive(Arbitrary, Debug)]
struct Ask<'a> {
    route: u16,
    token: u8,
    places: [Place<'a>; 4],
    query: Option<&'a str>,
    headers: Vec<(u8, &'a str)>,
    media: u8,
    body: &'a [u8],
}

#[derive(Arbitrary, Debug)]
enum Place<'a> {
    Known(u8),
    Text(&'a str),
}

struct Server {
    runtime: Runtime,
    app: App,
    tokens: Vec<String>,
    hosts: HashMap<&'static str, String>,
    paths: Vec<(String, String, String)>,
}

thread_local!(static SERVER: OnceCell<Server> = const { OnceCell::new() });

fuzz_target!(|ask: Ask<'_>| {
    SERVER.with(|cell| {
        let server = cell.get_or_init(Server::new);
        let Some(request) = server.request(&ask) else { return };
        let peer = "127.0.0.1:9".parse().expect("an address");
        server.runtime.block_on(async {
            let (method, uri) = (request.method().clone(), request.uri().clone());
            let answer = server.app.handle(peer, request).await;
            let status = answer.status();
            let body = answer.into_body().collect().await.expect("a body").to_bytes();
            assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{method} {uri}: {}", String::from_utf8_lossy(&body));
        });
    });
});

impl Server {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let data = std::env::temp_dir().join(format!("allting-fuzz-{}", std::process::id()));
        let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let settings = vec![
            setting("storage.data", &data.display().to_string()),
            setting("storage.durability", "normal"),
            setting("server.listen", "127.0.0.1:0"),
            setting("population.persons", "60"),
            setting("population.organisations", "40"),
        ];
        let config = || Config::load(None, std::iter::empty(), &settings).expect("settings");
        let (app, tokens) = runtime.block_on(async {
            start(config(), &[]).await.expect("a seeded database").stop().await.expect("a stop");
            let surroundings = surroundings(config(), "http://127.0.0.1:8080").await.expect("a database");
            let ctx = surroundings.ctx.clone();
            let composition = Composition::new(&surroundings);
            let (app, _) = composition.finish(&ctx, "http://127.0.0.1:8080").expect("an application");
            let tokens = tokens(&ctx, &app).await;
            (app, tokens)
        });
        let hosts = app.hosts().into_iter().map(|(host, role)| (role, host)).collect();
        let paths = app
            .routes()
            .iter()
            .filter(|line| !line.path.starts_with("/sandbox/") && !line.path.starts_with("/sandkasse"))
            .map(|line| (line.method.to_string(), line.role.label().to_owned(), line.path.clone()))
            .collect();
        Self { runtime, app, tokens, hosts, paths }
    }

    fn request(&self, ask: &Ask<'_>) -> Option<Request<Body>> {
        let (method, role, path) = &self.paths[usize::from(ask.route) % self.paths.len()];
        let mut places = ask.places.iter();
        let filled: Vec<String> = path
            .split('/')
            .map(|part| match (part.starts_with('{'), places.as_slice().first()) {
                (true, Some(place)) => {
                    places.next();
                    place.text()
                }
                _ => part.to_owned(),
            })
            .collect();
        let mut uri = filled.join("/");
        if let Some(query) = ask.query {
            uri.push('?');
            uri.push_str(&encoded(query, b"=&[]:,.-_"));
        }
        let method = if method == "ANY" { "POST" } else { method };
        let host = self.hosts.get(role.as_str()).map_or("127.0.0.1:8080", String::as_str);
        let mut request = Request::builder().method(method).uri(uri).header(header::HOST, host);
        let media = TYPES[usize::from(ask.media) % TYPES.len()];
        request = request.header(header::CONTENT_TYPE, media);
        if let Some(token) = self.tokens.get(usize::from(ask.token) % (self.tokens.len() + 1)) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in ask.headers.iter().take(4) {
            request = request.header(NAMED[usize::from(*name) % NAMED.len()], *value);
        }
        request.body(Body::from(ask.body.to_vec())).ok()
    }
}

impl Place<'_> {
    fn text(&self) -> String {
        match self {
            Self::Known(at) => KNOWN[usize::from(*at) % KNOWN.len()].to_owned(),
            Self::Text(text) => encoded(text, b"-._:~"),
        }
    }
}

/// Percent-encoding of all but letters, digits and `kept`.
fn encoded(text: &str, kept: &[u8]) -> String {
    let byte = |byte: u8| match byte {
        _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => (byte as char).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// A person, a service owner, a vendor straight from Maskinporten and its customer's system user, each with every scope there is.
async fn tokens(ctx: &Ctx, app: &App) -> Vec<String> {
    let scopes: Vec<&str> = include_str!("../seeds/scopes.txt").split_whitespace().collect();
    let consumer = serde_json::json!({ "authority": "iso6523-actorid-upis", "ID": "0192:310200409" });
    let vendor = serde_json::json!({
        "iss": ctx.config.issuers.maskinporten, "exp": 4_000_000_000_i64, "iat": 1, "jti": "fuzz", "client_id": "fuzz",
        "scope": scopes.join(" "), "consumer": consumer,
    });
    let mut system_user = vendor.clone();
    system_user["authorization_details"] = serde_json::json!([{
        "type": "urn:altinn:systemuser", "system_id": "310200409_fuzz", "systemuser_id": ["7d3c9a52-5f0e-4a7c-9c1b-2f6d7b1e4a10"],
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:310200107" },
    }]);
    vec![
        with_scopes(ctx, &scopes, &generated(app, "/api/GetPersonalToken?env=tt02&pid=12837122463&scopes=openid").await),
        with_scopes(ctx, &scopes, &generated(app, "/api/GetEnterpriseToken?env=tt02&org=skd&orgNo=974761076&scopes=openid").await),
        ctx.keys.maskinporten.sign(&vendor).expect("signing"),
        ctx.keys.maskinporten.sign(&system_user).expect("signing"),
    ]
}

/// The same token with every scope, which is more than the generator takes in one call.
fn with_scopes(ctx: &Ctx, scopes: &[&str], token: &str) -> String {
    let mut claims = jose::Unverified::parse(token, jose::MAX_TOKEN_BYTES).expect("a token").claims().clone();
    claims.insert("scope".into(), scopes.join(" ").into());
    ctx.keys.altinn.sign(&claims).expect("signing")
}

/// What the sandbox's test token generator gives.
async fn generated(app: &App, uri: &str) -> String {
    let request = Request::get(uri)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::AUTHORIZATION, "Basic YWxsdGluZzphbGx0aW5n")
        .body(Body::empty())
        .expect("a request");
    let answer = app.handle("127.0.0.1:9".parse().expect("an address"), request).await;
    assert_eq!(answer.status(), StatusCode::OK, "{uri}");
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("a token")
}
