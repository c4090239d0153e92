//! The vendor's program: signs grants with its key and asks Maskinporten for tokens.

use super::http::{Answer, Http};
use anyhow::Context;
use jose::KeySet;
use kernel::{Clock, Ids, RandomIds, SystemClock};
use serde_json::{Value, json};

/// A vendor, or a service owner, with a Maskinporten client.
pub struct Vendor {
    client: &'static str,
    keys: KeySet,
}

impl Vendor {
    /// The sandbox's vendor key signs for its own client and for Skatteetaten's.
    pub fn new(client: &'static str) -> anyhow::Result<Self> {
        Ok(Self { client, keys: jose::sandbox::vendor()? })
    }

    /// Asks for a token; the answer may be a refusal.
    pub async fn ask(&self, http: &Http, scope: &str, customer: Option<&Customer>) -> anyhow::Result<Answer> {
        let (endpoint, grant) = self.grant(http, scope, customer).await?;
        let form =
            [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", grant.as_str())];
        http.form(&endpoint, &form).await
    }

    /// Where tokens are asked for, and a signed grant that is good once.
    pub async fn grant(
        &self,
        http: &Http,
        scope: &str,
        customer: Option<&Customer>,
    ) -> anyhow::Result<(String, String)> {
        let metadata =
            http.get("/.well-known/oauth-authorization-server", None).await?.expect(200)?.json()?;
        let now = SystemClock.now().as_second();
        let mut claims = json!({
            "iss": self.client, "aud": metadata["issuer"], "scope": scope, "iat": now, "exp": now + 100, "jti": RandomIds.token(16),
        });
        if let Some(customer) = customer {
            claims["authorization_details"] = json!([{
                "type": "urn:altinn:systemuser",
                "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", customer.org_no)},
                "externalRef": customer.reference,
            }]);
        }
        let endpoint = metadata["token_endpoint"].as_str().context("token_endpoint")?.to_owned();
        Ok((endpoint, self.keys.sign(&claims)?))
    }

    /// A token, which must be given.
    pub async fn token(
        &self,
        http: &Http,
        scope: &str,
        customer: Option<&Customer>,
    ) -> anyhow::Result<String> {
        let answer = self.ask(http, scope, customer).await?.expect(200)?.json()?;
        answer["access_token"].as_str().map(str::to_owned).context("no access_token")
    }
}

/// The customer whose system user a token is to carry.
pub struct Customer {
    /// Organisation number.
    pub org_no: &'static str,
    /// The vendor's name for the customer.
    pub reference: String,
}

/// Claims of a token, unverified: what a vendor's log would show.
pub fn claims(token: &str) -> anyhow::Result<Value> {
    let unverified = jose::Unverified::parse(token, 16 * 1024)?;
    Ok(Value::Object(unverified.claims().clone()))
}
