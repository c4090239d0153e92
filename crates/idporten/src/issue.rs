//! Tokens for a code or a refresh token: the state change behind `/token` and behind the port that Altinn uses.

use crate::Idporten;
use crate::domain::authorize::Request;
use crate::domain::claims::{self, Authenticated};
use crate::domain::client::{AuthMethod, Client, Grant as GrantType};
use crate::store::grants::{self, Grant, Kind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// An OAuth refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub reason: &'static str,
}

const fn invalid_grant(reason: &'static str) -> Refused {
    Refused { code: "invalid_grant", reason }
}

/// What a code was redeemed for.
type Outcome<T> = db::Result<Result<T, Refused>>;

/// Redeems a code within a transaction. A second use kills what the first one gave.
async fn take_code(
    idp: &Idporten,
    tx: &mut db::Tx,
    client: &Client,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Outcome<Grant> {
    let now = idp.ctx.clock.now();
    let Some(grant) = grants::by_code(tx, &idp.code_digest(code)).await? else {
        return Ok(Err(invalid_grant("the code is not known")));
    };
    // A thief who lacks the client's credentials or verifier must not be able to burn the code.
    if grant.client_id != client.id {
        return Ok(Err(invalid_grant("the code belongs to another client")));
    }
    if grant.request.redirect_uri != redirect_uri {
        return Ok(Err(invalid_grant("redirect_uri differs from the authorization request")));
    }
    if !verifier_fits(verifier, &grant.request.challenge) {
        return Ok(Err(invalid_grant("code_verifier does not fit the code_challenge")));
    }
    if grant.code_used_at.is_some() || !grants::use_code(tx, grant.id, now).await? {
        grants::revoke(tx, grant.id, now).await?;
        return Ok(Err(invalid_grant("the code has been used")));
    }
    if grant.code_expires_at <= now || grant.revoked_at.is_some() {
        return Ok(Err(invalid_grant("the code has expired")));
    }
    Ok(Ok(grant))
}

/// Redeems a code and answers the token response.
pub async fn redeem_code(
    idp: &Idporten,
    client: &Client,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Outcome<Value> {
    db::write_tx!(idp.ctx.db, "idporten.redeem_code", |tx| {
        match take_code(idp, tx, client, code, redirect_uri, verifier).await? {
            Ok(grant) => Ok(Ok(tokens(idp, tx, client, &grant, &grant.request, true).await?)),
            Err(refused) => Ok::<_, db::Error>(Err(refused)),
        }
    })
}

/// Redeems a code for the login alone, without tokens: the Altinn side has no use for them.
pub async fn redeem_login(
    idp: &Idporten,
    client: &Client,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Outcome<Grant> {
    db::write_tx!(idp.ctx.db, "idporten.redeem_login", |tx| {
        take_code(idp, tx, client, code, redirect_uri, verifier).await
    })
}

/// Exchanges a refresh token for a new pair. A second use kills the whole grant, since one of the two users is a thief.
pub async fn refresh(idp: &Idporten, client: &Client, token: &str, scope: Option<&str>) -> Outcome<Value> {
    let (digest, now) = (idp.token_digest(token), idp.ctx.clock.now());
    db::write_tx!(idp.ctx.db, "idporten.refresh", |tx| {
        let found = grants::by_token_in(tx, &digest).await?;
        let Some(found) = found.filter(|t| t.kind == Kind::Refresh && t.grant.client_id == client.id) else {
            return Ok(Err(invalid_grant("the refresh token is not known")));
        };
        let used = || invalid_grant("the refresh token has been used");
        if found.used_at.is_some() {
            grants::revoke(tx, found.grant.id, now).await?;
            return Ok(Err(used()));
        }
        if !found.is_live(now) || found.grant.expires_at <= now {
            return Ok(Err(invalid_grant("the refresh token has expired")));
        }
        let request = match narrowed(&found.grant.request, scope) {
            Ok(request) => request,
            Err(refused) => return Ok(Err(refused)),
        };
        // Two who come at once have both read it as unused; the second waits here for the first.
        if !grants::use_token(tx, &digest, now).await? {
            grants::revoke(tx, found.grant.id, now).await?;
            return Ok(Err(used()));
        }
        Ok::<_, db::Error>(Ok(tokens(idp, tx, client, &found.grant, &request, false).await?))
    })
}

/// The request with fewer scopes, never with more.
fn narrowed(request: &Request, scope: Option<&str>) -> Result<Request, Refused> {
    let Some(scope) = scope else { return Ok(request.clone()) };
    let scopes: Vec<String> = scope.split(' ').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    if scopes.is_empty() || scopes.iter().any(|scope| !request.scopes.contains(scope)) {
        return Err(Refused { code: "invalid_scope", reason: "scope is wider than the original grant" });
    }
    Ok(Request { scopes, ..request.clone() })
}

fn verifier_fits(verifier: &str, challenge: &str) -> bool {
    let long_enough = (43..=128).contains(&verifier.len());
    long_enough && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

/// Signs and records the tokens of a grant.
async fn tokens(
    idp: &Idporten,
    tx: &mut db::Tx,
    client: &Client,
    grant: &Grant,
    request: &Request,
    first: bool,
) -> db::Result<Value> {
    metrics::counter!("tokens_issued_total", "issuer" => "idporten").increment(1);
    let now = idp.ctx.clock.now();
    let issuer = idp.issuer();
    let sub = idp.subject(&client.id, &grant.pid);
    let who = Authenticated {
        sub: &sub,
        pid: &grant.pid,
        acr: &grant.acr,
        amr: &grant.amr,
        locale: &grant.locale,
        sid: &grant.sid,
        auth_time: grant.auth_time,
    };
    let access = claims::access_token(issuer, client, request, &who, &idp.ctx.ids.token(16), now);
    let access = sign(idp, &access)?;
    let lifetime = client.lifetimes.access_token;
    let expires_at = now + SignedDuration::from_secs(lifetime);
    grants::put_token(tx, &idp.token_digest(&access), grant.id, Kind::Access, expires_at).await?;
    let mut answer = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": request.scopes.join(" "),
    });
    if first && request.wants_id_token() {
        let id_token = claims::id_token(issuer, client, request, &who, &idp.ctx.ids.token(16), now);
        answer["id_token"] = json!(sign(idp, &id_token)?);
    }
    if client.grants.contains(&GrantType::RefreshToken) && client.auth_method != AuthMethod::None {
        let refresh = idp.ctx.ids.token(32);
        let end = (now + SignedDuration::from_secs(client.lifetimes.refresh_token)).min(grant.expires_at);
        grants::put_token(tx, &idp.token_digest(&refresh), grant.id, Kind::Refresh, end).await?;
        answer["refresh_token"] = json!(refresh);
        answer["refresh_token_expires_in"] = json!(end.as_second() - now.as_second());
    }
    Ok(answer)
}

fn sign(idp: &Idporten, claims: &Value) -> db::Result<String> {
    idp.ctx
        .keys
        .idporten
        .sign(claims)
        .map_err(|e| db::Error::Engine { statement: "sign token", source: e.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_the_spec_fits() {
        let verifier = "xyo94uhy3zKvgB0NJwLms86SwcjtWviEOpkBnGgaLlo";
        assert!(verifier_fits(verifier, "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI"));
        assert!(!verifier_fits("short", "b7elB7ZyxIXgFyvBznKvxl7wOB-H17Pz0a3B62NIMFI"));
    }
}
