//! Failures, crashes, slow and poisonous messages, and nodes that come in one instant.

use super::{QUEUE, Scribe, TOPIC, World, until};
use crate::runner::LEASE;
use crate::{Failure, Handler, Job, Message, Runner};
use async_trait::async_trait;
use db::{Db, Engine, params};
use kernel::{Clock, Ids, RandomIds, SystemClock};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Does what it is told of each try, and writes down what it has finished.
#[derive(Default)]
struct Puppet {
    next: Mutex<Option<Failure>>,
    panics: AtomicBool,
    finished: Mutex<Vec<(String, i64)>>,
}

#[async_trait]
impl Handler for Puppet {
    fn queue(&self) -> &'static str {
        QUEUE
    }
    fn topics(&self) -> &'static [&'static str] {
        &[TOPIC]
    }
    fn ladder(&self) -> &'static [Duration] {
        const LADDER: [Duration; 6] = [Duration::from_secs(5); 6];
        &LADDER
    }
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        assert!(!self.panics.swap(false, Ordering::Relaxed), "as told");
        if let Some(failure) = self.next.lock().unwrap().take() {
            return Err(failure);
        }
        self.finished.lock().unwrap().push((job.key.clone(), job.payload["n"].as_i64().unwrap()));
        Ok(())
    }
}

/// Some hundred messages of a few keys through nodes that fail, panic, die before, within and after the work, and give up.
async fn ordeal(db: Db, seed: u64) {
    let world = World::new(db, Scribe::default());
    let puppet = Puppet::default();
    let nodes = [world.node(), world.node(), world.node()];
    let mut dice = Dice(seed);
    let mut put: BTreeMap<String, i64> = BTreeMap::new();
    let mut killed = BTreeSet::new();
    for _ in 0..250 {
        if dice.roll(3) > 0 {
            let key = format!("key {}", dice.roll(5));
            let number = put.entry(key.clone()).or_default();
            *number += 1;
            world.put(&key, [*number]).await;
        }
        let node = &nodes[dice.roll(3) as usize];
        let room = 1 + dice.roll(4) as usize;
        for job in node.claim(QUEUE, world.wall.now(), room).await.unwrap() {
            match dice.roll(10) {
                0 => *puppet.next.lock().unwrap() = Some(Failure::Retry("later".into())),
                1 if dice.roll(4) == 0 => {
                    *puppet.next.lock().unwrap() = Some(Failure::Dead("never".into()));
                    killed.insert((job.key.clone(), job.payload["n"].as_i64().unwrap()));
                }
                2 => puppet.panics.store(true, Ordering::Relaxed),
                // The worker dies before the work …
                3 => continue,
                // … or between the work and its outcome.
                4 => {
                    puppet.handle(&job).await.unwrap();
                    continue;
                }
                _ => {}
            }
            node.work(&puppet, job).await.unwrap();
        }
        world.wall.advance(Duration::from_secs(dice.roll(60)));
    }
    // Peace: what is left is handled.
    loop {
        world.wall.advance(LEASE + Duration::from_secs(1));
        let jobs = nodes[0].claim(QUEUE, world.wall.now(), 16).await.unwrap();
        if jobs.is_empty() {
            break;
        }
        for job in jobs {
            nodes[0].work(&puppet, job).await.unwrap();
        }
    }
    let dead: BTreeSet<_> = world
        .desk()
        .list(None, true, None, 1000)
        .await
        .unwrap()
        .0
        .into_iter()
        .map(|entry| (entry.key, entry.payload["n"].as_i64().unwrap()))
        .collect();
    assert!(killed.is_subset(&dead), "seed {seed}");
    assert_eq!(world.depth().await, (0, dead.len() as i64), "seed {seed}");
    let finished = puppet.finished.lock().unwrap().clone();
    for (key, last) in put {
        let of_key: Vec<i64> = finished.iter().filter(|(k, _)| *k == key).map(|(_, n)| *n).collect();
        assert!(of_key.is_sorted(), "seed {seed}, {key}: {of_key:?}");
        for number in 1..=last {
            let known = of_key.contains(&number) || dead.contains(&(key.clone(), number));
            assert!(known, "seed {seed}, {key} {number} is lost");
        }
    }
}

/// Counts those who handle messages of one key at once.
#[derive(Default)]
struct Exclusive {
    under_way: Mutex<BTreeMap<String, usize>>,
    overlaps: AtomicUsize,
    handled: AtomicUsize,
}

#[async_trait]
impl Handler for Exclusive {
    fn queue(&self) -> &'static str {
        QUEUE
    }
    fn topics(&self) -> &'static [&'static str] {
        &[TOPIC]
    }
    async fn handle(&self, job: &Job) -> Result<(), Failure> {
        let others = {
            let mut under_way = self.under_way.lock().unwrap();
            let same = under_way.entry(job.key.clone()).or_default();
            *same += 1;
            *same - 1
        };
        self.overlaps.fetch_add(others, Ordering::Relaxed);
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        *self.under_way.lock().unwrap().get_mut(&job.key).unwrap() -= 1;
        self.handled.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A queue of its own, with the handler's answer at once or never.
struct Lane {
    queue: &'static str,
    topics: &'static [&'static str],
    blocks: bool,
    handled: AtomicUsize,
}

