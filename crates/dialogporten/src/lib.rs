#![doc = include_str!("../README.md")]

mod announce;
mod caller;
mod domain;
mod error;
mod http;
mod inbox;
mod label;
mod list;
mod port;
mod read;
mod request;
mod store;
mod time;
mod wire;
mod write;

use httpkit::{Ctx, Module};
use ports::accessmanagement::AccessManagement;
use ports::authorization::Pdp;
use ports::events::Events;
use ports::register::Register;
use ports::resourceregistry::ResourceRegistry;
use std::ops::Deref;
use std::sync::Arc;

/// The block: it makes dialogs for other blocks (`Dialogs`) and shows them to pages (`Inbox`). Cheap to clone.
#[derive(Clone)]
pub struct Dialogporten(Arc<Parts>);

/// What the block is made of; reached through `Dialogporten`.
#[doc(hidden)]
pub struct Parts {
    ctx: Ctx,
    register: Arc<dyn Register>,
    pdp: Arc<dyn Pdp>,
    access: Arc<dyn AccessManagement>,
    resources: Arc<dyn ResourceRegistry>,
    events: Arc<dyn Events>,
}

impl Deref for Dialogporten {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Dialogporten {
    /// Puts the block together.
    pub fn new(
        ctx: Ctx,
        register: Arc<dyn Register>,
        pdp: Arc<dyn Pdp>,
        access: Arc<dyn AccessManagement>,
        resources: Arc<dyn ResourceRegistry>,
        events: Arc<dyn Events>,
    ) -> Self {
        Self(Arc::new(Parts { ctx, register, pdp, access, resources, events }))
    }
}

/// Routes and tables.
pub fn module(dialogs: &Dialogporten) -> Module {
    Module {
        name: "dialogporten",
        routes: http::routes(dialogs),
        jobs: Vec::new(),
        schedules: Vec::new(),
        migrations: store::MIGRATIONS,
        statements: store::statements(),
    }
}
