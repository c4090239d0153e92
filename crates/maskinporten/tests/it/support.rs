//! The block alone behind the real HTTP layer, with a handful of clients and scopes.

use async_trait::async_trait;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use httpkit::{App, Ctx, HttpClient, Keys};
use jiff::Timestamp;
use jose::{Jwks, KeySet, VerifyOptions};
use kernel::{Clock, SeededIds};
use maskinporten::Clients;
use ports::authentication::{Sessions, SystemUser, SystemUsers};
use ports::population::PopulationSink;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use testkit::{TempDir, TestClock};

pub const ISSUER: &str = "https://test.maskinporten.no/";
pub const VENDOR: &str = "310149942";
pub const CUSTOMER: &str = "313876144";
pub const SYSTEM_USER: uuid::Uuid = uuid::uuid!("6b1d1e0a-6d0c-4b57-9d21-04d5a7a1a3a1");

pub struct Server {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub db: db::Db,
    pub clients: Clients,
    pub vendor: KeySet,
    pub statements: Vec<&'static [&'static db::Sql]>,
    pub schedules: Vec<jobs::Schedule>,
    _files: TempDir,
}

/// Knows one system user: of the customer, with the reference "branch", for the client "vendor".
struct OneSystemUser;

#[async_trait]
impl SystemUsers for OneSystemUser {
    async fn by_external_id(
        &self,
        client_id: &str,
        vendor_org_no: &str,
        owner_org_no: &str,
        external_ref: Option<&str>,
    ) -> ports::Result<Option<SystemUser>> {
        let fits = (client_id, vendor_org_no, owner_org_no, external_ref)
            == ("vendor", VENDOR, CUSTOMER, Some("branch"));
        Ok(fits.then(|| SystemUser {
            id: SYSTEM_USER,
            system_id: format!("{VENDOR}_ledger"),
            vendor_org_no: VENDOR.into(),
            owner: uuid::Uuid::nil(),
            owner_org_no: CUSTOMER.into(),
            external_ref: "branch".into(),
            title: "Ledger".into(),
            created: Timestamp::UNIX_EPOCH,
            deleted: false,
        }))
    }
    async fn system_user(&self, _: uuid::Uuid) -> ports::Result<Option<SystemUser>> {
        Ok(None)
    }
    async fn of_party(&self, _: uuid::Uuid) -> ports::Result<Vec<SystemUser>> {
        Ok(vec![])
    }
}

struct NoSessions;

#[async_trait]
impl Sessions for NoSessions {
    async fn alive(&self, _: &str) -> ports::Result<bool> {
        Ok(false)
    }
}

pub fn scopes() -> Vec<Value> {
    vec![
        json!({"name": "altinn:open", "owner": "991825827", "accessibleForAll": true}),
        json!({"name": "altinn:granted", "owner": "991825827", "grantedTo": [VENDOR], "maxAge": 600}),
        json!({"name": "altinn:closed", "owner": "991825827"}),
        json!({"name": "altinn:lent", "owner": "991825827", "accessibleForAll": true,
               "delegationSource": "https://tt02.altinn.no/"}),
    ]
}

pub fn client(id: &str, keys: &KeySet) -> Value {
    json!({"clientId": id, "orgNo": VENDOR, "scopes": ["altinn:open", "altinn:granted", "altinn:closed", "altinn:lent"],
           "jwks": keys.jwks()})
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
    let module = maskinporten::module(&ctx, Arc::new(OneSystemUser));
    ctx.db.migrate(&[jobs::migrations(), module.migrations]).await.unwrap();
    let (clients, vendor) = (Clients::new(&ctx), jose::sandbox::vendor().unwrap());
    let mut tx = ctx.db.begin("seed").await.unwrap();
    clients.load(&mut tx, "scopes", &scopes()).await.unwrap();
    clients.load(&mut tx, "maskinportenClients", &[client("vendor", &vendor)]).await.unwrap();
    tx.commit().await.unwrap();
    Server {
        app: App::new(ctx.clone(), "http://localhost:8080", module.routes, Arc::new(NoSessions)).unwrap(),
        clock,
        db: ctx.db,
        clients,
        vendor,
        statements: module.statements,
        schedules: module.schedules,
        _files: files,
    }
}

impl Server {
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Claims of a good grant.
    pub fn claims(&self) -> Map<String, Value> {
        let claims = json!({
            "iss": "vendor", "aud": ISSUER, "scope": "altinn:open", "jti": "first",
            "iat": self.now(), "exp": self.now() + 100,
        });
        claims.as_object().cloned().unwrap()
    }

    /// A grant signed by the vendor: the good one, with these claims changed (null removes).
    pub fn grant(&self, changes: Value) -> String {
        let mut claims = self.claims();
        for (name, value) in changes.as_object().unwrap() {
            claims.remove(name);
            if !value.is_null() {
                claims.insert(name.clone(), value.clone());
            }
        }
        self.vendor.sign(&claims).unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> (StatusCode, http::HeaderMap, Value) {
        let response = self.app.handle("127.0.0.1:40000".parse().unwrap(), request).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> (StatusCode, http::HeaderMap, Value) {
        self.send(Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, content_type: &str, body: String) -> (StatusCode, http::HeaderMap, Value) {
        let request =
            Request::post("/token").header("host", "localhost:8080").header("content-type", content_type);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn token(&self, assertion: &str) -> (StatusCode, Value) {
        let body =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let (status, headers, body) = self.post("application/x-www-form-urlencoded", body).await;
        assert_eq!(headers["cache-control"], "no-store");
        (status, body)
    }

    /// The claims of the token that this grant gives.
    pub async fn issued(&self, assertion: &str) -> Value {
        let (status, body) = self.token(assertion).await;
        assert_eq!(status, 200, "{body}");
        let (_, _, jwks) = self.get("/jwk").await;
        let options =
            VerifyOptions { issuer: ISSUER, leeway: std::time::Duration::ZERO, now: self.clock.now() };
        let token = body["access_token"].as_str().unwrap();
        Value::Object(Jwks::from_value(&jwks).unwrap().verify(token, &options).unwrap())
    }

    /// `status error code-or-dash` of a refusal; nothing may have been issued or used up.
    pub async fn refused(&self, assertion: &str) -> String {
        let before = self.rows().await;
        let (status, body) = self.token(assertion).await;
        assert_eq!(self.rows().await, before, "a refused grant leaves no row");
        summary(status, &body)
    }

    /// Rows in the tables that a token leaves behind.
    pub async fn rows(&self) -> i64 {
        let sql = db::Sql::new(
            "test.rows",
            "SELECT (SELECT count(*) FROM maskinporten_used_grant) + (SELECT count(*) FROM maskinporten_issued_token)",
        );
        self.db.query_one(&sql, &[]).await.unwrap().get(0).unwrap()
    }
}

pub fn summary(status: StatusCode, body: &Value) -> String {
    let description = body["error_description"].as_str().unwrap_or_default();
    assert!(description.contains("(correlation id: "), "{body}");
    let code = description.split(':').next().filter(|code| code.starts_with("MP-")).unwrap_or("-");
    format!("{} {} {code}", status.as_u16(), body["error"].as_str().unwrap_or_default())
}
