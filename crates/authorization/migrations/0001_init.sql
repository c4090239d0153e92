-- One row a decision. Append only; decision: 0 Permit, 1 Deny, 2 Indeterminate, 3 NotApplicable.
CREATE TABLE az_decision (
  id {id} PRIMARY KEY,
  created_at {ts} NOT NULL,
  api {text} NOT NULL,
  session_id {text},
  subject_user_id {int},
  subject_org_code {text},
  subject_org_no {text},
  subject_party {id},
  resource_party_id {int},
  resource {text},
  instance_id {text},
  operation {text},
  ip_address {text},
  request {text} NOT NULL,
  decision {int} NOT NULL
);
CREATE INDEX az_decision_party ON az_decision (resource_party_id, created_at);
CREATE INDEX az_decision_subject ON az_decision (subject_party, created_at);
CREATE INDEX az_decision_time ON az_decision (created_at);
