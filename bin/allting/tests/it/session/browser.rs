//! A browser: keeps cookies, follows redirects, fills in the login pages.

use crate::support::{Answer, BASE, TestApp};
use http::Method;
use std::cell::RefCell;
use std::collections::BTreeMap;
use url::form_urlencoded;

/// The managing director and the accountant of every population.
pub const KARI: &str = "12837122463";
pub const OLA: &str = "27898031131";
pub const LOGIN: &str = "/authentication/api/v1/authentication";

pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookies: RefCell<BTreeMap<String, String>>,
    pub host: &'static str,
    pub scheme: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: RefCell::default(), host: "127.0.0.1:8080", scheme: "http" }
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.call(Method::GET, address, &[]).await
    }

    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        self.call(Method::POST, address, fields).await
    }

    async fn call(&self, method: Method, address: &str, fields: &[(&str, &str)]) -> Answer {
        let own = format!("{}://{}", self.scheme, self.host);
        let path = address.strip_prefix(&own).unwrap_or(address);
        assert!(path.starts_with('/'), "{address} is not here");
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut call = self.app.call(method, path);
        call = call.header("host", self.host).header("x-forwarded-proto", self.scheme);
        if !cookies.is_empty() {
            call = call.header("cookie", &cookies.join("; "));
        }
        if !fields.is_empty() {
            call = call.form(fields);
        }
        let answer = call.send().await;
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

    /// Goes to `address` and on, until a page that is not a redirect or that lies elsewhere; answers the last address.
    pub async fn follow(&self, address: &str) -> (String, Answer) {
        let mut address = address.to_owned();
        for _ in 0..8 {
            let answer = self.get(&address).await;
            let next = answer.header("location").to_owned();
            if answer.status != 302 {
                return (address, answer);
            }
            let own = format!("{}://{}", self.scheme, self.host);
            if !next.starts_with(&own) && !next.starts_with('/') {
                return (next, answer);
            }
            address = next;
        }
        panic!("too many redirects, last to {address}");
    }

    /// Logs in through the pages with this eID and level; answers the last address and page.
    pub async fn log_in(&self, start: &str, eid: &str, level: &str, pid: &str) -> (String, Answer) {
        let (address, page) = self.follow(start).await;
        assert!(address.contains("/idporten/login?t="), "{address}: {}", page.text());
        let handle = address.split("t=").nth(1).unwrap();
        let fields = [("t", handle), ("eid", eid), ("level", level), ("pid", pid)];
        let done = self.post("/idporten/choose", &fields).await;
        assert_eq!(done.status, 302, "{}", done.text());
        let next = done.header("location").to_owned();
        self.follow(&next).await
    }

    /// Logs a persona in with one click.
    pub async fn persona(&self, pid: &str) -> Answer {
        let hint = format!("testid:{pid}_idporten-loa-high");
        let (_, answer) =
            self.follow(&start(&[("goto", "/authentication/api/v1/refresh"), ("login_hint", &hint)])).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }
}

/// The login address with these parameters.
pub fn start(fields: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    format!("{LOGIN}?{query}")
}

/// Claims of an Altinn token, verified with the keys that are published.
pub async fn claims(app: &TestApp, token: &str) -> serde_json::Value {
    let keys =
        app.get("/authentication/api/v1/openid/.well-known/openid-configuration/jwks").send().await.json();
    let options = jose::VerifyOptions {
        issuer: &app.ctx.config.issuers.altinn,
        leeway: std::time::Duration::ZERO,
        now: app.ctx.clock.now(),
    };
    serde_json::Value::Object(jose::Jwks::from_value(&keys).unwrap().verify(token, &options).unwrap())
}

/// An absolute address here.
pub fn here(path: &str) -> String {
    format!("{BASE}{path}")
}
