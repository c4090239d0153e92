//! Access lists, their members and the resources that they open.

use audit::{Action, Entry};
use db::{Db, Row, Tx, Value, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    LISTS = "rr.lists",
        "SELECT owner, identifier, name, description, version, created_at, updated_at FROM rr_access_list
         WHERE owner = $1 ORDER BY identifier";
    LIST = "rr.list",
        "SELECT owner, identifier, name, description, version, created_at, updated_at FROM rr_access_list
         WHERE owner = $1 AND identifier = $2";
    LIST_LOCKED = "rr.list_locked",
        "SELECT owner, identifier, name, description, version, created_at, updated_at FROM rr_access_list
         WHERE owner = $1 AND identifier = $2 {for_update}";
    PUT = "rr.list_put",
        "INSERT INTO rr_access_list (owner, identifier, name, description, version, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (owner, identifier) DO UPDATE SET name = excluded.name, description = excluded.description,
         version = excluded.version, updated_at = excluded.updated_at";
    LOG = "rr.list_log",
        "INSERT INTO rr_access_list_log (owner, identifier, version, what, at, by_org) VALUES ($1, $2, $3, $4, $5, $6)";
    LAST_VERSION = "rr.list_last_version",
        "SELECT MAX(version) FROM rr_access_list_log WHERE owner = $1 AND identifier = $2";
    DELETE = "rr.list_delete", "DELETE FROM rr_access_list WHERE owner = $1 AND identifier = $2";
    MEMBERS = "rr.list_members",
        "SELECT party, since FROM rr_access_list_member WHERE owner = $1 AND identifier = $2 AND party > $3
         ORDER BY party LIMIT $4";
    MEMBER_ADD = "rr.list_member_add",
        "INSERT INTO rr_access_list_member (party, owner, identifier, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner, identifier, party) DO NOTHING";
    MEMBERS_REMOVE = "rr.list_members_remove",
        "DELETE FROM rr_access_list_member WHERE owner = $1 AND identifier = $2 AND party IN {in:3}";
    MEMBERS_KEEP = "rr.list_members_keep",
        "DELETE FROM rr_access_list_member WHERE owner = $1 AND identifier = $2 AND party NOT IN {in:3}";
    CONNECTIONS = "rr.list_resources",
        "SELECT resource, actions, created_at, updated_at FROM rr_access_list_resource
         WHERE owner = $1 AND identifier = $2 ORDER BY resource";
    CONNECTION_PUT = "rr.list_resource_put",
        "INSERT INTO rr_access_list_resource (owner, identifier, resource, actions, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (owner, identifier, resource) DO UPDATE SET actions = excluded.actions,
         updated_at = excluded.updated_at";
    CONNECTION_REMOVE = "rr.list_resource_remove",
        "DELETE FROM rr_access_list_resource WHERE owner = $1 AND identifier = $2 AND resource = $3";
    CONNECTIONS_CLEAR = "rr.list_resources_clear",
        "DELETE FROM rr_access_list_resource WHERE owner = $1 AND identifier = $2";
    /// What the lists of a resource let a party do: one row a list that has both.
    OPENED = "rr.list_opened",
        "SELECT r.actions FROM rr_access_list_member m
         JOIN rr_access_list_resource r ON r.owner = m.owner AND r.identifier = m.identifier
         WHERE m.party = $1 AND r.resource = $2";
}

/// An access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Service owner's code.
    pub owner: String,
    /// Its own name for the list.
    pub identifier: String,
    /// Title.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Never the same again, not even after the list was deleted and made anew.
    pub version: i64,
    /// Made.
    pub created_at: Timestamp,
    /// Changed, members and resources included.
    pub updated_at: Timestamp,
}

/// A resource that a list opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Registry id.
    pub resource: String,
    /// The only actions that it opens, or all.
    pub actions: Option<Vec<String>>,
    /// Made.
    pub created_at: Timestamp,
    /// Changed.
    pub updated_at: Timestamp,
}

fn list(row: &Row) -> db::Result<List> {
    Ok(List {
        owner: row.get(0)?,
        identifier: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        version: row.get(4)?,
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}

fn actions(value: Option<serde_json::Value>) -> Option<Vec<String>> {
    let value = value?;
    let words = value.as_array()?.iter().filter_map(|word| word.as_str().map(str::to_owned));
    Some(words.collect())
}

/// All lists of an owner.
pub async fn of_owner(db: &Db, owner: &str) -> db::Result<Vec<List>> {
    db.query(&LISTS, &params![owner]).await?.iter().map(list).collect()
}

/// One list.
pub async fn get(db: &Db, owner: &str, identifier: &str) -> db::Result<Option<List>> {
    db.query_opt(&LIST, &params![owner, identifier]).await?.as_ref().map(list).transpose()
}

/// One list, kept from others until the transaction ends.
pub async fn get_in(tx: &mut Tx, owner: &str, identifier: &str) -> db::Result<Option<List>> {
    tx.query_opt(&LIST_LOCKED, &params![owner, identifier]).await?.as_ref().map(list).transpose()
}

/// What is done to a list.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Named,
    Members,
    Connected,
    Disconnected,
    Deleted,
}

impl Deed {
    /// As the list's own log has it.
    fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Members => "members",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Deleted => "deleted",
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Named => Action::AccessListPut,
            Self::Members => Action::AccessListMembers,
            Self::Connected => Action::AccessListConnect,
            Self::Disconnected => Action::AccessListDisconnect,
            Self::Deleted => Action::AccessListDelete,
        }
    }
}

