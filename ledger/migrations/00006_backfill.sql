-- Past sessions that a person asked for. See 00001_first.sql for how one text
-- serves two databases.

-- +goose Up

-- A backfill carries the sessions that began in a range of days. One at a time:
-- all but one row are done.
CREATE TABLE backfill (
    id         TEXT   NOT NULL PRIMARY KEY,
    from_at    BIGINT NOT NULL, -- the first moment of the range
    to_at      BIGINT NOT NULL, -- the first moment after it
    state      TEXT   NOT NULL,
    asked_by   TEXT   NOT NULL,
    asked_at   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL, -- when the state last changed
    known      BIGINT NOT NULL, -- sessions that the ledger had already
    young      BIGINT NOT NULL, -- sessions that are the day's work
    -- What it has asked of Cliniko, by what that was for.
    diary      BIGINT NOT NULL,
    patients   BIGINT NOT NULL,
    notes      BIGINT NOT NULL,
    writes     BIGINT NOT NULL
);

-- Whose sessions have been listed for it.
CREATE TABLE backfill_author (
    backfill     TEXT   NOT NULL REFERENCES backfill (id),
    practitioner TEXT   NOT NULL,
    listed_at    BIGINT NOT NULL,
    PRIMARY KEY (backfill, practitioner)
);

-- A session that a backfill carries. Until it is carried, the day's work leaves
-- it alone.
CREATE TABLE backfill_session (
    session      TEXT   NOT NULL PRIMARY KEY REFERENCES session (id),
    backfill     TEXT   NOT NULL REFERENCES backfill (id),
    practitioner TEXT   NOT NULL, -- through whose link it is read
    carried_at   BIGINT NOT NULL  -- when nothing of it moved by itself any more; 0: it is under way
);
CREATE INDEX backfill_session_open ON backfill_session (practitioner, session) WHERE carried_at = 0;
