//! The ports that the register implements.

use crate::domain::validate::Rules;
use crate::store::{load, parties, records, roles};
use async_trait::async_trait;
use db::{Db, Tx};
use kernel::Clock;
use ports::Result;
use ports::population::{Counts, LoadError, RegisterSink, Registers};
use ports::register::{ContactPoints, Party, PartyRef, RegisterRole};
use std::sync::Arc;
use uuid::Uuid;

/// Persons, organisations and roles, as other blocks read them and population files fill them.
#[derive(Clone)]
pub struct Register {
    db: Db,
    clock: Arc<dyn Clock>,
    rules: Rules,
}

impl Register {
    /// On the server's database; the profile decides whether synthetic numbers are welcome.
    pub fn new(ctx: &httpkit::Ctx) -> Self {
        Self::on(ctx.db.clone(), ctx.clock.clone(), ctx.config.is_sandbox())
    }

    pub(crate) fn on(db: Db, clock: Arc<dyn Clock>, sandbox: bool) -> Self {
        Self { db, clock, rules: Rules { sandbox } }
    }
}

#[async_trait]
impl ports::register::Register for Register {
    async fn party(&self, by: &PartyRef) -> Result<Option<Party>> {
        parties::party(&self.db, by).await
    }

    async fn party_in(&self, tx: &mut Tx, by: &PartyRef) -> Result<Option<Party>> {
        parties::party_in(tx, by).await
    }

    async fn parties(&self, uuids: &[Uuid]) -> Result<Vec<Party>> {
        parties::parties(&self.db, uuids).await
    }

    async fn sub_units(&self, mains: &[Uuid]) -> Result<Vec<Party>> {
        parties::sub_units(&self.db, mains).await
    }

    async fn roles_from(&self, from: &[Uuid]) -> Result<Vec<RegisterRole>> {
        roles::from(&self.db, from).await
    }

    async fn roles_to(&self, to: &[Uuid]) -> Result<Vec<RegisterRole>> {
        roles::to(&self.db, to).await
    }

    async fn contact_points(&self, party: Uuid) -> Result<ContactPoints> {
        parties::contact_points(&self.db, party).await
    }

    async fn find_persons(&self, text: &str, limit: usize) -> Result<Vec<Party>> {
        parties::find_persons(&self.db.stale_ok(), text, limit).await
    }
}

#[async_trait]
impl RegisterSink for Register {
    async fn is_empty(&self) -> Result<bool> {
        parties::is_empty(&self.db).await
    }

    async fn load(&self, tx: &mut Tx, registers: &Registers) -> Result<[Counts; 4], LoadError> {
        load::load(tx, self.rules, self.clock.now(), registers).await
    }

    async fn dump(&self) -> Result<Registers> {
        records::all(&self.db).await
    }
}
