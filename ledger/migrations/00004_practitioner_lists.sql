-- Lists of one practitioner's documents come from an index of their own: without
-- it, whoever has few documents pays for everybody else's. It holds all that such
-- a list asks, since SQLite would rather walk version_state than look up rows. And
-- a session keeps when it ended, from which the minutes to the chart are counted.
-- See 00001_first.sql for how one text serves two databases.

-- +goose Up

CREATE INDEX version_practitioner ON version (practitioner, state, id, newest, first_seen);

ALTER TABLE session ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0; -- 0: Heidi has not told how long it was
