//! Our layer, on either engine.

use db::{Db, Error, Json, Row, params};

use super::{
    ACTIVITY, DIALOGS, GET, OUTBOX, PAGE, PARTIES, Random, TOUCH, Turn, Uuid, Worker, at, dialog, fresh,
};

db::statements! {
    POINT = "bench.point", GET;
    NEWEST = "bench.page", PAGE;
    BUMP = "bench.touch", TOUCH;
    ADD_ACTIVITY = "bench.activity", ACTIVITY;
    ADD_OUTBOX = "bench.outbox", OUTBOX;
}

pub(super) struct Ours {
    db: Db,
    random: Random,
}

impl Ours {
    pub(super) fn new(db: &Db, seed: u64) -> Ours {
        Ours { db: db.clone(), random: Random::new(seed) }
    }
}

fn read(row: &Row) -> Result<usize, Error> {
    let (_, _): (Uuid, i64) = (row.get(0)?, row.get(1)?);
    let (title, content): (String, String) = (row.get(2)?, row.get(3)?);
    let (_, _): (jiff::Timestamp, i64) = (row.get(4)?, row.get(5)?);
    Ok(title.len() + content.len())
}

impl Worker for Ours {
    type Turn = Turn;

    async fn turn(&mut self, what: Turn) -> Result<(), String> {
        let n = self.random.below(DIALOGS);
        let done = match what {
            Turn::Point => self.db.query_one(&POINT, &params![dialog(n)]).await.and_then(|row| read(&row)),
            Turn::Page => {
                let from = params![(n % PARTIES) as i64, at(DIALOGS), dialog(DIALOGS)];
                let rows = self.db.query(&NEWEST, &from).await;
                rows.and_then(|rows| rows.iter().map(read).sum())
            }
            Turn::Commit => {
                let ids = [fresh(), fresh(), fresh()];
                db::write_tx!(self.db, "bench.commit", |tx| {
                    let revision: i64 = tx.query_one(&BUMP, &params![dialog(n)]).await?.get(0)?;
                    tx.execute(&ADD_ACTIVITY, &params![ids[0], dialog(n), at(n), "received"]).await?;
                    tx.execute(&ADD_ACTIVITY, &params![ids[1], dialog(n), at(n), "validated"]).await?;
                    let payload = Json(serde_json::json!({"dialog": n, "revision": revision}));
                    tx.execute(&ADD_OUTBOX, &params![ids[2], "filing.received", "k", payload, at(n)]).await?;
                    Ok::<_, Error>(1)
                })
            }
        };
        done.map(|_| ()).map_err(|e| e.to_string())
    }
}
