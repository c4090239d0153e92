//! Roles, access packages and what follows from what: fixed tables, compiled once from `data/authorization`.

mod tables;

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;
use tables::{AreasFile, GrantsFile, MapsFile, PackagesFile, RolesFile, TypesFile, read};
use uuid::Uuid;

/// Name in bokmål, nynorsk and English.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Names([String; 3]);

/// Language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Bokmål, the base language.
    #[default]
    Nb = 0,
    /// Nynorsk.
    Nn = 1,
    /// English.
    En = 2,
}

impl Names {
    /// The name in that language.
    pub fn get(&self, language: Language) -> &str {
        &self.0[language as usize]
    }
}

/// Kind of party that a role or package is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartyType {
    /// Organisations.
    Org,
    /// Persons.
    Person,
}

/// The register or system that defines a role or package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The older platform's roles.
    Altinn2,
    /// The platform's own.
    Altinn3,
    /// Enhetsregisteret.
    Ccr,
    /// Sivilrettsforvaltningen (guardianship).
    Cra,
}

impl Provider {
    fn role_prefix(self) -> &'static str {
        match self {
            Self::Altinn2 => "urn:altinn:rolecode:",
            Self::Altinn3 => "urn:altinn:role:",
            Self::Ccr => "urn:altinn:external-role:ccr:",
            Self::Cra => "urn:altinn:external-role:cra:",
        }
    }

    /// Code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Altinn2 => "sys-altinn2",
            Self::Altinn3 => "sys-altinn3",
            Self::Ccr => "sys-ccr",
            Self::Cra => "sys-cra",
        }
    }
}

/// Index of a role in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleKey(u16);

/// Index of a package in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageKey(u16);

/// A role.
#[derive(Debug)]
pub struct Role {
    /// Fixed id, compared by clients.
    pub id: Uuid,
    /// `daglig-leder`
    pub code: String,
    /// `urn:altinn:external-role:ccr:daglig-leder`
    pub urn: String,
    /// `dagl`
    pub legacy_code: Option<String>,
    /// `urn:altinn:rolecode:dagl`
    pub legacy_urn: Option<String>,
    /// Who defines it.
    pub provider: Provider,
    /// Holder also has what the organisation has been given by others.
    pub key_role: bool,
    /// Policies of service owners may name it.
    pub for_service_owners: bool,
    /// Name.
    pub name: Names,
}

/// An access package.
#[derive(Debug)]
pub struct Package {
    /// Fixed id, compared by clients.
    pub id: Uuid,
    /// `skattegrunnlag`
    pub code: String,
    /// `urn:altinn:accesspackage:skattegrunnlag`
    pub urn: String,
    /// Index into [`Catalogue::areas`].
    pub area: usize,
    /// Type of the giver.
    pub party_type: PartyType,
    /// May be given to a right holder.
    pub assignable: bool,
    /// May be passed on to agents in client delegation.
    pub delegable: bool,
    /// Policies of service owners may name it.
    pub for_service_owners: bool,
    /// Name.
    pub name: Names,
}

/// An area of packages.
#[derive(Debug)]
pub struct Area {
    /// Fixed id.
    pub id: Uuid,
    /// `accesspackage:area:{code}`
    pub urn: String,
    /// Name.
    pub name: Names,
    /// Icon.
    pub icon_url: Option<String>,
    /// Index into [`Catalogue::groups`].
    pub group: usize,
}

/// A group of areas.
#[derive(Debug, Deserialize)]
pub struct Group {
    /// Fixed id.
    pub id: Uuid,
    /// Type of the givers its packages are for.
    #[serde(rename = "type")]
    pub party_type: PartyType,
    /// Name.
    pub name: Names,
}

/// A provider of roles.
#[derive(Debug, Deserialize)]
pub struct ProviderRow {
    /// Fixed id.
    pub id: Uuid,
    /// `sys-ccr`
    pub code: String,
    /// Name.
    pub name: String,
}

/// A type of party, or a variant (organisation form) of one.
#[derive(Debug, Deserialize)]
pub struct Variant {
    /// Fixed id.
    pub id: Uuid,
    /// `AS`, `BRL` …
    pub code: String,
    /// Name of the type it belongs to (`Organisasjon`, `Person` …).
    #[serde(rename = "type")]
    pub type_name: String,
    /// Name.
    pub name: Names,
}

