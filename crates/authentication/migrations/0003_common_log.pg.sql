INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, client, detail)
SELECT id, at, at,
  CASE action WHEN 'request.create' THEN 'systemuser.request' WHEN 'request.delete' THEN 'systemuser.withdraw'
    WHEN 'user.create' THEN 'systemuser.create' WHEN 'user.revoke' THEN 'systemuser.revoke'
    ELSE 'systemuser.' || substr(action, 9) END,
  CASE WHEN actor_party IS NULL THEN 2 ELSE 1 END,
  CASE WHEN actor_party IS NULL THEN COALESCE(actor_org_no, '') ELSE CAST(actor_party AS text) END,
  NULL, NULL, CASE WHEN action LIKE 'user.%' THEN 'systemuser' ELSE 'systemuser-request' END, CAST(subject AS text), actor_client, detail
FROM authn_systemuser_audit;
DROP TABLE authn_systemuser_audit;
