#![doc = include_str!("../README.md")]

mod http;
mod jobs;
mod store;

use async_trait::async_trait;
use audit::{Action, Entry};
use db::Tx;
use httpkit::{Access, Ctx, Module, Role, Routes};
use ports::notifications::EmailOrder;
use ports::register::Register;
use std::sync::Arc;
use uuid::Uuid;

/// Takes orders from other blocks.
pub struct Notifications {
    ctx: Ctx,
}

impl Notifications {
    /// Orders are stored in the database of `ctx`.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

#[async_trait]
impl ports::notifications::Notifications for Notifications {
    async fn order_email(&self, tx: &mut Tx, order: EmailOrder) -> ports::Result<Uuid> {
        let now = self.ctx.clock.now();
        let candidate = self.ctx.ids.uuid_v7(now);
        let (id, is_new) = store::insert(tx, candidate, &order, now).await?;
        if is_new {
            let message = ::jobs::Message {
                topic: jobs::send::CREATED,
                key: id.to_string(),
                payload: serde_json::json!({ "order": id }),
                available_at: None,
            };
            self.ctx.outbox.put(tx, message).await?;
            let entry = Entry::new(Action::NotificationOrder, now, "order", id).on_behalf_of(order.recipient);
            let detail = serde_json::json!({ "creator": order.creator });
            let resource = order.resource.as_deref().unwrap_or_default();
            audit::put(tx, &entry.resource(resource).detail(detail)).await?;
        }
        Ok(id)
    }
}

/// Routes, jobs and tables of the block.
pub fn module(ctx: &Ctx, register: Arc<dyn Register>) -> Module {
    let routes = Routes::new(Role::ALLTING, ctx.clone())
        .get("/sandbox/api/v1/messages", Access::sandbox(), http::captured::handle)
        .done();
    Module {
        name: "notifications",
        routes,
        jobs: vec![Arc::new(jobs::send::Send { ctx: ctx.clone(), register })],
        schedules: vec![],
        migrations: db::migrations!("notifications", ["0001_orders"]),
        statements: vec![store::STATEMENTS, notifyio::STATEMENTS],
    }
}
