//! A resource document and what is read from it.

use super::fields::{self, Fault};
use ports::resourceregistry::ServiceOwner;
use serde_json::{Map, Value, json};

/// A resource in its wire form.
#[derive(Debug, Clone, PartialEq)]
pub struct Document(Map<String, Value>);

impl Document {
    /// Reads what a client sent.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        fields::read(value).map(Self)
    }

    /// What the registry keeps of an app that nobody has registered.
    pub fn app(id: &str, app: &str, owner: &ServiceOwner) -> Self {
        let texts = json!({"nb": app, "nn": app, "en": app});
        let document = json!({
            "identifier": id, "title": texts, "description": texts, "rightDescription": texts,
            "contactPoints": [], "resourceType": "AltinnApp",
            "resourceReferences": [{"referenceSource": "Altinn3", "referenceType": "ApplicationId",
                "reference": format!("{}/{app}", owner.code)}],
            "hasCompetentAuthority": {"name": owner.name, "organization": owner.org_no, "orgcode": owner.code},
        });
        Self(match document {
            Value::Object(members) => members,
            _ => Map::new(),
        })
    }

    /// Reads what was stored.
    pub fn stored(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).map(Self)
    }

    /// The text that is stored.
    pub fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// All members, in order.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A member that is a text, empty when absent.
    pub fn str(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A flag, or what it is when absent.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(default)
    }

    /// `identifier`
    pub fn identifier(&self) -> &str {
        self.str("identifier")
    }

    /// A member of `hasCompetentAuthority` that is a text.
    pub fn authority(&self, name: &str) -> &str {
        self.0
            .get("hasCompetentAuthority")
            .and_then(|authority| authority.get(name))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The items of a list.
    pub fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Values of references of a type.
    pub fn references<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.list("resourceReferences")
            .iter()
            .filter(move |reference| reference["referenceType"] == kind)
            .filter_map(|reference| reference["reference"].as_str())
    }

    /// The resource attributes that name it in a policy.
    pub fn authorization_reference(&self) -> Value {
        authorization_reference(self.identifier(), self.str("resourceType"))
    }

    /// As it is answered: with defaults, what authorises it, and its version.
    pub fn answer(&self, version: i64) -> Value {
        let mut out = self.0.clone();
        out.entry("delegable").or_insert(json!(true));
        out.entry("visible").or_insert(json!(true));
        out.entry("accessListMode").or_insert(json!("Disabled"));
        out.entry("selfIdentifiedUserEnabled").or_insert(json!(false));
        out.entry("enterpriseUserEnabled").or_insert(json!(false));
        out.insert("authorizationReference".to_owned(), self.authorization_reference());
        out.entry("isOneTimeConsent").or_insert(json!(false));
        out.insert("versionId".to_owned(), json!(version));
        Value::Object(out)
    }
}

/// Apps are named by organisation and app, everything else by its id.
fn authorization_reference(identifier: &str, resource_type: &str) -> Value {
    if matches!(resource_type, "AltinnApp" | "MigratedApp")
        && let Some((org, app)) = app_of(identifier)
    {
        return json!([{"id": "urn:altinn:org", "value": org}, {"id": "urn:altinn:app", "value": app}]);
    }
    json!([{"id": "urn:altinn:resource", "value": identifier}])
}

/// Id of an app in the registry; `None` when a name has other letters than an app's may have.
pub fn app_id(org: &str, app: &str) -> Option<String> {
    let fits = |name: &str| {
        (2..=50).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    (fits(org) && fits(app)).then(|| format!("app_{org}_{app}"))
}

/// Organisation and app of `app_{org}_{app}`.
pub fn app_of(identifier: &str) -> Option<(&str, &str)> {
    identifier.strip_prefix("app_")?.split_once('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_that_nobody_registered_is_a_valid_resource() {
        let owner = ServiceOwner {
            code: "ttd".to_owned(),
            org_no: "991825827".to_owned(),
            name: json!({"nb": "Testdepartementet", "nn": "Testdepartementet", "en": "Test ministry"}),
        };
        let id = app_id("ttd", "apps-test").unwrap();
        let document = Document::app(&id, "apps-test", &owner);
        assert_eq!(crate::domain::validation::validate(&document, true), []);
        assert_eq!(app_of(document.identifier()), Some(("ttd", "apps-test")));
        assert_eq!((app_id("ttd", "a_b"), app_id("", "ab"), app_id("ttd", "../x")), (None, None, None));
    }
}
