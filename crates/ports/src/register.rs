//! Who people and organisations are, which register roles they have, and where they can be reached.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use uuid::Uuid;

/// A way to name a party or its user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PartyRef {
    /// `partyId`
    Id(i64),
    /// `partyUuid`
    Uuid(Uuid),
    /// National identity number (11 digits).
    Pid(String),
    /// Organisation number (9 digits), main unit or sub-unit.
    OrgNo(String),
    /// `userId` of a person.
    UserId(i64),
    /// User name (self-identified and enterprise users).
    UserName(String),
}

/// What a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartyKind {
    /// A natural person.
    Person = 1,
    /// A main unit (hovedenhet).
    Organisation = 2,
    /// A self-identified user without a national identity number.
    SelfIdentified = 3,
    /// A sub-unit (underenhet).
    SubUnit = 4,
    /// A system user; it is a party that can receive rights.
    SystemUser = 5,
}

/// A person, organisation or other actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// `partyUuid`
    pub uuid: Uuid,
    /// `partyId`, at least 50 000 000.
    pub id: i64,
    /// What it is.
    pub kind: PartyKind,
    /// Display name: persons in reading order (`Kari Nordli`), organisations as Enhetsregisteret writes them.
    pub name: String,
    /// Organisation number, for organisations and sub-units.
    pub org_no: Option<String>,
    /// National identity number, for persons.
    pub pid: Option<String>,
    /// `userId`, for persons and self-identified users.
    pub user_id: Option<i64>,
    /// User name, where the user has one.
    pub user_name: Option<String>,
    /// Unit type (organisasjonsform: `AS`, `BRL`, `BEDR` …).
    pub unit_type: Option<String>,
    /// Main unit of a sub-unit.
    pub parent: Option<Uuid>,
    /// Deleted from its register.
    pub deleted: bool,
}

impl Party {
    /// The name as lists of parties write it: persons last name first, which the inbox turns back.
    pub fn listed_name(&self) -> String {
        if self.kind == PartyKind::Person { last_name_first(&self.name) } else { self.name.clone() }
    }
}

/// A person's name in reading order, its last word first: `Kari Ås Nordli` → `Nordli Kari Ås`.
pub fn last_name_first(name: &str) -> String {
    match name.trim().rsplit_once(' ') {
        Some((rest, last)) => format!("{last} {rest}"),
        None => name.trim().to_owned(),
    }
}

/// A person's name that was written last name first, in reading order again.
pub fn reading_order(name: &str) -> String {
    match name.split_once(' ') {
        Some((last, rest)) => format!("{rest} {last}"),
        None => name.to_owned(),
    }
}

/// One register role: `to` holds `code` for `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRole {
    /// The organisation (or person) that the role is for.
    pub from: Uuid,
    /// Enhetsregisteret's or Folkeregisteret's code (`DAGL`, `LEDE`, `REGN` …), upper case.
    pub code: String,
    /// Who holds it: a person or an organisation.
    pub to: Uuid,
}

/// Where an organisation or person wants to be notified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactPoints {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Mobile numbers in international form.
    pub mobiles: Vec<String>,
    /// Reserved against digital communication (persons).
    pub reserved: bool,
    /// `nb`, `nn` or `en`.
    pub language: Option<String>,
}

/// The registers as other blocks read them.
#[async_trait]
pub trait Register: Send + Sync {
    /// The party, or `None` when nobody has that identifier.
    async fn party(&self, by: &PartyRef) -> Result<Option<Party>>;
    /// As [`party`](Self::party), within a transaction: sees the parties that it has loaded itself. Loading a population
    /// file needs this. The default is for stand-ins without a database.
    async fn party_in(&self, _tx: &mut Tx, by: &PartyRef) -> Result<Option<Party>> {
        self.party(by).await
    }
    /// Several parties at once; unknown ones are left out. At most 1 000 a call.
    async fn parties(&self, uuids: &[Uuid]) -> Result<Vec<Party>>;
    /// Sub-units of these main units, in one read (an accountant has hundreds of clients). At most 1 000 a call.
    async fn sub_units(&self, mains: &[Uuid]) -> Result<Vec<Party>>;
    /// All roles that others hold for these parties (themselves only; not their main units). At most 1 000 a call.
    async fn roles_from(&self, from: &[Uuid]) -> Result<Vec<RegisterRole>>;
    /// All roles that these parties hold for others. At most 1 000 a call.
    async fn roles_to(&self, to: &[Uuid]) -> Result<Vec<RegisterRole>>;
    /// Contact points for notification.
    async fn contact_points(&self, party: Uuid) -> Result<ContactPoints>;
    /// Persons whose name or number begins with `text`, for the sandbox's login page; at most `limit`.
    async fn find_persons(&self, text: &str, limit: usize) -> Result<Vec<Party>>;
}
