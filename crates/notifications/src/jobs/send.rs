//! Sends an order to every address of its recipient.

use crate::store;
use async_trait::async_trait;
use audit::{Action, Entry};
use httpkit::Ctx;
use jobs::{Failure, Handler, Job};
use notifyio::Mail;
use ports::register::Register;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Topic: an order has been stored.
pub const CREATED: &str = "notifications.order.created";

/// The sender.
pub struct Send {
    pub ctx: Ctx,
    pub register: Arc<dyn Register>,
}

#[derive(Deserialize)]
struct Created {
    order: Uuid,
}

#[async_trait]
impl Handler for Send {
    fn queue(&self) -> &'static str {
        "notifications.send"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[CREATED]
    }

    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let id = job.read::<Created>()?.order;
        if !self.ctx.config.is_sandbox() {
            return Err(Failure::Dead("no mail server can be configured yet; the order is kept".into()));
        }
        let order =
            store::get(&self.ctx.db, id).await?.ok_or_else(|| Failure::Dead(format!("no order {id}")))?;
        let contact = self.register.contact_points(order.recipient).await?;
        // Somebody who has reserved against digital communication is not written to at the registered address.
        let registered = if contact.reserved { vec![] } else { contact.emails };
        let addresses: BTreeSet<String> =
            registered.iter().chain(&order.addresses).map(|address| address.trim().to_lowercase()).collect();
        let now = self.ctx.clock.now();
        db::write_tx!(self.ctx.db, "notifications.send", |tx| {
            if store::complete(tx, id, now).await? {
                for address in &addresses {
                    let mail = Mail {
                        id: Uuid::new_v5(&id, address.as_bytes()),
                        recipient: address.clone(),
                        subject: order.subject.clone(),
                        body: order.body.clone(),
                        at: now,
                    };
                    notifyio::capture(tx, &mail).await?;
                    store::sent(tx, mail.id, id, address, "Delivered", now).await?;
                }
                let entry =
                    Entry::new(Action::NotificationSend, now, "order", id).on_behalf_of(order.recipient);
                audit::put(tx, &entry.detail(json!({ "messages": addresses.len() }))).await?;
                if addresses.is_empty() {
                    let row = Uuid::new_v5(&id, b"");
                    store::sent(tx, row, id, "", "Failed_RecipientNotIdentified", now).await?;
                }
            }
            job.done(tx).await
        })?;
        Ok(())
    }
}
