//! The outbox, its runners and timers on real databases.

mod desk;
mod done;
mod trouble;

use crate::runner::{LEASE, Runner};
use crate::{Failure, Handler, Job, Message, Outbox, Schedule, Task, timer};
use async_trait::async_trait;
use db::Db;
use kernel::{Clock, RandomIds, SystemClock};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::TestClock;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

const QUEUE: &str = "test";
const TOPIC: &str = "thing.happened";
const LADDER: [Duration; 2] = [Duration::from_secs(10), Duration::from_mins(5)];

/// Writes down what it gets, and does what the message's key says.
#[derive(Default)]
struct Scribe {
    seen: Mutex<Vec<(String, i64, u32)>>,
    under_way: Mutex<BTreeMap<String, usize>>,
    /// Handlers of `slow` keys wait for a permit.
    gate: Option<Arc<Semaphore>>,
}

impl Scribe {
    fn seen(&self) -> Vec<(String, i64, u32)> {
        self.seen.lock().unwrap().clone()
    }

    fn of(&self, key: &str) -> Vec<i64> {
        self.seen().into_iter().filter(|(k, ..)| k == key).map(|(_, number, _)| number).collect()
    }
}

#[async_trait]
impl Handler for Scribe {
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
        let number = job.payload["n"].as_i64().unwrap();
        {
            let mut under_way = self.under_way.lock().unwrap();
            let same = under_way.entry(job.key.clone()).or_default();
            *same += 1;
            assert_eq!(*same, 1, "two jobs of the key {} at once", job.key);
        }
        self.seen.lock().unwrap().push((job.key.clone(), number, job.attempt));
        if let Some(gate) = self.gate.as_ref().filter(|_| job.key.starts_with("slow")) {
            gate.acquire().await.unwrap().forget();
        }
        tokio::task::yield_now().await;
        *self.under_way.lock().unwrap().get_mut(&job.key).unwrap() -= 1;
        match job.key.as_str() {
            "fails" => Err(Failure::Retry("not now".into())),
            "fails once" if job.attempt == 1 => Err(Failure::Retry("not now".into())),
            key if key.starts_with("hopeless") && number == 1 => Err(Failure::Dead("never".into())),
            "panics" => panic!("a handler that panics"),
            _ => Ok(()),
        }
    }
}

/// One outbox, as many nodes as a test wants.
struct World {
    db: Db,
    outbox: Outbox,
    business: Arc<TestClock>,
    wall: Arc<TestClock>,
    scribe: Arc<Scribe>,
}

impl World {
    fn new(db: Db, scribe: Scribe) -> Self {
        let business = Arc::new(TestClock::default());
        // Leases and retries are written by this clock; `put` uses the machine's, so it starts there.
        let wall = Arc::new(TestClock::at(&SystemClock.now().to_string()));
        let outbox = Outbox::new(business.clone(), Arc::new(RandomIds));
        let world = Self { db, outbox, business, wall, scribe: Arc::new(scribe) };
        world.wall.advance(Duration::from_secs(1));
        world.node();
        world
    }

    fn node(&self) -> Runner {
        let handlers: Vec<Arc<dyn Handler>> = vec![self.scribe.clone()];
        let node = Uuid::from_u128(u128::from(rand()));
        let mut runner = Runner::new(self.db.clone(), self.outbox.clone(), node, handlers, vec![]);
        runner.wall = self.wall.clone();
        runner
    }

    async fn put(&self, key: &str, numbers: impl IntoIterator<Item = i64>) {
        for number in numbers {
            let message =
                Message { topic: TOPIC, key: key.into(), payload: json!({"n": number}), available_at: None };
            self.put_message(message).await;
        }
    }

    async fn put_message(&self, message: Message) {
        let mut tx = self.db.begin("test").await.unwrap();
        self.outbox.put(&mut tx, message).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Everything that is ready now, retries only when their time has come.
    async fn round(&self, node: &Runner) -> usize {
        let jobs = node.claim(QUEUE, self.wall.now(), 16).await.unwrap();
        let count = jobs.len();
        for job in jobs {
            node.work(self.scribe.as_ref(), job).await.unwrap();
        }
        count
    }

    async fn depth(&self) -> (i64, i64) {
        let node = self.node();
        let queues = crate::figures::queues(&node.db, &node.outbox, node.wall.now()).await.unwrap();
        (queues[0].open, queues[0].dead)
    }
}

fn rand() -> u64 {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed) as u64
}

