//! What other blocks may ask of this one.

use crate::store::{clients, population};
use async_trait::async_trait;
use httpkit::Ctx;
use ports::maskinporten::{Client, MaskinportenClients};
use ports::population::{Counts, LoadError, PopulationSink};
use serde_json::Value;

/// The registered clients and scopes: looked up by the system register, loaded from population files.
#[derive(Clone)]
pub struct Clients {
    ctx: Ctx,
}

impl Clients {
    /// On the database of `ctx`.
    pub fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone() }
    }
}

#[async_trait]
impl MaskinportenClients for Clients {
    async fn client(&self, client_id: &str) -> ports::Result<Option<Client>> {
        let Some(org_no) = clients::owner(&self.ctx.db, client_id).await? else { return Ok(None) };
        let scopes = clients::scopes(&self.ctx.db, client_id).await?;
        Ok(Some(Client { client_id: client_id.to_owned(), org_no: org_no.to_string(), scopes }))
    }
}

#[async_trait]
impl PopulationSink for Clients {
    fn members(&self) -> &'static [&'static str] {
        &["scopes", "maskinportenClients"]
    }

    async fn load(&self, tx: &mut db::Tx, member: &str, items: &[Value]) -> Result<Counts, LoadError> {
        let now = self.ctx.clock.now();
        if member == "scopes" {
            population::load_scopes(tx, items, now).await
        } else {
            population::load_clients(tx, items, now, self.ctx.config.is_sandbox()).await
        }
    }

    async fn dump(&self, member: &str) -> Result<Vec<Value>, db::Error> {
        // A read transaction, dropped when done: the member's tables must be of one moment.
        let mut tx = self.ctx.db.begin("maskinporten.dump").await?;
        let items = if member == "scopes" {
            population::scopes(&mut tx)
                .await?
                .into_values()
                .map(serde_json::to_value)
                .collect::<Result<_, _>>()
        } else {
            population::clients(&mut tx)
                .await?
                .into_values()
                .map(serde_json::to_value)
                .collect::<Result<_, _>>()
        };
        items.map_err(|error| db::Error::Migration(error.to_string()))
    }
}
