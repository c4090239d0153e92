//! Jobs that finish in the transaction of their work.

use super::{LADDER, QUEUE, Scribe, TOPIC, World};
use crate::runner::LEASE;
use crate::{Failure, Handler, Job};
use async_trait::async_trait;
use db::{Db, MigrationSet, params};
use kernel::Clock;
use std::time::Duration;

const FILES: &[db::Migration] = &[db::Migration {
    name: "0001_effect",
    common: "CREATE TABLE effect (message {id} PRIMARY KEY, times {int} NOT NULL);",
    sqlite: "",
    postgres: "",
}];
const EFFECT: MigrationSet = MigrationSet { block: "test", files: FILES };

static ADD: db::Sql = db::Sql::new(
    "test.effect",
    "INSERT INTO effect (message, times) VALUES ($1, 1) ON CONFLICT (message) DO UPDATE SET times = effect.times + 1",
);
static EFFECTS: db::Sql =
    db::Sql::new("test.effects", "SELECT COUNT(*), COALESCE(MAX(times), 0) FROM effect");

/// Counts its messages in the database, and finishes them with that.
struct Teller(Db);

#[async_trait]
impl Handler for Teller {
    fn queue(&self) -> &'static str {
        QUEUE
    }
    fn topics(&self) -> &'static [&'static str] {
        &[TOPIC]
    }
    fn ladder(&self) -> &'static [Duration] {
        &LADDER
    }
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        db::write_tx!(self.0, "test.teller", |tx| {
            tx.execute(&ADD, &params![job.id]).await?;
            job.done(tx).await?;
            if job.key == "fails" {
                return Err(db::Error::NoRow("test"));
            }
            Ok::<_, db::Error>(())
        })?;
        Ok(())
    }
}

async fn effects(db: &Db) -> (i64, i64) {
    let row = db.query_one(&EFFECTS, &[]).await.unwrap();
    (row.get(0).unwrap(), row.get(1).unwrap())
}

testkit::db_suite! { [crate::migrations(), EFFECT];
    async fn work_and_outcome_are_one_commit(db: Db) {
        let (world, teller) = (World::new(db.clone(), Scribe::default()), Teller(db.clone()));
        let node = world.node();
        world.put("a", [1, 2]).await;
        let job = node.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
        // The worker dies after its commit: nobody runs the job again.
        teller.handle(&job).await.unwrap();
        world.wall.advance(LEASE + Duration::from_secs(1));
        let next = node.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
        assert_ne!(next.id, job.id);
        node.work(&teller, next).await.unwrap();
        assert_eq!((effects(&db).await, world.depth().await), ((2, 1), (0, 0)));
    }

    async fn work_that_is_undone_leaves_the_job_to_be_tried_again(db: Db) {
        let (world, teller) = (World::new(db.clone(), Scribe::default()), Teller(db.clone()));
        let node = world.node();
        world.put("fails", [1]).await;
        for _ in 0..=LADDER.len() {
            let job = node.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
            node.work(&teller, job).await.unwrap();
            world.wall.advance(LADDER[1] + Duration::from_secs(1));
        }
        assert_eq!((effects(&db).await, world.depth().await), ((0, 0), (0, 1)));
    }

    async fn who_has_lost_the_lease_loses_the_work_as_well(db: Db) {
        let (world, teller) = (World::new(db.clone(), Scribe::default()), Teller(db.clone()));
        let (paused, other) = (world.node(), world.node());
        world.put("a", [1]).await;
        let lost = paused.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
        world.wall.advance(LEASE + Duration::from_secs(1));
        let mine = other.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
        paused.work(&teller, lost.clone()).await.unwrap();
        assert_eq!((effects(&db).await, world.depth().await), ((0, 0), (1, 0)));
        other.work(&teller, mine).await.unwrap();
        paused.work(&teller, lost).await.unwrap();
        assert_eq!((effects(&db).await, world.depth().await), ((1, 1), (0, 0)));
    }
}
