-- from_party has given to_party a role; everything that users delegate hangs on the role rettighetshaver.
CREATE TABLE am_assignment (
  id {id} PRIMARY KEY,
  from_party {id} NOT NULL,
  to_party {id} NOT NULL,
  role {id} NOT NULL,
  created_at {ts} NOT NULL,
  created_by {id} NOT NULL,
  UNIQUE (from_party, to_party, role)
);
CREATE INDEX am_assignment_to ON am_assignment (to_party, from_party);

CREATE TABLE am_assignment_package (
  id {id} PRIMARY KEY,
  assignment_id {id} NOT NULL REFERENCES am_assignment (id),
  package {id} NOT NULL,
  granted_at {ts} NOT NULL,
  granted_by {id} NOT NULL,
  UNIQUE (assignment_id, package)
);

-- action is '' when every action that may be delegated is given.
CREATE TABLE am_assignment_right (
  id {id} PRIMARY KEY,
  assignment_id {id} NOT NULL REFERENCES am_assignment (id),
  resource {text} NOT NULL,
  action {text} NOT NULL,
  granted_at {ts} NOT NULL,
  granted_by {id} NOT NULL,
  UNIQUE (assignment_id, resource, action)
);

-- Counts the changes between two parties; an audit row carries the number that its change got.
CREATE TABLE am_version (
  from_party {id} NOT NULL,
  to_party {id} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (from_party, to_party)
);

CREATE TABLE am_audit (
  id {id} PRIMARY KEY,
  from_party {id} NOT NULL,
  to_party {id} NOT NULL,
  version {int} NOT NULL,
  at {ts} NOT NULL,
  by_party {id} NOT NULL,
  operation {text} NOT NULL,
  subject {text} NOT NULL
);
CREATE INDEX am_audit_parties ON am_audit (from_party, to_party, version);

-- Look-ups of a person by number and last name that failed: they are rationed per caller.
CREATE TABLE am_failed_lookup (
  id {id} PRIMARY KEY,
  caller {id} NOT NULL,
  at {ts} NOT NULL
);
CREATE INDEX am_failed_lookup_caller ON am_failed_lookup (caller, at);
