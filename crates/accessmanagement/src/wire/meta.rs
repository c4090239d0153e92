//! The catalogue on the wire (access-management §2).

use crate::domain::catalogue::{
    Area, Catalogue, Group, Language, Package, PackageKey, PartyType, Role, RoleKey,
};
use http::HeaderMap;
use ports::resourceregistry::Resource;
use serde_json::{Value, json};

/// Language of the first entry of `Accept-Language`.
pub fn language(headers: &HeaderMap) -> Language {
    let header = headers.get(http::header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = header.split([',', ';']).next().unwrap_or_default().trim().to_lowercase();
    match first.split('-').next().unwrap_or_default() {
        "nn" | "nno" => Language::Nn,
        "en" | "eng" => Language::En,
        _ => Language::Nb,
    }
}

/// `Content-Language` of an answer.
pub fn code(language: Language) -> &'static str {
    match language {
        Language::Nb => "nb",
        Language::Nn => "nn",
        Language::En => "en",
    }
}

/// `ResourceDto` of a resource, in the language with this code.
pub fn resource_dto(resource: &Resource, language: &str) -> Value {
    json!({
        "id": null, "providerId": null, "typeId": null, "name": resource.title[language],
        "description": resource.description[language], "refId": resource.identifier,
        "provider": { "code": resource.owner_code }, "type": { "id": null, "name": resource.resource_type },
    })
}

/// The catalogue in one language.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// Fixed tables.
    pub catalogue: &'a Catalogue,
    /// Language of names.
    pub language: Language,
}

