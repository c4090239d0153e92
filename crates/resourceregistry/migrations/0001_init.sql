CREATE TABLE rr_service_owner (
  code {text} PRIMARY KEY,
  org_no {text} NOT NULL UNIQUE,
  name {json} NOT NULL,
  scope_prefixes {json} NOT NULL
);

-- The resource as it now stands; document is the wire form, member order kept.
CREATE TABLE rr_resource (
  identifier {text} PRIMARY KEY,
  version {int} NOT NULL,
  resource_type {text} NOT NULL,
  owner_code {text} NOT NULL,
  owner_org_no {text} NOT NULL,
  delegable {bool} NOT NULL,
  access_list_only {bool} NOT NULL,
  document {text} NOT NULL,
  deleted {bool} NOT NULL,
  updated_at {ts} NOT NULL
);

-- Every version that a resource has had; by is an organisation number or the name of a loader.
CREATE TABLE rr_resource_version (
  identifier {text} NOT NULL REFERENCES rr_resource (identifier),
  version {int} NOT NULL,
  document {text} NOT NULL,
  created_at {ts} NOT NULL,
  created_by {text} NOT NULL,
  PRIMARY KEY (identifier, version)
);

-- xml is null after deletion; the version goes on, so that no version ever names two texts.
CREATE TABLE rr_policy (
  resource {text} PRIMARY KEY REFERENCES rr_resource (identifier),
  version {int} NOT NULL,
  xml {text},
  updated_at {ts} NOT NULL
);

CREATE TABLE rr_policy_version (
  resource {text} NOT NULL REFERENCES rr_resource (identifier),
  version {int} NOT NULL,
  xml {text},
  created_at {ts} NOT NULL,
  created_by {text} NOT NULL,
  PRIMARY KEY (resource, version)
);

-- Subjects that a resource's policy names: attribute and value as written, subject the whole URN in lower case.
CREATE TABLE rr_policy_subject (
  subject {text} NOT NULL,
  resource {text} NOT NULL REFERENCES rr_resource (identifier),
  attribute {text} NOT NULL,
  value {text} NOT NULL,
  PRIMARY KEY (subject, resource)
);
CREATE INDEX rr_policy_subject_resource ON rr_policy_subject (resource);
