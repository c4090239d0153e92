//! SQL of the outbox and the timers.

/// A message that may be handled now: open, due, its retry time come, not leased, and no older or leased one of its key.
/// Messages with one position – of transactions that ran at the same time – are told apart by their id.
/// `$1` queue, `$2` business time, `$3` latest retry time, `$4` the machine's time.
macro_rules! ready {
    () => {
        "o.queue = $1 AND NOT o.dead AND o.due_at <= $2 AND o.retry_at <= $3
         AND (o.leased_until IS NULL OR o.leased_until < $4)
         AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.queue = o.queue AND p.key = o.key AND NOT p.dead AND p.id <> o.id
                         AND ((p.position, p.id) < (o.position, o.id) OR p.leased_until >= $4))"
    };
}

/// What operators see of a message.
macro_rules! entry {
    () => {
        "id, queue, topic, key, position, payload, due_at, retry_at, leased_until, lease_owner, attempts, dead, last_error"
    };
}

/// A page of messages by queue and place.
macro_rules! page {
    ($which:literal) => {
        concat!(
            "SELECT ",
            entry!(),
            " FROM outbox WHERE ",
            $which,
            " AND queue >= $1 AND queue <= $2
         AND (queue, position, id) > ($3, $4, $5) ORDER BY queue, position, id LIMIT $6"
        )
    };
}

db::statements! {
    /// One message for one queue. Its position is the machine's time, or the next free number after its key's last one:
    /// what a transaction sees of its key, it stands behind, whatever the clocks of two nodes say.
    pub PUT = "outbox.put",
        "INSERT INTO outbox (id, queue, topic, key, position, payload, created_at, due_at, retry_at, attempts, dead, trace)
         VALUES ($1, $2, $3, $4,
           COALESCE((SELECT MAX(position) + 1 FROM outbox WHERE queue = $2 AND key = $4 AND NOT dead AND position >= $5), $5),
           $6, $7, $8, $9, 0, FALSE, $10)";
    /// Makes claims of a queue come one after the other. On PostgreSQL the next statement then sees every lease given before;
    /// SQLite has one writer at a time anyway.
    pub LOCK_QUEUE = "outbox.lock_queue", "SELECT 1 FROM outbox_queue WHERE name = $1 {for_update}";
    /// A queue that nobody has claimed from.
    pub NEW_QUEUE = "outbox.new_queue", "INSERT INTO outbox_queue (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
    /// Is anything ready; spares a write transaction when nothing is.
    pub READY = "outbox.ready", concat!("SELECT 1 FROM outbox o WHERE ", ready!(), " LIMIT 1");
    /// Leases the oldest ready messages.
    pub CLAIM = "outbox.claim",
        concat!("WITH mine AS MATERIALIZED (SELECT o.id FROM outbox o WHERE ", ready!(),
          " ORDER BY o.position LIMIT $5 {skip_locked})
         UPDATE outbox SET leased_until = $6, lease_owner = $7, attempts = attempts + 1
         WHERE id IN (SELECT id FROM mine)
         RETURNING id, topic, key, payload, attempts, retry_at, due_at, trace");
    /// Handled. `attempts` tells this lease from an earlier one of the same owner.
    pub DONE = "outbox.done", "DELETE FROM outbox WHERE id = $1 AND lease_owner = $2 AND attempts = $3";
    /// Not handled: when to try again, or dead.
    pub FAILED = "outbox.failed",
        "UPDATE outbox SET leased_until = NULL, lease_owner = NULL, retry_at = $4, dead = $5, last_error = $6
         WHERE id = $1 AND lease_owner = $2 AND attempts = $3";
    /// Open, dead and leased messages of each queue; `$1` the machine's time.
    pub DEPTH = "outbox.depth", Heavy,
        "SELECT queue, COUNT(*) FILTER (WHERE NOT dead), COUNT(*) FILTER (WHERE dead),
           COUNT(*) FILTER (WHERE NOT dead AND leased_until >= $1) FROM outbox GROUP BY queue";
    /// Since when the message that is next in a queue could have been handled: retry time and due time.
    pub NEXT = "outbox.next", Heavy, concat!("SELECT o.retry_at, o.due_at FROM outbox o WHERE ", ready!(), " ORDER BY o.position LIMIT 1");
    /// A page of dead messages; `$1`, `$2` first and last queue, `$3`, `$4`, `$5` the last message of the page before.
    pub DEAD_PAGE = "outbox.dead_page", page!("dead");
    /// A page of open messages.
    pub OPEN_PAGE = "outbox.open_page", page!("NOT dead");
    /// One message.
    pub GET = "outbox.get", concat!("SELECT ", entry!(), " FROM outbox WHERE id = $1");
    /// One message, which stays as it is until this transaction ends.
    pub HOLD = "outbox.hold", concat!("SELECT ", entry!(), " FROM outbox WHERE id = $1 {for_update}");
    /// Dead messages of a queue that died before `$2`, the oldest first.
    pub HOLD_DEAD = "outbox.hold_dead",
        concat!("SELECT ", entry!(), " FROM outbox WHERE queue = $1 AND dead AND retry_at < $2 ORDER BY position LIMIT $3 {for_update}");
    /// Lets a message be tried now; a dead one from the foot of its ladder.
    pub RETRY = "outbox.retry",
        "UPDATE outbox SET dead = FALSE, attempts = CASE WHEN dead THEN 0 ELSE attempts END, retry_at = $2 WHERE id = $1";
    /// Takes a message out for good.
    pub DROP = "outbox.drop", "DELETE FROM outbox WHERE id = $1";
    /// Nodes that hold leases.
    pub NODES = "outbox.nodes", Heavy,
        "SELECT lease_owner, COUNT(*), MAX(leased_until) FROM outbox WHERE NOT dead AND leased_until >= $1
         GROUP BY lease_owner ORDER BY lease_owner";
    /// All timers.
    pub TIMERS = "schedule.all", "SELECT name, next_run, last_run, last_owner, last_error FROM schedule ORDER BY name";
    /// What came of a run.
    pub TIMER_RAN = "schedule.ran", "UPDATE schedule SET last_run = $2, last_owner = $3, last_error = $4 WHERE name = $1";
    /// All leases end.
    pub NOBODYS = "outbox.nobodys",
        "UPDATE outbox SET leased_until = NULL, lease_owner = NULL WHERE lease_owner IS NOT NULL";
    /// When a timer runs next.
    pub TIMER_NEXT = "schedule.next", "SELECT next_run FROM schedule WHERE name = $1";
    /// A timer that is not there yet.
    pub TIMER_NEW = "schedule.new", "INSERT INTO schedule (name, next_run) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    /// Takes a timer that is due; the node whose update counts runs it.
    pub TIMER_CLAIM = "schedule.claim", "UPDATE schedule SET next_run = $3 WHERE name = $1 AND next_run <= $2";
}