#[async_trait]
impl Handler for Lane {
    fn queue(&self) -> &'static str {
        self.queue
    }
    fn topics(&self) -> &'static [&'static str] {
        self.topics
    }
    async fn handle(&self, _: &Job) -> Result<(), Failure> {
        self.handled.fetch_add(1, Ordering::Relaxed);
        if self.blocks {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

fn lane(topics: &'static [&'static str], blocks: bool) -> Arc<Lane> {
    Arc::new(Lane { queue: topics[0], topics, blocks, handled: AtomicUsize::new(0) })
}

/// Somebody waits for a lock in this database.
static WAITING: db::Sql = db::Sql::new(
    "test.waiting",
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
);

/// A message that becomes visible while a younger one of its key is being claimed is not claimed beside it. (SQLite has one
/// writer, so nothing can become visible there in that moment.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_waits_for_the_one_before_it() {
    testkit::run_on(Engine::Postgres, &[crate::migrations()], |db| async move {
        let world = World::new(db, Scribe::default());
        let (one, other) = (world.node(), world.node());
        let message =
            |n: i64| Message { topic: TOPIC, key: "a".into(), payload: json!({"n": n}), available_at: None };
        let mut late = world.db.begin("test").await.unwrap();
        world.outbox.put(&mut late, message(1)).await.unwrap();
        world.put("a", [2]).await;
        world.wall.advance(Duration::from_secs(1));
        let (wall, business) = (world.wall.now(), world.business.now());
        let mut claim = world.db.begin("test").await.unwrap();
        let claimed = one.lease(&mut claim, QUEUE, (business, wall, wall), 16).await.unwrap();
        assert_eq!(claimed.len(), 1);
        late.commit().await.unwrap();
        let beside = tokio::spawn(async move { other.claim(QUEUE, wall, 16).await.unwrap().len() });
        while !beside.is_finished() && world.db.query(&WAITING, &params![]).await.unwrap().is_empty() {}
        claim.commit().await.unwrap();
        assert_eq!(beside.await.unwrap(), 0, "two nodes hold messages of one key");
    })
    .await;
}

testkit::db_suite! { [crate::migrations()];
    async fn order_is_kept_and_nothing_lost_whatever_fails(db: Db) {
        let seed = u64::from_le_bytes(RandomIds.uuid().into_bytes()[..8].try_into().unwrap()) | 1;
        ordeal(db, seed).await;
    }

    /// Publishers whose transactions overlap, and nodes that look at every moment: a message that becomes visible late stands
    /// before one that is under way already.
    async fn nodes_that_claim_in_one_instant_never_share_a_key(db: Db) {
        const MESSAGES: usize = 120;
        let world = World::new(db, Scribe::default());
        let exclusive = Arc::new(Exclusive::default());
        let outbox = crate::Outbox::new(world.business.clone(), Arc::new(RandomIds));
        let node = || {
            Runner::new(world.db.clone(), outbox.clone(), RandomIds.uuid(), vec![exclusive.clone()], vec![])
        };
        let claimers = (0..6).map(|_| {
            let (node, exclusive) = (node(), exclusive.clone());
            tokio::spawn(async move {
                while exclusive.handled.load(Ordering::Relaxed) < MESSAGES {
                    let jobs = node.claim(QUEUE, SystemClock.now(), 4).await.unwrap();
                    let work = jobs.into_iter().map(|job| node.work(exclusive.as_ref(), job));
                    futures_util::future::try_join_all(work).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        });
        let claimers: Vec<_> = claimers.collect();
        let publishers = (0..4).map(|publisher| {
            let (db, outbox) = (world.db.clone(), outbox.clone());
            tokio::spawn(async move {
                for number in 0..MESSAGES / 4 {
                    let key = format!("key {}", (publisher + number) % 2);
                    let message = Message { topic: TOPIC, key, payload: json!({}), available_at: None };
                    db::write_tx!(db, "test.put", |tx| { outbox.put(tx, message.clone()).await }).unwrap();
                }
            })
        });
        futures_util::future::try_join_all(publishers.collect::<Vec<_>>()).await.unwrap();
        futures_util::future::try_join_all(claimers).await.unwrap();
        assert_eq!(exclusive.overlaps.load(Ordering::Relaxed), 0);
        assert_eq!(exclusive.handled.load(Ordering::Relaxed), MESSAGES);
    }

    async fn a_full_window_of_blocked_messages_starves_no_other_queue_and_ends(db: Db) {
        let world = World::new(db, Scribe::default());
        let (stuck, free) = (lane(&["stuck"], true), lane(&["free"], false));
        let outbox = crate::Outbox::new(world.business.clone(), Arc::new(RandomIds));
        let handlers: Vec<Arc<dyn Handler>> = vec![stuck.clone(), free.clone()];
        // A lease that leaves each job a twentieth of a second.
        let node = Runner::new(world.db.clone(), outbox.clone(), RandomIds.uuid(), handlers, vec![])
            .with_lease(Duration::from_millis(10_050));
        let put = async |topic: &'static str, count: usize| {
            db::write_tx!(world.db, "test.put", |tx| {
                for number in 0..count {
                    let message = Message { topic, key: number.to_string(), payload: json!({}), available_at: None };
                    outbox.put(tx, message).await?;
                }
                Ok::<_, db::Error>(())
            })
            .unwrap();
        };
        put("stuck", 40).await;
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(node.run(stopped));
        until(|| stuck.handled.load(Ordering::Relaxed) >= 16).await;
        put("free", 40).await;
        until(|| free.handled.load(Ordering::Relaxed) == 40).await;
        // Each blocked one gives its place to the next when its time is up, and is tried again later.
        until(|| stuck.handled.load(Ordering::Relaxed) >= 40).await;
        stop.send_replace(true);
        running.await.unwrap();
        let left = world.desk().list(Some("stuck"), false, None, 100).await.unwrap().0;
        assert_eq!(left.len(), 40);
        assert!(left.iter().any(|entry| entry.last_error.as_deref() == Some("took longer than 0.05 s")));
    }
}
