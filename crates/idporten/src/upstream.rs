//! ID-porten as the Altinn side logs people in through it.

use crate::store::clients;
use crate::{ALTINN_CLIENT_ID, Idporten, issue};
use async_trait::async_trait;
use httpkit::Role;
use ports::idporten::{Place, Redemption, UpstreamIdp, UpstreamLogin};

#[async_trait]
impl UpstreamIdp for Idporten {
    fn key(&self) -> &'static str {
        "idporten"
    }

    fn issuer(&self) -> String {
        Idporten::issuer(self).to_owned()
    }

    fn place(&self) -> Place {
        Place {
            prefix: Role::IDPORTEN.prefix().unwrap_or_default(),
            host: Role::IDPORTEN.hosts(&self.ctx.config).pop(),
            authorize: "/authorize",
            logout: Some("/logout"),
            client_id: ALTINN_CLIENT_ID.to_owned(),
        }
    }

    async fn redeem(&self, redemption: &Redemption) -> ports::Result<Option<UpstreamLogin>> {
        let Some(registered) = clients::get(&self.ctx.db, ALTINN_CLIENT_ID).await? else { return Ok(None) };
        let Redemption { code, verifier, redirect_uri } = redemption;
        let outcome = issue::redeem_login(self, &registered.client, code, redirect_uri, verifier).await?;
        Ok(outcome.ok().map(|grant| UpstreamLogin {
            nonce: grant.request.nonce,
            pid: grant.pid,
            acr: grant.acr,
            amr: grant.amr,
            sid: grant.sid,
            auth_time: grant.auth_time,
        }))
    }
}
