//! The access token: its claims and how long it lives.

use crate::domain::access::Scope;
use crate::domain::client::Client;

/// Lifetime when neither scope nor client has one, in seconds.
const DEFAULT_LIFETIME: i64 = 120;

/// How long the token lives, in seconds: the shortest that a scope asks for, else the client's own, else the default.
pub fn lifetime(client: &Client, scopes: &[Scope]) -> i64 {
    scopes
        .iter()
        .filter_map(|scope| scope.max_age)
        .filter(|age| *age > 0)
        .min()
        .or(client.token_lifetime.filter(|lifetime| *lifetime > 0))
        .unwrap_or(DEFAULT_LIFETIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_before_client_before_default() {
        let mut client = Client {
            client_id: String::new(),
            org_no: kernel::OrgNo::parse("974760673").unwrap(),
            token_lifetime: None,
            keys: vec![],
            scopes: vec![],
        };
        let scope = |max_age| Scope {
            name: String::new(),
            accessible_for_all: true,
            granted: false,
            delegation_source: None,
            max_age,
            integration_types: String::new(),
        };
        assert_eq!(lifetime(&client, &[scope(None), scope(Some(0))]), 120);
        client.token_lifetime = Some(600);
        assert_eq!(lifetime(&client, &[scope(None)]), 600);
        assert_eq!(lifetime(&client, &[scope(Some(1000)), scope(Some(300)), scope(None)]), 300);
    }
}
