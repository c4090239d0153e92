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

db::statements! {
    /// One message for one queue. Its position is the machine's time, or the next free number after its key's last one:
    /// what a transaction sees of its key, it stands behind, whatever the clocks of two nodes say.
    pub PUT = "outbox.put",
        "INSERT INTO outbox (id, queue, topic, key, position, payload, created_at, due_at, retry_at, attempts, dead, trace)
         VALUES ($1, $2, $3, $4,
           COALESCE((SELECT MAX(position) + 1 FROM outbox WHERE queue = $2 AND key = $4 AND NOT dead AND position >= $5), $5),
           $6, $7, $8, $9, 0, FALSE, $10)";
    /// Is anything ready; spares a write transaction when nothing is.
    pub READY = "outbox.ready", concat!("SELECT 1 FROM outbox o WHERE ", ready!(), " LIMIT 1");
    /// Leases the oldest ready messages.
    pub CLAIM = "outbox.claim",
        concat!("WITH mine AS MATERIALIZED (SELECT o.id FROM outbox o WHERE ", ready!(),
          " ORDER BY o.position LIMIT $5 {skip_locked})
         UPDATE outbox SET leased_until = $6, lease_owner = $7, attempts = attempts + 1
         WHERE id IN (SELECT id FROM mine)
         RETURNING id, topic, key, payload, attempts, trace");
    /// Handled. `attempts` tells this lease from an earlier one of the same owner.
    pub DONE = "outbox.done", "DELETE FROM outbox WHERE id = $1 AND lease_owner = $2 AND attempts = $3";
    /// Not handled: when to try again, or dead.
    pub FAILED = "outbox.failed",
        "UPDATE outbox SET leased_until = NULL, lease_owner = NULL, retry_at = $4, dead = $5, last_error = $6
         WHERE id = $1 AND lease_owner = $2 AND attempts = $3";
    /// Figures for metrics: open and dead messages of each queue.
    pub DEPTH = "outbox.depth", Heavy,
        "SELECT queue, COUNT(*) FILTER (WHERE NOT dead), COUNT(*) FILTER (WHERE dead) FROM outbox GROUP BY queue";
    /// When a timer runs next.
    pub TIMER_NEXT = "schedule.next", "SELECT next_run FROM schedule WHERE name = $1";
    /// A timer that is not there yet.
    pub TIMER_NEW = "schedule.new", "INSERT INTO schedule (name, next_run) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    /// Takes a timer that is due; the node whose update counts runs it.
    pub TIMER_CLAIM = "schedule.claim", "UPDATE schedule SET next_run = $3 WHERE name = $1 AND next_run <= $2";
}
