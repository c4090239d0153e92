//! `POST enduser/connections/accesspackages`: gives a package; idempotent.

use super::App;
use super::guard::{Asked, check_types, giver};
use super::person::PersonInput;
use crate::domain::catalogue::{PackageKey, PartyType};
use crate::domain::delegation::{Means, party_type};
use crate::store::assignments;
use crate::wire::problem::{Answer, am, invalid};
use crate::wire::query::Params;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use httpkit::Caller;
use ports::register::{Party, PartyKind};
use serde_json::json;
use uuid::Uuid;

pub async fn handle(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Answer<Response> {
    let params = Params::read(query.as_deref());
    let asked = giver(&app, &caller, &params).await?;
    // WIRE: the body's person is looked up, and counts, but the grant goes to query `to` (access-management §4).
    if let Some(person) = PersonInput::read(&body)? {
        person.find(&app, &asked).await?;
    }
    let to = asked.to.ok_or_else(|| invalid("STD.VLD-00000", &["QUERY/to"], &[]))?;
    let receiver = app.access.party(to).await?.ok_or_else(|| invalid("AM.VLD-00006", &["QUERY/to"], &[]))?;
    check_types(&asked.party, &receiver)?;
    // A system user becomes a right holder by the grant itself; all others must be connected.
    if receiver.kind != PartyKind::SystemUser && !app.access.is_connected(asked.party.uuid, to).await? {
        return Err(am("AM-00022"));
    }
    let (package, path) = wanted(&app, &asked, &params)?;
    check(&app, &asked, &receiver, package, path).await?;

    let access = &app.access;
    let change = access.change(asked.party.uuid, to, asked.user);
    let container = access.catalogue.known.rettighetshaver;
    let (id, assignment) = db::write_tx!(access.db, "am.package_grant", |tx| {
        let (assignment, _) = assignments::assign(tx, access.catalogue, &change, container).await?;
        let (id, _) = assignments::add_package(tx, access.catalogue, &change, assignment, package).await?;
        Ok::<(Uuid, Uuid), db::Error>((id, assignment))
    })?;
    let package_id = access.catalogue.package(package).id;
    Ok(Json(json!({ "id": id, "assignmentId": assignment, "packageId": package_id })).into_response())
}

/// The package of the query, which must be for the giver's type; `packageId` wins over `package`.
pub fn wanted(app: &App, asked: &Asked, params: &Params) -> Answer<(PackageKey, &'static str)> {
    let catalogue = app.access.catalogue;
    let (key, path) = match (params.get("packageId"), params.get("package")) {
        (Some(id), _) => {
            let key = id.parse::<Uuid>().ok().and_then(|id| catalogue.find_package(&id.to_string()));
            (key.ok_or_else(|| am("AM-00041"))?, "QUERY/packageId")
        }
        (None, Some(name)) => {
            let unknown = || {
                let text = format!("No package with value '{name}' exists.");
                invalid("AM.VLD-00011", &["QUERY/package"], &[("package", text.into())])
            };
            (catalogue.find_package(name).ok_or_else(unknown)?, "QUERY/package")
        }
        (None, None) => return Err(invalid("STD.VLD-00000", &["QUERY/packageId", "QUERY/package"], &[])),
    };
    if catalogue.package(key).party_type != party_type(&asked.party) {
        return Err(am("AM-00041"));
    }
    Ok((key, path))
}

async fn check(app: &App, asked: &Asked, receiver: &Party, package: PackageKey, path: &str) -> Answer<()> {
    let catalogue = app.access.catalogue;
    let facts = app.access.sources().between(asked.party.uuid, asked.user).await?;
    let means = Means::new(catalogue, &facts, asked.user, asked.party.uuid);
    let urn = &catalogue.package(package).urn;
    if !means.check_package(package).result {
        let text = format!("User is not allowed to assign the following package(s) '{urn}'.");
        return Err(invalid("AM.VLD-00026", &["QUERY/packageId"], &[("packages", text.into())]));
    }
    let refused = match catalogue.package(package).code.as_str() {
        "hovedadministrator" => party_type(receiver) == PartyType::Org,
        "virksomhetens-representant-skjemaoppgaver" => {
            party_type(receiver) == PartyType::Org || receiver.kind == PartyKind::SystemUser
        }
        _ => false,
    };
    if refused {
        let text = format!("{urn} are not assignable to the given entitytype in input.");
        return Err(invalid("AM.VLD-00028", &[path], &[("Packages", text.into())]));
    }
    Ok(())
}
