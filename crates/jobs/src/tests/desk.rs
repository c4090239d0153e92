//! What operators see and do.

use super::{LADDER, QUEUE, Scribe, World};
use crate::{Action, Desk, Entry, Refused, State};
use db::Db;
use kernel::Clock;
use std::time::Duration;
use uuid::Uuid;

impl World {
    pub fn desk(&self) -> Desk {
        let mut desk = Desk::new(&self.db, &self.outbox);
        desk.wall = self.wall.clone();
        desk
    }

    async fn dead(&self) -> Vec<Entry> {
        self.desk().list(Some(QUEUE), true, None, 100).await.unwrap().0
    }
}

async fn desk_actions(world: &World) -> Vec<Action> {
    world.desk().actions(100).await.unwrap()
}

testkit::db_suite! { [audit::migrations(), crate::migrations()];
    async fn dead_messages_are_listed_by_page_and_masked(db: Db) {
        let world = World::new(db, Scribe::default());
        for number in 0..7 {
            world.put(&format!("hopeless {number} 21879498012"), [1]).await;
        }
        world.put("a", [1]).await;
        world.node().drain().await.unwrap();
        world.put("later", [1]).await;
        let (desk, mut seen, mut from) = (world.desk(), vec![], None);
        loop {
            let (entries, next) = desk.list(None, true, from.as_deref(), 3).await.unwrap();
            seen.extend(entries);
            match next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, world.dead().await);
        let keys: Vec<_> = seen.iter().map(|entry| entry.key.clone()).collect();
        assert_eq!(keys, (0..7).map(|number| format!("hopeless {number} ***********")).collect::<Vec<_>>());
        let first = &seen[0];
        assert_eq!((first.state, first.attempts, first.last_error.as_deref()), (State::Dead, 1, Some("never")));
        assert_eq!(desk.get(first.id).await.unwrap().as_ref(), Some(first));
        let (open, _) = desk.list(None, false, None, 10).await.unwrap();
        assert_eq!((open.len(), open[0].key.as_str(), open[0].state), (1, "later", State::Waiting));
        // A place of one list leads nowhere in another.
        let (_, place) = desk.list(None, true, None, 3).await.unwrap();
        for (queue, dead) in [(Some(QUEUE), true), (None, false)] {
            assert!(matches!(desk.list(queue, dead, place.as_deref(), 3).await, Err(Refused::Cursor(_))));
        }
        assert!(matches!(desk.list(None, true, Some("x"), 3).await, Err(Refused::Cursor(_))));
        assert_eq!(desk.list(Some("other"), true, None, 3).await.unwrap().0, []);
    }

    async fn a_dead_message_may_try_again_before_the_younger_ones_of_its_key(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put("fails", [1]).await;
        world.node().drain().await.unwrap();
        assert_eq!(world.scribe.of("fails").len(), LADDER.len() + 1);
        world.put("fails", [2]).await;
        let dead = world.dead().await.remove(0);
        world.desk().retry(dead.id).await.unwrap();
        let action = desk_actions(&world).await.remove(0);
        assert_eq!((action.dropped, action.message), (false, dead.id.to_string()));
        let jobs = world.node().claim(QUEUE, world.wall.now(), 16).await.unwrap();
        assert_eq!((jobs.len(), jobs[0].payload["n"].as_i64(), jobs[0].attempt), (1, Some(1), 1));
        // Under way, it is left alone.
        assert!(matches!(world.desk().retry(dead.id).await, Err(Refused::Running)));
        assert!(matches!(world.desk().drop(dead.id, "gone").await, Err(Refused::Running)));
        assert_eq!(world.desk().get(dead.id).await.unwrap().unwrap().state, State::Running);
        assert!(matches!(world.desk().retry(Uuid::nil()).await, Err(Refused::Unknown)));
        assert_eq!(desk_actions(&world).await.len(), 1);
    }

    async fn a_waiting_message_need_not_wait_for_its_rung(db: Db) {
        let world = World::new(db, Scribe::default());
        let node = world.node();
        world.put("fails once", [1]).await;
        assert_eq!((world.round(&node).await, world.round(&node).await), (1, 0));
        let waiting = world.desk().list(None, false, None, 10).await.unwrap().0.remove(0);
        world.desk().retry(waiting.id).await.unwrap();
        assert_eq!(world.round(&node).await, 1);
        assert_eq!(world.scribe.seen().last().unwrap().2, 2, "the tries go on counting");
    }

    async fn a_queue_is_retried_or_dropped_as_a_whole_and_once(db: Db) {
        let world = World::new(db, Scribe::default());
        let node = world.node();
        for number in 0..3 {
            world.put(&format!("hopeless {number}"), [1]).await;
        }
        node.drain().await.unwrap();
        world.wall.advance(Duration::from_secs(1));
        assert_eq!(world.desk().retry_queue("other").await.unwrap(), 0);
        assert_eq!(world.desk().retry_queue(QUEUE).await.unwrap(), 3);
        assert_eq!((world.depth().await, desk_actions(&world).await.len()), ((3, 0), 3));
        node.drain().await.unwrap();
        assert_eq!(world.desk().drop_queue(QUEUE, "gone").await.unwrap(), 0, "what died in this moment stays");
        world.wall.advance(Duration::from_secs(1));
        assert_eq!(world.desk().drop_queue(QUEUE, "gone").await.unwrap(), 3);
        assert_eq!((world.depth().await, desk_actions(&world).await.len()), ((0, 0), 6));
        assert_eq!(world.scribe.seen().len(), 6);
    }

    async fn a_message_is_dropped_for_a_reason_which_is_kept(db: Db) {
        let world = World::new(db, Scribe::default());
        world.put("person 21879498012", [1]).await;
        let (desk, long) = (world.desk(), "x".repeat(501));
        let id = desk.list(None, false, None, 10).await.unwrap().0[0].id;
        for reason in ["", " ", &long] {
            assert!(matches!(desk.drop(id, reason).await, Err(Refused::NoReason)));
            assert!(matches!(desk.drop_queue(QUEUE, reason).await, Err(Refused::NoReason)));
        }
        assert_eq!(world.depth().await, (1, 0));
        let work = desk.drop(id, "asked for by 21879498012");
        audit::within(audit::Actor::operator("kari"), work).await.unwrap();
        assert_eq!((world.depth().await, desk.get(id).await.unwrap()), ((0, 0), None));
        let action = desk_actions(&world).await.remove(0);
        assert_eq!((action.dropped, action.key.as_str()), (true, "person ***********"));
        assert_eq!((action.operator.as_str(), action.message), ("kari", id.to_string()));
        assert_eq!(action.reason.as_deref(), Some("asked for by ***********"));
    }

    async fn figures_tell_how_a_queue_is_doing(db: Db) {
        let world = World::new(db, Scribe::default());
        let (desk, node) = (world.desk(), world.node());
        let figures = async || {
            let queue = desk.queues().await.unwrap().remove(0);
            (queue.open, queue.leased, queue.dead, queue.oldest_seconds, queue.is_degraded())
        };
        assert_eq!(figures().await, (0, 0, 0, 0, false));
        world.put("a", [1, 2]).await;
        world.put("hopeless", [1]).await;
        let forward = |seconds| {
            world.wall.advance(Duration::from_secs(seconds));
            world.business.advance(Duration::from_secs(seconds));
        };
        // `put` goes by the machine's own clock, which has gone on since.
        for (seconds, late) in [(50, false), (30, true)] {
            forward(seconds);
            let (open, leased, dead, oldest, degraded) = figures().await;
            assert_eq!((open, leased, dead, degraded), (3, 0, 0, late), "{oldest} s");
            assert!(oldest <= 80 && oldest >= if late { 61 } else { 30 }, "{oldest} s");
        }
        let claimed = node.claim(QUEUE, world.wall.now(), 16).await.unwrap();
        assert_eq!(figures().await, (3, 2, 0, 0, false), "what waits for its key is not late");
        let nodes = desk.nodes().await.unwrap();
        assert_eq!((nodes.len(), nodes[0].id, nodes[0].leases), (1, node.node, 2));
        for job in claimed {
            node.work(world.scribe.as_ref(), job).await.unwrap();
        }
        let (open, leased, dead, _, degraded) = figures().await;
        assert_eq!((open, leased, dead, degraded), (1, 0, 1, true));
        assert_eq!(desk.nodes().await.unwrap(), []);
    }
}
