-- a table; with {odd} comment
CREATE TABLE t (id {id} PRIMARY KEY, name {text} NOT NULL, at {ts} NOT NULL);
CREATE INDEX t_name ON t (name);
