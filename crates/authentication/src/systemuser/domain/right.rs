//! Rights and access packages as a vendor writes them. They are stored and given back as sent.

use ports::accessmanagement::Grant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Attribute id that names a resource of the registry.
pub(crate) const RESOURCE: &str = "urn:altinn:resource";

/// One attribute of a resource reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Attribute {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub value: String,
}

/// A right to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Right {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default)]
    pub resource: Vec<Attribute>,
}

/// An access package by URN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AccessPackage {
    #[serde(default)]
    pub urn: String,
}

impl Right {
    /// What makes two rights the same: the attributes, whatever their order; never the action.
    pub(crate) fn key(&self) -> BTreeSet<&Attribute> {
        self.resource.iter().collect()
    }

    /// Registry id of the resource, if the right names one.
    pub(crate) fn resource_id(&self) -> Option<&str> {
        self.resource
            .iter()
            .find(|attribute| attribute.id == RESOURCE)
            .map(|attribute| attribute.value.as_str())
    }

    /// A right to every delegable action of the resource.
    pub(crate) fn to_resource(resource: &str) -> Self {
        Self {
            action: None,
            resource: vec![Attribute { id: RESOURCE.to_owned(), value: resource.to_owned() }],
        }
    }

    /// With `app_{org}_{app}` split into organisation and app, as older clients expect it.
    pub(crate) fn in_old_app_format(&self) -> Self {
        let split = |attribute: &Attribute| {
            let rest = attribute.value.strip_prefix("app_").filter(|_| attribute.id == RESOURCE)?;
            let (org, app) = rest.split_once('_')?;
            Some(vec![
                Attribute { id: "urn:altinn:org".to_owned(), value: org.to_owned() },
                Attribute { id: "urn:altinn:app".to_owned(), value: app.to_owned() },
            ])
        };
        Self {
            action: self.action.clone(),
            resource: self
                .resource
                .iter()
                .flat_map(|attribute| split(attribute).unwrap_or_else(|| vec![attribute.clone()]))
                .collect(),
        }
    }
}

/// The single rights as grants; the action is left open, since all delegable actions are given.
pub(crate) fn right_grants(rights: &[Right]) -> Vec<Grant> {
    rights
        .iter()
        .filter_map(Right::resource_id)
        .map(|resource| {
            Grant::Right(ports::accessmanagement::Right { resource: resource.to_owned(), action: None })
        })
        .collect()
}

/// The packages as grants.
pub(crate) fn package_grants(packages: &[AccessPackage]) -> Vec<Grant> {
    packages.iter().map(|package| Grant::Package(package.urn.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_ignores_action_and_order() {
        let one = Attribute { id: "urn:altinn:org".into(), value: "ttd".into() };
        let two = Attribute { id: "urn:altinn:app".into(), value: "a".into() };
        let left = Right { action: Some("read".into()), resource: vec![one.clone(), two.clone()] };
        let right = Right { action: None, resource: vec![two, one] };
        assert_eq!(left.key(), right.key());
    }

    #[test]
    fn old_format_splits_only_apps() {
        let app = Right::to_resource("app_ttd_skjema_1").in_old_app_format();
        let pairs: Vec<_> = app.resource.iter().map(|a| (a.id.as_str(), a.value.as_str())).collect();
        assert_eq!(pairs, [("urn:altinn:org", "ttd"), ("urn:altinn:app", "skjema_1")]);
        let plain = Right::to_resource("ske-melding");
        assert_eq!(plain.in_old_app_format(), plain);
    }
}
