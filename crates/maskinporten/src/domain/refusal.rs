//! Why a grant gives no token.

use kernel::pid::mask_all;
use uuid::Uuid;

/// The causes, in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The form is not readable, too large, or lacks `grant_type`.
    Request,
    /// Another `grant_type`.
    GrantType,
    /// The assertion or one of its parameters is malformed.
    Parameter,
    /// No active client.
    Client,
    /// `aud` is not this issuer.
    Audience,
    /// The enterprise certificate is not trusted.
    CertificateTrust,
    /// The registered key is too old.
    KeyExpired,
    /// `x5c` is not an array of certificates.
    CertificateFormat,
    /// Signature or key does not fit.
    Signature,
    /// `exp` has passed, or the grant lives too long.
    Expired,
    /// `iat` lies in the future.
    IssuedInFuture,
    /// The grant has given a token before.
    Replayed,
    /// `consumer_org` does not go with the client or the scope.
    ConsumerOrg,
    /// The client does not have the scope.
    ScopeNotRegistered,
    /// The scope is for other sorts of client.
    ScopeType,
    /// The consumer has not been granted the scope.
    ScopeNotGranted,
    /// The consumer has not delegated the scope to the supplier.
    NotDelegated,
    /// Unknown type of authorization details.
    DetailsType,
    /// Members of the authorization details are unknown or malformed.
    DetailsFormat,
    /// No system user fits.
    SystemUser,
    /// `resource` is not an absolute URI without fragment.
    Resource,
}

impl Cause {
    /// Code, OAuth error and HTTP status.
    fn wire(self) -> (Option<&'static str>, &'static str, u16) {
        match self {
            Self::Request | Self::ConsumerOrg => (None, "invalid_request", 400),
            Self::GrantType => (None, "unsupported_grant_type", 400),
            Self::Parameter => (Some("MP-011"), "invalid_request", 400),
            Self::Client => (Some("MP-100"), "invalid_grant", 400),
            Self::Audience => (Some("MP-110"), "invalid_grant", 400),
            Self::CertificateTrust => (Some("MP-120"), "invalid_grant", 400),
            Self::KeyExpired => (Some("MP-121"), "invalid_grant", 400),
            Self::CertificateFormat => (Some("MP-123"), "invalid_grant", 400),
            Self::Signature => (Some("MP-124"), "invalid_grant", 400),
            Self::Expired => (Some("MP-130"), "invalid_grant", 400),
            Self::IssuedInFuture => (None, "invalid_grant", 400),
            Self::Replayed => (Some("MP-012"), "invalid_grant", 400),
            Self::ScopeNotRegistered => (Some("MP-200"), "invalid_scope", 400),
            Self::ScopeType => (Some("MP-201"), "invalid_scope", 400),
            Self::ScopeNotGranted => (Some("MP-250"), "access_denied", 403),
            Self::NotDelegated => (Some("MP-251"), "access_denied", 403),
            Self::DetailsType => (Some("MP-301"), "invalid_authorization_details", 400),
            Self::DetailsFormat => (Some("MP-302"), "invalid_authorization_details", 400),
            Self::SystemUser => (Some("MP-303"), "invalid_altinn_customer_configuration", 400),
            Self::Resource => (None, "invalid_target", 400),
        }
    }
}

/// A refused grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    cause: Cause,
    text: String,
    reason: String,
}

/// Longest text taken over from the caller into an answer.
const MAX_ECHO: usize = 200;

impl Refusal {
    /// A refusal; `text` goes to the client.
    pub fn new(cause: Cause, text: impl Into<String>) -> Self {
        Self { cause, text: text.into(), reason: String::new() }
    }

    /// Adds what helps to mend it, for the explanation.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = mask_all(&reason.into());
        self
    }

    /// `MP-nnn`, where the cause has one.
    pub fn code(&self) -> Option<&'static str> {
        self.cause.wire().0
    }

    /// OAuth's `error`.
    pub fn error(&self) -> &'static str {
        self.cause.wire().1
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.cause.wire().2
    }

    /// OAuth's `error_description`.
    pub fn description(&self, correlation_id: Uuid) -> String {
        let code = self.code().map(|code| format!("{code}: ")).unwrap_or_default();
        let prefix = match self.error() {
            "invalid_grant" => "Invalid assertion. Client authentication failed. ",
            _ => "",
        };
        format!("{code}{prefix}{} (correlation id: {correlation_id})", self.text)
    }

    /// What helps to mend it; the text again when there is no more to say.
    pub fn reason(&self) -> &str {
        if self.reason.is_empty() { &self.text } else { &self.reason }
    }
}

/// A caller's text, cut and without identity numbers, for use in an answer.
pub fn echo(text: &str) -> String {
    mask_all(&text.chars().filter(|c| !c.is_control()).take(MAX_ECHO).collect::<String>())
}
