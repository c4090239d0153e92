//! What the operations on authorized parties share: whom it is about, and which parties are asked for.

use super::App;
use crate::domain::connection::{Facts, Record};
use crate::wire::authorized_party::{Asked, AuthorizedPartyDto, Opening, tree};
use crate::wire::problem::{Answer, bare};
use crate::wire::query::{Params, Tri};
use http::StatusCode;
use httpkit::Caller;
use std::collections::HashSet;
use uuid::Uuid;

/// Defaults of an operation.
#[derive(Clone, Copy)]
pub struct Defaults {
    /// Roles, resources and instances are listed.
    pub lists: bool,
    /// The three filters on parties.
    pub filters: Tri,
}

/// What the query asks for. Settings of the user stand behind `auto`; a user without settings sees everything.
pub fn asked(params: &Params, defaults: Defaults) -> Answer<Asked> {
    let shown = |name| params.tri(name, defaults.filters).map(|value| value != Tri::False);
    // WIRE: instances are accepted and always empty until rights to single instances exist.
    params.flag("includeInstances", defaults.lists)?;
    Ok(Asked {
        roles: params.flag("includeRoles", defaults.lists)?,
        packages: params.flag("includeAccessPackages", false)?,
        resources: params.flag("includeResources", defaults.lists)?,
        via_key_roles: shown("includePartiesViaKeyRoles")?,
        sub_parties: shown("includeSubParties")?,
        inactive: shown("includeInactiveParties")?,
        parties: params.uuids("partyFilter")?.into_iter().collect(),
        opening: None,
    })
}

/// The user of a token that is a user's. Tokens of system users and organisations are no users: 401.
pub async fn user(app: &App, caller: &Caller) -> Answer<Uuid> {
    let unauthorized = || bare(StatusCode::UNAUTHORIZED);
    let party = app.access.register.party(&caller.person().ok_or_else(unauthorized)?).await?;
    Ok(party.ok_or_else(unauthorized)?.uuid)
}

/// The parties that `to` may act for.
pub async fn list(app: &App, to: Uuid, mut asked: Asked, params: &Params) -> Answer<Vec<AuthorizedPartyDto>> {
    let (facts, records) = app.access.received_by(to).await?;
    let any_of: HashSet<String> = params.all("anyOfResourceIds").map(str::to_lowercase).collect();
    let owner = params.get("orgCode").map(str::to_lowercase);
    if !any_of.is_empty() || owner.is_some() {
        asked.opening = Some(opening(app, &facts, &records, &any_of, owner.as_deref()).await?);
    }
    Ok(tree(app.access.catalogue, &facts, &records, &asked))
}

/// The resources that a filter leaves, with the roles and packages that open them.
async fn opening(
    app: &App,
    facts: &Facts,
    records: &[Record],
    any_of: &HashSet<String>,
    owner: Option<&str>,
) -> Answer<Opening> {
    let access = facts.sum(app.access.catalogue, records.iter());
    let mut subjects = access.role_urns(app.access.catalogue);
    subjects.extend(access.package_urns(app.access.catalogue));
    let mut pairs = app.access.resources.resources_by_subject(&subjects).await?;
    pairs.extend(access.rights.iter().map(|right| (String::new(), right.resource.clone())));
    pairs.retain(|(_, resource)| any_of.is_empty() || any_of.contains(resource));
    if let Some(owner) = owner {
        let named =
            app.access.resources_named(pairs.iter().map(|(_, resource)| resource.clone()).collect()).await?;
        pairs.retain(|(_, resource)| named.get(resource).is_some_and(|r| r.owner_code == owner));
    }
    let mut opening = Opening::default();
    for (subject, resource) in pairs {
        opening.resources.insert(resource);
        opening.subjects.insert(subject);
    }
    Ok(opening)
}
