//! The dialog and its parts.

use super::labels::Labels;
use super::names::{
    ActivityType, ActorType, Consumer, ContentType, Priority, Status, TransmissionType, Verb,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Two-letter code, normalised.
    pub lang: String,
    /// The words.
    pub value: String,
}

/// Texts in several languages, sorted by code.
pub type Texts = Vec<Text>;

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentValue {
    /// Words, or addresses for the embedded kinds.
    pub value: Texts,
    /// Media type.
    pub media_type: String,
}

/// Content by kind.
pub type Content = BTreeMap<ContentType, ContentValue>;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Side.
    pub kind: ActorType,
    /// Party URN, lower case.
    pub id: Option<String>,
    /// Name shown.
    pub name: Option<String>,
}

impl Actor {
    /// The service owner, who has neither id nor name.
    pub const SERVICE_OWNER: Self = Self { kind: ActorType::ServiceOwner, id: None, name: None };
}

/// One address of an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentUrl {
    /// Id.
    pub id: Uuid,
    /// Absolute https address.
    pub url: String,
    /// Media type.
    pub media_type: Option<String>,
    /// For people or for systems.
    pub consumer: Consumer,
}

/// A file kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Id.
    pub id: Uuid,
    /// Name shown.
    pub display_name: Texts,
    /// Name for systems.
    pub name: Option<String>,
    /// Addresses, at least one.
    pub urls: Vec<AttachmentUrl>,
    /// Not offered after this time.
    pub expires_at: Option<Timestamp>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuiAction {
    /// Id.
    pub id: Uuid,
    /// Action asked of the decision point.
    pub action: String,
    /// Address.
    pub url: String,
    /// What the right is tied to, besides the resource.
    pub attribute: Option<String>,
    /// Deletes the dialog.
    pub deletes: bool,
    /// Method.
    pub method: Verb,
    /// Prominence.
    pub priority: Priority,
    /// Words on it.
    pub title: Texts,
    /// Question asked first.
    pub prompt: Texts,
}

/// An address for systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub version: Option<String>,
    /// Address.
    pub url: String,
    /// Method.
    pub method: Verb,
    /// Documentation.
    pub documentation: Option<String>,
    /// Schema of requests.
    pub request_schema: Option<String>,
    /// Schema of answers.
    pub response_schema: Option<String>,
    /// To be taken away.
    pub deprecated: bool,
    /// When.
    pub sunset_at: Option<Timestamp>,
}

/// Something a system can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiAction {
    /// Id.
    pub id: Uuid,
    /// Action asked of the decision point.
    pub action: String,
    /// What the right is tied to, besides the resource.
    pub attribute: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Addresses, at least one.
    pub endpoints: Vec<Endpoint>,
}

/// A link in a transmission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavigationalAction {
    /// Words on it.
    pub title: Texts,
    /// Address.
    pub url: String,
    /// Not offered after this time.
    pub expires_at: Option<Timestamp>,
}

/// One sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmission {
    /// Id.
    pub id: Uuid,
    /// Client's key, unique in the dialog.
    pub idempotent_key: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// What the right is tied to, besides the resource.
    pub attribute: Option<String>,
    /// Finer kind.
    pub extended_type: Option<String>,
    /// Service owner's reference.
    pub external_reference: Option<String>,
    /// The transmission that it answers.
    pub related: Option<Uuid>,
    /// Kind.
    pub kind: TransmissionType,
    /// Who sent it.
    pub sender: Actor,
    /// Title and so on.
    pub content: Content,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Links.
    pub links: Vec<NavigationalAction>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Id.
    pub id: Uuid,
    /// When.
    pub created_at: Timestamp,
    /// Finer kind.
    pub extended_type: Option<String>,
    /// Kind.
    pub kind: ActivityType,
    /// The transmission it is about.
    pub transmission: Option<Uuid>,
    /// Who did it.
    pub by: Actor,
    /// Words, for the information kind.
    pub description: Texts,
}

