//! Validation of a resource (resource-registry.md §1). Errors are keyed by field, as the wire names them.

use super::document::Document;
use super::fields::RESOURCE_TYPES;
use serde_json::Value;

/// Field and message.
pub type FieldError = (&'static str, String);

const LANGUAGES: [&str; 3] = ["en", "nb", "nn"];

/// Everything that is wrong with a document, in the order of the fields. `new` adds what only a new one must fulfil.
pub fn validate(document: &Document, new: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    identifier(document, new, &mut errors);
    texts(document, "title", "Title", &mut errors);
    texts(document, "description", "Description", &mut errors);
    if document.flag("delegable", true) {
        texts(document, "rightDescription", "RightDescription", &mut errors);
    }
    if document.get("contactPoints").is_none() {
        errors.push(("ContactPoints", "The ContactPoints field is required.".to_owned()));
    }
    references(document, &mut errors);
    authority(document, &mut errors);
    let resource_type = document.str("resourceType");
    if resource_type.is_empty() || resource_type == RESOURCE_TYPES[0] {
        errors.push(("ResourceType", "ResourceType is missing or not valid".to_owned()));
    }
    if resource_type == "Consent" && document.str("consentTemplate").is_empty() {
        errors.push((
            "ConsentTemplate",
            "A resource of type Consent must name its ConsentTemplate.".to_owned(),
        ));
    }
    errors
}

fn identifier(document: &Document, new: bool, errors: &mut Vec<FieldError>) {
    let id = document.identifier();
    let mut push = |message: &str| errors.push(("Identifier", message.to_owned()));
    if id.is_empty() {
        return push("The Identifier field is required.");
    }
    if new && !is_identifier(id) && !is_migrated_app(id) {
        push(
            "Invalid id. Only lower case letters, digits, dash and underscore are allowed, and at least four characters.",
        );
    }
    let is_app = matches!(document.str("resourceType"), "AltinnApp" | "MigratedApp");
    if id.starts_with("app_") != is_app {
        push("The prefix app_ is for resources of type AltinnApp and MigratedApp, and these must have it.");
    } else if is_app && !id.starts_with(&format!("app_{}_", document.authority("orgcode").to_lowercase())) {
        push("The id of an app starts with app_ and the code of its competent authority.");
    }
    let from_altinn2 = document.references("ServiceCode").next().is_some()
        && document.references("ServiceEditionCode").next().is_some();
    if id.starts_with("se_") && !from_altinn2 {
        push("The prefix se_ is for resources with references of type ServiceCode and ServiceEditionCode.");
    }
}

fn is_identifier(id: &str) -> bool {
    (4..=100).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// `app_{org}_a1-{…}:{…}`, an app migrated from the first Altinn.
fn is_migrated_app(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    let word = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    id.strip_prefix("app_")
        .and_then(|rest| rest.split_once("_a1-"))
        .and_then(|(org, rest)| rest.rsplit_once(':').map(|(name, edition)| (org, name, edition)))
        .is_some_and(|(org, name, edition)| word(org, b"") && !name.is_empty() && word(edition, b"."))
}

fn texts(document: &Document, member: &str, field: &'static str, errors: &mut Vec<FieldError>) {
    let Some(texts) = document.get(member).and_then(Value::as_object) else {
        errors.push((field, format!("The {field} field is required.")));
        return;
    };
    for language in LANGUAGES {
        if texts.get(language).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty()) {
            errors.push((field, format!("Missing {field} in language {language}")));
        }
    }
}

fn references(document: &Document, errors: &mut Vec<FieldError>) {
    let mut push = |message: String| errors.push(("ResourceReferences", message));
    for reference in document.list("resourceReferences") {
        if reference["reference"].as_str().is_none_or(|text| text.trim().is_empty()) {
            push("A reference is empty.".to_owned());
        }
    }
    match document.str("resourceType") {
        "MaskinportenSchema" if document.references("MaskinportenScope").next().is_none() => {
            push(
                "A resource of type MaskinportenSchema needs a reference of type MaskinportenScope."
                    .to_owned(),
            );
        }
        "AltinnApp" | "MigratedApp" => {
            let named = super::document::app_of(document.identifier());
            let wanted = named.map(|(org, app)| format!("{org}/{app}")).unwrap_or_default();
            let has = document.list("resourceReferences").iter().any(|reference| {
                reference["referenceSource"] == "Altinn3"
                    && reference["referenceType"] == "ApplicationId"
                    && reference["reference"]
                        .as_str()
                        .is_some_and(|value| value.eq_ignore_ascii_case(&wanted))
            });
            if !has {
                push(format!(
                    "An app needs a reference of source Altinn3, type ApplicationId and value {wanted}."
                ));
            }
        }
        _ => {}
    }
}

fn authority(document: &Document, errors: &mut Vec<FieldError>) {
    if document.get("hasCompetentAuthority").is_none() {
        errors.push(("HasCompetentAuthority", "The HasCompetentAuthority field is required.".to_owned()));
        return;
    }
    let code = document.authority("orgcode");
    if code.is_empty() {
        errors.push((
            "HasCompetentAuthority.Orgcode",
            "The code of the competent authority is required.".to_owned(),
        ));
    }
    let number = document.authority("organization");
    let is_number = number.len() == 9 && number.bytes().all(|byte| byte.is_ascii_digit());
    let may_lack = number.is_empty() && code.eq_ignore_ascii_case("ttd");
    if !is_number && !may_lack {
        errors.push((
            "HasCompetentAuthority.Organization",
            "The organisation number of the competent authority has nine digits.".to_owned(),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(change: impl FnOnce(&mut Value)) -> Document {
        let texts = json!({"nb": "a", "nn": "b", "en": "c"});
        let mut value = json!({
            "identifier": "skd-x", "title": texts, "description": texts, "rightDescription": texts,
            "contactPoints": [], "resourceType": "GenericAccessResource",
            "hasCompetentAuthority": {"name": texts, "organization": "974761076", "orgcode": "skd"},
        });
        change(&mut value);
        Document::read(&value).unwrap()
    }

    fn fields(change: impl FnOnce(&mut Value)) -> Vec<&'static str> {
        validate(&document(change), true).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_whole_resource_has_no_errors() {
        assert!(fields(|_| ()).is_empty());
    }

    #[test]
    fn each_rule_names_its_field() {
        assert_eq!(fields(|d| d["identifier"] = json!("Æ b")), ["Identifier"]);
        assert_eq!(fields(|d| d["identifier"] = json!("abc")), ["Identifier"]);
        assert_eq!(fields(|d| d["identifier"] = json!("app_skd_x")), ["Identifier"]);
        assert_eq!(fields(|d| d["identifier"] = json!("se_1_2")), ["Identifier"]);
        assert_eq!(fields(|d| d["title"] = json!({"nb": "x", "en": "y"})), ["Title"]);
        assert_eq!(
            fields(|d| _ = d.as_object_mut().unwrap().remove("rightDescription")),
            ["RightDescription"]
        );
        assert_eq!(fields(|d| d["resourceType"] = json!("Default")), ["ResourceType"]);
        assert_eq!(fields(|d| d["resourceType"] = json!("MaskinportenSchema")), ["ResourceReferences"]);
        assert_eq!(
            fields(|d| d["hasCompetentAuthority"]["organization"] = json!("1")),
            ["HasCompetentAuthority.Organization"]
        );
    }

    #[test]
    fn what_is_not_delegable_needs_no_description_of_rights_and_ttd_no_number() {
        assert!(
            fields(|d| {
                d["delegable"] = json!(false);
                d["rightDescription"] = Value::Null;
                d["hasCompetentAuthority"] = json!({"orgcode": "TTD"});
            })
            .is_empty()
        );
    }

    #[test]
    fn an_app_is_known_by_prefix_and_reference() {
        let app = |reference: &'static str| {
            fields(move |d| {
                d["identifier"] = json!("app_skd_form");
                d["resourceType"] = json!("AltinnApp");
                d["resourceReferences"] = json!([
                    {"referenceSource": "Altinn3", "referenceType": "ApplicationId", "reference": reference}]);
            })
        };
        assert!(app("skd/form").is_empty());
        assert_eq!(app("brg/form"), ["ResourceReferences"]);
    }
}
