//! The registry as other blocks see it, and its changes.

use crate::domain::document::Document;
use crate::domain::policy::{PolicyFault, check};
use crate::domain::seed;
use crate::population::load_built_in;
use crate::store::{Change, access_lists, owners, policies, resources};
use async_trait::async_trait;
use audit::{Action, Entry};
use db::{Db, Tx};
use httpkit::Ctx;
use kernel::Clock;
use ports::population::LoadError;
use ports::resourceregistry::{PolicyStanding, PolicyText, Resource, ServiceOwner};
use ports::{Result, resourceregistry};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Who is written down as the author of the built-in resources.
const SEED: &str = "seed";

/// The resource registry.
pub struct ResourceRegistry {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sandbox: bool,
    pub(crate) environment: String,
}

/// What keeps a resource or policy from being written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// A resource with this identifier is there already.
    #[error("the resource exists")]
    Exists,
    /// There is no such resource.
    #[error("there is no such resource")]
    Missing,
    /// The caller does not own the resource that is to be replaced.
    #[error("the resource belongs to another organisation")]
    NotOwner,
    /// The policy was refused.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl db::MaybeRetry for WriteError {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Who writes: an administrator may write what others own.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) org_no: String,
    pub(crate) admin: bool,
}

impl Writer {
    pub(crate) fn owns(&self, org_no: &str) -> bool {
        self.admin || (!self.org_no.is_empty() && self.org_no == org_no)
    }
}

impl ResourceRegistry {
    /// Stands on the database alone.
    pub fn new(ctx: &Ctx) -> Arc<Self> {
        Arc::new(Self {
            db: ctx.db.clone(),
            clock: ctx.clock.clone(),
            sandbox: ctx.config.is_sandbox(),
            environment: ctx.config.environment.clone(),
        })
    }

    /// Puts the built-in resources and their policies in place, those excepted that someone has changed since.
    pub async fn seed(&self) -> std::result::Result<(), LoadError> {
        let items = seed::items()
            .map_err(|error| ports::population::ImportError::new("/resources", error.to_string()))?;
        db::write_tx!(self.db, "rr.seed", |tx| {
            let change = Change { at: self.clock.now(), by: SEED };
            for (index, item) in items.iter().enumerate() {
                load_built_in(tx, index, item, change).await?;
            }
            Ok::<_, SeedError>(())
        })
        .map_err(|SeedError(error)| error)
    }

    pub(crate) async fn create(
        &self,
        document: &Document,
        by: &Writer,
    ) -> std::result::Result<(), WriteError> {
        db::write_tx!(self.db, "rr.resource.create", |tx| {
            if resources::get_in(tx, document.identifier()).await?.is_some() {
                return Err(WriteError::Exists);
            }
            let change = Change { at: self.clock.now(), by: &by.org_no };
            match resources::put(tx, document, change).await {
                // Someone else made it between the look and the write.
                Err(db::Error::Unique(_)) => Err(WriteError::Exists),
                Err(error) => Err(error.into()),
                Ok(_) => Ok(note(tx, Action::ResourceCreate, document.identifier(), change).await?),
            }
        })
    }

    pub(crate) async fn update(
        &self,
        document: &Document,
        by: &Writer,
    ) -> std::result::Result<(), WriteError> {
        db::write_tx!(self.db, "rr.resource.update", |tx| {
            let current = resources::get_in(tx, document.identifier()).await?.ok_or(WriteError::Missing)?;
            if !by.owns(&current.owner_org_no) {
                return Err(WriteError::NotOwner);
            }
            let change = Change { at: self.clock.now(), by: &by.org_no };
            resources::put(tx, document, change).await?;
            Ok(note(tx, Action::ResourceUpdate, document.identifier(), change).await?)
        })
    }

    pub(crate) async fn delete(&self, identifier: &str, by: &Writer) -> std::result::Result<(), WriteError> {
        db::write_tx!(self.db, "rr.resource.delete", |tx| {
            let current = resources::get_in(tx, identifier).await?.ok_or(WriteError::Missing)?;
            if !by.owns(&current.owner_org_no) {
                return Err(WriteError::NotOwner);
            }
            let change = Change { at: self.clock.now(), by: &by.org_no };
            policies::remove(tx, identifier, change).await?;
            resources::delete(tx, identifier, change).await?;
            Ok(note(tx, Action::ResourceDelete, identifier, change).await?)
        })
    }

