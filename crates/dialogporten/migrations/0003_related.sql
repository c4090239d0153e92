-- The transmission that a transmission answers, so that a new one is checked without reading all the others of its dialog.
ALTER TABLE dialog_transmission ADD COLUMN related {id};
CREATE INDEX dialog_transmission_related ON dialog_transmission (dialog_id, related);
