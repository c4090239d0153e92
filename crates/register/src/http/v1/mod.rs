//! Version 1 of the register API.

pub mod get_organization;
pub mod get_party;
pub mod get_person;
pub mod lookup;
pub mod party_list_by_uuid;