/// Writes the list under its next version, with a line in its log; answers it as it stands.
pub async fn put(tx: &mut Tx, mut list: List, what: Deed, change: super::Change<'_>) -> db::Result<List> {
    log(tx, &mut list, what, change).await?;
    list.updated_at = change.at;
    let values =
        params![&list.owner, &list.identifier, &list.name, &list.description, list.version, change.at];
    tx.execute(&PUT, &values).await?;
    Ok(list)
}

async fn log(tx: &mut Tx, list: &mut List, what: Deed, change: super::Change<'_>) -> db::Result<()> {
    let last = tx.query_opt(&LAST_VERSION, &params![&list.owner, &list.identifier]).await?;
    let last: Option<i64> = last.map(|row| row.get(0)).transpose()?.flatten();
    list.version = last.unwrap_or(0) + 1;
    let values = params![&list.owner, &list.identifier, list.version, what.word(), change.at, change.by];
    tx.execute(&LOG, &values).await?;
    let name = format!("{}/{}", list.owner, list.identifier);
    audit::put(tx, &Entry::new(what.action(), change.at, "accesslist", name)).await
}

/// Takes a list away with all that belongs to it.
pub async fn delete(tx: &mut Tx, mut list: List, change: super::Change<'_>) -> db::Result<()> {
    let key = params![&list.owner, &list.identifier];
    tx.execute(&CONNECTIONS_CLEAR, &key).await?;
    keep_members(tx, &list, &[]).await?;
    log(tx, &mut list, Deed::Deleted, change).await?;
    tx.execute(&DELETE, &key).await?;
    Ok(())
}

/// Members after a place, by party.
pub async fn members(db: &Db, list: &List, after: Uuid, limit: i64) -> db::Result<Vec<(Uuid, Timestamp)>> {
    let rows = db.query(&MEMBERS, &params![&list.owner, &list.identifier, after, limit]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Adds members; those who are there keep their time.
pub async fn add_members(tx: &mut Tx, list: &List, parties: &[Uuid], at: Timestamp) -> db::Result<()> {
    for party in parties {
        tx.execute(&MEMBER_ADD, &params![*party, &list.owner, &list.identifier, at]).await?;
    }
    Ok(())
}

/// Removes members.
pub async fn remove_members(tx: &mut Tx, list: &List, parties: &[Uuid]) -> db::Result<()> {
    let values = [list.owner.as_str().into(), list.identifier.as_str().into(), Value::list(parties)];
    tx.execute(&MEMBERS_REMOVE, &values).await?;
    Ok(())
}

/// Removes everybody else.
pub async fn keep_members(tx: &mut Tx, list: &List, parties: &[Uuid]) -> db::Result<()> {
    let values = [list.owner.as_str().into(), list.identifier.as_str().into(), Value::list(parties)];
    tx.execute(&MEMBERS_KEEP, &values).await?;
    Ok(())
}

/// Resources of a list.
pub async fn connections(db: &Db, list: &List) -> db::Result<Vec<Connection>> {
    let rows = db.query(&CONNECTIONS, &params![&list.owner, &list.identifier]).await?;
    rows.iter()
        .map(|row| {
            Ok(Connection {
                resource: row.get(0)?,
                actions: actions(row.get(1)?),
                created_at: row.get(2)?,
                updated_at: row.get(3)?,
            })
        })
        .collect()
}

/// Connects a resource, or changes which actions it is open for.
pub async fn connect(
    tx: &mut Tx,
    list: &List,
    resource: &str,
    actions: Option<&[String]>,
    at: Timestamp,
) -> db::Result<()> {
    let actions = actions.map(|words| serde_json::json!(words));
    tx.execute(&CONNECTION_PUT, &params![&list.owner, &list.identifier, resource, actions, at]).await?;
    Ok(())
}

/// Takes a resource off the list.
pub async fn disconnect(tx: &mut Tx, list: &List, resource: &str) -> db::Result<()> {
    tx.execute(&CONNECTION_REMOVE, &params![&list.owner, &list.identifier, resource]).await?;
    Ok(())
}

/// Does some list let the party do this with the resource.
pub async fn opens(db: &Db, resource: &str, party: Uuid, action: &str) -> db::Result<bool> {
    for row in db.query(&OPENED, &params![party, resource]).await? {
        match actions(row.get(0)?) {
            Some(only) if !only.iter().any(|word| word == action) => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}
