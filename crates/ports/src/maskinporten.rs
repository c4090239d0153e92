//! Maskinporten clients, as the system register checks them.

use crate::Result;
use async_trait::async_trait;

/// A registered client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`
    pub client_id: String,
    /// Owner.
    pub org_no: String,
    /// Scopes registered on it.
    pub scopes: Vec<String>,
}

/// Look-up of clients.
#[async_trait]
pub trait MaskinportenClients: Send + Sync {
    /// The active client with this id.
    async fn client(&self, client_id: &str) -> Result<Option<Client>>;
}
