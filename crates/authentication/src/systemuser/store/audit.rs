//! Who did what to a request or a system user, and when.

use db::Tx;
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    /// One audit row.
    INSERT = "authn.audit.insert",
        "INSERT INTO authn_systemuser_audit (id, at, subject, action, actor_party, actor_org_no, actor_client, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// Who acts. Never a national identity number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Actor {
    /// Party of the person who is logged in.
    pub party: Option<Uuid>,
    /// Organisation of the vendor.
    pub org_no: Option<String>,
    /// The vendor's client.
    pub client: Option<String>,
}

/// One thing done.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    pub id: Uuid,
    pub at: Timestamp,
    /// The request or system user.
    pub subject: Uuid,
    pub action: &'static str,
    pub actor: &'a Actor,
    pub detail: serde_json::Value,
}

pub(crate) async fn record(tx: &mut Tx, entry: &Entry<'_>) -> db::Result<()> {
    let params = db::params![
        entry.id,
        entry.at,
        entry.subject,
        entry.action,
        entry.actor.party,
        &entry.actor.org_no,
        &entry.actor.client,
        entry.detail.to_string()
    ];
    tx.execute(&INSERT, &params).await.map(drop)
}
