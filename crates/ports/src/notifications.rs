//! Notification of people and organisations by e-mail and SMS.

use crate::Result;
use async_trait::async_trait;
use db::Tx;
use uuid::Uuid;

/// An order to notify one party by e-mail at its contact points.
#[derive(Debug, Clone)]
pub struct EmailOrder {
    /// Same key, same order: a repeated job sends once.
    pub idempotency_key: String,
    /// Service owner that orders, by code.
    pub creator: String,
    /// Who is told.
    pub recipient: Uuid,
    /// Addresses given for this occasion, beside the contact points.
    pub addresses: Vec<String>,
    /// Resource that it is about.
    pub resource: Option<String>,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Orders notifications.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Stores the order; it is sent after commit. Answers the order's id.
    async fn order_email(&self, tx: &mut Tx, order: EmailOrder) -> Result<Uuid>;
}
