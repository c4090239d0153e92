-- E-mail that the sandbox kept instead of sending.
CREATE TABLE captured_message (
    id {id} PRIMARY KEY,
    recipient {text} NOT NULL,
    subject {text} NOT NULL,
    body {text} NOT NULL,
    at {ts} NOT NULL
);
CREATE INDEX captured_message_recipient ON captured_message (recipient, at);
CREATE INDEX captured_message_at ON captured_message (at);
