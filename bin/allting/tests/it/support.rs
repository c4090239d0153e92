//! `app()`: the whole application in process, on a fresh copy of a migrated and seeded database.

mod grants;
mod hook;

pub use grants::*;
pub use hook::Hook;

use crate::house::is_quiet;
use allting::BusinessClock;
use allting::compose::Composition;
use allting::start::{Running, surroundings};
use axum::body::Body;
use config::Config;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, Module, Route, RouteLine};
use serde_json::Value;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Where the application believes it is reached.
pub const BASE: &str = "http://127.0.0.1:8080";

/// The application under test.
pub struct TestApp {
    app: App,
    pub ctx: Ctx,
    pub clock: Arc<BusinessClock>,
    runner: jobs::Runner,
    pub statements: Vec<&'static [&'static db::Sql]>,
    pub migrations: Vec<db::MigrationSet>,
    pub directory: PathBuf,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The database may still hold its files; what is left lies in the system's temporary directory.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// A fresh application with the personas and a small country.
pub async fn app() -> TestApp {
    let template = template().await;
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(template, directory.join("allting.sqlite")).unwrap();
    compose(config(&directory), directory, vec![]).await
}

/// The application with routes of the test's own beside its own.
pub async fn app_with_routes(routes: Vec<Route>) -> TestApp {
    let template = template().await;
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(template, directory.join("allting.sqlite")).unwrap();
    compose(config(&directory), directory, routes).await
}

/// An application on data that is there already; the directory is removed with it.
pub async fn app_on(directory: PathBuf, overrides: &[(&str, &str)]) -> TestApp {
    compose(config_with(&directory, overrides), directory, vec![]).await
}

/// The application as operators run it in production: with keys of its own, on an empty database.
pub async fn production() -> TestApp {
    production_with_routes(vec![]).await
}

/// The same with routes of the test's own.
pub async fn production_with_routes(routes: Vec<Route>) -> TestApp {
    production_with(&[], routes).await
}

/// The same with settings and routes of the test's own.
pub async fn production_with(settings: &[(&str, &str)], routes: Vec<Route>) -> TestApp {
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    // Beside the data, where production wants them.
    let secrets = directory.join("secrets");
    std::fs::create_dir_all(&secrets).unwrap();
    let file = |name: &str, text: &str| {
        let path = secrets.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    };
    let key = |name: &str| file(name, &jose::generate_rsa(2048).unwrap());
    let (maskinporten, idporten) = (key("maskinporten.pem"), key("idporten.pem"));
    let altinn = key("altinn.pem");
    let ed25519 = jose::generate_jwk(jose::KeyKind::Ed25519).unwrap().to_string();
    let dialogporten = file("dialogporten.jwks.json", &ed25519);
    let pepper = file("pepper", "a pepper of this test, longer than 32 bytes");
    let blobs = file("blob-keys", &blob::new_master_key().unwrap());
    let database = format!("sqlite:{}", directory.join("production.sqlite").display());
    let overrides = [
        ("profile", "production"),
        ("environment", "prod"),
        ("server.public_url", BASE),
        ("server.one_origin", "true"),
        ("issuers.maskinporten", "https://maskinporten.example/"),
        ("issuers.idporten", "https://idporten.example"),
        ("issuers.altinn", "https://platform.example/authentication/api/v1/openid/"),
        ("issuers.dialogporten", "https://platform.example/dialogporten/api/v1"),
        ("issuers.delegation_source", "https://example/"),
        ("storage.database", &database),
        ("keys.maskinporten", &maskinporten),
        ("keys.idporten", &idporten),
        ("keys.altinn", &altinn),
        ("keys.dialogporten", &dialogporten),
        ("keys.pepper", &pepper),
        // A test calls every route from one address.
        ("limits.read", "off"),
        ("limits.write", "off"),
        ("limits.failures", "off"),
        ("keys.blobs", &blobs),
    ];
    let overrides: Vec<_> = overrides.into_iter().chain(settings.iter().copied()).collect();
    let data = directory.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let app = compose(config_with(&data, &overrides), directory, routes).await;
    app.ctx.db.migrate(&app.migrations).await.unwrap();
    app
}

/// A server on a socket of its own, for what only a connection shows.
pub struct Served {
    running: Running,
    pub address: SocketAddr,
    pub url: String,
    directory: PathBuf,
}

/// Starts one on an empty country.
pub async fn served() -> Served {
    served_with(&[]).await
}

/// The same with settings of the test's own.
pub async fn served_with(more: &[(&str, &str)]) -> Served {
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    let mut overrides = vec![("server.listen", "127.0.0.1:0"), ("population.persons", "0")];
    overrides.extend_from_slice(more);
    let running = allting::start::start(config_with(&directory, &overrides), &[]).await.unwrap();
    Served { address: running.address, url: running.url.clone(), running, directory }
}

impl Served {
    pub async fn stop(self) {
        self.running.stop().await.unwrap();
        std::fs::remove_dir_all(&self.directory).unwrap();
    }
}

/// An application with settings of its own, on the same data.
pub async fn app_with(overrides: &[(&str, &str)]) -> TestApp {
    let template = template().await;
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(template, directory.join("allting.sqlite")).unwrap();
    compose(config_with(&directory, overrides), directory, vec![]).await
}

fn config(directory: &Path) -> Config {
    config_with(directory, &[])
}

