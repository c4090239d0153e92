-- Trace parent of the request or job that put the message, so that the work is found under the same trace.
ALTER TABLE outbox ADD COLUMN trace {text};
