-- Messages that leave after commit. A row is deleted when its queue has handled it; a dead one stays to be looked at.
CREATE TABLE outbox (
    id {id} PRIMARY KEY,
    queue {text} NOT NULL,
    topic {text} NOT NULL,
    key {text} NOT NULL,
    position {int} NOT NULL,
    payload {json} NOT NULL,
    created_at {ts} NOT NULL,
    due_at {ts} NOT NULL,
    retry_at {ts} NOT NULL,
    leased_until {ts},
    lease_owner {id},
    attempts {int} NOT NULL,
    dead {bool} NOT NULL,
    last_error {text}
);
CREATE INDEX outbox_open ON outbox (queue, position) WHERE NOT dead;
CREATE INDEX outbox_by_key ON outbox (queue, key, position) WHERE NOT dead;

-- Named timers; the node that moves next_run runs the task.
CREATE TABLE schedule (
    name {text} PRIMARY KEY,
    next_run {ts} NOT NULL
);
