//! Policies, their versions, and the index of the subjects that they name.

use super::Change;
use crate::domain::policy::{Pair, subjects, urn};
use db::{Db, Tx, Value, params};
use ports::resourceregistry::{PolicyStanding, PolicyText};
use xacml::Policy;

db::statements! {
    /// The policy as it now stands.
    pub GET = "rr.policy",
        "SELECT version, updated_at, xml FROM rr_policy WHERE resource = $1 AND xml IS NOT NULL";
    /// Its version, and whether access lists keep others out. An app's policy may stand without a resource.
    pub STANDING = "rr.policy_standing",
        "SELECT p.version, p.updated_at, COALESCE(r.access_list_only, FALSE) FROM rr_policy p LEFT JOIN rr_resource r
         ON r.identifier = p.resource AND NOT r.deleted WHERE p.resource = $1 AND p.xml IS NOT NULL";
    /// Version and text, a removed policy included.
    pub STATE = "rr.policy_state", "SELECT version, xml FROM rr_policy WHERE resource = $1 {for_update}";
    /// Puts the next version in its place.
    pub PUT = "rr.policy_put",
        "INSERT INTO rr_policy (resource, version, xml, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (resource) DO UPDATE SET version = excluded.version, xml = excluded.xml,
         updated_at = excluded.updated_at";
    /// Keeps a version.
    pub PUT_VERSION = "rr.policy_version_put",
        "INSERT INTO rr_policy_version (resource, version, xml, created_at, created_by) VALUES ($1, $2, $3, $4, $5)";
    /// Empties the index of a resource.
    pub SUBJECTS_CLEAR = "rr.subjects_clear", "DELETE FROM rr_policy_subject WHERE resource = $1";
    /// Adds a subject to the index.
    pub SUBJECT_ADD = "rr.subject_add",
        "INSERT INTO rr_policy_subject (subject, resource, attribute, value) VALUES ($1, $2, $3, $4)";
    /// Resources that name these subjects.
    pub BY_SUBJECTS = "rr.by_subjects",
        "SELECT subject, resource FROM rr_policy_subject WHERE subject IN {in:1} ORDER BY subject, resource";
    /// Every policy.
    pub ALL = "rr.policies", Heavy, "SELECT resource, xml FROM rr_policy WHERE xml IS NOT NULL ORDER BY resource";
}

/// The policy as it now stands.
pub async fn get(db: &Db, resource: &str) -> db::Result<Option<PolicyText>> {
    let row = db.query_opt(&GET, &params![resource]).await?;
    row.map(|row| Ok(PolicyText { version: (row.get(0)?, row.get(1)?), xml: row.get(2)? })).transpose()
}

/// How it stands, without its text.
pub async fn standing(db: &Db, resource: &str) -> db::Result<Option<PolicyStanding>> {
    let row = db.query_opt(&STANDING, &params![resource]).await?;
    row.map(|row| Ok(PolicyStanding { version: (row.get(0)?, row.get(1)?), access_list_only: row.get(2)? }))
        .transpose()
}

/// Every policy by resource.
pub async fn all(db: &Db) -> db::Result<Vec<(String, String)>> {
    db.query(&ALL, &[]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Puts a policy in place, with its subjects; whether anything changed. `parsed` is what `xml` says.
pub async fn put(
    tx: &mut Tx,
    resource: &str,
    xml: &str,
    parsed: &Policy,
    change: Change<'_>,
) -> db::Result<bool> {
    let version = match tx.query_opt(&STATE, &params![resource]).await? {
        Some(row) if row.get::<Option<String>>(1)?.as_deref() == Some(xml) => return Ok(false),
        Some(row) => row.get::<i64>(0)? + 1,
        None => 1,
    };
    write(tx, resource, version, Some(xml), change).await?;
    for pair in subjects(parsed) {
        let (attribute, value) = &pair;
        tx.execute(&SUBJECT_ADD, &params![urn(&pair), resource, attribute, value]).await?;
    }
    Ok(true)
}

/// Takes the policy away, if there is one. The version goes on counting.
pub async fn remove(tx: &mut Tx, resource: &str, change: Change<'_>) -> db::Result<()> {
    match tx.query_opt(&STATE, &params![resource]).await? {
        Some(row) => write(tx, resource, row.get::<i64>(0)? + 1, None, change).await,
        None => Ok(()),
    }
}

async fn write(
    tx: &mut Tx,
    resource: &str,
    version: i64,
    xml: Option<&str>,
    change: Change<'_>,
) -> db::Result<()> {
    let text = xml.map(str::to_owned);
    tx.execute(&PUT, &params![resource, version, text.clone(), change.at]).await?;
    tx.execute(&PUT_VERSION, &params![resource, version, text, change.at, change.by]).await?;
    tx.execute(&SUBJECTS_CLEAR, &params![resource]).await?;
    Ok(())
}

/// (subject, resource) of every resource whose policy names one of these subjects.
pub async fn by_subjects(db: &Db, subjects: &[String]) -> db::Result<Vec<Pair>> {
    let wanted: Vec<String> = subjects.iter().map(|subject| subject.to_lowercase()).collect();
    let rows = db.query(&BY_SUBJECTS, &[Value::list(&wanted)]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
