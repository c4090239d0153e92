-- A dialog: scalars that lists filter and sort by are columns, in microseconds of UTC where they are times;
-- content and parts that are always read whole are JSON text (member order matters to readers).
CREATE TABLE dialog (
  id {id} PRIMARY KEY,
  revision {id} NOT NULL,
  org {text} NOT NULL,
  idempotent_key {text},
  resource {text} NOT NULL,
  resource_type {text} NOT NULL,
  party {text} NOT NULL,
  party_uuid {id},
  progress {int},
  extended_status {text},
  external_reference {text},
  process {text},
  preceding_process {text},
  visible_from {ts},
  due_at {ts},
  expires_at {ts},
  created_at {ts} NOT NULL,
  updated_at {ts} NOT NULL,
  content_updated_at {ts} NOT NULL,
  due_sort {ts} NOT NULL,
  deleted_at {ts},
  frozen {bool} NOT NULL,
  status {int} NOT NULL,
  labels {int} NOT NULL,
  api_only {bool} NOT NULL,
  has_unopened {bool} NOT NULL,
  content_seen {bool} NOT NULL,
  user_revision {id} NOT NULL,
  owner_revision {id} NOT NULL,
  from_owner {int} NOT NULL,
  from_party {int} NOT NULL,
  owner_labels {text} NOT NULL,
  content {text} NOT NULL,
  parts {text} NOT NULL,
  latest_activity {text},
  words {text} NOT NULL
);
CREATE UNIQUE INDEX dialog_idempotent_key ON dialog (org, idempotent_key);
CREATE INDEX dialog_party_page ON dialog (party_uuid, content_updated_at DESC, id DESC);
CREATE INDEX dialog_resource_page ON dialog (resource, content_updated_at DESC, id DESC);
CREATE INDEX dialog_org_page ON dialog (org, content_updated_at DESC, id DESC);

-- Which services have dialogs with which parties: bounds the questions that a list puts to the decision point.
CREATE TABLE dialog_scope (
  party_uuid {id} NOT NULL,
  resource {text} NOT NULL,
  PRIMARY KEY (party_uuid, resource)
);
CREATE INDEX dialog_scope_resource ON dialog_scope (resource, party_uuid);

CREATE TABLE dialog_transmission (
  id {id} PRIMARY KEY,
  dialog_id {id} NOT NULL REFERENCES dialog (id) ON DELETE CASCADE,
  created_at {ts} NOT NULL,
  place {int} NOT NULL,
  idempotent_key {text},
  document {text} NOT NULL
);
CREATE UNIQUE INDEX dialog_transmission_place ON dialog_transmission (dialog_id, place);
CREATE UNIQUE INDEX dialog_transmission_key ON dialog_transmission (dialog_id, idempotent_key);

CREATE TABLE dialog_activity (
  id {id} PRIMARY KEY,
  dialog_id {id} NOT NULL REFERENCES dialog (id) ON DELETE CASCADE,
  created_at {ts} NOT NULL,
  place {int} NOT NULL,
  document {text} NOT NULL
);
CREATE UNIQUE INDEX dialog_activity_place ON dialog_activity (dialog_id, place);

-- Ids of parts that clients chose; they are unique over all dialogs.
CREATE TABLE dialog_part (
  kind {int} NOT NULL,
  id {id} NOT NULL,
  dialog_id {id} NOT NULL REFERENCES dialog (id) ON DELETE CASCADE,
  PRIMARY KEY (kind, id)
);
CREATE INDEX dialog_part_dialog ON dialog_part (dialog_id);

CREATE TABLE dialog_seen (
  id {id} PRIMARY KEY,
  dialog_id {id} NOT NULL REFERENCES dialog (id) ON DELETE CASCADE,
  seen_at {ts} NOT NULL,
  actor_id {text} NOT NULL,
  actor_name {text},
  via_owner {bool} NOT NULL
);
CREATE INDEX dialog_seen_dialog ON dialog_seen (dialog_id, seen_at);

CREATE TABLE dialog_label_log (
  id {id} PRIMARY KEY,
  dialog_id {id} NOT NULL REFERENCES dialog (id) ON DELETE CASCADE,
  created_at {ts} NOT NULL,
  place {int} NOT NULL,
  label {int} NOT NULL,
  is_set {bool} NOT NULL,
  actor {text} NOT NULL
);
CREATE INDEX dialog_label_log_dialog ON dialog_label_log (dialog_id, created_at, place);

-- Who changed or read which dialog; it outlives the dialog.
CREATE TABLE dialog_audit (
  id {id} PRIMARY KEY,
  dialog_id {id} NOT NULL,
  at {ts} NOT NULL,
  action {text} NOT NULL,
  actor {text} NOT NULL,
  revision {id}
);
CREATE INDEX dialog_audit_dialog ON dialog_audit (dialog_id, at);
