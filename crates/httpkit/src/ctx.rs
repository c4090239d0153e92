//! What every block is given, and what it gives back.

use crate::{HttpClient, Keys, Route};
use kernel::{Clock, Ids};
use std::sync::Arc;

/// The surroundings of a block. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// Business time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers and randomness.
    pub ids: Arc<dyn Ids>,
    /// The database.
    pub db: db::Db,
    /// Files.
    pub blobs: blob::Blobs,
    /// Messages that leave after commit.
    pub outbox: jobs::Outbox,
    /// Settings.
    pub config: Arc<config::Config>,
    /// Signing keys of the issuers that this server is.
    pub keys: Arc<Keys>,
    /// Outbound HTTP.
    pub http: HttpClient,
}

/// A block's contribution to the server.
pub struct Module {
    /// Crate name.
    pub name: &'static str,
    /// Its routes.
    pub routes: Vec<Route>,
    /// Outbox consumers.
    pub jobs: Vec<Arc<dyn jobs::Handler>>,
    /// Timers.
    pub schedules: Vec<jobs::Schedule>,
    /// Tables.
    pub migrations: db::MigrationSet,
    /// Every SQL statement, so that a test can prepare them on both engines.
    pub statements: Vec<&'static [&'static db::Sql]>,
}
