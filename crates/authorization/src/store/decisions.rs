//! The decision log.

use db::{Db, Tx, params};
use jiff::Timestamp;
use ports::authorization::{Effect, LoggedDecision};
use uuid::Uuid;

db::statements! {
    /// Appends a decision.
    pub APPEND = "az.decision",
        "INSERT INTO az_decision (id, created_at, api, session_id, subject_user_id, subject_org_code, subject_org_no,
         subject_party, resource_party_id, resource, instance_id, operation, ip_address, request, decision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// One decision.
    pub FIND = "az.decision_find",
        "SELECT created_at, api, decision, session_id, subject_party, subject_org_code, subject_org_no, resource_party_id,
         resource, instance_id, operation, ip_address, request FROM az_decision WHERE id = $1";
    /// Takes away what is older than a time.
    pub PURGE = "az.decision_purge", Heavy, "DELETE FROM az_decision WHERE created_at < $1";
}

/// One decision.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Uuid,
    pub at: Timestamp,
    pub api: &'static str,
    pub session: Option<String>,
    pub user_id: Option<i64>,
    pub org_code: Option<String>,
    pub org_no: Option<String>,
    pub subject_party: Option<Uuid>,
    pub resource_party: Option<i64>,
    pub resource: Option<String>,
    pub instance: Option<String>,
    pub operation: Option<String>,
    pub ip: Option<String>,
    pub request: String,
    pub decision: i64,
}

/// The decision of this id.
pub async fn find(db: &Db, id: Uuid) -> db::Result<Option<LoggedDecision>> {
    let Some(row) = db.query_opt(&FIND, &params![id]).await? else { return Ok(None) };
    let effect = match row.get::<i64>(2)? {
        0 => Effect::Permit,
        1 => Effect::Deny,
        2 => Effect::Indeterminate,
        _ => Effect::NotApplicable,
    };
    Ok(Some(LoggedDecision {
        id,
        at: row.get(0)?,
        api: row.get(1)?,
        effect,
        session: row.get(3)?,
        subject: row.get(4)?,
        service_owner: row.get(5)?,
        organisation: row.get(6)?,
        party_id: row.get(7)?,
        resource: row.get(8)?,
        instance: row.get(9)?,
        action: row.get(10)?,
        ip: row.get(11)?,
        request: row.get(12)?,
    }))
}

/// Takes away what is older; how many rows.
pub async fn purge(tx: &mut Tx, before: Timestamp) -> db::Result<u64> {
    tx.execute(&PURGE, &params![before]).await
}

/// Appends decisions.
pub async fn append(tx: &mut Tx, entries: &[Entry]) -> db::Result<()> {
    for entry in entries {
        let values = params![
            entry.id,
            entry.at,
            entry.api,
            entry.session.clone(),
            entry.user_id,
            entry.org_code.clone(),
            entry.org_no.clone(),
            entry.subject_party,
            entry.resource_party,
            entry.resource.clone(),
            entry.instance.clone(),
            entry.operation.clone(),
            entry.ip.clone(),
            &entry.request,
            entry.decision,
        ];
        tx.execute(&APPEND, &values).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: i64) -> Entry {
        Entry {
            id: Uuid::from_u128(at.unsigned_abs().into()),
            at: Timestamp::from_second(at).unwrap(),
            api: "internal",
            session: None,
            user_id: Some(1),
            org_code: None,
            org_no: None,
            subject_party: None,
            resource_party: Some(50_000_001),
            resource: Some("skd-trial".to_owned()),
            instance: None,
            operation: Some("read".to_owned()),
            ip: None,
            request: "[]".to_owned(),
            decision: 0,
        }
    }

    testkit::db_suite! { [crate::MIGRATIONS];
        async fn statements_prepare(db: db::Db) {
            if let Err(failures) = db.prepare_all(&[STATEMENTS]).await {
                panic!("{failures:#?}");
            }
        }

        async fn old_decisions_go_and_young_ones_stay(db: db::Db) {
            let mut tx = db.begin("test").await.unwrap();
            append(&mut tx, &[entry(10), entry(20), entry(30)]).await.unwrap();
            assert_eq!(purge(&mut tx, Timestamp::from_second(30).unwrap()).await.unwrap(), 2);
            assert_eq!(purge(&mut tx, Timestamp::from_second(30).unwrap()).await.unwrap(), 0);
            tx.commit().await.unwrap();
            assert!(find(&db, entry(20).id).await.unwrap().is_none());
            let young = find(&db, entry(30).id).await.unwrap().unwrap();
            assert_eq!((young.effect, young.at), (Effect::Permit, entry(30).at));
            assert_eq!((young.action.as_deref(), young.party_id), (Some("read"), Some(50_000_001)));
        }
    }
}
