//! A client as the token endpoint needs it.

use jiff::Timestamp;
use jose::PublicKey;
use kernel::OrgNo;

/// A registered client with its keys parsed.
#[derive(Debug)]
pub struct Client {
    /// `client_id`
    pub client_id: String,
    /// The owner, who is the consumer unless the grant names another.
    pub org_no: OrgNo,
    /// Lifetime of its tokens in seconds, if it has one of its own.
    pub token_lifetime: Option<i64>,
    /// Registered keys.
    pub keys: Vec<RegisteredKey>,
    /// Registered scopes.
    pub scopes: Vec<String>,
}

/// A key that a client registered.
#[derive(Debug)]
pub struct RegisteredKey {
    /// The key.
    pub key: PublicKey,
    /// One year after the upload.
    pub expires_at: Timestamp,
}

impl Client {
    /// The key called `kid`.
    pub fn key(&self, kid: &str) -> Option<&RegisteredKey> {
        self.keys.iter().find(|registered| registered.key.kid() == kid)
    }
}
