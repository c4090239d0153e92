//! System users, as Maskinporten, the PDP and the portal see them, and the decisions of the people who own them.

use crate::Result;
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// A system user: a party's own user for a vendor's system.
#[derive(Debug, Clone)]
pub struct SystemUser {
    /// `systemuser_id`, also the uuid of the party that receives its rights.
    pub id: Uuid,
    /// `<vendorOrgNo>_<name>`.
    pub system_id: String,
    /// Vendor's organisation number.
    pub vendor_org_no: String,
    /// The party that owns it.
    pub owner: Uuid,
    /// Organisation number of the owner.
    pub owner_org_no: String,
    /// The vendor's own reference; empty when none.
    pub external_ref: String,
    /// What the owner sees.
    pub title: String,
    /// When it was made.
    pub created: Timestamp,
    /// Revoked.
    pub deleted: bool,
}

/// Look-up of system users.
#[async_trait]
pub trait SystemUsers: Send + Sync {
    /// The live system user that a Maskinporten grant names: client on the system, vendor, owner and external reference
    /// must all fit (identity §4.7).
    async fn by_external_id(
        &self,
        client_id: &str,
        vendor_org_no: &str,
        owner_org_no: &str,
        external_ref: Option<&str>,
    ) -> Result<Option<SystemUser>>;
    /// By id, deleted ones included.
    async fn system_user(&self, id: Uuid) -> Result<Option<SystemUser>>;
    /// Live system users of a party, newest first.
    async fn of_party(&self, owner: Uuid) -> Result<Vec<SystemUser>>;
}

/// Where a request for a system user stands. Nothing leaves [`RequestStatus::Accepted`] and the two refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestStatus {
    /// Waits for the customer.
    New = 1,
    /// Approved; the system user has the same id.
    Accepted = 2,
    /// Turned down by the customer.
    Rejected = 3,
    /// Defined by the wire, written by nobody.
    Denied = 4,
    /// Defined by the wire, written by nobody: age is shown by [`RequestView::timed_out`].
    TimedOut = 5,
}

/// A vendor's request for a system user, as the person who is to decide sees it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts that a page shows")]
pub struct RequestView {
    /// Id of the request and of the system user that comes of it.
    pub id: Uuid,
    /// For an agent system user (one that serves the party's clients).
    pub agent: bool,
    /// `<vendorOrgNo>_<name>`.
    pub system_id: String,
    /// Name of the system by language.
    pub system_name: Value,
    /// Description of the system by language.
    pub system_description: Value,
    /// Vendor's organisation number.
    pub vendor_org_no: String,
    /// The party that is asked.
    pub party: Uuid,
    /// `partyId` of the party that is asked.
    pub party_id: i64,
    /// Organisation number of the party that is asked.
    pub party_org_no: String,
    /// Registry ids of the resources asked for, in the vendor's order.
    pub resources: Vec<String>,
    /// Access package URNs asked for, in the vendor's order.
    pub packages: Vec<String>,
    /// Where it stands.
    pub status: RequestStatus,
    /// Where the vendor wants the browser back.
    pub redirect_url: Option<String>,
    /// Passed on to someone who may approve.
    pub escalated: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Older than a request is meant to be answered.
    pub timed_out: bool,
    /// The user may only pass it on to someone who may approve.
    pub may_escalate_only: bool,
}

/// A refusal in the words of the authentication API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// `AUTH-nnnnn`
    pub code: String,
    /// What went wrong, for a reader.
    pub title: String,
    /// Reasons of the delegation check, if that is what refused.
    pub reasons: Vec<String>,
}

/// What a logged-in person decides about system users; `user` is the person's party, `level` that of the login, which must reach
/// what the policy wants. The outer result is a failure of the machinery, the inner one the block's refusal.
#[async_trait]
pub trait SystemUserApprovals: Send + Sync {
    /// The request, standard or agent, if this user may see it.
    async fn request(&self, user: Uuid, id: Uuid) -> Result<Result<RequestView, Refusal>>;
    /// Requests to this party that wait for an answer, newest first, agent requests once they are passed on; none when the
    /// user has nothing to do with the party.
    async fn pending(&self, user: Uuid, party: Uuid) -> Result<Vec<RequestView>>;
    /// Makes the system user and gives it its rights.
    async fn approve(&self, user: Uuid, level: u8, id: Uuid) -> Result<Result<(), Refusal>>;
    /// Turns the request down.
    async fn reject(&self, user: Uuid, level: u8, id: Uuid) -> Result<Result<(), Refusal>>;
    /// Passes the request on to someone who may approve.
    async fn escalate(&self, user: Uuid, id: Uuid) -> Result<Result<(), Refusal>>;
    /// Ends a system user and everything it was given; the very next decision denies it.
    async fn revoke(&self, user: Uuid, level: u8, system_user: Uuid) -> Result<Result<(), Refusal>>;
}

/// Portal sessions, as the guard in front of every page checks them.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Is the session with this id still open. A logged-out session ends at once, whatever its token says.
    async fn alive(&self, session_id: &str) -> Result<bool>;
}
