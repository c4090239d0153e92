CREATE TABLE idporten_client (
  client_id {text} NOT NULL PRIMARY KEY,
  active {bool} NOT NULL,
  secret_hash {text},
  document {text} NOT NULL
);

CREATE TABLE idporten_pushed_request (
  handle_hash {text} NOT NULL PRIMARY KEY,
  client_id {text} NOT NULL,
  request {text} NOT NULL,
  expires_at {ts} NOT NULL
);

CREATE TABLE idporten_login (
  handle_hash {text} NOT NULL PRIMARY KEY,
  browser_hash {text} NOT NULL,
  request {text} NOT NULL,
  expires_at {ts} NOT NULL
);
CREATE INDEX idporten_login_expires ON idporten_login (expires_at);

CREATE TABLE idporten_session (
  id {id} NOT NULL PRIMARY KEY,
  handle_hash {text} NOT NULL UNIQUE,
  pid {text} NOT NULL,
  last_used {ts} NOT NULL
);
CREATE INDEX idporten_session_last_used ON idporten_session (last_used);

CREATE TABLE idporten_session_login (
  session_id {id} NOT NULL REFERENCES idporten_session (id) ON DELETE CASCADE,
  isolation {text} NOT NULL,
  acr {text} NOT NULL,
  amr {text} NOT NULL,
  auth_time {ts} NOT NULL,
  PRIMARY KEY (session_id, isolation)
);

CREATE TABLE idporten_session_client (
  session_id {id} NOT NULL REFERENCES idporten_session (id) ON DELETE CASCADE,
  client_id {text} NOT NULL,
  sid {text} NOT NULL,
  PRIMARY KEY (session_id, client_id)
);

CREATE TABLE idporten_grant (
  id {id} NOT NULL PRIMARY KEY,
  code_hash {text} NOT NULL UNIQUE,
  client_id {text} NOT NULL,
  session_id {id},
  request {text} NOT NULL,
  pid {text} NOT NULL,
  acr {text} NOT NULL,
  amr {text} NOT NULL,
  locale {text} NOT NULL,
  sid {text} NOT NULL,
  auth_time {ts} NOT NULL,
  code_expires_at {ts} NOT NULL,
  code_used_at {ts},
  expires_at {ts} NOT NULL,
  revoked_at {ts}
);
CREATE INDEX idporten_grant_session ON idporten_grant (session_id);
CREATE INDEX idporten_grant_expires ON idporten_grant (expires_at);

CREATE TABLE idporten_token (
  token_hash {text} NOT NULL PRIMARY KEY,
  grant_id {id} NOT NULL REFERENCES idporten_grant (id) ON DELETE CASCADE,
  kind {int} NOT NULL,
  expires_at {ts} NOT NULL,
  used_at {ts}
);
CREATE INDEX idporten_token_grant ON idporten_token (grant_id);

CREATE TABLE idporten_assertion (
  client_id {text} NOT NULL,
  jti {text} NOT NULL,
  expires_at {ts} NOT NULL,
  PRIMARY KEY (client_id, jti)
);
CREATE INDEX idporten_assertion_expires ON idporten_assertion (expires_at);

CREATE TABLE mockporten_code (
  code_hash {text} NOT NULL PRIMARY KEY,
  request {text} NOT NULL,
  pid {text} NOT NULL,
  auth_time {ts} NOT NULL,
  expires_at {ts} NOT NULL
);

CREATE TABLE mockporten_pushed_request (
  handle_hash {text} NOT NULL PRIMARY KEY,
  request {text} NOT NULL,
  expires_at {ts} NOT NULL
);
