//! Clients with their keys parsed.

use crate::domain::client::{Client, RegisteredKey};
use db::{Db, Row, params};
use jiff::Timestamp;
use jose::PublicKey;
use kernel::OrgNo;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

db::statements! {
    /// The client that a grant names.
    CLIENT_GET = "maskinporten.client_get",
        "SELECT version, updated_at, org_no, token_lifetime FROM maskinporten_client WHERE client_id = $1 AND active";
    /// Its keys.
    CLIENT_KEYS = "maskinporten.client_keys",
        "SELECT jwk, expires_at FROM maskinporten_client_key WHERE client_id = $1 ORDER BY kid";
    /// Its scopes.
    CLIENT_SCOPES = "maskinporten.client_scopes",
        "SELECT scope FROM maskinporten_client_scope WHERE client_id = $1 ORDER BY scope";
}

/// Number of a client's version, and when it was made: a restored database counts the same numbers a second time.
type Version = (i64, Timestamp);

/// Parsed clients, each good for one version of it: a change is seen at once, on every node.
#[derive(Default)]
pub struct ClientCache(RwLock<HashMap<String, (Version, Arc<Client>)>>);

impl ClientCache {
    /// The active client; one point read when it is unchanged since the last time.
    pub async fn get(&self, db: &Db, client_id: &str) -> db::Result<Option<Arc<Client>>> {
        let Some(row) = db.query_opt(&CLIENT_GET, &params![client_id]).await? else { return Ok(None) };
        let version = (row.get(0)?, row.get(1)?);
        if let Some(cached) = self.cached(client_id, version) {
            return Ok(Some(cached));
        }
        let client = Arc::new(read(db, client_id, &row).await?);
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(client_id.to_owned(), (version, client.clone()));
        Ok(Some(client))
    }

    fn cached(&self, client_id: &str, version: Version) -> Option<Arc<Client>> {
        let clients = self.0.read().unwrap_or_else(PoisonError::into_inner);
        clients.get(client_id).filter(|(known, _)| *known == version).map(|(_, client)| client.clone())
    }
}

async fn read(db: &Db, client_id: &str, row: &Row) -> db::Result<Client> {
    let mut keys = Vec::new();
    for key in db.query(&CLIENT_KEYS, &params![client_id]).await? {
        keys.push(RegisteredKey { key: public_key(&key)?, expires_at: key.get(1)? });
    }
    Ok(Client {
        client_id: client_id.to_owned(),
        org_no: org_no(row, 2)?,
        token_lifetime: row.get(3)?,
        keys,
        scopes: scopes(db, client_id).await?,
    })
}

/// The scopes registered on a client.
pub async fn scopes(db: &Db, client_id: &str) -> db::Result<Vec<String>> {
    db.query(&CLIENT_SCOPES, &params![client_id]).await?.iter().map(|row| row.get(0)).collect()
}

/// Owner of the active client.
pub async fn owner(db: &Db, client_id: &str) -> db::Result<Option<OrgNo>> {
    db.query_opt(&CLIENT_GET, &params![client_id]).await?.map(|row| org_no(&row, 2)).transpose()
}

fn public_key(row: &Row) -> db::Result<PublicKey> {
    let jwk: String = row.get(0)?;
    serde_json::from_str(&jwk)
        .ok()
        .and_then(|jwk| PublicKey::from_jwk(&jwk).ok())
        .ok_or_else(|| broken(CLIENT_KEYS.name(), 0, "a stored key cannot be read"))
}

fn org_no(row: &Row, column: usize) -> db::Result<OrgNo> {
    OrgNo::parse_digits(&row.get::<String>(column)?)
        .map_err(|error| broken(CLIENT_GET.name(), column, &error.to_string()))
}

fn broken(statement: &'static str, column: usize, reason: &str) -> db::Error {
    db::Error::Decode { statement, column, reason: reason.to_owned() }
}
