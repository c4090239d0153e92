//! Scopes and who has been granted them.

use crate::domain::access::Scope;
use db::{Db, Value, params};
use kernel::{OrgNo, ScopeSet};

db::statements! {
    /// Active scopes among those asked for, as they concern one consumer.
    SCOPES_FOR = "maskinporten.scopes_for",
        "SELECT s.name, s.accessible_for_all, g.consumer_org_no IS NOT NULL, s.delegation_source, s.max_age, \
         s.integration_types FROM maskinporten_scope s LEFT JOIN maskinporten_scope_grant g ON g.scope = s.name \
         AND g.consumer_org_no = $2 WHERE s.name IN {in:1} AND s.active";
}

/// The scopes that are there, in no order.
pub async fn for_consumer(db: &Db, wanted: &ScopeSet, consumer: OrgNo) -> db::Result<Vec<Scope>> {
    let names: Vec<String> = wanted.iter().map(str::to_owned).collect();
    let rows = db.query(&SCOPES_FOR, &params![Value::list(&names), consumer.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Scope {
                name: row.get(0)?,
                accessible_for_all: row.get(1)?,
                granted: row.get(2)?,
                delegation_source: row.get(3)?,
                max_age: row.get(4)?,
                integration_types: row.get(5)?,
            })
        })
        .collect()
}
