//! The address by which the client reached the server, for absolute links.

use axum::extract::FromRequestParts;
use http::request::Parts;
use std::convert::Infallible;

/// Scheme, host, port and role prefix as the client sees them, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub(crate) base: String,
    pub(crate) prefix: String,
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

    /// Does the client speak https.
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https://")
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        // INVARIANT: `App::handle` sets it on every request; the default serves routers built by unit tests.
        Ok(known.unwrap_or_else(|| Self { base: "http://localhost".into(), prefix: String::new() }))
    }
}