impl Writer<'_> {
    fn type_of(&self, party_type: PartyType) -> Value {
        let name = match party_type {
            PartyType::Org => "Organisasjon",
            PartyType::Person => "Person",
        };
        let found = self.catalogue.types.iter().find(|t| t.name.get(Language::Nb) == name);
        json!({ "id": found.map(|t| t.id), "name": found.map(|t| t.name.get(self.language)) })
    }

    /// `PackageDto`
    pub fn package(&self, key: PackageKey) -> Value {
        let package = self.catalogue.package(key);
        let mut dto = self.bare_package(package);
        dto["area"] = self.bare_area(&self.catalogue.areas[package.area]);
        dto
    }

    fn bare_package(&self, package: &Package) -> Value {
        json!({
            "id": package.id,
            "name": package.name.get(self.language),
            "urn": package.urn,
            "description": self.catalogue.package_description(package, self.language),
            "isDelegable": package.delegable,
            "isAssignable": package.assignable,
            "isResourcePolicyAvailable": package.for_service_owners,
            "area": null,
            "type": self.type_of(package.party_type),
            "resources": null,
        })
    }

    fn bare_area(&self, area: &Area) -> Value {
        json!({
            "id": area.id,
            "name": area.name.get(self.language),
            "urn": area.urn,
            "description": area.name.get(self.language),
            "iconUrl": area.icon_url,
            "packages": null,
            "group": null,
        })
    }

    /// `AreaDto` with its packages.
    pub fn area(&self, index: usize) -> Value {
        let area = &self.catalogue.areas[index];
        let mut dto = self.bare_area(area);
        dto["packages"] = self.packages_of(index);
        let mut group = self.bare_group(&self.catalogue.groups[area.group]);
        group["areas"] = Value::Null;
        dto["group"] = group;
        dto
    }

    /// Packages of an area, by name.
    pub fn packages_of(&self, index: usize) -> Value {
        let of_area = self.catalogue.packages().filter(|(_, package)| package.area == index);
        by_name(of_area.map(|(_, package)| self.bare_package(package)).collect())
    }

    fn bare_group(&self, group: &Group) -> Value {
        json!({
            "id": group.id,
            "name": group.name.get(self.language),
            "urn": null,
            "description": group.name.get(self.language),
            "type": self.type_of(group.party_type)["name"],
            "areas": [],
        })
    }

    /// `AreaGroupDto` with its areas, and with their packages if wanted.
    pub fn group(&self, index: usize, with_packages: bool) -> Value {
        let mut dto = self.bare_group(&self.catalogue.groups[index]);
        let of_group = self.catalogue.areas.iter().enumerate().filter(|(_, area)| area.group == index);
        let areas = of_group.map(|(i, area)| {
            let mut dto = self.bare_area(area);
            if with_packages {
                dto["packages"] = self.packages_of(i);
            }
            dto
        });
        dto["areas"] = by_name(areas.collect());
        dto
    }

    /// `RoleDto`
    pub fn role(&self, key: RoleKey) -> Value {
        let role: &Role = self.catalogue.role(key);
        let provider = self.catalogue.providers.iter().find(|p| p.code == role.provider.code());
        json!({
            "id": role.id,
            "name": role.name.get(self.language),
            "code": role.code,
            "description": role.name.get(self.language),
            "isKeyRole": role.key_role,
            "urn": role.urn,
            "legacyRoleCode": role.legacy_code,
            "legacyUrn": role.legacy_urn,
            "isResourcePolicyAvailable": role.for_service_owners,
            "provider": provider.map(|p| json!({
                "id": p.id, "name": p.name, "refId": null, "logoUrl": null, "code": p.code, "typeId": null, "type": null,
            })),
        })
    }

    /// `SubTypeDto` of every organisation form.
    pub fn organisation_forms(&self) -> Vec<Value> {
        let organisation = self.type_of(PartyType::Org);
        let forms = self.catalogue.variants.iter().filter(|v| v.type_name == "Organisasjon");
        forms
            .map(|form| {
                json!({
                    "id": form.id, "typeId": organisation["id"], "name": form.code,
                    "description": form.name.get(self.language), "type": organisation,
                })
            })
            .collect()
    }

    /// Hits of a search, best first: `(package, score, fields)`.
    pub fn search(&self, term: &str, strict: bool) -> Vec<Value> {
        let phrase = term.trim().to_lowercase();
        let tokens: Vec<&str> = phrase.split_whitespace().collect();
        let mut hits: Vec<(u32, Value)> = Vec::new();
        for (key, package) in self.catalogue.packages() {
            let (mut score, mut fields, mut all_hit) = (0, Vec::new(), true);
            for token in &tokens {
                let points = self.score(package, token, 1, "", &mut fields);
                all_hit &= points > 0;
                score += points;
            }
            if tokens.len() > 1 {
                score += self.score(package, &phrase, 2, ".phrase", &mut fields);
            }
            if tokens.is_empty() || (score > 0 && (all_hit || !strict)) {
                hits.push((score, json!({ "object": self.package(key), "score": score, "fields": fields })));
            }
        }
        hits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        hits.into_iter().map(|(_, hit)| hit).collect()
    }

    fn score(
        &self,
        package: &Package,
        token: &str,
        weight: u32,
        suffix: &str,
        fields: &mut Vec<Value>,
    ) -> u32 {
        let area = &self.catalogue.areas[package.area];
        let name = package.name.get(self.language).to_lowercase();
        let description = self.catalogue.package_description(package, self.language).to_lowercase();
        let area_name = area.name.get(self.language).to_lowercase();
        let rules = [
            (name.starts_with(token), 100, "name.prefix", &name),
            (!name.starts_with(token) && name.contains(token), 50, "name", &name),
            (description.contains(token), 10, "description", &description),
            (area_name.starts_with(token), 25, "area.name.prefix", &area_name),
        ];
        let mut score = 0;
        for (hit, points, field, value) in rules {
            if hit {
                let points = points * weight;
                score += points;
                let words = [json!({ "content": token, "isMatch": true, "score": points })];
                fields.push(json!({
                    "field": format!("{field}{suffix}"), "value": value, "score": points, "words": words,
                }));
            }
        }
        score
    }
}

fn by_name(mut list: Vec<Value>) -> Value {
    list.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    Value::Array(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::catalogue;

    #[test]
    fn search_ranks_prefix_over_inner_word_and_strict_needs_every_token() {
        let writer = Writer { catalogue: catalogue(), language: Language::Nb };
        let hits = writer.search("jord", false);
        assert_eq!(hits[0]["object"]["urn"], "urn:altinn:accesspackage:jordbruk");
        assert!(hits[0]["score"].as_u64() >= Some(100));
        assert!(writer.search("jordbruk xyzzy", true).is_empty());
        assert!(!writer.search("jordbruk xyzzy", false).is_empty());
        assert_eq!(writer.search("", false).len(), 223);
    }

    #[test]
    fn first_language_counts() {
        let with = |value: &str| {
            language(&HeaderMap::from_iter([(http::header::ACCEPT_LANGUAGE, value.parse().unwrap())]))
        };
        assert_eq!(
            (with("nno"), with("en-GB,nb;q=0.8"), with("no")),
            (Language::Nn, Language::En, Language::Nb)
        );
    }
}
