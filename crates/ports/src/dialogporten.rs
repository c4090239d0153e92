//! Dialogs, as other blocks create and extend them in their own transactions.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use jiff::Timestamp;
use uuid::Uuid;

/// Text in several languages: (language code, text).
pub type Texts = Vec<(&'static str, String)>;

/// A dialog to create on behalf of a service owner.
#[derive(Debug, Clone)]
pub struct NewDialog {
    /// Dialog id, chosen by the caller.
    pub id: Uuid,
    /// Service owner's code.
    pub org: String,
    /// Registry id of the service.
    pub resource: String,
    /// Party that receives it.
    pub party: Uuid,
    /// The service owner's own reference.
    pub external_reference: Option<String>,
    /// Title.
    pub title: Texts,
    /// Summary.
    pub summary: Texts,
    /// Extended status as shown.
    pub status: Status,
    /// First transmission, if any.
    pub transmission: Option<NewTransmission>,
}

/// Dialog status (wire names in `dialogporten` §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the field's own names")]
pub enum Status {
    NotApplicable,
    InProgress,
    Draft,
    Awaiting,
    RequiresAttention,
    Completed,
}

/// Who sends a transmission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// The service owner.
    ServiceOwner,
    /// The party, by the actor that acted: URN and name.
    PartyRepresentative {
        /// `urn:altinn:systemuser:uuid:…`, `urn:altinn:person:identifier-no:…` or `urn:altinn:organization:identifier-no:…`.
        actor: String,
        /// Name shown.
        name: String,
    },
}

/// A transmission: one sending within a dialog.
#[derive(Debug, Clone)]
pub struct NewTransmission {
    /// Transmission id, chosen by the caller.
    pub id: Uuid,
    /// `Information`, `Acceptance`, `Rejection`, `Submission`, … (wire names).
    pub kind: &'static str,
    /// Who sends.
    pub sender: Sender,
    /// Transmission that this one answers.
    pub related: Option<Uuid>,
    /// Title.
    pub title: Texts,
    /// Summary.
    pub summary: Texts,
    /// Files to read.
    pub attachments: Vec<NewAttachment>,
    /// When.
    pub at: Timestamp,
}

/// A file that is kept elsewhere and can be opened by its address.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// Name shown.
    pub title: Texts,
    /// Absolute URL.
    pub url: String,
    /// Media type.
    pub media_type: String,
}

/// Dialogs changed by other blocks.
#[async_trait]
pub trait Dialogs: Send + Sync {
    /// Creates a dialog.
    async fn create(&self, tx: &mut Tx, dialog: NewDialog) -> Result<()>;
    /// Adds a transmission and sets the dialog's status; the dialog becomes unread.
    async fn add_transmission(&self, tx: &mut Tx, dialog: Uuid, transmission: NewTransmission, status: Status) -> Result<()>;
}