testkit::db_suite! { [crate::migrations()];
    async fn a_message_is_handled_once_and_gone(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put("a", [1]).await;
        assert_eq!(world.depth().await, (1, 0));
        assert_eq!(world.node().drain().await.unwrap(), 1);
        assert_eq!(world.node().drain().await.unwrap(), 0);
        assert_eq!(world.scribe.seen(), [("a".into(), 1, 1)]);
        assert_eq!(world.depth().await, (0, 0));
    }

    async fn a_message_of_a_transaction_that_is_undone_was_never_there(db: Db) {
        let world = World::new(db, Scribe::default());
        let mut tx = world.db.begin("test").await.unwrap();
        let message = Message { topic: TOPIC, key: "a".into(), payload: json!({"n": 1}), available_at: None };
        world.outbox.put(&mut tx, message).await.unwrap();
        tx.rollback().await;
        assert_eq!(world.node().drain().await.unwrap(), 0);
    }

    async fn a_topic_without_a_queue_is_no_error(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put_message(Message { topic: "unheard", key: "a".into(), payload: json!({}), available_at: None }).await;
        assert_eq!(world.depth().await, (0, 0));
    }

    async fn messages_of_a_key_come_in_their_order(db: Db) {
        let world = World::new(db, Scribe::default());
        for number in 0..20 {
            world.put("a", [number]).await;
            world.put("b", [number]).await;
        }
        // Also those of one transaction, put within one microsecond.
        let mut tx = world.db.begin("test").await.unwrap();
        for number in 20..40 {
            let message = Message { topic: TOPIC, key: "a".into(), payload: json!({"n": number}), available_at: None };
            world.outbox.put(&mut tx, message).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(world.node().drain().await.unwrap(), 60);
        assert_eq!(world.scribe.of("a"), (0..40).collect::<Vec<_>>());
        assert_eq!(world.scribe.of("b"), (0..20).collect::<Vec<_>>());
    }

    async fn a_message_stands_behind_one_from_a_node_whose_clock_is_ahead(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put("a", [1]).await;
        let mut tx = world.db.begin("test").await.unwrap();
        tx.execute(&AHEAD, &[]).await.unwrap();
        tx.commit().await.unwrap();
        world.put("a", [2, 3]).await;
        world.node().drain().await.unwrap();
        assert_eq!(world.scribe.of("a"), [1, 2, 3]);
    }

    async fn retries_climb_the_ladder_and_hold_back_their_key_only(db: Db) {
        let world = World::new(db, Scribe::default());
        let node = world.node();
        world.put("fails once", [1, 2]).await;
        world.put("b", [1]).await;
        assert_eq!(world.round(&node).await, 2);
        assert_eq!(world.round(&node).await, 0, "the second message of the key waits for the first");
        world.wall.advance(Duration::from_secs(8));
        assert_eq!(world.round(&node).await, 0, "too early");
        world.wall.advance(Duration::from_secs(2));
        assert_eq!(world.round(&node).await, 1);
        // The second message fails once as well, at its own first try.
        assert_eq!(world.round(&node).await, 1);
        world.wall.advance(LADDER[0] + Duration::from_secs(1));
        assert_eq!(world.round(&node).await, 1);
        assert_eq!(world.scribe.of("fails once"), [1, 1, 2, 2]);
        assert_eq!(world.depth().await, (0, 0));
    }

    async fn after_the_last_rung_a_message_is_dead_and_lets_its_key_go_on(db: Db) {
        let world = World::new(db, Scribe::default());
        let node = world.node();
        world.put("fails", [1]).await;
        for wait in [Duration::ZERO, LADDER[0], LADDER[1]] {
            world.wall.advance(wait + Duration::from_secs(1));
            assert_eq!(world.round(&node).await, 1);
        }
        assert_eq!(world.depth().await, (0, 1));
        world.wall.advance(Duration::from_hours(100));
        assert_eq!(world.round(&node).await, 0);
        world.put("hopeless", [1, 2]).await;
        assert_eq!(node.drain().await.unwrap(), 2);
        assert_eq!(world.scribe.of("hopeless"), [1, 2]);
        assert_eq!(world.depth().await, (0, 2));
    }

    async fn a_panic_is_a_failed_try(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put("panics", [1]).await;
        world.put("a", [1]).await;
        world.node().drain().await.unwrap();
        assert_eq!(world.scribe.of("panics").len(), LADDER.len() + 1);
        assert_eq!(world.depth().await, (0, 1));
    }

    async fn who_has_lost_a_lease_can_neither_finish_nor_fail_the_job(db: Db) {
        let world = World::new(db, Scribe::default());
        let (paused, other) = (world.node(), world.node());
        for key in ["a", "hopeless"] {
            world.put(key, [1]).await;
            let lost = paused.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
            assert_eq!(world.round(&other).await, 0, "it is leased");
            world.wall.advance(LEASE + Duration::from_secs(1));
            let mine = other.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
            assert_eq!((mine.id, mine.attempt), (lost.id, 2));
            paused.work(world.scribe.as_ref(), lost.clone()).await.unwrap();
            assert_eq!(world.depth().await, (1, 0), "still leased to the other");
            // Nor can the first owner by its old lease when it has got a new one.
            world.wall.advance(LEASE + Duration::from_secs(1));
            let again = paused.claim(QUEUE, world.wall.now(), 16).await.unwrap().remove(0);
            paused.work(world.scribe.as_ref(), lost).await.unwrap();
            assert_eq!(world.depth().await, (1, 0));
            paused.work(world.scribe.as_ref(), Job { key: "a".into(), ..again }).await.unwrap();
            other.work(world.scribe.as_ref(), Job { key: "a".into(), ..mine }).await.unwrap();
            assert_eq!(world.depth().await, (0, 0));
        }
    }

    async fn a_job_that_kills_its_worker_every_time_dies(db: Db) {
        let world = World::new(db, Scribe::default());
        let node = world.node();
        world.put("a", [1]).await;
        for _ in 0..=LADDER.len() {
            assert_eq!(node.claim(QUEUE, world.wall.now(), 16).await.unwrap().len(), 1);
            world.wall.advance(LEASE + Duration::from_secs(1));
        }
        assert_eq!(world.round(&node).await, 1);
        assert!(world.scribe.seen().is_empty());
        assert_eq!(world.depth().await, (0, 1));
    }

    async fn two_nodes_share_the_work_in_order_and_without_repeats(db: Db) {
        let world = World::new(db, Scribe::default());
        for number in 0..20 {
            for key in 0..5 {
                world.put(&format!("key {key}"), [number]).await;
            }
        }
        let (one, two, three) = (world.node(), world.node(), world.node());
        let (one, two, three) = tokio::join!(one.drain(), two.drain(), three.drain());
        // A node goes home when it finds nothing free; the rest may be in another's hands at that moment.
        let rest = world.node().drain().await.unwrap();
        assert_eq!(one.unwrap() + two.unwrap() + three.unwrap() + rest, 100);
        for key in 0..5 {
            assert_eq!(world.scribe.of(&format!("key {key}")), (0..20).collect::<Vec<_>>());
        }
    }

    async fn a_message_waits_for_business_time_which_may_move(db: Db) {
        let world = World::new(db, Scribe::default());
        let due = world.business.now() + Duration::from_hours(24 * 30);
        world.put_message(Message { topic: TOPIC, key: "a".into(), payload: json!({"n": 1}), available_at: Some(due) }).await;
        assert_eq!(world.node().drain().await.unwrap(), 0);
        world.business.advance(Duration::from_hours(24 * 31));
        assert_eq!(world.node().drain().await.unwrap(), 1);
    }

    async fn a_slow_job_holds_its_own_place_and_a_stop_waits_for_it(db: Db) {
        let gate = Arc::new(Semaphore::new(0));
        let world = World::new(db, Scribe { gate: Some(gate.clone()), ..Scribe::default() });
        let (stop, stopped) = watch::channel(false);
        let mut node = world.node();
        node.wall = Arc::new(SystemClock);
        let running = tokio::spawn(node.run(stopped));
        world.put("slow", [1, 2]).await;
        until(|| world.scribe.of("slow") == [1]).await;
        for number in 0..40 {
            world.put("fast", [number]).await;
        }
        until(|| world.scribe.of("fast").len() == 40).await;
        stop.send_replace(true);
        tokio::task::yield_now().await;
        assert!(!running.is_finished());
        gate.add_permits(1);
        running.await.unwrap();
        assert_eq!(world.scribe.of("slow"), [1], "nothing is begun after the stop");
        assert_eq!(world.depth().await, (1, 0));
    }

    async fn a_timer_runs_on_the_node_that_takes_it(db: Db) {
        let world = World::new(db, Scribe::default());
        let schedule = Schedule { name: "tidy", every: Duration::from_hours(1), task: Arc::new(Nothing) };
        for _ in 0..3 {
            let (one, two) = (world.node(), world.node());
            let (one, two) = tokio::join!(timer::take(&one, &schedule), timer::take(&two, &schedule));
            assert!(one.unwrap() != two.unwrap(), "one of the two, not both");
            assert!(!timer::take(&world.node(), &schedule).await.unwrap(), "not before its time");
            world.wall.advance(Duration::from_secs(3601));
        }
        let timers = world.desk().timers().await.unwrap();
        assert_eq!((timers[0].name.as_str(), timers[0].last_run), ("tidy", None));
        let node = world.node();
        timer::run(&node, &schedule).await;
        timer::run(&node, &Schedule { task: Arc::new(Broken), ..schedule }).await;
        let timer = world.desk().timers().await.unwrap().remove(0);
        assert_eq!(timer.last_node, Some(node.node));
        assert_eq!(timer.last_error.as_deref(), Some("it broke for ***********"));
    }

    async fn every_statement_is_prepared(db: Db) {
        db.prepare_all(&[crate::STATEMENTS]).await.unwrap();
    }
}

static AHEAD: db::Sql = db::Sql::new("test.ahead", "UPDATE outbox SET position = position + 60000000");

struct Nothing;
struct Broken;

#[async_trait]
impl Task for Broken {
    async fn run(&self) -> Result<(), Failure> {
        Err(Failure::Retry("it broke for 21879498012".into()))
    }
}

#[async_trait]
impl Task for Nothing {
    async fn run(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Lets the others go on until `done`; the test's own time-out is the limit.
async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::task::yield_now().await;
    }
}