/// A type of party.
#[derive(Debug, Deserialize)]
pub struct EntityType {
    /// Fixed id.
    pub id: Uuid,
    /// Name; the bokmål name is the key of [`Variant::type_name`].
    pub name: Names,
}

/// One package that a role brings.
#[derive(Debug, Clone)]
pub struct RolePackage {
    /// The package.
    pub package: PackageKey,
    /// Only for givers of this organisation form.
    pub unit_type: Option<String>,
    /// The holder may use the package.
    pub may_use: bool,
    /// The holder may give the package to others.
    pub may_delegate: bool,
}

impl RolePackage {
    /// Does it hold for a giver of this organisation form.
    pub fn fits(&self, unit_type: Option<&str>) -> bool {
        self.unit_type.is_none() || self.unit_type.as_deref() == unit_type
    }
}

/// All fixed tables.
#[derive(Debug)]
pub struct Catalogue {
    roles: Vec<Role>,
    role_by_name: HashMap<String, RoleKey>,
    implied: Vec<Vec<RoleKey>>,
    role_packages: Vec<Vec<RolePackage>>,
    packages: Vec<Package>,
    package_by_name: HashMap<String, PackageKey>,
    /// Areas in file order.
    pub areas: Vec<Area>,
    /// Groups in file order.
    pub groups: Vec<Group>,
    /// Providers of roles.
    pub providers: Vec<ProviderRow>,
    /// Types of parties.
    pub types: Vec<EntityType>,
    /// Organisation forms and other variants.
    pub variants: Vec<Variant>,
    /// Roles and packages that rules speak of by name.
    pub known: Known,
}

/// Roles and packages that the rules themselves name.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Container of everything that users delegate.
    pub rettighetshaver: RoleKey,
    /// Employee or system user of a service provider.
    pub agent: RoleKey,
    /// Maskinporten supplier.
    pub supplier: RoleKey,
    /// Container of rights to instances that an app controls.
    pub app_controlled: RoleKey,
    /// A person's role for itself.
    pub privatperson: RoleKey,
    /// A self-identified user's role for itself.
    pub selvregistrert: RoleKey,
    /// Sole proprietor (innehaver).
    pub innehaver: RoleKey,
    /// Partner with shared liability (deltaker med delt ansvar).
    pub dtpr: RoleKey,
    /// Role whose package list a main administrator may delegate.
    pub hovedadministrator_role: RoleKey,
    /// Package of the main administrator.
    pub hovedadministrator: PackageKey,
}

#[expect(clippy::expect_used, reason = "the tables are part of the binary and a test compiles them")]
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::compile().expect("embedded catalogue"));

/// The catalogue.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

impl Catalogue {
    /// The role behind a key.
    pub fn role(&self, key: RoleKey) -> &Role {
        &self.roles[usize::from(key.0)]
    }

    /// The package behind a key.
    pub fn package(&self, key: PackageKey) -> &Package {
        &self.packages[usize::from(key.0)]
    }

    /// All roles in file order.
    pub fn roles(&self) -> impl Iterator<Item = (RoleKey, &Role)> {
        self.roles.iter().enumerate().map(|(i, role)| (RoleKey(i as u16), role))
    }

    /// All packages in file order.
    pub fn packages(&self) -> impl Iterator<Item = (PackageKey, &Package)> {
        self.packages.iter().enumerate().map(|(i, package)| (PackageKey(i as u16), package))
    }

    /// Finds a role by id, code, legacy code or URN, whatever the case.
    pub fn find_role(&self, name: &str) -> Option<RoleKey> {
        self.role_by_name.get(&name.to_lowercase()).copied()
    }

    /// Finds a package by id, URN, code or `:code`, whatever the case.
    pub fn find_package(&self, name: &str) -> Option<PackageKey> {
        let name = name.to_lowercase();
        self.package_by_name.get(name.strip_prefix(':').unwrap_or(&name)).copied()
    }

    /// Roles that the holder of `role` also has. One step: what these imply does not follow.
    pub fn implied(&self, role: RoleKey) -> &[RoleKey] {
        &self.implied[usize::from(role.0)]
    }

    /// Packages that `role` brings.
    pub fn role_packages(&self, role: RoleKey) -> &[RolePackage] {
        &self.role_packages[usize::from(role.0)]
    }

    /// What a package is for, in our own words.
    pub fn package_description(&self, package: &Package, language: Language) -> String {
        let (name, area) = (package.name.get(language), self.areas[package.area].name.get(language));
        match language {
            Language::Nb => format!("Fullmakt til tjenester som gjelder {name}, i området {area}."),
            Language::Nn => format!("Fullmakt til tenester som gjeld {name}, i området {area}."),
            Language::En => format!("Power of attorney for services concerning {name}, in the area {area}."),
        }
    }

