INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, client, detail)
SELECT id, at, at, 'delegation.' || operation, 1, CAST(by_party AS text), from_party, NULL, 'party', CAST(to_party AS text), NULL,
  '{"what":"' || subject || '","by":"' || CAST(by_party AS text) || '","version":' || CAST(version AS text) || '}'
FROM am_audit;
DROP TABLE am_audit;
