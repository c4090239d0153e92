CREATE TABLE authn_session (
  id {id} NOT NULL PRIMARY KEY,
  handle_hash {text} NOT NULL UNIQUE,
  party_uuid {id} NOT NULL,
  party_id {int} NOT NULL,
  user_id {int} NOT NULL,
  user_name {text} NOT NULL,
  provider {text} NOT NULL,
  upstream_sid {text} NOT NULL,
  acr {text} NOT NULL,
  amr {text} NOT NULL,
  auth_time {ts} NOT NULL,
  created_at {ts} NOT NULL,
  last_used {ts} NOT NULL
);
CREATE INDEX authn_session_upstream ON authn_session (provider, upstream_sid);
CREATE INDEX authn_session_last_used ON authn_session (last_used);

CREATE TABLE authn_login (
  state_hash {text} NOT NULL PRIMARY KEY,
  browser_hash {text} NOT NULL,
  provider {text} NOT NULL,
  nonce {text} NOT NULL,
  verifier {text} NOT NULL,
  redirect_uri {text} NOT NULL,
  goto {text} NOT NULL,
  expires_at {ts} NOT NULL,
  used_at {ts}
);
CREATE INDEX authn_login_expires ON authn_login (expires_at);

CREATE TABLE authn_event (
  id {id} NOT NULL PRIMARY KEY,
  session_id {id} NOT NULL,
  external_session_id {text} NOT NULL,
  created_at {ts} NOT NULL,
  user_id {int} NOT NULL,
  event_type {int} NOT NULL,
  method {int} NOT NULL,
  level {int} NOT NULL
);
CREATE INDEX authn_event_user ON authn_event (user_id, created_at);
