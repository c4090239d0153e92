//! `GET enduser/connections/accesspackages/delegationcheck`: which packages the user may give for the party.

use super::App;
use super::guard::giver;
use crate::domain::catalogue::{Language, PackageKey};
use crate::domain::connection::Facts;
use crate::domain::delegation::{Means, PackageReason, party_type};
use crate::wire::connection::page;
use crate::wire::meta;
use crate::wire::problem::{Answer, am};
use crate::wire::query::Params;
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use serde_json::{Value, json};

pub async fn handle(State(app): State<App>, caller: Caller, RawQuery(query): RawQuery) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = giver(&app, &caller, &params).await?;
    let catalogue = app.access.catalogue;
    let of_type = |key: PackageKey| catalogue.package(key).party_type == party_type(&asked.party);
    let mut wanted: Vec<PackageKey> = Vec::new();
    for name in ["packageIds", "packageIds[]", "packages", "packages[]"].iter().flat_map(|n| params.all(n)) {
        let key = catalogue.find_package(name).filter(|key| of_type(*key)).ok_or_else(|| am("AM-00041"))?;
        if !wanted.contains(&key) {
            wanted.push(key);
        }
    }
    if wanted.is_empty() {
        wanted = catalogue.packages().map(|(key, _)| key).filter(|key| of_type(*key)).collect();
    }
    let facts = app.access.sources().between(asked.party.uuid, asked.user).await?;
    let means = Means::new(catalogue, &facts, asked.user, asked.party.uuid);
    let writer = meta::Writer { catalogue, language: Language::Nb };
    let list: Vec<Value> = wanted
        .into_iter()
        .map(|key| {
            let check = means.check_package(key);
            let reasons: Vec<Value> = check.reasons.iter().map(|r| reason(&app, &facts, r)).collect();
            json!({ "package": writer.package(key), "result": check.result, "reasons": reasons })
        })
        .collect();
    Ok(Json(page(list)).into_response())
}

fn reason(app: &App, facts: &Facts, reason: &PackageReason) -> Value {
    let role = reason.record.map(|r| app.access.catalogue.role(r.role));
    let via_role = reason.record.and_then(|r| r.via_role).map(|key| app.access.catalogue.role(key));
    let name = |id: Option<uuid::Uuid>| id.and_then(|id| facts.parties.get(&id)).map(|p| p.name.clone());
    let (from, to) = (reason.record.map(|r| r.from), reason.record.map(|r| r.to));
    let via = reason.record.and_then(|r| r.via);
    json!({
        "description": reason.description,
        "roleId": role.map(|r| r.id),
        "roleUrn": role.map(|r| &r.urn),
        "fromId": from,
        "fromName": name(from),
        "toId": to,
        "toName": name(to),
        "viaId": via,
        "viaName": name(via),
        "viaRoleId": via_role.map(|r| r.id),
        "viaRoleUrn": via_role.map(|r| &r.urn),
    })
}
