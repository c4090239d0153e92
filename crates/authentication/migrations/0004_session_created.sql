-- Sessions that are too old are deleted by it.
CREATE INDEX authn_session_created ON authn_session (created_at);
