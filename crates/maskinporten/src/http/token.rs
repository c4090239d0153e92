//! `POST /token`: a signed grant in, an access token out. The order of checks is that of identity §1.2.3.

use crate::Maskinporten;
use crate::domain::client::Client;
use crate::domain::grant::Grant;
use crate::domain::refusal::{Cause, Refusal, echo};
use crate::domain::{access, details, token};
use crate::store::grants::Issued;
use crate::store::{grants, refusals, scopes};
use crate::wire::form;
use crate::wire::token::{AccessToken, Audience, SystemUserDetails, TokenResponse};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use httpkit::problem;
use jiff::{Timestamp, ToSpan};
use kernel::{Iso6523, OrgNo};
use ports::authentication::SystemUser;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The grant is at fault.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database is.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The signing key is.
    #[error(transparent)]
    Sign(#[from] jose::Error),
}

impl db::MaybeRetry for Error {
    fn db_error(&self) -> Option<&db::Error> {
        if let Self::Db(error) = self { Some(error) } else { None }
    }
}

pub async fn handle(
    State(state): State<Maskinporten>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let mut client_id = None;
    match state.token(&headers, body, &mut client_id).await {
        Ok(token) => ([(header::CACHE_CONTROL, "no-store")], axum::Json(token)).into_response(),
        Err(Error::Refused(refusal)) => state.refuse(&refusal, client_id).await,
        Err(Error::Db(error)) => httpkit::internal(&error),
        Err(Error::Sign(error)) => httpkit::internal(&error),
    }
}

/// What the grant is entitled to.
struct Entitlement {
    consumer: OrgNo,
    lifetime: i64,
    system_user: Option<(SystemUser, OrgNo)>,
    resources: Vec<String>,
}

impl Maskinporten {
    async fn token(
        &self,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
        client_id: &mut Option<String>,
    ) -> Result<TokenResponse, Error> {
        let body =
            body.map_err(|_| Refusal::new(Cause::Request, "The request could not be read or is too large"))?;
        let assertion = form::assertion(headers, &body)?;
        let grant = Grant::read(&assertion)?;
        *client_id = Some(echo(&grant.client_id));
        let client = self.clients.get(&self.ctx.db, &grant.client_id).await?.ok_or_else(|| {
            Refusal::new(Cause::Client, "Client not found")
                .because(format!("no active client has the id {}", echo(&grant.client_id)))
        })?;
        let now = self.ctx.clock.now();
        let kid = grant.authenticate(&client, &self.audiences(), now)?;
        let entitlement = match self.entitle(&grant, &client).await {
            // Row 12 comes before what `entitle` checks. Looking here instead saves every good grant the read.
            Err(Error::Refused(_))
                if grants::is_used(&self.ctx.db, &client.client_id, &grant.digest).await? =>
            {
                return Err(replayed().into());
            }
            done => done?,
        };
        self.issue(&grant, &client, kid, entitlement, now).await
    }

    /// Values of `aud` that mean this server.
    fn audiences(&self) -> Vec<String> {
        let config = &self.ctx.config;
        let issuer = &config.issuers.maskinporten;
        let mut audiences = vec![issuer.clone()];
        if !config.maskinporten.strict_aud {
            // WIRE: clients in use send these (identity §1.2.2).
            let bare = issuer.trim_end_matches('/');
            audiences.extend([
                bare.to_owned(),
                format!("{bare}/token"),
                format!("{}/token", config.public_url()),
            ]);
        }
        audiences
    }

    /// Rows 13 to 22.
    async fn entitle(&self, grant: &Grant<'_>, client: &Client) -> Result<Entitlement, Error> {
        let consumer = access::consumer(grant.claims().get("consumer_org"), client)?;
        let scopes = scopes::for_consumer(&self.ctx.db, &grant.scopes, consumer).await?;
        access::check(&grant.scopes, client, consumer, &scopes)?;
        let system_user = match details::read(grant.claims().get("authorization_details"))? {
            None => None,
            Some(wanted) => {
                let found = self
                    .system_users
                    .by_external_id(
                        &client.client_id,
                        client.org_no.as_str(),
                        wanted.org_no.as_str(),
                        wanted.external_ref.as_deref(),
                    )
                    .await?;
                let user =
                    found.ok_or_else(|| details::not_found(&wanted, &client.client_id, client.org_no))?;
                Some((user, wanted.org_no))
            }
        };
        let resources = grant.resources()?;
        grant.pid()?;
        Ok(Entitlement { consumer, lifetime: token::lifetime(client, &scopes), system_user, resources })
    }

    /// Signs the token, then uses the grant and logs the token in one transaction.
    async fn issue(
        &self,
        grant: &Grant<'_>,
        client: &Client,
        kid: &str,
        entitlement: Entitlement,
        now: Timestamp,
    ) -> Result<TokenResponse, Error> {
        let Entitlement { consumer, lifetime, system_user, resources } = entitlement;
        let (jti, scope) = (self.ctx.ids.token(32), grant.scopes.to_string());
        let access_token = self.ctx.keys.maskinporten.sign(&AccessToken {
            authorization_details: system_user
                .as_ref()
                .map(|(user, owner)| [SystemUserDetails::new(user.id, *owner, &user.system_id)]),
            scope: &scope,
            iss: &self.ctx.config.issuers.maskinporten,
            client_amr: "private_key_jwt",
            token_type: "Bearer",
            aud: Audience::of(resources),
            exp: now.as_second() + lifetime,
            iat: now.as_second(),
            client_id: &client.client_id,
            jti: &jti,
            consumer: Iso6523::new(consumer),
            pid: grant.pid()?,
        })?;
        let issued = Issued {
            jti: &jti,
            client_id: &client.client_id,
            kid,
            consumer,
            scope: &scope,
            system_user: system_user.map(|(user, _)| user.id),
            issued_at: now,
            expires_at: now.checked_add(lifetime.seconds()).unwrap_or(Timestamp::MAX),
        };
        let grant_expires = Timestamp::from_second(grant.expires_at).unwrap_or(Timestamp::MAX);
        db::write_tx!(self.ctx.db, "maskinporten.token", |tx| {
            if !grants::use_once(tx, &client.client_id, &grant.digest, grant_expires).await? {
                return Err(Error::Refused(replayed()));
            }
            grants::log(tx, &issued).await?;
            Ok(())
        })?;
        metrics::counter!("tokens_issued_total", "issuer" => "maskinporten").increment(1);
        Ok(TokenResponse { access_token, token_type: "Bearer", expires_in: lifetime, scope })
    }

    /// Answers a refusal, and keeps it for the client to ask about.
    async fn refuse(&self, refusal: &Refusal, client_id: Option<String>) -> Response {
        let correlation_id = self.ctx.ids.uuid();
        let description = refusal.description(correlation_id);
        let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let kept = refusals::Kept {
            correlation_id,
            refused_at: self.ctx.clock.now(),
            client_id,
            code: refusal.code().map(str::to_owned),
            error: refusal.error().to_owned(),
            description: description.clone(),
            reason: refusal.reason().to_owned(),
        };
        if let Err(error) = refusals::add(&self.ctx.db, &kept).await {
            // The client gets its answer all the same.
            tracing::warn!(%error, %correlation_id, "a refusal could not be kept");
        }
        problem::oauth(status, refusal.error(), &description)
    }
}

fn replayed() -> Refusal {
    Refusal::new(Cause::Replayed, "The grant has been used before")
        .because("each grant gives one token; sign a new one with a new jti")
}
