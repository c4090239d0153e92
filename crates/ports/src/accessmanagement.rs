//! Rights that parties have given each other: connections, packages, single rights.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// One right to a resource; no action means every action of its policy that may be delegated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Right {
    /// Registry id.
    pub resource: String,
    /// Action, if the right is limited to one.
    pub action: Option<String>,
}

/// What `to` may do for `from`, gathered over register roles, key roles, packages, clients and sub-units.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// Role URNs, new and legacy (`urn:altinn:external-role:ccr:daglig-leder`, `urn:altinn:rolecode:dagl`).
    pub roles: Vec<String>,
    /// Access package URNs (`urn:altinn:accesspackage:skattegrunnlag`).
    pub packages: Vec<String>,
    /// Single rights delegated to `to` or to an organisation in which it has a key role.
    pub rights: Vec<Right>,
}

/// Outcome of asking whether someone may delegate something on behalf of a party.
#[derive(Debug, Clone)]
pub struct DelegationCheck {
    /// The right or package URN asked about.
    pub what: String,
    /// May it be delegated by this user now. A right without an action may when at least one of its actions may.
    pub delegable: bool,
    /// For a right: those of its actions that may be delegated.
    pub actions: Vec<String>,
    /// Why not: the first is a code of the delegation check (`MissingRoleAccess`, `MissingPackageAccess`,
    /// `InsufficientAuthenticationLevel` …), words may follow.
    pub reasons: Vec<String>,
}

/// What is to be delegated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Single right.
    Right(Right),
    /// Access package by URN.
    Package(String),
}

/// A grant that stands.
#[derive(Debug, Clone)]
pub struct Granted {
    /// What was given.
    pub grant: Grant,
    /// By whom (user's party).
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
}

/// An access package of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct PackageInfo {
    /// Catalogue id.
    pub id: Uuid,
    /// `urn:altinn:accesspackage:<code>`
    pub urn: String,
    /// Name by language (`nb`, `nn`, `en`).
    pub name: Value,
    /// Description by language.
    pub description: Value,
    /// May be given to a standard system user or a right-holder.
    pub assignable: bool,
    /// May be passed on to a client's agent.
    pub delegable: bool,
    /// Registry ids of the resources whose policies give this package access.
    pub resources: Vec<String>,
}

/// Delegation as other blocks use it.
#[async_trait]
pub trait AccessManagement: Send + Sync {
    /// Everything `to` may use for `from`.
    async fn connection(&self, from: Uuid, to: Uuid) -> Result<Connection>;
    /// Parties that `to` may act for at all (uuid of the party, itself included for persons).
    async fn parties_of(&self, to: Uuid) -> Result<Vec<Uuid>>;
    /// May `user` delegate these on behalf of `from`.
    async fn delegation_check(
        &self,
        user: Uuid,
        from: Uuid,
        grants: &[Grant],
    ) -> Result<Vec<DelegationCheck>>;
    /// Gives `to` these grants from `from`; idempotent; the right holds at once.
    async fn grant(&self, tx: &mut Tx, from: Uuid, to: Uuid, by: Uuid, grants: &[Grant]) -> Result<()>;
    /// Takes everything that `from` has given `to`; the very next decision denies.
    async fn revoke_all(&self, tx: &mut Tx, from: Uuid, to: Uuid, by: Uuid) -> Result<u64>;
    /// The access package with this URN, or `None` when the catalogue has no such package.
    async fn package(&self, urn: &str) -> Result<Option<PackageInfo>>;
    /// What `from` has given `to` directly.
    async fn granted(&self, from: Uuid, to: Uuid) -> Result<Vec<Granted>>;
}
