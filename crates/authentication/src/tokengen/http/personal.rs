//! `GET /api/GetPersonalToken`

use super::call::{Call, MAX_BULK, OwnIssuer, bulk, check};
use crate::tokengen::Generator;
use crate::tokengen::domain::claims::{self, Personal};
use crate::tokengen::domain::people::{random_number, random_pid};
use crate::tokengen::domain::query;
use axum::response::Response;

const DEFAULT_SCOPE: &str = "altinn:enduser";
/// People fetched at a time to choose among.
const PICK_FROM: usize = 100;

/// A person's token, or several of random people.
pub async fn get(call: Call) -> Result<Response, Response> {
    let (mut query, call) = call.admit("personal")?;
    let ids = &call.generator.ctx.ids;
    let mut of = Personal {
        scope: query.optional("scopes", query::scopes).unwrap_or_else(|| DEFAULT_SCOPE.to_owned()),
        user_id: query.optional("userId", query::uint),
        party_id: query.optional("partyId", query::uint),
        pid: query.optional("pid", query::pid).unwrap_or_default(),
        level: query.optional("authLvl", query::level).unwrap_or_else(|| "3".to_owned()),
        consumer: query.optional("consumerOrgNo", query::org_no_or_pid),
        party_uuid: query.optional("partyuuid", query::uuid),
        user_name: query.optional("userName", query::identifier).unwrap_or_default(),
        client_amr: query
            .optional("clientAmr", query::identifier)
            .unwrap_or_else(|| "virksomhetssertifikat".to_owned()),
        client_id: ids.uuid().to_string(),
        delegation_source: query.optional("delegationSource", query::absolute_uri),
        jti: ids.token(32),
    };
    let count = query.optional("bulkCount", query::uint).unwrap_or(0);
    check(&query)?;
    let frame = call.frame(OwnIssuer::WellKnown);
    if count > 0 {
        let mut tokens = Vec::new();
        for pid in people(&call.generator, MAX_BULK.min(count as usize)).await? {
            of.jti = ids.token(32);
            of.pid.clone_from(&pid);
            tokens.push((pid, claims::personal(&frame, &of)));
        }
        return Ok(bulk(&call.generator, tokens).await);
    }
    if of.pid.is_empty() {
        of.pid = people(&call.generator, 1).await?.pop().unwrap_or_default();
    }
    Ok(call.answer(&claims::personal(&frame, &of)))
}

/// Numbers of random people: of the population as far as it reaches, so that the tokens stand for somebody, then made up.
async fn people(generator: &Generator, count: usize) -> Result<Vec<String>, Response> {
    let ids = generator.ctx.ids.as_ref();
    let mut pids: Vec<String> = Vec::new();
    let first_day = random_number(ids, 0, 31);
    for offset in 0..31 {
        if pids.len() >= count {
            break;
        }
        let day = (first_day + offset) % 31 + 1;
        let found = generator.register.find_persons(&format!("{day:02}"), PICK_FROM).await;
        let found = found.map_err(|e| httpkit::internal(&e))?;
        pids.extend(found.into_iter().filter_map(|party| party.pid));
    }
    if count == 1 && !pids.is_empty() {
        let pick = random_number(ids, 0, pids.len() as u32) as usize;
        return Ok(vec![pids.swap_remove(pick)]);
    }
    pids.truncate(count);
    while pids.len() < count {
        pids.push(random_pid(ids));
    }
    Ok(pids)
}
