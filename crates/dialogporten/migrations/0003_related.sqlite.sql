UPDATE dialog_transmission SET related = unhex(replace(document ->> '$.related', '-', ''))
WHERE document ->> '$.related' IS NOT NULL;