    pub(crate) async fn put_policy(
        &self,
        identifier: &str,
        xml: &str,
        by: &Writer,
    ) -> std::result::Result<(), WriteError> {
        let parsed = check(xml, identifier)?;
        db::write_tx!(self.db, "rr.policy.put", |tx| {
            let current = resources::get_in(tx, identifier).await?.ok_or(WriteError::Missing)?;
            if !by.owns(&current.owner_org_no) {
                return Err(WriteError::NotOwner);
            }
            let change = Change { at: self.clock.now(), by: &by.org_no };
            policies::put(tx, identifier, xml, &parsed, change).await?;
            Ok(note(tx, Action::PolicyPut, identifier, change).await?)
        })
    }

    /// Puts the policy of an app in place; an app that is not registered is made a resource first.
    pub(crate) async fn put_app_policy(
        &self,
        app: &Document,
        xml: &str,
    ) -> std::result::Result<(), WriteError> {
        let parsed = check(xml, app.identifier())?;
        db::write_tx!(self.db, "rr.app_policy.put", |tx| {
            let change = Change { at: self.clock.now(), by: app.authority("organization") };
            if resources::get_in(tx, app.identifier()).await?.is_none() {
                resources::put(tx, app, change).await?;
            }
            policies::put(tx, app.identifier(), xml, &parsed, change).await?;
            Ok(note(tx, Action::PolicyPut, app.identifier(), change).await?)
        })
    }

    /// The policy taken apart; `None` when there is none. What was stored was read before.
    pub(crate) async fn parsed_policy(&self, identifier: &str) -> Result<Option<xacml::Policy>> {
        let Some(text) = policies::get(&self.db, identifier).await? else { return Ok(None) };
        xacml::read_policy(&text.xml).map(Some).map_err(|error| db::Error::Decode {
            statement: "rr.policy",
            column: 1,
            reason: error.to_string(),
        })
    }
}

/// Writes down a change of a resource or its policy.
async fn note(tx: &mut Tx, action: Action, resource: &str, change: Change<'_>) -> db::Result<()> {
    audit::put(tx, &Entry::new(action, change.at, "resource", resource).resource(resource)).await
}

/// Carries a load error through a transaction.
struct SeedError(LoadError);

impl From<LoadError> for SeedError {
    fn from(error: LoadError) -> Self {
        Self(error)
    }
}

impl From<db::Error> for SeedError {
    fn from(error: db::Error) -> Self {
        Self(error.into())
    }
}

impl db::MaybeRetry for SeedError {
    fn db_error(&self) -> Option<&db::Error> {
        match &self.0 {
            LoadError::Db(error) => Some(error),
            LoadError::Input(_) => None,
        }
    }
}

/// A stored resource as other blocks see it.
fn told(stored: &resources::Stored) -> Resource {
    let document = &stored.document;
    let texts = |name: &str| document.get(name).cloned().unwrap_or_else(|| json!({}));
    Resource {
        identifier: document.identifier().to_owned(),
        resource_type: document.str("resourceType").to_owned(),
        title: texts("title"),
        description: texts("description"),
        owner_code: stored.owner_code.clone(),
        owner_org_no: stored.owner_org_no.clone(),
        delegable: document.flag("delegable", true),
        access_list_only: document.str("accessListMode") == "Enabled",
        document: document.answer(stored.version),
    }
}

#[async_trait]
impl resourceregistry::ResourceRegistry for ResourceRegistry {
    async fn resource(&self, identifier: &str) -> Result<Option<Resource>> {
        Ok(resources::get(&self.db, &identifier.to_lowercase()).await?.map(|stored| told(&stored)))
    }

    async fn resource_in(&self, tx: &mut Tx, identifier: &str) -> Result<Option<Resource>> {
        Ok(resources::get_in(tx, &identifier.to_lowercase()).await?.map(|stored| told(&stored)))
    }

    async fn policy_standing(&self, identifier: &str) -> Result<Option<PolicyStanding>> {
        policies::standing(&self.db, identifier).await
    }

    async fn on_access_list(&self, identifier: &str, party: Uuid, action: &str) -> Result<bool> {
        access_lists::opens(&self.db, identifier, party, action).await
    }

    async fn policy(&self, identifier: &str) -> Result<Option<PolicyText>> {
        policies::get(&self.db, identifier).await
    }

    async fn resources_by_subject(&self, subjects: &[String]) -> Result<Vec<(String, String)>> {
        policies::by_subjects(&self.db, subjects).await
    }

    async fn service_owner(&self, code_or_org_no: &str) -> Result<Option<ServiceOwner>> {
        Ok(owners::find(&self.db, code_or_org_no).await?.map(|found| found.owner))
    }
}

/// Names of service owners for lists: `{code: {…}}`.
pub(crate) fn owner_entry(owner: &owners::Owner, environment: &str) -> (String, Value) {
    let entry = json!({
        "name": owner.owner.name,
        "logo": null,
        "orgnr": owner.owner.org_no,
        "homepage": null,
        "environments": [environment],
    });
    (owner.owner.code.clone(), entry)
}
