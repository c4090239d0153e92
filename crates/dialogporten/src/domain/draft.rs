//! A dialog as a client sends it, read but not yet made or changed.

use super::model::{Activity, Content, Parts, Transmission};
use super::names::{Label, Status};
use jiff::Timestamp;
use uuid::Uuid;

/// A dialog as a client sends it. Members that only the making of a dialog has stay empty in a change.
#[derive(Debug, Clone, Default)]
pub struct DialogInput {
    /// Id that the client chose.
    pub id: Option<Uuid>,
    /// Client's key.
    pub idempotent_key: Option<String>,
    /// Registry id, without the URN prefix.
    pub resource: String,
    /// Party URN, lower case.
    pub party: String,
    /// 0–100.
    pub progress: Option<i64>,
    /// Finer status.
    pub extended_status: Option<String>,
    /// Reference.
    pub external_reference: Option<String>,
    /// Process.
    pub process: Option<String>,
    /// Process before.
    pub preceding_process: Option<String>,
    /// Hidden until.
    pub visible_from: Option<Timestamp>,
    /// Deadline.
    pub due_at: Option<Timestamp>,
    /// Hidden after.
    pub expires_at: Option<Timestamp>,
    /// Made, if not now.
    pub created_at: Option<Timestamp>,
    /// Changed, if not now.
    pub updated_at: Option<Timestamp>,
    /// Status.
    pub status: Option<Status>,
    /// Folder to begin in.
    pub label: Option<Label>,
    /// Not for people.
    pub api_only: bool,
    /// Content.
    pub content: Content,
    /// Attachments, actions, tags.
    pub parts: Parts,
    /// Labels of the service owner.
    pub owner_labels: Vec<String>,
    /// New transmissions.
    pub transmissions: Vec<Transmission>,
    /// New activities.
    pub activities: Vec<Activity>,
    /// Ids of parts that the client chose.
    pub chosen: Vec<(PartKind, Uuid)>,
}

/// Kind of part whose id clients may choose; ids of one kind are unique over all dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Attachment of a dialog or transmission.
    Attachment = 1,
    /// Address of an attachment.
    AttachmentUrl = 2,
    /// Button.
    GuiAction = 3,
    /// Action for systems.
    ApiAction = 4,
    /// Address for systems.
    Endpoint = 5,
}

impl PartKind {
    /// Table name that a refusal shows.
    pub const fn entity(self) -> &'static str {
        match self {
            Self::Attachment => "Attachment",
            Self::AttachmentUrl => "AttachmentUrl",
            Self::GuiAction => "DialogGuiAction",
            Self::ApiAction => "DialogApiAction",
            Self::Endpoint => "DialogApiActionEndpoint",
        }
    }
}
