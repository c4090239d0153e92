//! Service owners.

use db::{Db, Row, Tx, params};
use ports::resourceregistry::ServiceOwner;
use serde_json::Value;

db::statements! {
    /// By code or organisation number.
    pub FIND = "rr.owner", "SELECT code, org_no, name, scope_prefixes FROM rr_service_owner WHERE code = $1 OR org_no = $2";
    /// All, by code.
    pub ALL = "rr.owners", "SELECT code, org_no, name, scope_prefixes FROM rr_service_owner ORDER BY code";
    /// Adds or changes one.
    pub PUT = "rr.owner_put",
        "INSERT INTO rr_service_owner (code, org_no, name, scope_prefixes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE SET org_no = excluded.org_no, name = excluded.name,
         scope_prefixes = excluded.scope_prefixes";
}

/// A service owner with the prefixes of its scopes.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// What other blocks see.
    pub owner: ServiceOwner,
    /// Scope prefixes that it may use.
    pub scope_prefixes: Value,
}

fn read(row: &Row) -> db::Result<Owner> {
    let owner = ServiceOwner { code: row.get(0)?, org_no: row.get(1)?, name: row.get(2)? };
    Ok(Owner { owner, scope_prefixes: row.get(3)? })
}

/// By code (any case) or organisation number.
pub async fn find(db: &Db, code_or_org_no: &str) -> db::Result<Option<Owner>> {
    let row = db.query_opt(&FIND, &params![code_or_org_no.to_lowercase(), code_or_org_no]).await?;
    row.as_ref().map(read).transpose()
}

/// The same, within a transaction.
pub async fn find_in(tx: &mut Tx, code: &str) -> db::Result<Option<Owner>> {
    let row = tx.query_opt(&FIND, &params![code, ""]).await?;
    row.as_ref().map(read).transpose()
}

/// All, by code.
pub async fn all(db: &Db) -> db::Result<Vec<Owner>> {
    db.query(&ALL, &[]).await?.iter().map(read).collect()
}

/// Adds or changes one.
pub async fn put(tx: &mut Tx, owner: &Owner) -> db::Result<()> {
    let Owner { owner, scope_prefixes } = owner;
    let values = params![&owner.code, &owner.org_no, owner.name.clone(), scope_prefixes.clone()];
    tx.execute(&PUT, &values).await?;
    Ok(())
}
