//! `GET exchange/{provider}`: an Altinn token for a token of Maskinporten or ID-porten.

use crate::session::Portal;
use crate::session::domain::exchange::{self, User};
use crate::session::http::browser::{self, Query};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use httpkit::{KeyRing, negotiated_string, problem};
use jose::{Claims, Unverified, VerifyOptions};
use ports::register::PartyRef;

/// Asks for the person token of an enterprise user, which is no longer made.
const ENTERPRISE_USER_HEADER: &str = "x-altinn-enterpriseuser-authentication";
const LEEWAY: std::time::Duration = std::time::Duration::from_secs(10);

/// Exchanges the bearer token.
pub async fn get(
    State(portal): State<Portal>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::parse(query.as_deref());
    let answer = match exchange(&portal, &provider, &headers, &query).await {
        Ok(token) => negotiated_string(&headers, StatusCode::OK, &token),
        Err(refused) => refused,
    };
    browser::not_stored(answer)
}

async fn exchange(
    portal: &Portal,
    provider: &str,
    headers: &HeaderMap,
    query: &Query,
) -> Result<String, Response> {
    let token = bearer(headers).ok_or_else(unauthorized)?;
    Unverified::parse(token, jose::MAX_TOKEN_BYTES).map_err(|_| unauthorized())?;
    let (keys, issuers) = (&portal.ctx.keys, &portal.ctx.config.issuers);
    let claims = match provider.to_ascii_lowercase().as_str() {
        "maskinporten" => {
            let incoming = verified(portal, &keys.maskinporten, &issuers.maskinporten, token)?;
            maskinporten(portal, headers, query, &incoming).await?
        }
        "id-porten" => {
            let incoming = verified(portal, &keys.idporten, &issuers.idporten, token)?;
            idporten(portal, &incoming).await?
        }
        "altinnstudio" => return Err(problem::not_implemented("authentication-session.md")),
        other => {
            let text = format!("Invalid provider {other}. Use id-porten, maskinporten or altinnstudio.");
            return Err(negotiated_string(headers, StatusCode::BAD_REQUEST, &text));
        }
    };
    metrics::counter!("tokens_issued_total", "issuer" => "altinn").increment(1);
    keys.altinn.sign(&claims).map_err(|e| httpkit::internal(&e))
}

fn unauthorized() -> Response {
    problem::empty(StatusCode::UNAUTHORIZED)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn verified(portal: &Portal, keys: &KeyRing, issuer: &str, token: &str) -> Result<Claims, Response> {
    let options = VerifyOptions { issuer, leeway: LEEWAY, now: portal.ctx.clock.now() };
    keys.verify(token, &options).map_err(|_| unauthorized())
}

async fn maskinporten(
    portal: &Portal,
    headers: &HeaderMap,
    query: &Query,
    incoming: &Claims,
) -> Result<Claims, Response> {
    let org_no = exchange::consumer(incoming).ok_or_else(unauthorized)?;
    if headers.contains_key(ENTERPRISE_USER_HEADER) {
        return Err(problem::problem_json(
            StatusCode::GONE,
            &serde_json::json!({
                "status": 410,
                "title": "Enterprise user authentication is no longer supported.",
                "detail": "Use a system user in place of an enterprise user.",
                "type": "https://docs.altinn.studio",
            }),
        ));
    }
    let mut code = None;
    if exchange::wants_org_code(incoming) {
        let owner = portal.resources.service_owner(org_no).await.map_err(|e| httpkit::internal(&e))?;
        code = owner.map(|owner| owner.code);
    }
    let test = query.get("test").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if test && code.as_deref() == Some("digdir") {
        code = Some("ttd".to_owned());
    }
    let (issuer, now) = (&portal.ctx.config.issuers.altinn, portal.ctx.clock.now());
    Ok(exchange::maskinporten(incoming, issuer, org_no, code.as_deref(), portal.ctx.ids.uuid(), now))
}

async fn idporten(portal: &Portal, incoming: &Claims) -> Result<Claims, Response> {
    if !exchange::has_exchangeable_scope(incoming) {
        return Err(problem::empty(StatusCode::FORBIDDEN));
    }
    let pid = exchange::text(incoming, "pid").ok_or_else(unauthorized)?;
    let acr = exchange::text(incoming, "acr").ok_or_else(unauthorized)?;
    let party =
        portal.register.party(&PartyRef::Pid(pid.to_owned())).await.map_err(|e| httpkit::internal(&e))?;
    let party = party.ok_or_else(unauthorized)?;
    let user = User {
        user_id: party.user_id.ok_or_else(unauthorized)?,
        user_name: party.user_name.as_deref().unwrap_or_default(),
        party_id: party.id,
        party_uuid: party.uuid,
    };
    Ok(exchange::idporten(incoming, &portal.ctx.config.issuers.altinn, acr, &user, portal.ctx.ids.uuid()))
}
