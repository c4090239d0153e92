//! The policy decision point: may this subject do this to that resource of that party.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A logged-in person or self-identified user.
    Party(Uuid),
    /// A system user.
    SystemUser(Uuid),
    /// A service owner acting as itself, by code.
    ServiceOwner(String),
    /// An organisation by number, without a system user.
    Organisation(String),
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who asks.
    pub subject: Subject,
    /// Registry id, or `app_{org}_{app}`.
    pub resource: String,
    /// Party that owns the matter.
    pub party: Uuid,
    /// `read`, `write`, `sign` …
    pub action: String,
    /// Instance reference, for rights to a single instance.
    pub instance: Option<String>,
    /// One further resource attribute, (id, value): `urn:altinn:subresource` or `urn:altinn:task`, as the rule's target names it.
    pub attribute: Option<(String, String)>,
}

/// The answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allowed.
    Permit,
    /// Forbidden by a rule.
    Deny,
    /// Could not be evaluated.
    Indeterminate,
    /// No rule gives the right. This is the usual refusal.
    NotApplicable,
}

/// Decision with what a refusal needs to say.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The answer.
    pub effect: Effect,
    /// `urn:altinn:minimum-authenticationlevel` obligation, if any.
    pub minimum_level: Option<u8>,
    /// Plain-words chain: which rule, role, package or delegation decided, or what was looked for in vain.
    pub why: Vec<String>,
}

impl Decision {
    /// Permit?
    pub fn permits(&self) -> bool {
        self.effect == Effect::Permit
    }

    /// Permit, and the login is strong enough? The decision point never looks at the level, its callers must
    /// (authorization.md §7.4).
    pub fn permits_at(&self, level: u8) -> bool {
        self.permits() && self.minimum_level.is_none_or(|minimum| level >= minimum)
    }
}

/// The PDP in process. It reads rights as they are now; nothing is cached by time.
#[async_trait]
pub trait Pdp: Send + Sync {
    /// Decides one question.
    async fn decide(&self, question: &Question) -> Result<Decision>;
    /// Decides several questions, in order.
    async fn decide_all(&self, questions: &[Question]) -> Result<Vec<Decision>>;
}

/// One decision as it stands in the log.
#[derive(Debug, Clone)]
pub struct LoggedDecision {
    /// Its id, which rows of the audit log name.
    pub id: Uuid,
    /// When it was made, in business time.
    pub at: Timestamp,
    /// The API that asked.
    pub api: String,
    /// The answer.
    pub effect: Effect,
    /// Session of the login.
    pub session: Option<String>,
    /// Party of the subject.
    pub subject: Option<Uuid>,
    /// Code of the service owner that acted as itself.
    pub service_owner: Option<String>,
    /// Number of the organisation that acted as itself.
    pub organisation: Option<String>,
    /// Party id of the one whose matter it is.
    pub party_id: Option<i64>,
    /// Resource.
    pub resource: Option<String>,
    /// Instance.
    pub instance: Option<String>,
    /// Action.
    pub action: Option<String>,
    /// Address of the client.
    pub ip: Option<String>,
    /// The request as it was judged, with all that was known of the subject; JSON text without identity numbers.
    pub request: String,
}

/// The log of decisions.
#[async_trait]
pub trait Decisions: Send + Sync {
    /// The decision of this id, if it was logged and is still kept.
    async fn decision(&self, id: Uuid) -> Result<Option<LoggedDecision>>;
}
