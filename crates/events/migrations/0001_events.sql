CREATE TABLE cloud_event (
    row {id} PRIMARY KEY,
    id {text} NOT NULL,
    source {text} NOT NULL,
    type {text} NOT NULL,
    resource {text},
    subject {text},
    alternative_subject {text},
    sequence {int},
    registered_at {ts} NOT NULL,
    body {text} NOT NULL,
    UNIQUE (id, source)
);
CREATE UNIQUE INDEX cloud_event_sequence ON cloud_event (sequence);
CREATE INDEX cloud_event_resource ON cloud_event (resource, sequence);

-- The one row whose lock puts events in order.
CREATE TABLE event_counter (
    one {int} PRIMARY KEY,
    last {int} NOT NULL
);
INSERT INTO event_counter (one, last) VALUES (1, 0);

CREATE TABLE event_subscription (
    id {serial},
    endpoint {text} NOT NULL,
    resource_filter {text} NOT NULL,
    source_filter {text},
    subject_filter {text},
    type_filter {text},
    include_subunits {bool} NOT NULL,
    consumer {text} NOT NULL,
    created_at {ts} NOT NULL,
    validated {bool} NOT NULL,
    identity {id} NOT NULL UNIQUE
);
CREATE INDEX event_subscription_resource ON event_subscription (resource_filter);
CREATE INDEX event_subscription_consumer ON event_subscription (consumer);

-- What became of an event, step by step.
CREATE TABLE event_trace (
    id {id} PRIMARY KEY,
    event_id {text} NOT NULL,
    resource {text},
    subscription {int},
    consumer {text},
    activity {text} NOT NULL,
    response_code {int},
    at {ts} NOT NULL
);
CREATE INDEX event_trace_event ON event_trace (event_id, at);
