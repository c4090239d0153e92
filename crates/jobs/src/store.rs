//! SQL of the outbox and the timers.

db::statements! {
    /// One message for one queue.
    pub PUT = "outbox.put",
        "INSERT INTO outbox (id, queue, topic, key, position, payload, created_at, due_at, retry_at, attempts, dead)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, FALSE)";
    /// Is anything ready; spares a write transaction when nothing is.
    pub READY = "outbox.ready",
        "SELECT 1 FROM outbox WHERE queue = $1 AND NOT dead AND due_at <= $2 AND retry_at <= $3
           AND (leased_until IS NULL OR leased_until < $4) LIMIT 1";
    /// Leases the oldest ready messages whose key has no older open one.
    pub CLAIM = "outbox.claim",
        "UPDATE outbox SET leased_until = $5, lease_owner = $6, attempts = attempts + 1
         WHERE id IN (
           SELECT o.id FROM outbox o
           WHERE o.queue = $1 AND NOT o.dead AND o.due_at <= $2 AND o.retry_at <= $3
             AND (o.leased_until IS NULL OR o.leased_until < $4)
             AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.queue = o.queue AND p.key = o.key AND NOT p.dead
                             AND p.position < o.position)
           ORDER BY o.position LIMIT $7 {skip_locked})
         RETURNING id, topic, key, payload, attempts, position";
    /// Handled. The owner must still hold the lease.
    pub DONE = "outbox.done", "DELETE FROM outbox WHERE id = $1 AND lease_owner = $2";
    /// Not handled: when to try again, or dead.
    pub FAILED = "outbox.failed",
        "UPDATE outbox SET leased_until = NULL, lease_owner = NULL, retry_at = $3, dead = $4, last_error = $5
         WHERE id = $1 AND lease_owner = $2";
    /// Figures for metrics: open and dead messages of each queue.
    pub DEPTH = "outbox.depth",
        "SELECT queue, COUNT(*) FILTER (WHERE NOT dead), COUNT(*) FILTER (WHERE dead) FROM outbox GROUP BY queue";
    /// A timer that is not there yet.
    pub TIMER_NEW = "schedule.new", "INSERT INTO schedule (name, next_run) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    /// Takes a timer that is due; the node whose update counts runs it.
    pub TIMER_CLAIM = "schedule.claim", "UPDATE schedule SET next_run = $3 WHERE name = $1 AND next_run <= $2";
}
