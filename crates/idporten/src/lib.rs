#![doc = include_str!("../README.md")]

mod domain;
mod http;
mod issue;
mod mockporten;
mod pages;
mod population;
mod purge;
mod store;
mod upstream;
mod wire;

use crate::domain::client::{AuthMethod, Client, Grant, Lifetimes};
use httpkit::{Access, Class, Ctx, Keys, Module, Origin, Role, Route, Routes};
use kernel::Pid;
pub use mockporten::Mockporten;
use ports::register::{PartyRef, Register};
use std::sync::Arc;
use std::time::Duration;

/// Altinn's own client, which exists from the start.
const ALTINN_CLIENT_ID: &str = "altinn-portal";
/// Address at which Altinn takes codes, and at which it hears that a session has ended.
const ALTINN_CALLBACK: &str = "/authentication/api/v1/upstream/callback";
const ALTINN_FRONTCHANNEL: &str = "/authentication/api/v1/upstream/frontchannel-logout";
const ALTINN_LOGGED_OUT: &str = "/authentication/api/v1/logout/handleloggedout";

/// The provider. It is the state of the handlers, a sink for population files and the upstream of Altinn's logins.
#[derive(Clone)]
pub struct Idporten {
    ctx: Ctx,
    register: Arc<dyn Register>,
}

impl Idporten {
    /// A provider whose persons come from `register`.
    pub fn new(ctx: &Ctx, register: Arc<dyn Register>) -> Self {
        Self { ctx: ctx.clone(), register }
    }

    /// Registers Altinn's own client. To be called at every start, when the tables are there.
    pub async fn seed(&self) -> db::Result<()> {
        let client = self.altinn_client();
        db::write_tx!(self.ctx.db, "idporten.seed", |tx| { store::clients::put(tx, &client, None).await })
    }

    fn altinn_client(&self) -> Client {
        let config = &self.ctx.config;
        let mut bases = vec![config.public_url()];
        bases.extend(Role::PLATFORM.hosts(config).iter().map(|host| format!("https://{host}")));
        if config.is_sandbox() {
            // The sandbox may listen on any port, and is called by any loopback name.
            bases.extend(["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"].map(str::to_owned));
        }
        let at = |path: &str| bases.iter().map(|base| format!("{base}{path}")).collect();
        Client {
            id: ALTINN_CLIENT_ID.to_owned(),
            name: Some("Allting".to_owned()),
            org_no: Some("991825827".to_owned()),
            // It redeems codes in process; over the wire nobody can prove to be this client.
            auth_method: AuthMethod::PrivateKeyJwt,
            jwks: None,
            redirect_uris: at(ALTINN_CALLBACK),
            post_logout_redirect_uris: at(ALTINN_LOGGED_OUT),
            frontchannel_logout_uri: Some(ALTINN_FRONTCHANNEL.to_owned()),
            scopes: ["openid", "profile", "altinn:portal/enduser"].map(str::to_owned).to_vec(),
            grants: vec![Grant::AuthorizationCode],
            sso_disabled: false,
            lifetimes: Lifetimes::default(),
        }
    }

    fn issuer(&self) -> &str {
        &self.ctx.config.issuers.idporten
    }

    fn is_sandbox(&self) -> bool {
        self.ctx.config.is_sandbox()
    }

    /// A path of the Altinn platform, as this browser reaches it.
    fn on_platform(origin: &Origin, path: &str) -> String {
        format!("{}{path}", origin.of(Role::PLATFORM))
    }

    /// May the test login log this number in: a valid synthetic number, or anyone whom the population holds.
    async fn may_log_in(&self, pid: &str) -> db::Result<bool> {
        if Pid::parse_digits(pid).is_err() {
            return Ok(false);
        }
        if Pid::parse(pid).is_ok_and(|pid| pid.series() == Some(kernel::pid::Synthetic::Tenor)) {
            return Ok(true);
        }
        Ok(self.register.party(&PartyRef::Pid(pid.to_owned())).await?.is_some())
    }

