CREATE TABLE maskinporten_prefix (
  prefix {text} PRIMARY KEY,
  owner_org_no {text} NOT NULL
);

CREATE TABLE maskinporten_scope (
  name {text} PRIMARY KEY,
  prefix {text} NOT NULL REFERENCES maskinporten_prefix (prefix),
  owner_org_no {text} NOT NULL,
  description {text},
  accessible_for_all {bool} NOT NULL,
  delegation_source {text},
  max_age {int},
  -- space separated: which sorts of client may have the scope
  integration_types {text} NOT NULL,
  active {bool} NOT NULL
);

CREATE TABLE maskinporten_scope_grant (
  scope {text} NOT NULL REFERENCES maskinporten_scope (name),
  consumer_org_no {text} NOT NULL,
  granted_at {ts} NOT NULL,
  PRIMARY KEY (scope, consumer_org_no)
) WITHOUT ROWID;

CREATE TABLE maskinporten_client (
  client_id {text} PRIMARY KEY,
  org_no {text} NOT NULL,
  supplier_org_no {text},
  name {text},
  token_lifetime {int},
  active {bool} NOT NULL,
  -- grows with every change of the client, its keys or its scopes: parsed keys are cached by it
  version {int} NOT NULL,
  created_at {ts} NOT NULL,
  updated_at {ts} NOT NULL
);

CREATE TABLE maskinporten_client_key (
  client_id {text} NOT NULL REFERENCES maskinporten_client (client_id),
  kid {text} NOT NULL,
  jwk {text} NOT NULL,
  uploaded_at {ts} NOT NULL,
  expires_at {ts} NOT NULL,
  PRIMARY KEY (client_id, kid)
) WITHOUT ROWID;

CREATE TABLE maskinporten_client_scope (
  client_id {text} NOT NULL REFERENCES maskinporten_client (client_id),
  scope {text} NOT NULL REFERENCES maskinporten_scope (name),
  PRIMARY KEY (client_id, scope)
) WITHOUT ROWID;

-- grants that have given a token, until they expire
CREATE TABLE maskinporten_used_grant (
  client_id {text} NOT NULL,
  digest {text} NOT NULL,
  expires_at {ts} NOT NULL,
  PRIMARY KEY (client_id, digest)
) WITHOUT ROWID;
CREATE INDEX maskinporten_used_grant_expiry ON maskinporten_used_grant (expires_at);

-- audit: which tokens were issued, never the tokens
CREATE TABLE maskinporten_issued_token (
  jti {text} PRIMARY KEY,
  client_id {text} NOT NULL,
  kid {text} NOT NULL,
  consumer_org_no {text} NOT NULL,
  scope {text} NOT NULL,
  system_user {id},
  issued_at {ts} NOT NULL,
  expires_at {ts} NOT NULL
);
CREATE INDEX maskinporten_issued_token_client ON maskinporten_issued_token (client_id, issued_at);
CREATE INDEX maskinporten_issued_token_age ON maskinporten_issued_token (issued_at);

-- refused grants, kept for a while so that the client can ask why
CREATE TABLE maskinporten_refusal (
  correlation_id {id} PRIMARY KEY,
  refused_at {ts} NOT NULL,
  client_id {text},
  code {text},
  error {text} NOT NULL,
  description {text} NOT NULL,
  reason {text} NOT NULL
);
CREATE INDEX maskinporten_refusal_age ON maskinporten_refusal (refused_at);
