-- One dialog for each scheme, party and income year; every delivery is a transmission in it.
CREATE TABLE gld_dialog (
    scheme {int} NOT NULL,
    party {id} NOT NULL,
    income_year {int} NOT NULL,
    dialog {id} NOT NULL,
    PRIMARY KEY (scheme, party, income_year)
);

CREATE TABLE gld_filing (
    id {id} PRIMARY KEY,
    scheme {int} NOT NULL,
    party {id} NOT NULL,
    income_year {int} NOT NULL,
    dialog {id} NOT NULL,
    own_reference {text},
    tasks {int} NOT NULL,
    deletions {int} NOT NULL,
    system_user {id} NOT NULL,
    vendor_org_no {text} NOT NULL,
    contact_email {text},
    received_at {ts} NOT NULL,
    status {int} NOT NULL,
    handled_at {ts}
);
CREATE INDEX gld_filing_party ON gld_filing (party, scheme, income_year, received_at);

CREATE TABLE gld_document (
    id {id} PRIMARY KEY,
    filing {id} NOT NULL REFERENCES gld_filing (id),
    kind {int} NOT NULL,
    media_type {text} NOT NULL,
    name {text} NOT NULL
);
CREATE INDEX gld_document_filing ON gld_document (filing);

-- Same key and same body: the stored answer. Same key and another body: refused.
CREATE TABLE gld_idempotency (
    vendor_org_no {text} NOT NULL,
    key {id} NOT NULL,
    body_hash {bytes} NOT NULL,
    filing {id} NOT NULL,
    response {text} NOT NULL,
    created_at {ts} NOT NULL,
    PRIMARY KEY (vendor_org_no, key)
);

-- What happened to a filing, when and by whom.
CREATE TABLE gld_log (
    id {id} PRIMARY KEY,
    filing {id} NOT NULL,
    at {ts} NOT NULL,
    what {text} NOT NULL,
    actor {text} NOT NULL
);
CREATE INDEX gld_log_filing ON gld_log (filing, at);
