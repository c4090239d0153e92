CREATE TABLE notification_order (
    id {id} PRIMARY KEY,
    creator {text} NOT NULL,
    idempotency_key {text} NOT NULL,
    recipient {id} NOT NULL,
    addresses {json} NOT NULL,
    resource {text},
    subject {text} NOT NULL,
    body {text} NOT NULL,
    created_at {ts} NOT NULL,
    completed_at {ts},
    UNIQUE (creator, idempotency_key)
);
CREATE INDEX notification_order_recipient ON notification_order (recipient, created_at);

-- One row for each address of an order; what became of it is the audit of the notification.
CREATE TABLE notification_email (
    id {id} PRIMARY KEY,
    notification_order {id} NOT NULL REFERENCES notification_order (id),
    address {text} NOT NULL,
    status {text} NOT NULL,
    at {ts} NOT NULL
);
CREATE INDEX notification_email_order ON notification_email (notification_order);
