//! Scopes and clients of population files.

use crate::wire::population::{ClientItem, ScopeItem};
use db::{Tx, params};
use jiff::{Timestamp, ToSpan};
use jose::Jwks;
use kernel::OrgNo;
use ports::population::{Counts, ImportError, LoadError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

db::statements! {
    PREFIXES = "maskinporten.prefixes", "SELECT prefix, owner_org_no FROM maskinporten_prefix";
    PREFIX_ADD = "maskinporten.prefix_add", "INSERT INTO maskinporten_prefix (prefix, owner_org_no) VALUES ($1, $2)";
    SCOPES_ALL = "maskinporten.scopes_all", Heavy,
        "SELECT name, owner_org_no, description, accessible_for_all, delegation_source, max_age \
         FROM maskinporten_scope WHERE active ORDER BY name";
    GRANTS_ALL = "maskinporten.scope_grants_all", Heavy,
        "SELECT scope, consumer_org_no FROM maskinporten_scope_grant ORDER BY scope, consumer_org_no";
    SCOPE_PUT = "maskinporten.scope_put",
        "INSERT INTO maskinporten_scope (name, prefix, owner_org_no, description, accessible_for_all, \
         delegation_source, max_age, integration_types, active) VALUES ($1, $2, $3, $4, $5, $6, $7, 'maskinporten', \
         TRUE) ON CONFLICT (name) DO UPDATE SET owner_org_no = excluded.owner_org_no, \
         description = excluded.description, accessible_for_all = excluded.accessible_for_all, \
         delegation_source = excluded.delegation_source, max_age = excluded.max_age, active = TRUE";
    GRANTS_CLEAR = "maskinporten.scope_grants_clear", "DELETE FROM maskinporten_scope_grant WHERE scope = $1";
    GRANT_PUT = "maskinporten.scope_grant_put",
        "INSERT INTO maskinporten_scope_grant (scope, consumer_org_no, granted_at) VALUES ($1, $2, $3)";
    CLIENTS_ALL = "maskinporten.clients_all", Heavy,
        "SELECT client_id, org_no, name, supplier_org_no, token_lifetime FROM maskinporten_client WHERE active \
         ORDER BY client_id";
    KEYS_ALL = "maskinporten.client_keys_all", Heavy,
        "SELECT client_id, jwk FROM maskinporten_client_key ORDER BY client_id, kid";
    CLIENT_SCOPES_ALL = "maskinporten.client_scopes_all", Heavy,
        "SELECT client_id, scope FROM maskinporten_client_scope ORDER BY client_id, scope";
    CLIENT_PUT = "maskinporten.client_put",
        "INSERT INTO maskinporten_client (client_id, org_no, name, supplier_org_no, token_lifetime, active, version, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, TRUE, 1, $6, $6) ON CONFLICT (client_id) DO UPDATE SET \
         org_no = excluded.org_no, name = excluded.name, supplier_org_no = excluded.supplier_org_no, \
         token_lifetime = excluded.token_lifetime, active = TRUE, version = maskinporten_client.version + 1, \
         updated_at = excluded.updated_at";
    KEYS_CLEAR = "maskinporten.client_keys_clear", "DELETE FROM maskinporten_client_key WHERE client_id = $1";
    KEY_PUT = "maskinporten.client_key_put",
        "INSERT INTO maskinporten_client_key (client_id, kid, jwk, uploaded_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)";
    CLIENT_SCOPES_CLEAR = "maskinporten.client_scopes_clear",
        "DELETE FROM maskinporten_client_scope WHERE client_id = $1";
    CLIENT_SCOPE_PUT = "maskinporten.client_scope_put",
        "INSERT INTO maskinporten_client_scope (client_id, scope) VALUES ($1, $2)";
}

/// Longest lifetime of a token that may be asked for, in seconds.
const MAX_AGE: i64 = 86_400;

/// Loads `scopes`; a prefix belongs to the owner of its first scope.
pub async fn load_scopes(tx: &mut Tx, items: &[Value], now: Timestamp) -> Result<Counts, LoadError> {
    let mut known = scopes(tx).await?;
    let mut prefixes = BTreeMap::new();
    for row in tx.query(&PREFIXES, &[]).await? {
        prefixes.insert(row.get::<String>(0)?, row.get::<String>(1)?);
    }
    let mut counts = Counts::default();
    for (at, item) in items.iter().enumerate() {
        let mut item: ScopeItem = read(at, item)?;
        let (prefix, _) = kernel::scope::split(&item.name)
            .ok_or_else(|| refused(at, "/name", "a scope is written prefix:subscope"))?;
        let prefix = prefix.to_owned();
        check_org_no(at, "/owner", &item.owner)?;
        for (grant, consumer) in item.granted_to.iter().enumerate() {
            check_org_no(at, &format!("/grantedTo/{grant}"), consumer)?;
        }
        check_lifetime(at, "/maxAge", item.max_age)?;
        sort(&mut item.granted_to);
        match prefixes.get(&prefix) {
            None => {
                tx.execute(&PREFIX_ADD, &params![&prefix, &item.owner]).await?;
                prefixes.insert(prefix.clone(), item.owner.clone());
            }
            Some(owner) if *owner != item.owner => {
                return Err(refused(at, "/owner", &format!("the prefix {prefix} belongs to {owner}")));
            }
            Some(_) => {}
        }
        if count(&mut counts, known.get(&item.name), &item) {
            put_scope(tx, &item, &prefix, now).await?;
            known.insert(item.name.clone(), item);
        }
    }
    Ok(counts)
}

async fn put_scope(tx: &mut Tx, item: &ScopeItem, prefix: &str, now: Timestamp) -> db::Result<()> {
    let params = params![
        &item.name,
        prefix,
        &item.owner,
        item.description.as_deref(),
        item.accessible_for_all,
        item.delegation_source.as_deref(),
        item.max_age
    ];
    tx.execute(&SCOPE_PUT, &params).await?;
    tx.execute(&GRANTS_CLEAR, &params![&item.name]).await?;
    for consumer in &item.granted_to {
        tx.execute(&GRANT_PUT, &params![&item.name, consumer, now]).await?;
    }
    Ok(())
}

/// Loads `maskinportenClients`; their scopes must exist. Keys live for a year from the load that brought them.
pub async fn load_clients(
    tx: &mut Tx,
    items: &[Value],
    now: Timestamp,
    sandbox: bool,
) -> Result<Counts, LoadError> {
    let mut known = clients(tx).await?;
    let scopes: BTreeSet<String> = scopes(tx).await?.into_keys().collect();
    let mut counts = Counts::default();
    for (at, item) in items.iter().enumerate() {
        let mut item: ClientItem = read(at, item)?;
        let is_id =
            |id: &str| !id.is_empty() && id.len() <= 255 && id.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_id(&item.client_id) {
            return Err(refused(at, "/clientId", "a client id has 1 to 255 visible ASCII characters"));
        }
        check_org_no(at, "/orgNo", &item.org_no)?;
        if let Some(supplier) = &item.supplier_org_no {
            check_org_no(at, "/supplierOrgNo", supplier)?;
        }
        check_lifetime(at, "/tokenLifetime", item.token_lifetime)?;
        if let Some(scope) = item.scopes.iter().position(|scope| !scopes.contains(scope)) {
            return Err(refused(at, &format!("/scopes/{scope}"), "no such scope"));
        }
        sort(&mut item.scopes);
        let keys = match &item.jwks {
            None => Jwks::default(),
            Some(jwks) => {
                Jwks::from_client(jwks).map_err(|error| refused(at, "/jwks", &error.to_string()))?
            }
        };
        if !sandbox && keys.keys().iter().any(jose::sandbox::is_sandbox_key) {
            return Err(refused(at, "/jwks", "this is a public sandbox key; production needs another"));
        }
        item.jwks = canonical(keys.keys().iter().map(jose::PublicKey::to_jwk).collect());
        if count(&mut counts, known.get(&item.client_id), &item) {
            put_client(tx, &item, &keys, now).await?;
            known.insert(item.client_id.clone(), item);
        }
    }
    Ok(counts)
}

async fn put_client(tx: &mut Tx, item: &ClientItem, keys: &Jwks, now: Timestamp) -> db::Result<()> {
    let params = params![
        &item.client_id,
        &item.org_no,
        item.name.as_deref(),
        item.supplier_org_no.as_deref(),
        item.token_lifetime,
        now
    ];
    tx.execute(&CLIENT_PUT, &params).await?;
    tx.execute(&KEYS_CLEAR, &params![&item.client_id]).await?;
    let expires = now.checked_add((365 * 24).hours()).unwrap_or(Timestamp::MAX);
    for key in keys.keys() {
        let jwk = key.to_jwk().to_string();
        tx.execute(&KEY_PUT, &params![&item.client_id, key.kid(), jwk, now, expires]).await?;
    }
    tx.execute(&CLIENT_SCOPES_CLEAR, &params![&item.client_id]).await?;
    for scope in &item.scopes {
        tx.execute(&CLIENT_SCOPE_PUT, &params![&item.client_id, scope]).await?;
    }
    Ok(())
}

/// All active scopes, by name.
pub async fn scopes(tx: &mut Tx) -> db::Result<BTreeMap<String, ScopeItem>> {
    let mut scopes = BTreeMap::new();
    for row in tx.query(&SCOPES_ALL, &[]).await? {
        let item = ScopeItem {
            name: row.get(0)?,
            owner: row.get(1)?,
            description: row.get(2)?,
            accessible_for_all: row.get(3)?,
            delegation_source: row.get(4)?,
            max_age: row.get(5)?,
            granted_to: Vec::new(),
        };
        scopes.insert(item.name.clone(), item);
    }
    for row in tx.query(&GRANTS_ALL, &[]).await? {
        if let Some(scope) = scopes.get_mut(&row.get::<String>(0)?) {
            scope.granted_to.push(row.get(1)?);
        }
    }
    Ok(scopes)
}

/// All active clients, by id.
pub async fn clients(tx: &mut Tx) -> db::Result<BTreeMap<String, ClientItem>> {
    let mut clients = BTreeMap::new();
    for row in tx.query(&CLIENTS_ALL, &[]).await? {
        let item = ClientItem {
            client_id: row.get(0)?,
            org_no: row.get(1)?,
            name: row.get(2)?,
            supplier_org_no: row.get(3)?,
            token_lifetime: row.get(4)?,
            scopes: Vec::new(),
            jwks: None,
        };
        clients.insert(item.client_id.clone(), item);
    }
    for row in tx.query(&CLIENT_SCOPES_ALL, &[]).await? {
        if let Some(client) = clients.get_mut(&row.get::<String>(0)?) {
            client.scopes.push(row.get(1)?);
        }
    }
    let mut keys: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in tx.query(&KEYS_ALL, &[]).await? {
        let jwk = serde_json::from_str(&row.get::<String>(1)?).map_err(|error| db::Error::Decode {
            statement: KEYS_ALL.name(),
            column: 1,
            reason: error.to_string(),
        })?;
        keys.entry(row.get(0)?).or_default().push(jwk);
    }
    for (client_id, keys) in keys {
        if let Some(client) = clients.get_mut(&client_id) {
            client.jwks = canonical(keys);
        }
    }
    Ok(clients)
}

/// Keys in the order of their ids, so that the same set always looks the same.
fn canonical(mut keys: Vec<Value>) -> Option<Value> {
    keys.sort_by(|a, b| a["kid"].as_str().cmp(&b["kid"].as_str()));
    (!keys.is_empty()).then(|| json!({"keys": keys}))
}

/// Counts the item and tells whether it must be written.
fn count<T: PartialEq>(counts: &mut Counts, known: Option<&T>, item: &T) -> bool {
    match known {
        None => counts.created += 1,
        Some(same) if same == item => {
            counts.unchanged += 1;
            return false;
        }
        Some(_) => counts.updated += 1,
    }
    true
}

fn sort(texts: &mut Vec<String>) {
    texts.sort();
    texts.dedup();
}

fn read<T: DeserializeOwned>(at: usize, item: &Value) -> Result<T, LoadError> {
    serde::Deserialize::deserialize(item)
        .map_err(|error: serde_json::Error| refused(at, "", &error.to_string()))
}

fn check_org_no(at: usize, field: &str, org_no: &str) -> Result<(), LoadError> {
    OrgNo::parse_digits(org_no).map(|_| ()).map_err(|error| refused(at, field, &error.to_string()))
}

fn check_lifetime(at: usize, field: &str, seconds: Option<i64>) -> Result<(), LoadError> {
    match seconds {
        Some(seconds) if !(0..=MAX_AGE).contains(&seconds) => {
            Err(refused(at, field, "a lifetime is 0 to 86400 seconds"))
        }
        _ => Ok(()),
    }
}

fn refused(at: usize, field: &str, reason: &str) -> LoadError {
    LoadError::Input(ImportError { pointer: format!("/{at}{field}"), reason: reason.to_owned() })
}
