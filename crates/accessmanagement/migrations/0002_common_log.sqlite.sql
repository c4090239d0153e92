INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, client, detail)
SELECT id, at, at, 'delegation.' || operation, 1, lower(substr(hex(by_party), 1, 8) || '-' || substr(hex(by_party), 9, 4) || '-' || substr(hex(by_party), 13, 4) || '-' || substr(hex(by_party), 17, 4) || '-' || substr(hex(by_party), 21)), from_party, NULL, 'party', lower(substr(hex(to_party), 1, 8) || '-' || substr(hex(to_party), 9, 4) || '-' || substr(hex(to_party), 13, 4) || '-' || substr(hex(to_party), 17, 4) || '-' || substr(hex(to_party), 21)), NULL,
  '{"what":"' || subject || '","by":"' || lower(substr(hex(by_party), 1, 8) || '-' || substr(hex(by_party), 9, 4) || '-' || substr(hex(by_party), 13, 4) || '-' || substr(hex(by_party), 17, 4) || '-' || substr(hex(by_party), 21)) || '","version":' || CAST(version AS text) || '}'
FROM am_audit;
DROP TABLE am_audit;
