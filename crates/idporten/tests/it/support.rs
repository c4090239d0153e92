//! The block alone behind the real HTTP layer, with two persons and a few clients; and a browser with cookies.

use async_trait::async_trait;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, HttpClient, Keys};
use idporten::{Idporten, Mockporten};
use jose::{Jwks, VerifyOptions};
use kernel::{Clock, SeededIds};
use ports::authentication::Sessions;
use ports::population::PopulationSink;
use ports::register::{ContactPoints, Party, PartyKind, PartyRef, Register, RegisterRole};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{TempDir, TestClock};
use url::form_urlencoded;
use uuid::Uuid;

pub const ISSUER: &str = "https://test.idporten.no";
/// A person of the register.
pub const KARI: &str = "28876895937";
/// A valid synthetic number that nobody in the register has.
pub const STRANGER: &str = "05895894984";
/// The vector of identity §2.2.
pub const VERIFIER: &str = "xyo94uhy3zKvgB0NJwLms86SwcjtWviEOpkBnGgaLlo";
pub const CHALLENGE: &str = "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI";
pub const CALLBACK: &str = "https://rp.example/cb";
pub const ORIGIN: &str = "http://localhost:8080";

pub struct Server {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub db: db::Db,
    pub idp: Idporten,
    pub statements: Vec<&'static [&'static db::Sql]>,
    pub schedules: Vec<jobs::Schedule>,
    _files: TempDir,
}

struct OnePerson;

fn kari() -> Party {
    Party {
        uuid: Uuid::from_u128(1),
        id: 50_000_001,
        kind: PartyKind::Person,
        name: "KARI TESTESEN".into(),
        org_no: None,
        pid: Some(KARI.into()),
        user_id: Some(20_000_001),
        user_name: None,
        unit_type: None,
        parent: None,
        deleted: false,
    }
}

#[async_trait]
impl Register for OnePerson {
    async fn party(&self, by: &PartyRef) -> ports::Result<Option<Party>> {
        Ok(Some(kari()).filter(|_| *by == PartyRef::Pid(KARI.into())))
    }
    async fn parties(&self, _: &[Uuid]) -> ports::Result<Vec<Party>> {
        Ok(vec![])
    }
    async fn sub_units(&self, _: &[Uuid]) -> ports::Result<Vec<Party>> {
        Ok(vec![])
    }
    async fn roles_from(&self, _: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        Ok(vec![])
    }
    async fn roles_to(&self, _: &[Uuid]) -> ports::Result<Vec<RegisterRole>> {
        Ok(vec![])
    }
    async fn contact_points(&self, _: Uuid) -> ports::Result<ContactPoints> {
        Ok(ContactPoints::default())
    }
    async fn find_persons(&self, text: &str, limit: usize) -> ports::Result<Vec<Party>> {
        let kari = kari();
        let fits = kari.name.starts_with(&text.to_uppercase()) || KARI.starts_with(text);
        Ok(vec![kari].into_iter().filter(|_| fits).take(limit).collect())
    }
}

struct NoSessions;

#[async_trait]
impl Sessions for NoSessions {
    async fn alive(&self, _: &str) -> ports::Result<bool> {
        Ok(false)
    }
}

fn clients() -> Vec<Value> {
    let signer = jose::sandbox::vendor().unwrap();
    let scopes = json!(["openid", "profile", "altinn:instances.read"]);
    vec![
        json!({"clientId": "demo", "name": "Demo", "orgNo": "991825827", "redirectUris": [CALLBACK, "https://rp.example/cb?a=1"],
            "postLogoutRedirectUris": ["https://rp.example/bye"], "scopes": scopes, "authMethod": "client_secret_basic",
            "secret": "s3cret"}),
        json!({"clientId": "post", "redirectUris": [CALLBACK], "scopes": scopes, "authMethod": "client_secret_post",
            "secret": "s3cret", "frontchannelLogoutUri": "https://rp.example/out"}),
        json!({"clientId": "jwt", "redirectUris": [CALLBACK], "scopes": scopes, "authMethod": "private_key_jwt",
            "jwks": signer.jwks()}),
        json!({"clientId": "spa", "redirectUris": [CALLBACK], "scopes": ["openid"], "authMethod": "none"}),
        json!({"clientId": "alone", "redirectUris": [CALLBACK], "scopes": scopes, "authMethod": "client_secret_basic",
            "secret": "s3cret", "ssoDisabled": true}),
    ]
}

pub async fn server(db: &db::Db) -> Server {
    server_with(db, &Vec::new()).await
}