pub fn config_with(directory: &Path, overrides: &[(&str, &str)]) -> Config {
    let data = directory.display().to_string();
    let mut settings = vec![
        ("storage.data".to_owned(), data),
        ("storage.durability".to_owned(), "normal".to_owned()),
        ("population.persons".to_owned(), "60".to_owned()),
        ("population.organisations".to_owned(), "40".to_owned()),
    ];
    settings.extend(overrides.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    Config::load(None, std::iter::empty(), &settings).unwrap()
}

async fn compose(config: Config, directory: PathBuf, more: Vec<Route>) -> TestApp {
    let surroundings = surroundings(config, BASE).await.unwrap();
    let mut composition = Composition::new(&surroundings);
    composition.modules.push(Module {
        name: "test",
        routes: more,
        jobs: vec![],
        schedules: vec![],
        migrations: db::MigrationSet::none("test"),
        statements: vec![],
    });
    let statements = composition.modules.iter().flat_map(|module| module.statements.clone()).collect();
    let migrations = composition.migrations();
    let ctx = surroundings.ctx.clone();
    let (app, runner) = composition.finish(&ctx, BASE).unwrap();
    surroundings.built.get_or_init(|| allting::report::Built::new(&ctx.config, app.routes(), None));
    TestApp { app, ctx, clock: surroundings.clock, runner, statements, migrations, directory }
}

/// A database file that is migrated and seeded once for this build of the tests, and copied by each of them.
async fn template() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let built = exe.metadata().unwrap().modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let file = std::env::temp_dir().join(format!("allting-it-{built}.sqlite"));
    if file.exists() {
        return file;
    }
    let directory = scratch();
    std::fs::create_dir_all(&directory).unwrap();
    let running = allting::start::start(config_with(&directory, &[("server.listen", "127.0.0.1:0")]), &[])
        .await
        .unwrap();
    running.stop().await.unwrap();
    // Renaming is atomic: of several processes that seed at once, the last one wins and all have the same content.
    std::fs::rename(directory.join("allting.sqlite"), &file).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    file
}

pub fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("allting-it-{}", uuid::Uuid::from_bytes(random())))
}

pub fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    kernel::Ids::fill(&kernel::RandomIds, &mut bytes);
    bytes
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e} in {} {}", self.status, self.text()))
    }

    /// Id of the trace.
    pub fn trace(&self) -> String {
        self.header("traceparent")[3..35].to_owned()
    }

    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// A request under construction.
pub struct Call<'a> {
    app: &'a TestApp,
    request: http::request::Builder,
    body: Body,
    repeats: bool,
}

impl Call<'_> {
    /// It finds everything as it should be, and changes nothing: no audit row is looked for.
    pub fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into();
        self.header("content-type", "application/json")
    }

    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    pub fn body(mut self, bytes: impl Into<Body>) -> Self {
        self.body = bytes.into();
        self
    }

    pub async fn send(self) -> Answer {
        let mut request = self.request.body(self.body).unwrap();
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let path = format!("{} {}", request.method(), request.uri().path());
        if !request.headers().contains_key("host") {
            request.headers_mut().insert("host", "127.0.0.1:8080".parse().unwrap());
        }
        let response = self.app.app.handle(SocketAddr::from(([127, 0, 0, 1], 40_000)), request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        let to_login = answer.header("location").contains("/authentication/api/v1/authentication");
        let done = answer.status.is_success() || (answer.status.is_redirection() && !to_login);
        if changes && done && !is_quiet(&path) {
            let written = self.app.entries(&answer).await + self.app.lookups(&answer).await;
            assert!(written > 0 || self.repeats, "{path} left no audit row; see house/audit.rs");
        }
        answer
    }
}

impl TestApp {
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call {
            app: self,
            request: Request::builder().method(method).uri(path),
            body: Body::empty(),
            repeats: false,
        }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// Runs all jobs until none is left, retries included; answers how many ran.
    pub async fn drain(&self) -> usize {
        self.runner.drain().await.unwrap()
    }

    /// The route table.
    pub fn routes(&self) -> &[RouteLine] {
        self.app.routes()
    }

    /// A token of the test token generator: `GetPersonalToken`, `GetEnterpriseToken` …
    pub async fn test_token(&self, kind: &str, query: &str) -> String {
        let answer = self
            .get(&format!("/api/{kind}?env=tt02&{query}"))
            .header("authorization", "Basic YWxsdGluZzphbGx0aW5n")
            .send()
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }

    /// Changes written down under the trace of an answer.
    pub async fn entries(&self, answer: &Answer) -> usize {
        let filter = audit::Filter { trace: Some(answer.trace()), ..audit::Filter::default() };
        audit::page(&self.ctx.db, &filter, 100).await.unwrap().len()
    }

    /// Look-ups of persons written down under the trace of an answer.
    pub async fn lookups(&self, answer: &Answer) -> usize {
        let filter = audit::LookupFilter { trace: Some(answer.trace()), ..audit::LookupFilter::default() };
        audit::lookups(&self.ctx.db, &filter, 100).await.unwrap().len()
    }

    /// Changes written down about things of a kind.
    pub async fn audited(&self, kind: &str) -> i64 {
        self.count(&format!("audit_entry WHERE subject_kind = '{kind}'")).await
    }

    /// Rows of a table, for assertions that nothing was left behind.
    pub async fn count(&self, table: &str) -> i64 {
        let sql = db::Sql::dynamic("test.count", format!("SELECT COUNT(*) FROM {table}"));
        self.ctx.db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
    }

    /// Rows of all tables together, without the logs of decisions and look-ups, which tell of refusals too.
    pub async fn rows(&self) -> i64 {
        let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('az_decision', 'audit_lookup')";
        let names = db::Sql::dynamic("test.tables", text.to_owned());
        let mut total = 0;
        for row in self.ctx.db.query(&names, &[]).await.unwrap() {
            total += self.count(&row.get::<String>(0).unwrap()).await;
        }
        total
    }
}
