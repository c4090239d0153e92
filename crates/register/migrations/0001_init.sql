-- A party's key is its partyId: a whole number that never changes, so children and roles need no second one.
CREATE TABLE party (
    id {key} PRIMARY KEY,
    uuid {id} NOT NULL UNIQUE,
    kind {int} NOT NULL,
    name {text} NOT NULL,
    org_no {text} UNIQUE,
    pid {text} UNIQUE,
    user_id {key} UNIQUE,
    user_uuid {id},
    user_name {text},
    user_name_fold {text} UNIQUE,
    email {text} UNIQUE,
    unit_type {text},
    parent {key} REFERENCES party (id),
    deleted {bool} NOT NULL,
    unchecked {bool} NOT NULL,
    modified {ts} NOT NULL
);
CREATE INDEX party_parent ON party (parent);

CREATE TABLE person (
    party {key} PRIMARY KEY REFERENCES party (id),
    first_name {text},
    middle_name {text},
    last_name {text},
    given_fold {text} NOT NULL,
    family_fold {text} NOT NULL,
    birth_date {text},
    death_date {text},
    address {text},
    guardians {text}
);

CREATE TABLE organisation (
    party {key} PRIMARY KEY REFERENCES party (id),
    status {int} NOT NULL,
    registered {text},
    deleted_at {text},
    industry_codes {text} NOT NULL,
    business_address {text},
    postal_address {text},
    vat {text},
    employees {int}
);

CREATE TABLE party_contact (
    party {key} PRIMARY KEY REFERENCES party (id),
    emails {text} NOT NULL,
    mobiles {text} NOT NULL,
    reserved {bool} NOT NULL,
    language {text},
    updated {text}
);

CREATE TABLE register_role (
    from_party {key} NOT NULL REFERENCES party (id),
    code {text} NOT NULL,
    to_party {key} NOT NULL REFERENCES party (id),
    -- Empty when the holder has the role directly.
    via_org_no {text} NOT NULL,
    PRIMARY KEY (from_party, code, to_party, via_org_no)
) WITHOUT ROWID;
CREATE INDEX register_role_to ON register_role (to_party, code);

CREATE TABLE failed_lookup (
    caller {id} NOT NULL,
    at {ts} NOT NULL
);
CREATE INDEX failed_lookup_caller ON failed_lookup (caller, at);
