//! Resources that can be protected, their owners and policies; service owners.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// A resource of the registry, as other blocks need it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// `identifier`, lower case, 4–100 characters.
    pub identifier: String,
    /// `resourceType` as on the wire (`GenericAccessResource`, `MaskinportenSchema`, `AltinnApp` …).
    pub resource_type: String,
    /// Title by language (`nb`, `nn`, `en`).
    pub title: Value,
    /// Description by language.
    pub description: Value,
    /// Service owner's code (`skd`), lower case.
    pub owner_code: String,
    /// Service owner's organisation number.
    pub owner_org_no: String,
    /// May rights to it be delegated.
    pub delegable: bool,
    /// `accessListMode` is `Enabled`: only members of its access lists may use it.
    pub access_list_only: bool,
    /// The whole wire document (camelCase).
    pub document: Value,
}

/// A service owner (tjenesteeier).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceOwner {
    /// `skd`, `brg`, `ttd` …, lower case.
    pub code: String,
    /// Organisation number.
    pub org_no: String,
    /// Name by language.
    pub name: Value,
}

/// Number of a policy's version, and when it was made: a restored database counts the same numbers a second time.
pub type Version = (i64, Timestamp);

/// The policy of a resource, with the version that it was read at.
#[derive(Debug, Clone)]
pub struct PolicyText {
    /// Another one after every change of the policy; a compiled policy is kept by it.
    pub version: Version,
    /// XACML 3.0 policy, XML.
    pub xml: String,
}

/// What a decision must know of a resource's policy as it stands now, before a compiled policy is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyStanding {
    /// Version of the policy.
    pub version: Version,
    /// Only members of the resource's access lists may use it.
    pub access_list_only: bool,
}

/// Look-ups in the resource registry.
#[async_trait]
pub trait ResourceRegistry: Send + Sync {
    /// The resource, or `None`.
    async fn resource(&self, identifier: &str) -> Result<Option<Resource>>;
    /// As [`resource`](Self::resource), within a transaction: who holds a connection must not wait for a second one. The
    /// default is for stand-ins without a database.
    async fn resource_in(&self, _tx: &mut Tx, identifier: &str) -> Result<Option<Resource>> {
        self.resource(identifier).await
    }
    /// The standing of the resource's policy, without its text: the one consistency read of a decision.
    async fn policy_standing(&self, identifier: &str) -> Result<Option<PolicyStanding>>;
    /// Does one of the resource's access lists let this party do this? Asked only where lists keep others out. The default is
    /// for stand-ins without lists.
    async fn on_access_list(&self, _identifier: &str, _party: Uuid, _action: &str) -> Result<bool> {
        Ok(false)
    }
    /// The resource's policy.
    async fn policy(&self, identifier: &str) -> Result<Option<PolicyText>>;
    /// Resources whose policies name these subjects, as pairs of subject and resource. A subject is a whole URN
    /// (`urn:altinn:accesspackage:skattegrunnlag`, `urn:altinn:rolecode:dagl`), lower case.
    async fn resources_by_subject(&self, subjects: &[String]) -> Result<Vec<(String, String)>>;
    /// A service owner by code or organisation number.
    async fn service_owner(&self, code_or_org_no: &str) -> Result<Option<ServiceOwner>>;
}
