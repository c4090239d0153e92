//! What the block does, whichever door it is asked through: the vendor's API, the portal's back end, or a port.

mod approve;
mod create_request;
mod guard;
mod portal;
mod register;
mod users;

pub(super) use approve::Verdict;
pub(super) use create_request::{NewRequest, Outcome};
pub(super) use guard::{ACCESS_MANAGEMENT, OVERVIEW};
pub(super) use register::Written;
pub(super) use users::Revoked;

use super::domain::register::Fault;
use super::domain::{AccessPackage, Problem};
use super::store::systems;
use crate::Deps;
use audit::{Action, Entry};
use db::Tx;
use httpkit::{Caller, Ctx};
use jiff::Timestamp;
use ports::accessmanagement::PackageInfo;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What an audit row is about.
const REQUEST: &str = "systemuser-request";
const USER: &str = "systemuser";
const SYSTEM: &str = "system";

/// The state of all handlers.
pub(super) struct Service {
    pub ctx: Ctx,
    pub deps: Deps,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// A problem with a code of this API.
    #[error("{}", .0.code())]
    Problem(Problem),
    /// Faults of a system's registration.
    #[error("invalid registration")]
    Invalid(Vec<Fault>),
    /// No or no valid vendor in the token: 401 or 403 without a body.
    #[error("status {0}")]
    Empty(u16),
    /// A bare text; the flag says whether the client takes nothing but JSON.
    #[error("{text}")]
    Text {
        /// HTTP status.
        status: u16,
        /// The text.
        text: String,
    },
    /// A path or query value, or a member of the body, that cannot be read.
    #[error("{field}: {reason}")]
    Binding {
        /// Its name.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The machinery failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl db::MaybeRetry for Error {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

impl Error {
    pub(super) const FORBIDDEN: Self = Self::Empty(403);
    pub(super) const UNAUTHORIZED: Self = Self::Empty(401);
    pub(super) const NOT_FOUND: Self = Self::Empty(404);

    pub(super) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::Text { status, text: text.into() }
    }

    pub(super) fn binding((field, reason): (String, String)) -> Self {
        Self::Binding { field, reason }
    }

    /// A row of the same key came in between.
    fn is_unique(&self) -> bool {
        matches!(self, Self::Db(db::Error::Unique(_)))
    }
}

/// A vendor by its token.
#[derive(Debug, Clone)]
pub(super) struct Vendor {
    pub org_no: String,
    pub client_id: Option<String>,
    pub is_admin: bool,
}

impl Vendor {
    /// From the `consumer` claim; never from the organisation that an exchanged token acts as.
    pub(super) fn of(caller: &Caller) -> Option<Self> {
        Some(Self {
            org_no: caller.consumer()?.to_owned(),
            client_id: caller.client_id().map(str::to_owned),
            is_admin: caller.has_scope(super::scopes::REGISTER_ADMIN),
        })
    }
}

impl Service {
    fn now(&self) -> Timestamp {
        self.ctx.clock.now()
    }

    /// Of those packages that the catalogue knows.
    async fn catalogue(&self, packages: &[AccessPackage]) -> db::Result<HashMap<String, PackageInfo>> {
        let mut known = HashMap::new();
        for package in packages {
            if !known.contains_key(&package.urn)
                && let Some(info) = self.deps.access.package(&package.urn).await?
            {
                known.insert(package.urn.clone(), info);
            }
        }
        Ok(known)
    }

    /// The system, unless it is deleted.
    pub(super) async fn live_system(&self, id: &str) -> Result<super::domain::System, Error> {
        let system = systems::get(&self.ctx.db, id).await?.filter(|system| !system.deleted);
        system.ok_or(Error::Problem(Problem::SYSTEM_NOT_FOUND))
    }

    /// Writes down what was done to a request or system user, for the party that has it or would have it.
    async fn audit(
        &self,
        tx: &mut Tx,
        action: Action,
        subject: (&'static str, Uuid),
        party: Option<Uuid>,
        detail: Value,
    ) -> db::Result<()> {
        let entry = Entry::new(action, self.now(), subject.0, subject.1).on_behalf_of(party).detail(detail);
        audit::put(tx, &entry.resource(guard::ACCESS_MANAGEMENT)).await
    }
}
