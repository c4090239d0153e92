INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, client, detail)
SELECT id, at, at,
  CASE action WHEN 'seen' THEN 'dialog.see' WHEN 'labelled' THEN 'dialog.label' ELSE 'dialog.' || substr(action, 1, length(action) - 1) END,
  CASE WHEN actor LIKE 'urn:altinn:systemuser:%' THEN 3 WHEN actor LIKE 'urn:%' THEN 1 ELSE 2 END,
  CASE WHEN actor LIKE 'urn:altinn:systemuser:uuid:%' THEN substr(actor, 28) WHEN actor LIKE 'urn:%' THEN '' ELSE actor END,
  NULL, NULL, 'dialog', CAST(dialog_id AS text), NULL, NULL
FROM dialog_audit;
DROP TABLE dialog_audit;
