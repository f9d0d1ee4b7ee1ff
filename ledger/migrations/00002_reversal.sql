-- A reversal is a person's decision that a note or file of ours does not belong
-- where it is: it is taken out of the record, and filed in another if they say
-- so. See 00001_first.sql for how one text serves two databases.

-- +goose Up

CREATE TABLE reversal (
    delivery     TEXT   NOT NULL PRIMARY KEY REFERENCES delivery (id),
    practitioner TEXT   NOT NULL, -- the author, with whose key it is taken out
    version      TEXT   NOT NULL, -- what is filed again; empty: nothing
    patient      TEXT   NOT NULL, -- in whose record; empty: nothing is
    state        TEXT   NOT NULL,
    why          TEXT   NOT NULL, -- what somebody did to the note, or why nothing was done
    asked_at     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL, -- when the next step may be taken; 0: nothing wakes it
    read_at      BIGINT NOT NULL, -- when the note was last read for it
    ended_at     BIGINT NOT NULL, -- when the note was seen to be out of the record
    refiled_at   BIGINT NOT NULL, -- when the version was made ready again
    updated_at   BIGINT NOT NULL
);
CREATE INDEX reversal_due ON reversal (practitioner, due_at) WHERE due_at > 0;
