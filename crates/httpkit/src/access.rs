//! What a route asks of its caller.

use http::StatusCode;

/// The access that a route declares. It is enforced before the handler runs and listed by the authorization matrix test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone. The reason stands in the golden list of public routes.
    Public(&'static str),
    /// The handler authenticates the client itself; the text says how.
    Client(&'static str),
    /// A token of any trusted issuer; with scopes, at least one of them as a whole word.
    Token {
        /// Any of these; empty means that no scope is asked for.
        any_of: &'static [&'static str],
        /// Only tokens that come straight from Maskinporten.
        maskinporten_only: bool,
    },
    /// A `PlatformAccessToken` header signed by the platform.
    Platform,
    /// A `PlatformAccessToken` header, or else a token with at least one of these scopes.
    PlatformOr(&'static [&'static str]),
    /// A person's login in the portal. A browser without one is sent to log in.
    Session,
    /// An operator's name and token (Basic), from the file `operations.operators`. A sandbox that names no file is open.
    Operator,
    /// A test door: absent from the routing table in production.
    Sandbox(&'static str),
}

impl Access {
    /// A token with at least one of these scopes.
    pub const fn scope(any_of: &'static [&'static str]) -> Self {
        Self::Token { any_of, maskinporten_only: false }
    }
    /// A raw Maskinporten token with at least one of these scopes.
    pub const fn maskinporten(any_of: &'static [&'static str]) -> Self {
        Self::Token { any_of, maskinporten_only: true }
    }
    /// Any valid token.
    pub const fn token() -> Self {
        Self::Token { any_of: &[], maskinporten_only: false }
    }
    /// A platform access token.
    pub const fn platform_token() -> Self {
        Self::Platform
    }
    /// A platform access token, or else a token with at least one of these scopes.
    pub const fn platform_or(any_of: &'static [&'static str]) -> Self {
        Self::PlatformOr(any_of)
    }
    /// A portal login.
    pub const fn session() -> Self {
        Self::Session
    }
    /// An operator.
    pub const fn operator() -> Self {
        Self::Operator
    }
    /// A token endpoint or other door that checks the client by itself.
    pub const fn client(how: &'static str) -> Self {
        Self::Client(how)
    }
    /// A test door.
    pub const fn sandbox() -> Self {
        Self::Sandbox("sandbox only")
    }
}

/// Why a request was turned away before its handler. A block may give its own wire form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No token, or one that is not valid: 401. The text is for the explain view, never for the wire.
    Unauthenticated(String),
    /// A valid token that lacks what the route asks for: 403.
    Forbidden(String),
    /// A cookie-authenticated change without proof that it came from our own page: 403.
    Csrf,
    /// Too many requests, try again in so many seconds: 429. The guard adds the header `Retry-After`.
    Limited(u64),
    /// The sandbox was asked to answer with this status.
    Broken(StatusCode),
}
