-- One row a change of state, written in its transaction. Append only; taken away by age alone.
-- actor_kind: 0 nobody, 1 person, 2 organisation, 3 system user, 4 client, 5 operator, 6 platform.
CREATE TABLE audit_entry (
  id {id} PRIMARY KEY,
  at {ts} NOT NULL,
  recorded_at {ts} NOT NULL,
  action {text} NOT NULL,
  actor_kind {int} NOT NULL,
  actor {text} NOT NULL,
  on_behalf_of {id},
  resource {text},
  subject_kind {text} NOT NULL,
  subject {text} NOT NULL,
  decision {id},
  trace {text},
  client {text},
  session {text},
  detail {text}
);
CREATE INDEX audit_entry_party ON audit_entry (on_behalf_of, id);
CREATE INDEX audit_entry_actor ON audit_entry (actor, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
CREATE INDEX audit_entry_trace ON audit_entry (trace);
CREATE INDEX audit_entry_decision ON audit_entry (decision);

-- One row a look-up of a person by identity number or name. person is null when nobody was found.
CREATE TABLE audit_lookup (
  id {id} PRIMARY KEY,
  at {ts} NOT NULL,
  recorded_at {ts} NOT NULL,
  operation {text} NOT NULL,
  purpose {text} NOT NULL,
  person {id},
  actor_kind {int} NOT NULL,
  actor {text} NOT NULL,
  trace {text},
  client {text},
  session {text}
);
CREATE INDEX audit_lookup_person ON audit_lookup (person, id);
CREATE INDEX audit_lookup_actor ON audit_lookup (actor, id);
CREATE INDEX audit_lookup_trace ON audit_lookup (trace);
