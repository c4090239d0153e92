//! Faults in the database, which all nodes read.

use audit::{Action, Entry};
use db::{Db, Result, params};
use jiff::Timestamp;
use ports::faults::Fault;

db::statements! {
    /// All, by name.
    ALL = "faults.all", "SELECT name, fault, left_over FROM sandbox_fault ORDER BY name";
    /// Sets one.
    SET = "faults.set",
        "INSERT INTO sandbox_fault (name, fault, left_over) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET fault = excluded.fault, left_over = excluded.left_over";
    /// Uses up one of the requests that are left.
    USE = "faults.use", "UPDATE sandbox_fault SET left_over = left_over - 1 WHERE name = $1 AND left_over > 0 RETURNING left_over";
    /// Takes one away.
    CLEAR = "faults.clear", "DELETE FROM sandbox_fault WHERE name = $1";
    /// Takes all away.
    CLEAR_ALL = "faults.clear_all", "DELETE FROM sandbox_fault";
}

/// All that have requests left. A row that a later version wrote and this one cannot read strikes nobody.
pub async fn all(db: &Db) -> Result<Vec<Fault>> {
    let mut faults = vec![];
    for row in db.query(&ALL, &[]).await? {
        let (name, text, left): (String, String, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match serde_json::from_str::<Fault>(&text) {
            Ok(fault) if left != Some(0) => {
                let times = left.and_then(|left| u32::try_from(left).ok());
                faults.push(Fault { name, times, ..fault });
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(name, %error, "a fault cannot be read"),
        }
    }
    Ok(faults)
}

pub async fn set(db: &Db, fault: &Fault, now: Timestamp) -> Result<()> {
    // The name lies in its column.
    let mut document = serde_json::to_value(fault).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.remove("name");
    }
    let (text, left) = (document.to_string(), fault.times.map(i64::from));
    let entry = Entry::new(Action::FaultSet, now, "fault", &fault.name).detail(document);
    db::write_tx!(db, "faults.set", |tx| {
        tx.execute(&SET, &params![fault.name.as_str(), text.as_str(), left]).await?;
        audit::put(tx, &entry).await
    })
}

/// Uses one up; answers how many are left then, or nothing when there was none.
pub async fn use_up(db: &Db, name: &str) -> Result<Option<i64>> {
    db::write_tx!(db, "faults.use", |tx| {
        match tx.query_opt(&USE, &params![name]).await {
            Ok(Some(row)) => row.get(0).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    })
}

pub async fn clear(db: &Db, name: Option<&str>, now: Timestamp) -> Result<u64> {
    let entry = Entry::new(Action::FaultClear, now, "fault", name.unwrap_or("all"));
    db::write_tx!(db, "faults.clear", |tx| {
        let gone = match name {
            Some(name) => tx.execute(&CLEAR, &params![name]).await?,
            None => tx.execute(&CLEAR_ALL, &[]).await?,
        };
        if gone > 0 {
            audit::put(tx, &entry).await?;
        }
        Ok(gone)
    })
}