pub async fn server_with(db: &db::Db, settings: &config::Overrides) -> Server {
    let files = TempDir::new();
    let config = Arc::new(config::Config::load(None, std::iter::empty(), settings).unwrap());
    let clock = Arc::new(TestClock::default());
    let ids = Arc::new(SeededIds::new(1));
    let ctx = Ctx {
        clock: clock.clone(),
        ids: ids.clone(),
        db: db.clone(),
        blobs: blob::Blobs::in_directory(files.path(), db.clone()).unwrap(),
        outbox: jobs::Outbox::new(clock.clone(), ids),
        keys: Arc::new(Keys::load(&config).unwrap()),
        http: HttpClient::new(&config).unwrap(),
        config,
    };
    let idp = Idporten::new(&ctx, Arc::new(OnePerson));
    let module = idporten::module(&idp, &Mockporten::new(&ctx));
    ctx.db.migrate(&[audit::migrations(), jobs::migrations(), module.migrations]).await.unwrap();
    idp.seed().await.unwrap();
    let mut tx = ctx.db.begin("seed").await.unwrap();
    idp.load(&mut tx, "idportenClients", &clients()).await.unwrap();
    tx.commit().await.unwrap();
    Server {
        app: App::new(ctx.clone(), ORIGIN, module.routes, Arc::new(NoSessions)).unwrap(),
        clock,
        db: ctx.db,
        idp,
        statements: module.statements,
        schedules: module.schedules,
        _files: files,
    }
}

/// An answer with its body as text.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |v| v.to_str().unwrap())
    }

    /// Parameters of the redirect.
    pub fn answered(&self) -> BTreeMap<String, String> {
        let query = self.location().split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// Value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&marker).unwrap_or_else(|| panic!("{name} in {}", self.body)).1;
        rest.split('"').next().unwrap().to_owned()
    }
}

pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub fn basic(id: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:s3cret")))
}

impl Server {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.handle("127.0.0.1:40000".parse().unwrap(), request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)], authorization: Option<&str>) -> Answer {
        let mut request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        self.send(request.body(Body::from(form(fields))).unwrap()).await
    }

    /// Redeems a code as the client `demo`.
    pub async fn redeem(&self, code: &str) -> Answer {
        self.redeem_with(code, VERIFIER, CALLBACK).await
    }

    pub async fn redeem_with(&self, code: &str, verifier: &str, redirect_uri: &str) -> Answer {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        self.post("/idporten/token", &fields, Some(&basic("demo"))).await
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/idporten/token", &fields, Some(&basic("demo"))).await
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        let request = Request::get("/idporten/userinfo")
            .header("host", "localhost:8080")
            .header("authorization", format!("Bearer {token}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Claims of a token, verified with the published keys.
    pub async fn claims(&self, token: &str) -> Value {
        let jwks = self.get("/idporten/jwks.json").await.json();
        let options =
            VerifyOptions { issuer: ISSUER, leeway: std::time::Duration::ZERO, now: self.clock.now() };
        Value::Object(Jwks::from_value(&jwks).unwrap().verify(token, &options).unwrap())
    }
}

/// Authorization request with these parameters changed; an empty value removes one.
pub fn request(changes: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", "demo"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "s t&1"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(changes.iter().copied());
    let fields: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    format!("/idporten/authorize?{}", form(&fields))
}

/// A browser: keeps cookies, follows nothing.
pub struct Browser<'s> {
    pub server: &'s Server,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl<'s> Browser<'s> {
    pub fn new(server: &'s Server) -> Self {
        Self { server, cookies: RefCell::default() }
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address.strip_prefix(ORIGIN).unwrap_or(address)), Body::empty()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, Body::from(form(fields))).await
    }

    async fn send(&self, request: http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<_> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("host", "localhost:8080").header("cookie", cookies.join("; "));
        let answer = self.server.send(request.body(body).unwrap()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Starts a login and answers its handle.
    pub async fn start(&self, changes: &[(&str, &str)]) -> String {
        let started = self.get(&request(changes)).await;
        assert_eq!(started.status, 302, "{}", started.body);
        started.answered()["t"].clone()
    }

    /// Chooses Kari with this eID and level.
    pub async fn choose(&self, handle: &str, eid: &str, level: &str) -> Answer {
        self.post("/idporten/choose", &[("t", handle), ("eid", eid), ("level", level), ("pid", KARI)]).await
    }

    /// A whole login of Kari with BankID; answers the redirect to the client.
    pub async fn log_in(&self, changes: &[(&str, &str)]) -> Answer {
        let handle = self.start(changes).await;
        let done = self.choose(&handle, "bankid", "4").await;
        assert_eq!(done.status, 302, "{}", done.body);
        done
    }

    /// A request that is answered from the session; answers the redirect.
    pub async fn reuse(&self, changes: &[(&str, &str)]) -> Answer {
        self.get(&request(changes)).await
    }
}

/// Was the browser sent to log in?
pub fn asks_to_log_in(answer: &Answer) -> bool {
    answer.location().starts_with("http://localhost:8080/idporten/login?t=")
}
