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
    /// Absolute URL for people (`consumerType` `Gui`).
    pub gui_url: String,
    /// Absolute URL for systems (`consumerType` `Api`).
    pub api_url: String,
    /// Media type.
    pub media_type: String,
}

/// Dialogs changed by other blocks.
#[async_trait]
pub trait Dialogs: Send + Sync {
    /// Creates a dialog.
    async fn create(&self, tx: &mut Tx, dialog: NewDialog) -> Result<()>;
    /// Adds a transmission and sets the dialog's status; the dialog becomes unread.
    async fn add_transmission(
        &self,
        tx: &mut Tx,
        dialog: Uuid,
        transmission: NewTransmission,
        status: Status,
    ) -> Result<()>;
}

/// Text in the languages that the sender wrote: (language code, text), sorted by code.
pub type LangTexts = Vec<(String, String)>;

/// A person who looks at the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The person's party uuid.
    pub user: Uuid,
    /// Authentication level of the session, 0–4.
    pub level: u8,
}

/// Folder of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Label Default, any status but Draft.
    Inbox,
    /// Label Default and status Draft.
    Drafts,
    /// Label Sent.
    Sent,
    /// Label Archive.
    Archive,
    /// Label Bin.
    Bin,
    /// Every folder.
    All,
}

/// What a person may set on a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// Back to the inbox.
    Default,
    /// Into the bin.
    Bin,
    /// Into the archive.
    Archive,
    /// Unread again.
    MarkedAsUnopened,
    /// The party has sent something; set by the platform only.
    Sent,
}

/// One line of the inbox.
#[derive(Debug, Clone)]
pub struct InboxItem {
    /// Dialog id.
    pub id: Uuid,
    /// Party that owns it.
    pub party: Uuid,
    /// Service owner's code.
    pub org: String,
    /// Registry id of the service.
    pub resource: String,
    /// Title; empty for an API-only dialog without content.
    pub title: LangTexts,
    /// Summary.
    pub summary: LangTexts,
    /// Sender's name where it is not the service owner's.
    pub sender_name: LangTexts,
    /// Status.
    pub status: Status,
    /// Finer status, as the service owner words it.
    pub extended_status: LangTexts,
    /// Nobody of the party has opened it since its content changed, or someone marked it as unread.
    pub unread: bool,
    /// A transmission from the service owner has not been opened.
    pub unopened_content: bool,
    /// Time of the last change of content.
    pub updated: Timestamp,
    /// When it was made.
    pub created: Timestamp,
    /// Deadline.
    pub due: Option<Timestamp>,
    /// Labels that it carries.
    pub labels: Vec<Label>,
    /// Attachments of the dialog itself that a person can open.
    pub attachments: usize,
    /// Transmissions from the service owner.
    pub received: i64,
    /// Transmissions from the party.
    pub sent: i64,
}

/// A page of the inbox.
#[derive(Debug, Clone, Default)]
pub struct InboxPage {
    /// Newest first.
    pub items: Vec<InboxItem>,
    /// Pass it back to get the next page.
    pub next: Option<String>,
}

/// A file that the viewer may open; `url` is `None` when it has expired or the viewer lacks the right.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Attachment id.
    pub id: Uuid,
    /// Name shown.
    pub title: LangTexts,
    /// Address.
    pub url: Option<String>,
    /// Media type.
    pub media_type: Option<String>,
}

/// A transmission, as shown.
#[derive(Debug, Clone)]
pub struct Transmission {
    /// Id.
    pub id: Uuid,
    /// Wire name of its type (`Submission`, `Acceptance`, `Rejection` …).
    pub kind: &'static str,
    /// Transmission that it answers.
    pub related: Option<Uuid>,
    /// When.
    pub at: Timestamp,
    /// `None`: the service owner.
    pub sender: Option<String>,
    /// Title.
    pub title: LangTexts,
    /// Summary.
    pub summary: LangTexts,
    /// May the viewer see what is in it.
    pub authorized: bool,
    /// Files meant for people.
    pub attachments: Vec<Attachment>,
}

/// A button or link that the service owner offers.
#[derive(Debug, Clone)]
pub struct Action {
    /// Words on it.
    pub title: LangTexts,
    /// Question to ask first.
    pub prompt: LangTexts,
    /// Address; `None` when the viewer lacks the right.
    pub url: Option<String>,
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    /// 1 primary, 2 secondary, 3 tertiary.
    pub priority: u8,
    /// Deletes the dialog; shown in the bin only.
    pub deletes: bool,
}

/// One line of a dialog's history.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: LogKind,
    /// Who; `None`: the service owner.
    pub who: Option<String>,
    /// Service owner's code.
    pub org: String,
    /// The viewer did it.
    pub by_viewer: bool,
    /// Words of the service owner, or the transmission's title.
    pub text: LangTexts,
}

/// Kind of a history line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// An activity, by wire name of its type (`DialogCreated`, `FormSubmitted` …).
    Activity(&'static str),
    /// A transmission, by wire name of its type.
    Transmission(&'static str),
    /// Somebody opened the dialog.
    Seen,
    /// A label was set.
    LabelSet(Label),
    /// A label was taken off.
    LabelRemoved(Label),
}

/// A dialog, opened.
#[derive(Debug, Clone)]
pub struct OpenDialog {
    /// Its line in the inbox, as it is after opening.
    pub item: InboxItem,
    /// The service owner's own reference.
    pub external_reference: Option<String>,
    /// More text: media type (`text/plain` or `text/markdown`) and words.
    pub additional_info: Option<(String, LangTexts)>,
    /// The dialog's own files.
    pub attachments: Vec<Attachment>,
    /// What can be done, by priority.
    pub actions: Vec<Action>,
    /// Oldest first.
    pub transmissions: Vec<Transmission>,
    /// Short-lived proof for the service owner's addresses (`Authorization: Bearer`).
    pub token: String,
}

/// What came of a request for one dialog.
#[derive(Debug, Clone)]
pub enum Opened<T> {
    /// Here it is.
    Yes(T),
    /// No such dialog, or not to be seen yet or any more.
    NotFound,
    /// The viewer has no right to it.
    Forbidden,
    /// The viewer must log in on this level.
    LevelTooLow(u8),
    /// Deleted.
    Gone,
}

/// The inbox as pages show it. The rights of the viewer are decided inside, at each call.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Dialogs of a party, newest content first. `text`: words to look for. A cursor that cannot be read starts anew.
    async fn list(
        &self,
        viewer: Viewer,
        party: Uuid,
        view: View,
        text: Option<&str>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<InboxPage>;
    /// Opens a dialog and marks it as seen by the viewer.
    async fn open(&self, viewer: Viewer, dialog: Uuid) -> Result<Opened<OpenDialog>>;
    /// History, newest first. Does not mark as seen.
    async fn activity(&self, viewer: Viewer, dialog: Uuid) -> Result<Opened<Vec<LogEntry>>>;
    /// Unread dialogs in the party's inbox, counted to 100 at most.
    async fn unread_count(&self, viewer: Viewer, party: Uuid) -> Result<usize>;
    /// Sets a label (`Sent` cannot be set and answers `Forbidden`).
    async fn set_label(&self, viewer: Viewer, dialog: Uuid, label: Label) -> Result<Opened<()>>;
}
