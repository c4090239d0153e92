//! Loading of population files: each block takes the members it owns.
//!
//! Most members travel as plain JSON values. The members of the register itself (persons, organisations, roles) are typed:
//! every first start loads a whole country of them, and the generator hands them over without ever writing JSON.

use async_trait::async_trait;
use db::Tx;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Why a population file was refused. Nothing of it has been kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct ImportError {
    /// JSON pointer into the file.
    pub pointer: String,
    /// What is wrong, in plain words.
    pub reason: String,
}

impl ImportError {
    /// An error at `pointer`.
    pub fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), reason: reason.into() }
    }
}

/// What came of loading one member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New rows.
    pub created: u64,
    /// Rows that were there and now differ.
    pub updated: u64,
    /// Rows that were there already, the same.
    pub unchanged: u64,
}

/// A failure of the load: bad input, or the database.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is at fault.
    #[error(transparent)]
    Input(#[from] ImportError),
    /// The database is at fault; the load may be tried again.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl db::MaybeRetry for LoadError {
    fn db_error(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Input(_) => None,
        }
    }
}

/// A block that owns members of the population format.
#[async_trait]
pub trait PopulationSink: Send + Sync {
    /// Members that this block loads (`serviceOwners`, `resources` …), in the order in which they must be loaded.
    fn members(&self) -> &'static [&'static str];
    /// Loads one member's items; idempotent by natural key. `pointer` of an error is relative to the item: `/{index}/{field}`.
    async fn load(&self, tx: &mut Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError>;
    /// The member's items as they now stand, ordered by natural key.
    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error>;
}

/// The block that owns `persons`, `organisations`, `selfIdentified` and `roles`.
#[async_trait]
pub trait RegisterSink: Send + Sync {
    /// Nobody is registered yet.
    async fn is_empty(&self) -> Result<bool, db::Error>;
    /// Loads the four members; idempotent by natural key. An error's `pointer` is absolute: `/{member}/{index}/{field}`.
    /// Counts are given per member, in the order of [`Registers::MEMBERS`].
    async fn load(&self, tx: &mut Tx, registers: &Registers) -> Result<[Counts; 4], LoadError>;
    /// Everything as it now stands, ordered by natural key.
    async fn dump(&self) -> Result<Registers, db::Error>;
}

/// The register's members of a population file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Registers {
    /// People.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Person>,
    /// Units and sub-units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<Organisation>,
    /// Users without a national identity number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub self_identified: Vec<SelfIdentified>,
    /// Who holds which role for whom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

impl Registers {
    /// Names of the members, in loading order.
    pub const MEMBERS: [&'static str; 4] = ["persons", "organisations", "selfIdentified", "roles"];
}

/// A person of Folkeregisteret with contact data of the contact register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Person {
    /// National identity number, 11 digits.
    pub pid: String,
    /// Pinned `partyId`; derived from `pid` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_id: Option<i64>,
    /// Pinned `partyUuid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_uuid: Option<Uuid>,
    /// Pinned `userId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// Pinned `userUuid`; the party's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_uuid: Option<Uuid>,
    /// User name, if the person has chosen one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Surname.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Date of birth; read from `pid` when absent and readable there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Date>,
    /// Date of death.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub death_date: Option<Date>,
    /// Where the person lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// What the contact register (KRR) holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<PersonContact>,
    /// Who acts for the person by order of the guardianship authority.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guardians: Vec<Guardian>,
    /// Admits a number with wrong check digits (sandbox only).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
}

/// A postal or street address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Address {
    /// Street with house number, or another address line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Four digits in Norway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Postal place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Municipality number, four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// ISO 3166 code of two letters; Norway when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The address must not be shown (persons only).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// Contact data of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PersonContact {
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Mobile number in international form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    /// Reserved against digital communication from the state.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reserved: bool,
    /// `nb`, `nn`, `en` or `se`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When the data were last updated or confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
}

/// A guardian of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Guardian {
    /// URN of the guardian.
    pub guardian: String,
    /// What the guardianship covers.
    #[serde(rename = "type")]
    pub kind: String,
}

/// State of an organisation in Enhetsregisteret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrganisationStatus {
    /// Ordinary.
    #[default]
    Active,
    /// Struck off.
    Deleted,
    /// In bankruptcy.
    Bankrupt,
    /// Being wound up.
    BeingDissolved,
}

/// A unit or sub-unit of Enhetsregisteret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Organisation {
    /// Organisation number, nine digits.
    pub org_no: String,
    /// Pinned `partyId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_id: Option<i64>,
    /// Pinned `partyUuid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_uuid: Option<Uuid>,
    /// Name.
    pub name: String,
    /// Unit type (organisasjonsform).
    pub unit_type: String,
    /// Main unit of a sub-unit, by organisation number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// State.
    #[serde(skip_serializing_if = "is_active")]
    pub status: OrganisationStatus,
    /// When it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<Date>,
    /// When it was struck off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Date>,
    /// Industry codes (næringskode), `NN.NNN`, the main one first; at most three.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub industry_codes: Vec<String>,
    /// Where it does business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_address: Option<Address>,
    /// Where it gets its post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_address: Option<Address>,
    /// Where it wants to be notified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<OrganisationContact>,
    /// Registered for value added tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat: Option<Vat>,
    /// How many it employs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employees: Option<u32>,
    /// Admits a number with a wrong check digit (sandbox only).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
}

/// Contact data of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OrganisationContact {
    /// E-mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Mobile numbers in international form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mobiles: Vec<String>,
}

/// Registration for value added tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vat {
    /// Reporting category (`alminnelig`, `primærnæring` …).
    pub category: String,
    /// Length of a term (`tomaanedlig`, `aarlig` …).
    pub term_length: String,
    /// First day.
    pub from: Date,
}

/// What a self-identified user has logged in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SelfIdentifiedKind {
    /// User name of an educational federation.
    Educational,
    /// E-mail address confirmed through ID-porten.
    IdportenEmail,
}

/// A user without a national identity number. Exactly one of `user_name` and `email` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SelfIdentified {
    /// User name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Pinned `userId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
    /// Pinned `partyId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<i64>,
    /// Pinned `partyUuid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_uuid: Option<Uuid>,
    /// How it logs in.
    pub kind: SelfIdentifiedKind,
}

/// A register role: `to` holds `role` for `from`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// URN of the party that the role is for.
    pub from: String,
    /// Enhetsregisteret's code (`DAGL`), or a role URN that stands for one.
    pub role: String,
    /// URN of the holder.
    pub to: String,
    /// The organisation through which the holder has it, by number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via_organisation: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_active(status: &OrganisationStatus) -> bool {
    *status == OrganisationStatus::Active
}
