//! `authorization_details` (RFC 9396): the system user that the token is to carry (rows 18 to 20).

use crate::domain::refusal::{Cause, Refusal, echo};
use kernel::{Iso6523, OrgNo};
use serde_json::Value;

/// The one type that this server knows.
pub const SYSTEM_USER: &str = "urn:altinn:systemuser";

const MAX_EXTERNAL_REF: usize = 255;

/// Which system user the client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUserRequest {
    /// The owner.
    pub org_no: OrgNo,
    /// The vendor's own reference.
    pub external_ref: Option<String>,
}

/// Reads the claim.
pub fn read(claim: Option<&Value>) -> Result<Option<SystemUserRequest>, Refusal> {
    let Some(claim) = claim else { return Ok(None) };
    let malformed = |text: String| Refusal::new(Cause::DetailsFormat, text);
    let [Value::Object(details)] = claim.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(malformed("authorization_details must be an array of one object".into()));
    };
    let kind = details.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind != SYSTEM_USER {
        return Err(Refusal::new(
            Cause::DetailsType,
            format!("Unknown authorization_details type {}", echo(kind)),
        )
        .because(format!("the type must be {SYSTEM_USER}")));
    }
    if let Some(unknown) =
        details.keys().find(|name| !matches!(name.as_str(), "type" | "systemuser_org" | "externalRef"))
    {
        return Err(malformed(format!("Unknown member {} in authorization_details", echo(unknown))));
    }
    let organisation = details
        .get("systemuser_org")
        .ok_or_else(|| malformed("authorization_details has no systemuser_org".into()))?;
    let org_no = Iso6523::from_value(organisation)
        .map_err(|error| malformed(format!("systemuser_org in authorization_details: {error}")))?
        .org_no();
    let external_ref = match details.get("externalRef") {
        None => None,
        Some(Value::String(text)) if is_external_ref(text) => {
            Some(text.clone()).filter(|text| !text.is_empty())
        }
        Some(_) => {
            return Err(malformed(
                "externalRef in authorization_details must be at most 255 letters, digits, underscores and hyphens"
                    .into(),
            ));
        }
    };
    Ok(Some(SystemUserRequest { org_no, external_ref }))
}

fn is_external_ref(text: &str) -> bool {
    text.chars().count() <= MAX_EXTERNAL_REF
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "øØæÆåÅ_-".contains(c))
}

/// The refusal when no system user fits.
pub fn not_found(request: &SystemUserRequest, client_id: &str, vendor_org_no: OrgNo) -> Refusal {
    let reference = request.external_ref.as_deref().map_or_else(
        || "without externalRef".to_owned(),
        |reference| format!("with externalRef {reference}"),
    );
    Refusal::new(
        Cause::SystemUser,
        format!("System user for organisation {} {reference} was not found", request.org_no),
    )
    .because(format!(
        "looked for a live system user of {} {reference}, for a system of vendor {vendor_org_no} that lists the client \
         {client_id}; the customer must have approved it, externalRef must be the one of the request, and an agent \
         system user is named by its owner, never by a client of the owner",
        request.org_no
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn org() -> Value {
        json!({"authority": "iso6523-actorid-upis", "ID": "0192:974760673"})
    }

    #[test]
    fn reads_what_the_wire_allows() {
        assert_eq!(read(None), Ok(None));
        let read_one = |details: Value| read(Some(&json!([details]))).unwrap().unwrap();
        let plain = read_one(json!({"type": SYSTEM_USER, "systemuser_org": org()}));
        assert_eq!((plain.org_no.as_str(), plain.external_ref), ("974760673", None));
        let named =
            read_one(json!({"type": SYSTEM_USER, "systemuser_org": org(), "externalRef": "Blåbær_-1"}));
        assert_eq!(named.external_ref.as_deref(), Some("Blåbær_-1"));
        let empty = read_one(json!({"type": SYSTEM_USER, "systemuser_org": org(), "externalRef": ""}));
        assert_eq!(empty.external_ref, None);
    }

    #[test]
    fn rows_18_and_19() {
        let code = |claim: Value| read(Some(&claim)).unwrap_err().code().unwrap();
        assert_eq!(code(json!([{"type": "urn:altinn:consent"}])), "MP-301");
        assert_eq!(code(json!([{"systemuser_org": org()}])), "MP-301");
        for claim in [
            json!({"type": SYSTEM_USER, "systemuser_org": org()}),
            json!([]),
            json!([{"type": SYSTEM_USER, "systemuser_org": org()}, {"type": SYSTEM_USER, "systemuser_org": org()}]),
            json!([{"type": SYSTEM_USER}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": org(), "actions": []}]),
            json!([{"type": SYSTEM_USER, "systemuserorg": org()}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": "0192:974760673"}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": {"authority": "iso6523-actorid-upis", "id": "0192:974760673"}}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": org(), "externalRef": "a b"}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": org(), "externalRef": 7}]),
            json!([{"type": SYSTEM_USER, "systemuser_org": org(), "externalRef": "x".repeat(256)}]),
        ] {
            assert_eq!(code(claim.clone()), "MP-302", "{claim}");
        }
    }
}
