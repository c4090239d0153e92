#![doc = include_str!("../README.md")]

use db::{Db, Result, Tx, params};
use jiff::Timestamp;
use uuid::Uuid;

db::statements! {
    /// Keeps a message; a repeated job keeps it once.
    KEEP = "captured.keep",
        "INSERT INTO captured_message (id, recipient, subject, body, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    /// The newest messages to one recipient.
    TO = "captured.to",
        "SELECT id, recipient, subject, body, at FROM captured_message WHERE recipient = $1 ORDER BY at DESC, id DESC LIMIT $2";
    /// The newest messages.
    NEWEST = "captured.newest",
        "SELECT id, recipient, subject, body, at FROM captured_message ORDER BY at DESC, id DESC LIMIT $1";
}

/// The crate's tables.
pub fn migrations() -> db::MigrationSet {
    db::migrations!("notifyio", ["0001_captured"])
}

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Same id, same message: it is kept once.
    pub id: Uuid,
    /// Address, lower case.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// Keeps `mail` in the sandbox's mailbox.
pub async fn capture(tx: &mut Tx, mail: &Mail) -> Result<()> {
    let row = params![mail.id, mail.recipient.as_str(), mail.subject.as_str(), mail.body.as_str(), mail.at];
    tx.execute(&KEEP, &row).await.map(drop)
}

/// The newest captured messages, at most `limit`; with `recipient`, those to that address.
pub async fn captured(db: &Db, recipient: Option<&str>, limit: u32) -> Result<Vec<Mail>> {
    let rows = match recipient {
        Some(recipient) => db.query(&TO, &params![recipient.to_lowercase(), limit]).await?,
        None => db.query(&NEWEST, &params![limit]).await?,
    };
    let mail = |row: &db::Row| {
        Ok(Mail {
            id: row.get(0)?,
            recipient: row.get(1)?,
            subject: row.get(2)?,
            body: row.get(3)?,
            at: row.get(4)?,
        })
    };
    rows.iter().map(mail).collect()
}
