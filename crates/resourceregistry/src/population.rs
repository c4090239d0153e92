//! Loading of `serviceOwners` and `resources` from population files.

use crate::domain::document::Document;
use crate::domain::fields;
use crate::domain::policy::check;
use crate::domain::validation::validate;
use crate::service::ResourceRegistry;
use crate::store::owners::{self, Owner};
use crate::store::resources::Outcome;
use crate::store::{Change, policies, resources};
use async_trait::async_trait;
use db::Tx;
use ports::population::{Counts, ImportError, LoadError, PopulationSink};
use ports::resourceregistry::ServiceOwner;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

const SERVICE_OWNERS: &str = "serviceOwners";
const RESOURCES: &str = "resources";
/// Who is written down as the author of what a file brought.
const LOADER: &str = "population";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OwnerItem {
    code: String,
    org_no: String,
    name: Map<String, Value>,
    #[serde(default)]
    scope_prefixes: Vec<String>,
}

fn fault(index: usize, field: &str, reason: impl Into<String>) -> ImportError {
    let pointer = if field.is_empty() { format!("/{index}") } else { format!("/{index}/{field}") };
    ImportError::new(pointer, reason)
}

fn read_owner(index: usize, item: &Value) -> Result<Owner, ImportError> {
    let item: OwnerItem =
        serde_json::from_value(item.clone()).map_err(|error| fault(index, "", error.to_string()))?;
    let code = item.code.to_lowercase();
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Err(fault(index, "code", "a code is letters and digits"));
    }
    if item.org_no.len() != 9 || !item.org_no.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault(index, "orgNo", "an organisation number has nine digits"));
    }
    if !item.name.get("nb").is_some_and(Value::is_string) {
        return Err(fault(index, "name/nb", "a name in bokmål is wanted"));
    }
    Ok(Owner {
        owner: ServiceOwner { code, org_no: item.org_no, name: Value::Object(item.name) },
        scope_prefixes: json!(item.scope_prefixes),
    })
}

/// A resource and its policy.
struct ResourceItem {
    document: Document,
    policy: Option<(String, xacml::Policy)>,
}

fn read_resource(index: usize, item: &Value) -> Result<ResourceItem, ImportError> {
    let mut object = item.as_object().cloned().ok_or_else(|| fault(index, "", "a resource is an object"))?;
    let policy = object.remove("policy");
    if object.contains_key("policyFile") {
        return Err(fault(index, "policyFile", "the file was not put in place of its name"));
    }
    if let Some(name) = fields::unknown_members(&object).next() {
        return Err(fault(index, name, "unknown member"));
    }
    let document = Document::read(&Value::Object(object)).map_err(|(path, reason)| {
        fault(index, &path.trim_start_matches("$.").replace(['.', '['], "/").replace(']', ""), reason)
    })?;
    if let Some((field, reason)) = validate(&document, false).into_iter().next() {
        let pointer = field.split('.').map(lower_first).collect::<Vec<_>>().join("/");
        return Err(fault(index, &pointer, reason));
    }
    let policy = match policy {
        None => None,
        Some(Value::String(xml)) => {
            let parsed = check(&xml, document.identifier())
                .map_err(|error| fault(index, "policy", error.to_string()))?;
            Some((xml, parsed))
        }
        Some(_) => return Err(fault(index, "policy", "a policy is XML text")),
    };
    Ok(ResourceItem { document, policy })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[async_trait]
impl PopulationSink for ResourceRegistry {
    fn members(&self) -> &'static [&'static str] {
        &[SERVICE_OWNERS, RESOURCES]
    }

    async fn load(&self, tx: &mut Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
        let mut counts = Counts::default();
        let change = Change { at: self.clock.now(), by: LOADER };
        for (index, item) in items.iter().enumerate() {
            let outcome = if member == SERVICE_OWNERS {
                let owner = read_owner(index, item)?;
                load_owner(tx, &owner).await.map_err(|error| match error {
                    db::Error::Unique(_) => LoadError::Input(fault(
                        index,
                        "orgNo",
                        "another service owner has this organisation number",
                    )),
                    other => LoadError::Db(other),
                })?
            } else {
                load_resource(tx, &read_resource(index, item)?, change).await?
            };
            match outcome {
                Outcome::Created => counts.created += 1,
                Outcome::Updated => counts.updated += 1,
                Outcome::Unchanged => counts.unchanged += 1,
            }
        }
        Ok(counts)
    }

    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error> {
        if member == SERVICE_OWNERS {
            let item = |owner: Owner| {
                json!({"code": owner.owner.code, "orgNo": owner.owner.org_no, "name": owner.owner.name,
                    "scopePrefixes": owner.scope_prefixes})
            };
            return Ok(owners::all(&self.db).await?.into_iter().map(item).collect());
        }
        let mut policies: HashMap<String, String> = policies::all(&self.db).await?.into_iter().collect();
        let stored = resources::all(&self.db).await?;
        Ok(stored
            .into_iter()
            .map(|resource| {
                let mut item = resource.document.members().clone();
                if let Some(xml) = policies.remove(resource.document.identifier()) {
                    item.insert("policy".to_owned(), Value::String(xml));
                }
                Value::Object(item)
            })
            .collect())
    }
}

async fn load_resource(tx: &mut Tx, item: &ResourceItem, change: Change<'_>) -> db::Result<Outcome> {
    let ResourceItem { document, policy } = item;
    let outcome = resources::put(tx, document, change).await?;
    let changed = match policy {
        Some((xml, parsed)) => policies::put(tx, document.identifier(), xml, parsed, change).await?,
        None => false,
    };
    Ok(if changed && outcome == Outcome::Unchanged { Outcome::Updated } else { outcome })
}

/// Puts a built-in resource in place, unless someone has made it their own.
pub async fn load_built_in(
    tx: &mut Tx,
    index: usize,
    item: &Value,
    change: Change<'_>,
) -> Result<(), LoadError> {
    let item = read_resource(index, item)?;
    if !resources::changed_by_others(tx, item.document.identifier(), change.by).await? {
        load_resource(tx, &item, change).await?;
    }
    Ok(())
}

async fn load_owner(tx: &mut Tx, owner: &Owner) -> db::Result<Outcome> {
    let known = owners::find_in(tx, &owner.owner.code).await?;
    if known.as_ref() == Some(owner) {
        return Ok(Outcome::Unchanged);
    }
    owners::put(tx, owner).await?;
    Ok(if known.is_some() { Outcome::Updated } else { Outcome::Created })
}
