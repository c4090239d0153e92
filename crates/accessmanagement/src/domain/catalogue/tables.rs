//! The files of `data/authorization` as they are written.

use super::{Area, EntityType, Group, Names, Package, PartyType, Provider, ProviderRow, Role, Variant};
use serde::Deserialize;
use uuid::Uuid;

pub fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

#[derive(Deserialize)]
pub struct RolesFile {
    pub roles: Vec<RoleRow>,
}

#[derive(Deserialize)]
pub struct RoleRow {
    pub id: Uuid,
    pub code: String,
    pub legacy: Option<String>,
    pub provider: Provider,
    pub flags: Vec<String>,
    pub name: Names,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        let has = |flag: &str| row.flags.iter().any(|f| f == flag);
        Self {
            id: row.id,
            urn: format!("{}{}", row.provider.role_prefix(), row.code),
            legacy_urn: row.legacy.as_ref().map(|code| format!("urn:altinn:rolecode:{code}")),
            provider: row.provider,
            key_role: has("key"),
            for_service_owners: has("serviceOwners"),
            legacy_code: row.legacy,
            code: row.code,
            name: row.name,
        }
    }
}

#[derive(Deserialize)]
pub struct MapsFile {
    pub implies: Vec<MapRow>,
}

#[derive(Deserialize)]
pub struct MapRow {
    pub role: String,
    pub gives: Vec<String>,
}

#[derive(Deserialize)]
pub struct GrantsFile {
    pub grants: Vec<GrantRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantRow {
    pub role: String,
    pub unit_type: Option<String>,
    pub may: Vec<String>,
    pub packages: Vec<String>,
}

#[derive(Deserialize)]
pub struct AreasFile {
    pub groups: Vec<Group>,
    pub areas: Vec<AreaRow>,
}

#[derive(Deserialize)]
pub struct AreaRow {
    pub id: Uuid,
    pub code: String,
    pub group: usize,
    pub name: Names,
    pub icon: Option<String>,
}

impl From<AreaRow> for Area {
    fn from(row: AreaRow) -> Self {
        Self {
            id: row.id,
            urn: format!("accesspackage:area:{}", row.code),
            name: row.name,
            icon_url: row
                .icon
                .map(|icon| format!("https://altinncdn.no/authorization/accesspackageicons/{icon}.svg")),
            group: row.group,
        }
    }
}

#[derive(Deserialize)]
pub struct PackagesFile {
    pub packages: Vec<PackageRow>,
}

#[derive(Deserialize)]
pub struct PackageRow {
    pub id: Uuid,
    pub code: String,
    pub area: String,
    #[serde(rename = "type")]
    pub party_type: PartyType,
    pub flags: Vec<String>,
    pub name: Names,
}

impl PackageRow {
    pub fn into_package(self, area: usize) -> Package {
        let has = |flag: &str| self.flags.iter().any(|f| f == flag);
        Package {
            id: self.id,
            urn: format!("urn:altinn:accesspackage:{}", self.code),
            area,
            party_type: self.party_type,
            assignable: has("assignable"),
            delegable: has("delegable"),
            for_service_owners: has("serviceOwners"),
            code: self.code,
            name: self.name,
        }
    }
}

#[derive(Deserialize)]
pub struct TypesFile {
    pub types: Vec<EntityType>,
    pub variants: Vec<Variant>,
    pub providers: Vec<ProviderRow>,
}
