UPDATE dialog_transmission SET related = CAST(CAST(document AS json) ->> 'related' AS uuid)
WHERE CAST(document AS json) ->> 'related' IS NOT NULL;
