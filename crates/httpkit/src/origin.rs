//! The address by which the client reached the server, for absolute links.

use crate::Role;
use axum::extract::FromRequestParts;
use http::request::Parts;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Scheme, host, port and role prefix as the client sees them, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub(crate) base: String,
    pub(crate) prefix: String,
    /// The hosts of all roles, when the client came by one of them.
    pub(crate) own: Option<Arc<OwnHosts>>,
}

/// Where each role answers when each has a host of its own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnHosts {
    /// First name of each role.
    pub first: HashMap<Role, String>,
    /// Domain of the portal's cookies.
    pub domain: String,
}

impl Origin {
    /// Absolute URL of a path of the route's own role.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.base, self.prefix)
    }

    /// Scheme, host and port alone.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where this client reaches another role: on its own host if it came by one, else under its prefix on the same origin.
    pub fn of(&self, role: Role) -> String {
        match self.own.as_ref().and_then(|own| own.first.get(&role)) {
            Some(host) => format!("{}://{host}", self.scheme()),
            None => format!("{}{}", self.base, role.prefix().unwrap_or_default()),
        }
    }

    /// Did the client come by a role's own host.
    pub fn is_own_host(&self) -> bool {
        self.own.is_some()
    }

    /// The domain that the cookies of a login are for, when this host lies in it: pages, platform and frontend share them.
    pub fn login_domain(&self) -> Option<&str> {
        let domain = self.own.as_ref().map(|own| own.domain.as_str()).filter(|domain| !domain.is_empty())?;
        let host = self.base.split("://").nth(1).unwrap_or_default().split(':').next().unwrap_or_default();
        host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')).then_some(domain)
    }

    /// Name of a cookie of our own, which the wire does not name. Over https its prefix keeps other hosts of the domain, and
    /// whoever listens on plain http, from setting it (RFC 6265bis).
    pub fn own_cookie(&self, name: &str) -> String {
        format!("{}{name}", if self.is_https() { "__Host-" } else { "" })
    }

    /// Does the client speak https.
    pub fn is_https(&self) -> bool {
        self.scheme() == "https"
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        self.base.split(':').next().unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        // INVARIANT: `App::handle` sets it on every request; the default serves routers built by unit tests.
        Ok(known.unwrap_or_else(|| Self {
            base: "http://localhost".into(),
            prefix: String::new(),
            own: None,
        }))
    }
}
