-- Every blob has a row, written in the transaction of the change that it belongs to. Content of up to 64 KiB lies in the row,
-- sealed; larger content lies sealed in the store as the object that the row names.
CREATE TABLE blob (
  area {text} NOT NULL,
  id {id} NOT NULL,
  -- Of the content, not of its sealed form.
  size {int} NOT NULL,
  sha256 {bytes} NOT NULL,
  -- The master key under which the blob's own key is wrapped.
  key_id {text} NOT NULL,
  wrapped {bytes} NOT NULL,
  object {id},
  sealed {bytes},
  -- By the machine's clock.
  created_at {ts} NOT NULL,
  PRIMARY KEY (area, id)
);
CREATE UNIQUE INDEX blob_object ON blob (object);
CREATE INDEX blob_key ON blob (key_id, area, id);