    /// An accountant's or auditor's role: what it gives at a sole proprietorship holds for the proprietor too.
    pub fn is_accountant(&self, role: RoleKey) -> bool {
        matches!(
            self.role(role).code.as_str(),
            "regnskapsforer" | "revisor" | "a0237" | "a0238" | "a0239" | "a0240" | "a0241"
        )
    }

    fn compile() -> Result<Self, String> {
        let roles: RolesFile = read(include_str!("../../../../data/authorization/roles.json"))?;
        let maps: MapsFile = read(include_str!("../../../../data/authorization/role-maps.json"))?;
        let grants: GrantsFile = read(include_str!("../../../../data/authorization/role-packages.json"))?;
        let areas: AreasFile = read(include_str!("../../../../data/authorization/areas.json"))?;
        let packages: PackagesFile =
            read(include_str!("../../../../data/authorization/access-packages.json"))?;
        let types: TypesFile = read(include_str!("../../../../data/authorization/entity-types.json"))?;

        let roles: Vec<Role> = roles.roles.into_iter().map(Role::from).collect();
        let mut role_by_name = HashMap::new();
        // Codes first: a legacy code never hides a code of the same spelling.
        for name_of in [
            |r: &Role| Some(r.code.clone()),
            |r: &Role| Some(r.urn.clone()),
            |r: &Role| Some(r.id.to_string()),
            |r: &Role| r.legacy_code.clone(),
            |r: &Role| r.legacy_urn.clone(),
        ] {
            for (i, role) in roles.iter().enumerate() {
                if let Some(name) = name_of(role) {
                    role_by_name.entry(name).or_insert(RoleKey(i as u16));
                }
            }
        }
        let role_key = |code: &str| role_by_name.get(code).copied().ok_or_else(|| format!("no role {code}"));

        let area_keys: HashMap<String, usize> =
            areas.areas.iter().enumerate().map(|(i, area)| (area.code.clone(), i)).collect();
        let packages = packages
            .packages
            .into_iter()
            .map(|row| {
                let area = *area_keys.get(&row.area).ok_or_else(|| format!("no area {}", row.area))?;
                Ok(row.into_package(area))
            })
            .collect::<Result<Vec<Package>, String>>()?;
        let mut package_by_name = HashMap::new();
        for (i, package) in packages.iter().enumerate() {
            for name in [package.code.clone(), package.urn.clone(), package.id.to_string()] {
                package_by_name.insert(name, PackageKey(i as u16));
            }
        }
        let package_key =
            |code: &str| package_by_name.get(code).copied().ok_or_else(|| format!("no package {code}"));

        let mut implied = vec![Vec::new(); roles.len()];
        for row in maps.implies {
            let gives = row.gives.iter().map(|code| role_key(code)).collect::<Result<Vec<_>, _>>()?;
            implied[usize::from(role_key(&row.role)?.0)] = gives;
        }
        let mut role_packages = vec![Vec::new(); roles.len()];
        for row in grants.grants {
            let may = |what: &str| row.may.iter().any(|m| m == what);
            let (may_use, may_delegate) = (may("use"), may("delegate"));
            let of_role = &mut role_packages[usize::from(role_key(&row.role)?.0)];
            for code in &row.packages {
                of_role.push(RolePackage {
                    package: package_key(code)?,
                    unit_type: row.unit_type.clone(),
                    may_use,
                    may_delegate,
                });
            }
        }
        let known = Known {
            rettighetshaver: role_key("rettighetshaver")?,
            agent: role_key("agent")?,
            supplier: role_key("supplier")?,
            app_controlled: role_key("appstyrt-rettighetshaver")?,
            privatperson: role_key("privatperson")?,
            selvregistrert: role_key("selvregistrert")?,
            innehaver: role_key("innehaver")?,
            dtpr: role_key("deltaker-delt-ansvar")?,
            hovedadministrator_role: role_key("hovedadministrator")?,
            hovedadministrator: package_key("hovedadministrator")?,
        };
        Ok(Self {
            roles,
            role_by_name,
            implied,
            role_packages,
            packages,
            package_by_name,
            areas: areas.areas.into_iter().map(Area::from).collect(),
            groups: areas.groups,
            providers: types.providers,
            types: types.types,
            variants: types.variants,
            known,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The facts that the tables were made from, where they lie beside the checkout.
    fn shared(file: &str) -> Option<Value> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/authorization/");
        let text = std::fs::read_to_string(format!("{path}{file}")).ok()?;
        Some(serde_json::from_str(&text).expect("shared data are JSON"))
    }

    #[test]
    fn tables_have_the_published_size() {
        let c = catalogue();
        assert_eq!((c.roles.len(), c.packages.len(), c.areas.len(), c.groups.len()), (148, 223, 49, 5));
        assert_eq!(c.implied.iter().map(Vec::len).sum::<usize>(), 304);
        assert_eq!(c.role_packages.iter().map(Vec::len).sum::<usize>(), 1285);
        assert_eq!(c.roles().filter(|(_, r)| r.key_role).count(), 8);
    }

    #[test]
    fn managing_director_is_found_by_every_name() {
        let c = catalogue();
        let key = c.find_role("daglig-leder").unwrap();
        for name in ["DAGL", "urn:altinn:rolecode:dagl", "urn:altinn:external-role:ccr:daglig-leder"] {
            assert_eq!(c.find_role(name), Some(key), "{name}");
        }
        let implied: Vec<_> = c.implied(key).iter().map(|k| c.role(*k).code.as_str()).collect();
        assert_eq!(
            implied,
            "a0212 a0236 a0278 a0293 a0294 a0298 admai apiadm attst hadm hvask kladm komab loper pasig pavad regna \
             signe siskd uihtl uiluf utinn utomr"
                .split_whitespace()
                .collect::<Vec<_>>()
        );
        assert_eq!(c.find_role("FFØR"), c.find_role("forretningsforer"));
    }

    #[test]
    fn business_manager_gets_packages_by_organisation_form_only() {
        let c = catalogue();
        let role = c.find_role("forretningsforer").unwrap();
        let of =
            |form: &str| c.role_packages(role).iter().filter(|p| p.may_use && p.fits(Some(form))).count();
        assert_eq!((of("ESEK"), of("BRL"), of("NUF"), of("AS")), (1, 1, 10, 0));
    }

    #[test]
    fn main_administrator_may_delegate_but_not_use() {
        let c = catalogue();
        let list = c.role_packages(c.known.hovedadministrator_role);
        assert_eq!(list.len(), 135);
        assert!(list.iter().all(|p| !p.may_use && p.may_delegate));
    }

    #[test]
    fn every_row_equals_the_facts_it_was_made_from() {
        let c = catalogue();
        let (Some(roles), Some(packages), Some(maps), Some(grants)) = (
            shared("roles.json"),
            shared("access-packages.json"),
            shared("role-maps.json"),
            shared("role-packages.json"),
        ) else {
            return;
        };
        for row in roles.as_array().unwrap() {
            let role = c.role(c.find_role(row["id"].as_str().unwrap()).unwrap());
            assert_eq!(row["urn"], role.urn.as_str());
            assert_eq!(row["legacyUrn"].as_str(), role.legacy_urn.as_deref());
            assert_eq!(row["isKeyRole"], role.key_role);
            assert_eq!(row["name"]["nn"], role.name.get(Language::Nn));
        }
        for row in packages.as_array().unwrap() {
            let package = c.package(c.find_package(row["urn"].as_str().unwrap()).unwrap());
            assert_eq!(row["id"], package.id.to_string().as_str());
            assert_eq!(row["isAssignable"], package.assignable);
            assert_eq!(row["isDelegable"], package.delegable);
            assert_eq!(row["isAvailableForServiceOwners"], package.for_service_owners);
            assert_eq!(row["area"], c.areas[package.area].urn.as_str());
        }
        for row in maps.as_array().unwrap() {
            let has = c.find_role(row["hasRole"].as_str().unwrap()).unwrap();
            let get = c.find_role(row["getRole"].as_str().unwrap()).unwrap();
            assert!(c.implied(has).contains(&get), "{row}");
        }
        for row in grants.as_array().unwrap() {
            let role = c.find_role(row["role"].as_str().unwrap()).unwrap();
            let package = c.find_package(row["package"].as_str().unwrap()).unwrap();
            assert!(
                c.role_packages(role).iter().any(|p| p.package == package
                    && p.unit_type.as_deref() == row["entityVariant"].as_str()
                    && row["hasAccess"] == p.may_use
                    && row["canDelegate"] == p.may_delegate),
                "{row}"
            );
        }
    }
}
