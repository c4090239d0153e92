//! Whether the client may have the scopes it asks for (rows 13 to 17).

use crate::domain::client::Client;
use crate::domain::refusal::{Cause, Refusal, echo};
use kernel::{OrgNo, ScopeSet};
use serde_json::Value;

/// A scope as it concerns one consumer.
#[derive(Debug, Clone)]
pub struct Scope {
    /// `prefix:subscope`
    pub name: String,
    /// Everyone may have it.
    pub accessible_for_all: bool,
    /// The consumer has been granted it.
    pub granted: bool,
    /// Whose delegations count for it.
    pub delegation_source: Option<String>,
    /// Longest lifetime of a token with it, in seconds.
    pub max_age: Option<i64>,
    /// Which sorts of client may have it, space separated.
    pub integration_types: String,
}

/// The organisation on whose behalf the token is: the grant's `consumer_org` (rows 13 and 22), else the client's owner.
pub fn consumer(claim: Option<&Value>, client: &Client) -> Result<OrgNo, Refusal> {
    let Some(claim) = claim else { return Ok(client.org_no) };
    let org_no = claim.as_str().and_then(|text| OrgNo::parse_digits(text).ok()).ok_or_else(|| {
        Refusal::new(Cause::Parameter, "The claim consumer_org must be an organisation number")
    })?;
    if org_no == client.org_no {
        return Err(consumer_org("it is the client's own organisation"));
    }
    Ok(org_no)
}

/// Checks the scopes in the order of the table: all on one row before the next row.
pub fn check(wanted: &ScopeSet, client: &Client, consumer: OrgNo, scopes: &[Scope]) -> Result<(), Refusal> {
    let find = |name: &str| scopes.iter().find(|scope| scope.name == name);
    if let Some(name) =
        wanted.iter().find(|name| find(name).is_none() || !client.scopes.iter().any(|s| s == name))
    {
        let exists = if find(name).is_some() { "exists" } else { "does not exist" };
        return Err(Refusal::new(
            Cause::ScopeNotRegistered,
            format!("Scope {} is not registered on the client", echo(name)),
        )
        .because(format!("the scope {exists}; the client has {}", client.scopes.join(" "))));
    }
    let wrong_type = |scope: &&Scope| !scope.integration_types.split(' ').any(|kind| kind == "maskinporten");
    if let Some(scope) = wanted.iter().filter_map(find).find(wrong_type) {
        return Err(Refusal::new(
            Cause::ScopeType,
            format!("Scope {} is not for clients of the type maskinporten", scope.name),
        )
        .because(format!("it is for {}", scope.integration_types)));
    }
    if let Some(scope) =
        wanted.iter().filter_map(find).find(|scope| !scope.accessible_for_all && !scope.granted)
    {
        return Err(Refusal::new(
            Cause::ScopeNotGranted,
            format!("Consumer {consumer} has not been granted access to the scope {}", scope.name),
        ));
    }
    if consumer == client.org_no {
        return Ok(());
    }
    if let Some(scope) = wanted.iter().filter_map(find).find(|scope| scope.delegation_source.is_none()) {
        return Err(consumer_org(&format!("the scope {} cannot be delegated", scope.name)));
    }
    // Delegations of scopes are kept by access management, which has none to offer yet: nobody has delegated anything.
    Err(Refusal::new(
        Cause::NotDelegated,
        format!(
            "Consumer {consumer} has not delegated access to the scope {wanted} to supplier {}",
            client.org_no
        ),
    ))
}

fn consumer_org(why: &str) -> Refusal {
    Refusal::new(Cause::ConsumerOrg, "The combination of consumer_org and delegation scope is invalid")
        .because(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn org(text: &str) -> OrgNo {
        OrgNo::parse(text).unwrap()
    }

    fn client() -> Client {
        Client {
            client_id: "c".into(),
            org_no: org("974760673"),
            token_lifetime: None,
            keys: vec![],
            scopes: vec!["a:open".into(), "a:closed".into(), "a:login".into(), "a:lent".into()],
        }
    }

    fn scope(name: &str) -> Scope {
        Scope {
            name: name.into(),
            accessible_for_all: name != "a:closed",
            granted: false,
            delegation_source: (name == "a:lent").then(|| "https://tt02.altinn.no/".into()),
            max_age: None,
            integration_types: if name == "a:login" { "idporten".into() } else { "maskinporten krr".into() },
        }
    }

    fn refused(wanted: &str, consumer: &str) -> Option<(Option<&'static str>, &'static str, u16)> {
        let scopes: Vec<_> =
            ["a:open", "a:closed", "a:login", "a:lent", "a:other"].into_iter().map(scope).collect();
        let refusal = check(&ScopeSet::parse(wanted), &client(), org(consumer), &scopes).err()?;
        Some((refusal.code(), refusal.error(), refusal.status()))
    }

    #[test]
    fn rows_14_to_17() {
        assert_eq!(refused("a:open", "974760673"), None);
        assert_eq!(refused("a:closed a:other", "974760673"), Some((Some("MP-200"), "invalid_scope", 400)));
        assert_eq!(refused("a:missing", "974760673"), Some((Some("MP-200"), "invalid_scope", 400)));
        assert_eq!(refused("a:closed a:login", "974760673"), Some((Some("MP-201"), "invalid_scope", 400)));
        assert_eq!(refused("a:open a:closed", "974760673"), Some((Some("MP-250"), "access_denied", 403)));
        assert_eq!(refused("a:open", "991825827"), Some((None, "invalid_request", 400)));
        assert_eq!(refused("a:lent", "991825827"), Some((Some("MP-251"), "access_denied", 403)));
    }

    #[test]
    fn consumer_org_is_another_organisation() {
        let client = client();
        assert_eq!(consumer(None, &client), Ok(org("974760673")));
        assert_eq!(consumer(Some(&json!("991825827")), &client), Ok(org("991825827")));
        for (claim, error) in [
            (json!("974760673"), (None, "invalid_request")),
            (json!("99182582"), (Some("MP-011"), "invalid_request")),
            (json!("0192:991825827"), (Some("MP-011"), "invalid_request")),
            (json!(991_825_827), (Some("MP-011"), "invalid_request")),
        ] {
            let refusal = consumer(Some(&claim), &client).unwrap_err();
            assert_eq!((refusal.code(), refusal.error()), error, "{claim}");
        }
    }
}
