//! Registered clients.

use super::{decode, encode};
use crate::domain::client::Client;
use db::{Db, Result, Tx, params};

db::statements! {
    GET = "idporten.client_get",
        "SELECT document, secret_hash FROM idporten_client WHERE client_id = $1 AND active";
    ALL = "idporten.client_all", Heavy,
        "SELECT document, secret_hash FROM idporten_client WHERE active ORDER BY client_id";
    PUT = "idporten.client_put",
        "INSERT INTO idporten_client (client_id, active, secret_hash, document) VALUES ($1, TRUE, $2, $3)
         ON CONFLICT (client_id) DO UPDATE SET active = TRUE, document = excluded.document,
             secret_hash = COALESCE(excluded.secret_hash, idporten_client.secret_hash)";
}

/// A client with the digest of its secret.
pub struct Registered {
    pub client: Client,
    pub secret_hash: Option<String>,
}

fn registered(row: &db::Row) -> Result<Registered> {
    Ok(Registered { client: decode(row, 0)?, secret_hash: row.get(1)? })
}

/// The active client.
pub async fn get(db: &Db, client_id: &str) -> Result<Option<Registered>> {
    db.query_opt(&GET, &params![client_id]).await?.map(|row| registered(&row)).transpose()
}

/// The active client, within a transaction.
pub async fn get_in(tx: &mut Tx, client_id: &str) -> Result<Option<Registered>> {
    tx.query_opt(&GET, &params![client_id]).await?.map(|row| registered(&row)).transpose()
}

/// All active clients by id.
pub async fn all(db: &Db) -> Result<Vec<Client>> {
    db.query(&ALL, &params![]).await?.iter().map(|row| decode(row, 0)).collect()
}

/// Registers a client or changes it; without a new secret the old one stays.
pub async fn put(tx: &mut Tx, client: &Client, secret_hash: Option<String>) -> Result<()> {
    tx.execute(&PUT, &params![client.id.as_str(), secret_hash, encode(client)?]).await?;
    Ok(())
}
