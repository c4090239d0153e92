INSERT INTO audit_entry (id, at, recorded_at, action, actor_kind, actor, on_behalf_of, resource, subject_kind, subject, client, detail)
SELECT id, at, at, CASE what WHEN 'received' THEN 'filing.receive' ELSE 'filing.answer' END,
  CASE WHEN actor LIKE 'systemuser:%' THEN 3 ELSE 6 END,
  CASE WHEN actor LIKE 'systemuser:%' THEN substr(actor, 12) ELSE 'gld.feedback' END,
  (SELECT party FROM gld_filing WHERE gld_filing.id = gld_log.filing), NULL, 'filing', lower(substr(hex(filing), 1, 8) || '-' || substr(hex(filing), 9, 4) || '-' || substr(hex(filing), 13, 4) || '-' || substr(hex(filing), 17, 4) || '-' || substr(hex(filing), 21)), NULL,
  '{"outcome":"' || what || '"}'
FROM gld_log;
DROP TABLE gld_log;
