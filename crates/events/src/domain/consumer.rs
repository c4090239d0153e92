//! Who subscribes.

use httpkit::Caller;
use uuid::Uuid;

/// The owner of a subscription, as its `consumer` text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consumer {
    /// `/org/{code}`
    ServiceOwner(String),
    /// `/user/{userId}`
    User(i64),
    /// `/systemuser/{uuid}`
    SystemUser(Uuid),
    /// `/organisation/{orgNo}`
    Organisation(String),
}

impl Consumer {
    /// The caller's entity, in the order of preference of events §6.1.
    pub fn of(caller: &Caller) -> Option<Self> {
        if let Some(code) = caller.org_code() {
            return Some(Self::ServiceOwner(code.to_owned()));
        }
        if let Some(id) = caller.user_id() {
            return Some(Self::User(id));
        }
        if let Some(user) = caller.system_user() {
            return Some(Self::SystemUser(user.id));
        }
        caller.org_no().map(|number| Self::Organisation(number.to_owned()))
    }

    /// Reads the stored text.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.strip_prefix('/')?.split_once('/')?;
        match kind {
            "org" => Some(Self::ServiceOwner(value.to_owned())),
            "user" => value.parse().ok().map(Self::User),
            "systemuser" => value.parse().ok().map(Self::SystemUser),
            "organisation" => Some(Self::Organisation(value.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ServiceOwner(code) => write!(f, "/org/{code}"),
            Self::User(id) => write!(f, "/user/{id}"),
            Self::SystemUser(id) => write!(f, "/systemuser/{id}"),
            Self::Organisation(number) => write!(f, "/organisation/{number}"),
        }
    }
}
