//! Filings, their dialogs, idempotency keys and log.

use crate::domain::scheme::Scheme;
use db::{Db, Result, Row, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    /// The dialog of a scheme, party and year.
    pub DIALOG_OF = "gld.dialog_of",
        "SELECT dialog FROM gld_dialog WHERE scheme = $1 AND party = $2 AND income_year = $3";
    /// Claims the dialog for the first delivery; two at once agree on one.
    pub DIALOG_CLAIM = "gld.dialog_claim",
        "INSERT INTO gld_dialog (scheme, party, income_year, dialog) VALUES ($1, $2, $3, $4)
         ON CONFLICT (scheme, party, income_year) DO NOTHING";
    /// A delivery that has been taken.
    pub INSERT = "gld.filing_insert",
        "INSERT INTO gld_filing (id, scheme, party, income_year, dialog, own_reference, tasks, deletions, system_user,
           vendor_org_no, contact_email, received_at, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)";
    /// One delivery.
    pub GET = "gld.filing_get",
        "SELECT id, scheme, party, income_year, dialog, own_reference, tasks, system_user, vendor_org_no, contact_email,
           received_at, status FROM gld_filing WHERE id = $1";
    /// Marks a delivery as judged, once.
    pub JUDGED = "gld.filing_judged", "UPDATE gld_filing SET status = $2, handled_at = $3 WHERE id = $1 AND status = 0";
    /// The answer that was given for a key.
    pub REPLAY = "gld.replay", "SELECT body_hash, response FROM gld_idempotency WHERE vendor_org_no = $1 AND key = $2";
    /// Keeps the answer for a key.
    pub REMEMBER = "gld.remember",
        "INSERT INTO gld_idempotency (vendor_org_no, key, body_hash, filing, response, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)";
}

/// Where a filing stands. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Taken, not judged.
    Received = 0,
    /// Judged and approved.
    Approved = 1,
    /// Judged and rejected.
    Rejected = 2,
}

/// A delivery as stored.
#[derive(Debug, Clone)]
pub struct Filing {
    pub id: Uuid,
    pub scheme: Scheme,
    pub party: Uuid,
    pub income_year: i64,
    pub dialog: Uuid,
    pub own_reference: Option<String>,
    pub tasks: i64,
    pub system_user: Uuid,
    pub vendor_org_no: String,
    pub contact_email: Option<String>,
    pub received_at: Timestamp,
    pub status: Status,
}

impl Filing {
    fn from_row(row: &Row) -> Result<Self> {
        let status = match row.get::<i64>(11)? {
            1 => Status::Approved,
            2 => Status::Rejected,
            _ => Status::Received,
        };
        Ok(Self {
            id: row.get(0)?,
            scheme: Scheme::from_number(row.get(1)?).unwrap_or(Scheme::Boligsameie),
            party: row.get(2)?,
            income_year: row.get(3)?,
            dialog: row.get(4)?,
            own_reference: row.get(5)?,
            tasks: row.get(6)?,
            system_user: row.get(7)?,
            vendor_org_no: row.get(8)?,
            contact_email: row.get(9)?,
            received_at: row.get(10)?,
            status,
        })
    }
}

/// An answer that was given for a key: digest of its body, and the answer.
pub type Remembered = (Vec<u8>, String);

pub async fn replay(db: &Db, vendor: &str, key: Uuid) -> Result<Option<Remembered>> {
    let row = db.query_opt(&REPLAY, &params![vendor, key]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// As [`replay`], after every change that this one saw or ran into is durable: a rival's row refuses ours before a reader
/// can see it.
pub async fn replay_durable(tx: &mut Tx, vendor: &str, key: Uuid) -> Result<Option<Remembered>> {
    let row = tx.query_opt(&REPLAY, &params![vendor, key]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// The dialog of this scheme, party and year, and whether `candidate` has just become it.
pub async fn claim_dialog(
    tx: &mut Tx,
    scheme: Scheme,
    party: Uuid,
    year: i64,
    candidate: Uuid,
) -> Result<(Uuid, bool)> {
    let number = scheme as i64;
    let new = tx.execute(&DIALOG_CLAIM, &params![number, party, year, candidate]).await? == 1;
    let row = tx.query_one(&DIALOG_OF, &params![number, party, year]).await?;
    Ok((row.get(0)?, new))
}

pub async fn insert(tx: &mut Tx, filing: &Filing, deletions: i64) -> Result<()> {
    let row = params![
        filing.id,
        filing.scheme as i64,
        filing.party,
        filing.income_year,
        filing.dialog,
        filing.own_reference.clone(),
        filing.tasks,
        deletions,
        filing.system_user,
        filing.vendor_org_no.as_str(),
        filing.contact_email.clone(),
        filing.received_at
    ];
    tx.execute(&INSERT, &row).await.map(drop)
}

pub async fn remember(tx: &mut Tx, filing: &Filing, key: Uuid, hash: &[u8], response: &str) -> Result<()> {
    let vendor = filing.vendor_org_no.as_str();
    tx.execute(&REMEMBER, &params![vendor, key, hash, filing.id, response, filing.received_at])
        .await
        .map(drop)
}

pub async fn get(db: &Db, id: Uuid) -> Result<Option<Filing>> {
    db.query_opt(&GET, &params![id]).await?.as_ref().map(Filing::from_row).transpose()
}

/// True when this call was the one that judged it.
pub async fn judged(tx: &mut Tx, id: Uuid, status: Status, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&JUDGED, &params![id, status as i64, at]).await? == 1)
}
