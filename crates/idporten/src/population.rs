//! Loading and dumping of `idportenClients`.

use crate::Idporten;
use crate::store::clients;
use crate::wire::population::Item;
use async_trait::async_trait;
use db::Tx;
use ports::population::{Counts, ImportError, LoadError, PopulationSink};
use serde_json::Value;

const MEMBER: &str = "idportenClients";

#[async_trait]
impl PopulationSink for Idporten {
    fn members(&self) -> &'static [&'static str] {
        &[MEMBER]
    }

    async fn load(&self, tx: &mut Tx, _member: &str, items: &[Value]) -> Result<Counts, LoadError> {
        let mut counts = Counts::default();
        for (index, item) in items.iter().enumerate() {
            let fault = |member: &str, reason: String| {
                let pointer =
                    if member.is_empty() { format!("/{index}") } else { format!("/{index}/{member}") };
                ImportError { pointer, reason }
            };
            let item: Item = serde_json::from_value(item.clone()).map_err(|e| fault("", e.to_string()))?;
            let (client, secret) = item.into_client().map_err(|(member, reason)| fault(member, reason))?;
            if !self.is_sandbox() && client.leaves_a_port_open() {
                return Err(
                    fault("redirectUris", "only the sandbox takes addresses of any port".into()).into()
                );
            }
            let hash = secret.map(|secret| self.secret_digest(&client.id, &secret));
            match clients::get_in(tx, &client.id).await? {
                None => counts.created += 1,
                Some(old) if old.client == client && (hash.is_none() || hash == old.secret_hash) => {
                    counts.unchanged += 1;
                    continue;
                }
                Some(_) => counts.updated += 1,
            }
            clients::put(tx, &client, hash).await?;
        }
        Ok(counts)
    }

    async fn dump(&self, _member: &str) -> Result<Vec<Value>, db::Error> {
        // Secrets are stored as digests, so they cannot be given back; loading the dump over the same database keeps them.
        let items = clients::all(&self.ctx.db)
            .await?
            .into_iter()
            .filter(|client| client.id != crate::ALTINN_CLIENT_ID);
        let encode = |item: Item| {
            serde_json::to_value(item)
                .map_err(|e| db::Error::Bind { statement: "idportenClients", reason: e.to_string() })
        };
        items.map(|client| encode(Item::from(client))).collect()
    }
}
