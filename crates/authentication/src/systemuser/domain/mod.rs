//! Rules of the system register and of system users; no I/O.

pub(super) mod problem;
pub(super) mod register;
pub(super) mod request;
pub(super) mod right;

pub(super) use problem::Problem;
pub(super) use right::{AccessPackage, Right};

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Which of the two kinds of system user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Acts for the party that owns it.
    Standard = 1,
    /// Acts for the clients of the party that owns it.
    Agent = 2,
}

impl Kind {
    pub(super) fn from_code(code: i64) -> Self {
        if code == 2 { Self::Agent } else { Self::Standard }
    }

    /// `userType` on the wire.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Agent => "agent",
        }
    }
}

/// A vendor's system as it stands in the register.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct System {
    pub id: String,
    pub internal_id: Uuid,
    pub vendor_org_no: String,
    /// Text by language.
    pub name: Map<String, Value>,
    pub description: Map<String, Value>,
    pub rights: Vec<Right>,
    pub packages: Vec<AccessPackage>,
    pub client_ids: Vec<String>,
    pub redirect_urls: Vec<String>,
    pub visible: bool,
    pub deleted: bool,
}

impl System {
    /// The name that a system user gets when the vendor gives it none.
    pub(super) fn norwegian_name(&self) -> Option<&str> {
        self.name.get("nb").and_then(Value::as_str).filter(|name| !name.trim().is_empty())
    }
}

/// A system user.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct User {
    pub id: Uuid,
    pub kind: Kind,
    pub system_id: String,
    pub vendor_org_no: String,
    pub owner: Uuid,
    pub owner_party_id: i64,
    pub owner_org_no: String,
    pub external_ref: String,
    pub title: String,
    /// Agent: its packages. Standard: those delegated at creation.
    pub packages: Vec<AccessPackage>,
    pub created: Timestamp,
    pub changed: Timestamp,
    pub deleted: bool,
    pub sequence: i64,
}

/// Where a vendor's request stands and what it asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub id: Uuid,
    pub kind: Kind,
    pub system_id: String,
    pub vendor_org_no: String,
    pub party_org_no: String,
    pub external_ref: String,
    pub title: String,
    pub rights: Vec<Right>,
    pub packages: Vec<AccessPackage>,
    pub redirect_url: Option<String>,
    pub status: ports::authentication::RequestStatus,
    pub escalated: bool,
    pub created: Timestamp,
}

/// System, customer and the vendor's reference name at most one live system user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Triple {
    pub system_id: String,
    pub org_no: String,
    pub external_ref: String,
}

impl Request {
    pub(super) fn triple(&self) -> Triple {
        Triple {
            system_id: self.system_id.clone(),
            org_no: self.party_org_no.clone(),
            external_ref: self.external_ref.clone(),
        }
    }
}
