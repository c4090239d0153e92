//! GET enduser/parties

use crate::Dialogporten;
use crate::domain::party;
use crate::error::Error;
use crate::request::{Answer, Req};
use crate::wire::output::Members;
use axum::extract::State;
use axum::response::Response;
use ports::register::{Party, PartyKind};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// Parties that the caller may act for, sub-units under their main units.
pub async fn handle(State(dialogs): State<Dialogporten>, req: Req) -> Response {
    req.answer(run(&dialogs, &req).await)
}

async fn run(dialogs: &Dialogporten, req: &Req) -> Result<Answer, Error> {
    req.accepts_json()?;
    let user = dialogs.end_user(req).await?;
    let mut ids = dialogs.access.parties_of(user.party).await?;
    if user.system.is_none() && !ids.contains(&user.party) {
        ids.push(user.party);
    }
    let mut parties: Vec<Party> = Vec::new();
    for chunk in ids.chunks(1000) {
        parties.extend(dialogs.register.parties(chunk).await?);
    }
    let parents: Vec<Uuid> =
        parties.iter().filter_map(|p| p.parent).filter(|parent| !ids.contains(parent)).collect();
    let mut only_through: Vec<Party> = Vec::new();
    for chunk in parents.chunks(1000) {
        only_through.extend(dialogs.register.parties(chunk).await?);
    }
    only_through.dedup_by_key(|p| p.uuid);
    let mut below: HashMap<Uuid, Vec<Value>> = HashMap::new();
    for sub in parties.iter().filter(|p| p.parent.is_some()) {
        below.entry(sub.parent.unwrap_or_default()).or_default().push(one(sub, &user.urn, false, None));
    }
    let mut tops: Vec<(&Party, bool)> =
        parties.iter().filter(|p| p.parent.is_none()).map(|p| (p, false)).collect();
    tops.extend(only_through.iter().map(|p| (p, true)));
    let list: Vec<Value> =
        tops.into_iter().map(|(p, only_sub)| one(p, &user.urn, only_sub, below.remove(&p.uuid))).collect();
    Ok(Answer::Body(json!({"authorizedParties": list}), None))
}

fn one(p: &Party, current: &str, only_sub: bool, below: Option<Vec<Value>>) -> Value {
    let urn = party::urn_of(p);
    let kind = match p.kind {
        PartyKind::Person => "Person",
        PartyKind::SelfIdentified => "SelfIdentified",
        _ => "Organization",
    };
    Members::default()
        .put("isCurrentEndUser", urn == current)
        .put("party", urn)
        .put("partyUuid", p.uuid.to_string())
        .put("partyId", p.id)
        // WIRE: inbox-ui §1, the inbox takes persons last name first and turns them.
        .put("name", p.listed_name())
        .put("partyType", kind)
        .put("isDeleted", p.deleted)
        // WIRE: dialogporten §18, access is asked for without roles, so these three are false for everyone.
        .put("hasKeyRole", false)
        .put("isMainAdministrator", false)
        .put("isAccessManager", false)
        .put("hasOnlyAccessToSubParties", only_sub)
        .opt("subParties", below)
        .done()
}
