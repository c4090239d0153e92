-- Parties that a service owner lets use some of its resources. version changes with everything below the list.
CREATE TABLE rr_access_list (
  owner {text} NOT NULL,
  identifier {text} NOT NULL,
  name {text} NOT NULL,
  description {text} NOT NULL,
  version {int} NOT NULL,
  created_at {ts} NOT NULL,
  updated_at {ts} NOT NULL,
  PRIMARY KEY (owner, identifier)
);

CREATE TABLE rr_access_list_member (
  party {id} NOT NULL,
  owner {text} NOT NULL,
  identifier {text} NOT NULL,
  since {ts} NOT NULL,
  PRIMARY KEY (owner, identifier, party),
  FOREIGN KEY (owner, identifier) REFERENCES rr_access_list (owner, identifier)
);
CREATE INDEX rr_access_list_member_party ON rr_access_list_member (party);

-- actions: null lets members do everything that the policy gives them.
CREATE TABLE rr_access_list_resource (
  owner {text} NOT NULL,
  identifier {text} NOT NULL,
  resource {text} NOT NULL REFERENCES rr_resource (identifier),
  actions {json},
  created_at {ts} NOT NULL,
  updated_at {ts} NOT NULL,
  PRIMARY KEY (owner, identifier, resource),
  FOREIGN KEY (owner, identifier) REFERENCES rr_access_list (owner, identifier)
);
CREATE INDEX rr_access_list_resource_resource ON rr_access_list_resource (resource);

-- Who changed what.
CREATE TABLE rr_access_list_log (
  owner {text} NOT NULL,
  identifier {text} NOT NULL,
  version {int} NOT NULL,
  what {text} NOT NULL,
  at {ts} NOT NULL,
  by_org {text} NOT NULL,
  PRIMARY KEY (owner, identifier, version)
);
