//! The member `idportenClients` of population files.

use crate::domain::client::{AuthMethod, Client, Grant, Lifetimes};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One item.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Item {
    pub client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_no: Option<String>,
    pub redirect_uris: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    pub scopes: Vec<String>,
    pub auth_method: AuthMethod,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sso_disabled: bool,
}

/// What is wrong with an item: the member at fault and the reason.
pub type Fault = (&'static str, String);

impl Item {
    /// The client, and its secret if one is given.
    pub fn into_client(self) -> Result<(Client, Option<String>), Fault> {
        if self.client_id.is_empty() || self.client_id.len() > 200 {
            return Err(("clientId", "must have 1 to 200 characters".into()));
        }
        if self.redirect_uris.is_empty() {
            return Err(("redirectUris", "must hold at least one address".into()));
        }
        check_uris("redirectUris", &self.redirect_uris)?;
        check_uris("postLogoutRedirectUris", &self.post_logout_redirect_uris)?;
        check_uris("frontchannelLogoutUri", self.frontchannel_logout_uri.as_slice())?;
        match self.auth_method {
            AuthMethod::PrivateKeyJwt if self.jwks.is_none() => {
                return Err(("jwks", "is required for private_key_jwt".into()));
            }
            AuthMethod::None | AuthMethod::PrivateKeyJwt if self.secret.is_some() => {
                return Err(("secret", "does not fit authMethod".into()));
            }
            _ => {}
        }
        // The format does not name grant types: a client that can prove itself may refresh.
        let mut grants = vec![Grant::AuthorizationCode];
        if self.auth_method != AuthMethod::None {
            grants.push(Grant::RefreshToken);
        }
        let client = Client {
            id: self.client_id,
            name: self.name,
            org_no: self.org_no,
            auth_method: self.auth_method,
            jwks: self.jwks,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            frontchannel_logout_uri: self.frontchannel_logout_uri,
            scopes: self.scopes,
            grants,
            sso_disabled: self.sso_disabled,
            lifetimes: Lifetimes::default(),
        };
        Ok((client, self.secret))
    }
}

impl From<Client> for Item {
    fn from(client: Client) -> Self {
        Self {
            client_id: client.id,
            name: client.name,
            org_no: client.org_no,
            redirect_uris: client.redirect_uris,
            post_logout_redirect_uris: client.post_logout_redirect_uris,
            frontchannel_logout_uri: client.frontchannel_logout_uri,
            scopes: client.scopes,
            auth_method: client.auth_method,
            secret: None,
            jwks: client.jwks,
            sso_disabled: client.sso_disabled,
        }
    }
}

fn check_uris(member: &'static str, uris: &[String]) -> Result<(), Fault> {
    for uri in uris {
        let candidate = uri.replacen(":*/", ":1/", 1);
        let fits =
            url::Url::parse(&candidate).is_ok_and(|url| url.fragment().is_none() && !url.cannot_be_a_base());
        if !fits {
            return Err((member, "must be absolute addresses without fragment".into()));
        }
    }
    Ok(())
}