/// Somebody has seen the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Id, made from what was seen and by whom.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// A service owner read it for a person.
    pub via_owner: bool,
}

/// Fields that are replaced as a whole by an update.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Tags for search.
    pub tags: Vec<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Buttons.
    pub gui_actions: Vec<GuiAction>,
    /// Addresses for systems.
    pub api_actions: Vec<ApiAction>,
}

/// A dialog without its transmissions, activities and logs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent flags of the field, not states of one machine"
)]
pub struct Dialog {
    /// Id.
    pub id: Uuid,
    /// Changed by every change of the aggregate.
    pub revision: Uuid,
    /// Client's key, unique for the service owner.
    pub idempotent_key: Option<String>,
    /// Service owner's code.
    pub org: String,
    /// Registry id, without the URN prefix.
    pub resource: String,
    /// Type of the resource as registered.
    pub resource_type: String,
    /// Party URN, lower case.
    pub party: String,
    /// The party in the register; unknown parties are kept but nobody reads them.
    pub party_uuid: Option<Uuid>,
    /// 0–100.
    pub progress: Option<i64>,
    /// Finer status, free text.
    pub extended_status: Option<String>,
    /// Service owner's reference.
    pub external_reference: Option<String>,
    /// Business process.
    pub process: Option<String>,
    /// The process before.
    pub preceding_process: Option<String>,
    /// Hidden from users until then.
    pub visible_from: Option<Timestamp>,
    /// Deadline.
    pub due_at: Option<Timestamp>,
    /// Hidden from users after then.
    pub expires_at: Option<Timestamp>,
    /// Made.
    pub created_at: Timestamp,
    /// Changed.
    pub updated_at: Timestamp,
    /// Changed in what users read.
    pub content_updated_at: Timestamp,
    /// Soft-deleted.
    pub deleted_at: Option<Timestamp>,
    /// Closed for all but administrators.
    pub frozen: bool,
    /// Status.
    pub status: Status,
    /// Labels.
    pub labels: Labels,
    /// Not meant for people.
    pub api_only: bool,
    /// A sending of the service owner has not been opened.
    pub has_unopened: bool,
    /// Somebody has opened it since its content changed.
    pub content_seen: bool,
    /// Revision of the labels of the party.
    pub user_revision: Uuid,
    /// Revision of the labels of the service owner.
    pub owner_revision: Uuid,
    /// Sendings of the service owner.
    pub from_owner: i64,
    /// Sendings of the party.
    pub from_party: i64,
    /// Labels of the service owner.
    pub owner_labels: Vec<String>,
    /// Content.
    pub content: Content,
    /// Attachments and actions.
    pub parts: Parts,
    /// The newest activity, kept for lists.
    pub latest_activity: Option<Activity>,
}

impl Dialog {
    /// `isContentSeen`: opened since the content changed, and not marked as unread.
    pub fn is_content_seen(&self) -> bool {
        self.content_seen && !self.labels.has(super::names::Label::MarkedAsUnopened)
    }

    /// The resource as a URN.
    pub fn resource_urn(&self) -> String {
        format!("{}{}", super::rules::RESOURCE_PREFIX, self.resource)
    }

    /// Dialog attachments with an address for people.
    pub fn gui_attachments(&self) -> usize {
        self.parts.attachments.iter().filter(|a| a.urls.iter().any(|u| u.consumer == Consumer::Gui)).count()
    }

    /// Text of one kind of content.
    pub fn texts(&self, kind: ContentType) -> Texts {
        self.content.get(&kind).map(|c| c.value.clone()).unwrap_or_default()
    }
}

/// A dialog with everything that is loaded to read or change it.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Root.
    pub dialog: Dialog,
    /// Sendings, oldest first.
    pub transmissions: Vec<Transmission>,
    /// Activities, oldest first.
    pub activities: Vec<Activity>,
}