    /// Pairwise subject: another client sees another one, and without the pepper it leads to no number.
    fn subject(&self, client_id: &str, pid: &str) -> String {
        self.ctx.keys.digest("idporten-subject", &format!("{client_id} {pid}"))
    }

    fn secret_digest(&self, client_id: &str, secret: &str) -> String {
        self.ctx.keys.digest("idporten-secret", &format!("{client_id} {secret}"))
    }

    fn secret_matches(&self, client_id: &str, secret: &str, digest: &str) -> bool {
        let keys: &Keys = &self.ctx.keys;
        keys.digest_matches("idporten-secret", &format!("{client_id} {secret}"), digest)
    }

    fn code_digest(&self, code: &str) -> String {
        self.ctx.keys.digest("idporten-code", code)
    }

    fn token_digest(&self, token: &str) -> String {
        self.ctx.keys.digest("idporten-token", token)
    }

    fn session_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("idporten-session", handle)
    }

    fn login_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("idporten-login", handle)
    }

    fn browser_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("idporten-browser", handle)
    }

    fn pushed_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("idporten-pushed", handle)
    }
}

/// Routes, tables and timers of ID-porten and mockporten.
pub fn module(idp: &Idporten, mock: &Mockporten) -> Module {
    let mut routes = provider_routes(idp);
    if idp.is_sandbox() {
        routes.extend(test_login_routes(idp));
        routes.extend(mockporten::routes(mock));
    }
    Module {
        name: "idporten",
        routes,
        jobs: vec![],
        schedules: vec![jobs::Schedule {
            name: "idporten.purge",
            every: Duration::from_mins(10),
            task: Arc::new(purge::Purge::new(&idp.ctx)),
        }],
        migrations: db::migrations!("idporten", ["0001_init"]),
        statements: store::statements(),
    }
}

fn provider_routes(idp: &Idporten) -> Vec<Route> {
    const PAGE: Access =
        Access::Public("the beginning of a login: the client is named, the person is not known yet");
    const METADATA: Access = Access::Public("metadata and public keys");
    const CLIENT: Access = Access::client("client authentication by the registered method");
    Routes::new(Role::IDPORTEN, idp.clone())
        .get("/.well-known/openid-configuration", METADATA, http::discovery::get)
        .get("/jwks.json", METADATA, http::jwks::get)
        .get("/authorize", PAGE, http::authorize::get)
        .post("/authorize", PAGE, http::authorize::post)
        .post("/par", CLIENT, http::par::post)
        .post("/token", CLIENT, http::token::post)
        .post("/token/introspect", CLIENT, http::introspect::post)
        .post("/tokeninfo", CLIENT, http::introspect::post)
        .post("/token/revoke", CLIENT, http::revoke::post)
        .post("/revoke", CLIENT, http::revoke::post)
        .get("/userinfo", Access::client("the access token is looked up by the handler"), http::userinfo::get)
        .post(
            "/userinfo",
            Access::client("the access token is looked up by the handler"),
            http::userinfo::get,
        )
        .get("/logout", Access::Public("ends the session of the browser's own cookie"), http::logout::get)
        .post("/logout", Access::Public("ends the session of the browser's own cookie"), http::logout::post)
        .get("/login.css", Access::Public("style sheet"), http::assets::style)
        .get("/form_post.js", Access::Public("script of the answer form"), http::assets::form_post)
        .get("/logout.js", Access::Public("script of the logout page"), http::assets::logout)
        .done()
}

fn test_login_routes(idp: &Idporten) -> Vec<Route> {
    Routes::new(Role::IDPORTEN, idp.clone())
        .get("/login", Access::sandbox(), http::login::get)
        .get("/person", Access::sandbox(), http::person::get)
        .post("/person", Access::sandbox(), http::person::post)
        .class(Class::Login)
        .post("/choose", Access::sandbox(), http::choose::post)
        .class(Class::Login)
        .post("/cancel", Access::sandbox(), http::cancel::post)
        .get("/language", Access::sandbox(), http::language::get)
        .done()
}
