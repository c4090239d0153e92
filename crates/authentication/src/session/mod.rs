//! Browser login to Altinn, its session and cookies, refresh, logout and token exchange.

mod domain;
mod http;
mod store;

use crate::{Deps, Parts};
use async_trait::async_trait;
use domain::session::{ABSOLUTE, IDLE, Session};
use domain::token;
use httpkit::{Access, Ctx, Role, Routes};
use jiff::SignedDuration;
use ports::authentication::Sessions;
use ports::idporten::UpstreamIdp;
use ports::register::Register;
use ports::resourceregistry::ResourceRegistry;
use std::sync::Arc;
use std::time::Duration;
use store::sessions;

const BASE: &str = "/authentication/api/v1";
const NOT_BUILT: Access = Access::Public("answers 501 and nothing else");
const PERSON: Access = Access::scope(&["altinn:portal/enduser"]);
/// Key of the provider that takes synthetic people only.
const MOCKPORTEN: &str = "mockporten";
/// Use is written down at most this often, so that a page full of requests costs one write.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// State of the handlers.
#[derive(Clone)]
pub struct Portal {
    ctx: Ctx,
    register: Arc<dyn Register>,
    resources: Arc<dyn ResourceRegistry>,
    upstreams: Arc<[Arc<dyn UpstreamIdp>]>,
}

impl Portal {
    /// The provider with this key or issuer; without one, or with `idporten`, the first.
    fn upstream(&self, wanted: Option<&str>) -> Option<&Arc<dyn UpstreamIdp>> {
        let by_name = |wanted: &str| {
            self.upstreams.iter().find(|idp| {
                idp.key().eq_ignore_ascii_case(wanted) || idp.issuer().eq_ignore_ascii_case(wanted)
            })
        };
        wanted.and_then(by_name).or_else(|| self.upstreams.first())
    }

    /// A signed cookie token for the session.
    fn runtime_token(&self, session: &Session) -> jose::Result<String> {
        let claims = token::portal(&self.ctx.config.issuers.altinn, session, self.ctx.clock.now());
        self.ctx.keys.altinn.sign(&claims)
    }

    fn handle_digest(&self, handle: &str) -> String {
        self.ctx.keys.digest("authn-session", handle)
    }

    fn state_digest(&self, state: &str) -> String {
        self.ctx.keys.digest("authn-state", state)
    }

    fn browser_digest(&self, browser: &str) -> String {
        self.ctx.keys.digest("authn-browser", browser)
    }
}

/// Whether portal sessions are open, for the guard in front of every page.
#[derive(Clone)]
pub struct PortalSessions {
    ctx: Ctx,
}

impl PortalSessions {
    /// With the block's surroundings.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

#[async_trait]
impl Sessions for PortalSessions {
    async fn alive(&self, session_id: &str) -> ports::Result<bool> {
        let Ok(id) = session_id.parse() else { return Ok(false) };
        let now = self.ctx.clock.now();
        let Some(session) = sessions::by_id(&self.ctx.db, id).await?.filter(|s| s.is_live(now)) else {
            return Ok(false);
        };
        if now.duration_since(session.last_used) >= TOUCH_EVERY {
            db::write_tx!(self.ctx.db, "authn.session_touch", |tx| { sessions::touch(tx, id, now).await })?;
        }
        Ok(true)
    }
}

/// Routes, timers and statements of this half of the block.
pub fn parts(ctx: &Ctx, deps: &Deps) -> Parts {
    // Mockporten is a test door: production does not even know its name.
    let open = |idp: &Arc<dyn UpstreamIdp>| ctx.config.is_sandbox() || idp.key() != MOCKPORTEN;
    let upstreams = deps.upstreams.iter().filter(|idp| open(idp)).cloned();
    let portal = Portal {
        ctx: ctx.clone(),
        register: deps.register.clone(),
        resources: deps.resources.clone(),
        upstreams: upstreams.collect(),
    };
    let path = |rest: &str| format!("{BASE}/{rest}");
    let routes = Routes::new(Role::PLATFORM, portal)
        .get(
            &path("authentication"),
            Access::Public("begins a login; goto leads to our own pages only"),
            http::authentication::get,
        )
        .get(
            &path("upstream/callback"),
            Access::Public("state and browser cookie prove the login under way"),
            http::callback::get,
        )
        .get(
            &path("upstream/frontchannel-logout"),
            Access::Public("the session id of the provider is the key"),
            http::frontchannel::upstream,
        )
        .get(
            &path("frontchannel_logout"),
            Access::Public("deletes the browser's own cookie"),
            http::frontchannel::cookie,
        )
        .get(&path("logout"), Access::Public("ends the browser's own session"), http::logout::get)
        .get(&path("openid/logout"), Access::Public("ends the browser's own session"), http::logout::get)
        .get(
            &path("logout/handleloggedout"),
            Access::Public("leads on by the browser's own cookie"),
            http::handle_logged_out::get,
        )
        .get(&path("refresh"), Access::token(), http::refresh::get)
        .get(
            &path("exchange/{provider}"),
            Access::client("the token to exchange is the proof"),
            http::exchange::get,
        )
        .get(
            &path("openid/.well-known/openid-configuration"),
            Access::Public("metadata"),
            http::discovery::document,
        )
        .get(
            &path("openid/.well-known/openid-configuration/jwks"),
            Access::Public("public keys"),
            http::discovery::jwks,
        )
        .get(&path("authorize"), NOT_BUILT, http::not_built::any)
        .post(&path("token"), NOT_BUILT, http::not_built::any)
        .post(&path("introspection"), Access::token(), http::not_built::any)
        .post(&path("enduser/selfidentified/link"), PERSON, http::not_built::any)
        .post(&path("enduser/selfidentified/link-request"), PERSON, http::not_built::any)
        .post(&path("enduser/selfidentified/redeem-link"), PERSON, http::not_built::any)
        .done();
    Parts {
        routes,
        jobs: vec![],
        schedules: vec![jobs::Schedule {
            name: "authn.purge",
            every: Duration::from_mins(10),
            task: Arc::new(Purge { ctx: ctx.clone() }),
        }],
        statements: vec![store::events::STATEMENTS, store::logins::STATEMENTS, store::sessions::STATEMENTS],
    }
}

struct Purge {
    ctx: Ctx,
}

#[async_trait]
impl jobs::Task for Purge {
    async fn run(&self) -> Result<(), jobs::Failure> {
        let now = self.ctx.clock.now();
        db::write_tx!(self.ctx.db, "authn.purge", |tx| {
            store::logins::purge(tx, now).await?;
            sessions::purge(tx, now - IDLE, now - ABSOLUTE).await
        })?;
        Ok(())
    }
}
