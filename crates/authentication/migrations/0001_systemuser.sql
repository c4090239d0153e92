-- Systems that vendors have registered. A deleted system keeps its id taken.
CREATE TABLE authn_system (
    id {text} NOT NULL PRIMARY KEY,
    internal_id {id} NOT NULL,
    vendor_org_no {text} NOT NULL,
    name {text} NOT NULL,
    description {text} NOT NULL,
    rights {text} NOT NULL,
    packages {text} NOT NULL,
    redirect_urls {text} NOT NULL,
    visible {bool} NOT NULL,
    deleted {bool} NOT NULL,
    created {ts} NOT NULL,
    changed {ts} NOT NULL
);
CREATE INDEX authn_system_vendor ON authn_system (vendor_org_no, id);

-- Maskinporten clients bound to systems; a client serves one system.
CREATE TABLE authn_system_client (
    client_id {text} NOT NULL PRIMARY KEY,
    system_id {text} NOT NULL REFERENCES authn_system (id),
    position {int} NOT NULL
);
CREATE INDEX authn_system_client_system ON authn_system_client (system_id, position);

-- One row for every change of a system, numbered from 1 in the order of the changes.
CREATE TABLE authn_system_change (
    system_id {text} NOT NULL REFERENCES authn_system (id),
    number {int} NOT NULL,
    change_type {int} NOT NULL,
    changed_by_org_no {text} NOT NULL,
    client_id {text},
    changed_data {text},
    created {ts} NOT NULL,
    PRIMARY KEY (system_id, number)
);

-- What vendors have asked customers for.
CREATE TABLE authn_systemuser_request (
    id {id} NOT NULL PRIMARY KEY,
    kind {int} NOT NULL,
    system_id {text} NOT NULL REFERENCES authn_system (id),
    vendor_org_no {text} NOT NULL,
    party_org_no {text} NOT NULL,
    external_ref {text} NOT NULL,
    title {text} NOT NULL,
    rights {text} NOT NULL,
    packages {text} NOT NULL,
    redirect_url {text},
    status {int} NOT NULL,
    escalated {bool} NOT NULL,
    deleted {bool} NOT NULL,
    created {ts} NOT NULL,
    changed {ts} NOT NULL
);
CREATE UNIQUE INDEX authn_systemuser_request_triple
    ON authn_systemuser_request (system_id, party_org_no, external_ref, kind) WHERE deleted = FALSE;
CREATE INDEX authn_systemuser_request_system ON authn_systemuser_request (system_id, kind, id);
CREATE INDEX authn_systemuser_request_party ON authn_systemuser_request (party_org_no, kind, status);

-- System users. The sequence number is new at every change, so that a stream of changes can be followed.
CREATE TABLE authn_systemuser (
    id {id} NOT NULL PRIMARY KEY,
    sequence {int} NOT NULL,
    kind {int} NOT NULL,
    system_id {text} NOT NULL REFERENCES authn_system (id),
    vendor_org_no {text} NOT NULL,
    owner {id} NOT NULL,
    owner_party_id {int} NOT NULL,
    owner_org_no {text} NOT NULL,
    external_ref {text} NOT NULL,
    title {text} NOT NULL,
    packages {text} NOT NULL,
    deleted {bool} NOT NULL,
    created {ts} NOT NULL,
    changed {ts} NOT NULL
);
CREATE UNIQUE INDEX authn_systemuser_triple
    ON authn_systemuser (system_id, owner_org_no, external_ref) WHERE deleted = FALSE;
CREATE UNIQUE INDEX authn_systemuser_sequence ON authn_systemuser (sequence);
CREATE INDEX authn_systemuser_system ON authn_systemuser (system_id, sequence);
CREATE INDEX authn_systemuser_owner ON authn_systemuser (owner, created);

-- The last sequence number given. Writers queue on this row until they commit, so numbers become visible in order.
CREATE TABLE authn_systemuser_counter (
    id {int} NOT NULL PRIMARY KEY,
    value {int} NOT NULL
);
INSERT INTO authn_systemuser_counter (id, value) VALUES (1, 0);

-- Who did what to a request or a system user, and when.
CREATE TABLE authn_systemuser_audit (
    id {id} NOT NULL PRIMARY KEY,
    at {ts} NOT NULL,
    subject {id} NOT NULL,
    action {text} NOT NULL,
    actor_party {id},
    actor_org_no {text},
    actor_client {text},
    detail {text} NOT NULL
);
CREATE INDEX authn_systemuser_audit_subject ON authn_systemuser_audit (subject, at);
