-- A row for each queue, which a claim locks: two nodes that claim in one instant would otherwise not see each other's leases.
CREATE TABLE outbox_queue (
    name {text} PRIMARY KEY
);

-- Messages that nobody could handle, as operators page through them.
CREATE INDEX outbox_dead ON outbox (queue, position, id) WHERE dead;

-- What came of a timer's last run.
ALTER TABLE schedule ADD COLUMN last_run {ts};
ALTER TABLE schedule ADD COLUMN last_owner {id};
ALTER TABLE schedule ADD COLUMN last_error {text};
