-- The first schema of the ledger.
--
-- One text for two databases: it is written for PostgreSQL and rewritten for
-- SQLite by migrate.go (BIGINT and BOOLEAN become INTEGER, BYTEA becomes BLOB,
-- every table becomes STRICT). A block between "/* sqlite" and "sqlite */" is a
-- comment for PostgreSQL and code for SQLite.
--
-- Plain columns hold identifiers, states, times, digests, grades, counts and
-- words from closed lists. Text, names and titles are in "sealed" alone.
-- Times are microseconds since 1970 in UTC; 0 means not (yet).

-- +goose Up

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A practitioner whose sessions are watched.
CREATE TABLE practitioner (
    id             TEXT    NOT NULL PRIMARY KEY,
    user_id        TEXT    NOT NULL,
    paused_at      BIGINT  NOT NULL,
    pause_reason   TEXT    NOT NULL,
    last_poll      BIGINT  NOT NULL,
    last_full_pass BIGINT  NOT NULL,
    next_poll      BIGINT  NOT NULL,
    newest_first   BOOLEAN NOT NULL
);

-- A session is one encounter in Heidi; next_read is when it is due to be read.
CREATE TABLE session (
    id              TEXT   NOT NULL PRIMARY KEY,
    practitioner    TEXT   NOT NULL, -- whose link read it last; empty: only listed so far
    started_at      BIGINT NOT NULL,
    hinted_at       BIGINT NOT NULL, -- the newest "updated" time any reading showed
    first_seen      BIGINT NOT NULL,
    listed_at       BIGINT NOT NULL,
    last_read       BIGINT NOT NULL,
    next_read       BIGINT NOT NULL,
    gone_at         BIGINT NOT NULL,
    evidence_digest BYTEA  NOT NULL,
    reads           BIGINT NOT NULL
);
CREATE INDEX session_next ON session (next_read) WHERE gone_at = 0;

-- Through whose links a session was seen.
CREATE TABLE session_link (
    session      TEXT NOT NULL REFERENCES session (id),
    practitioner TEXT NOT NULL,
    PRIMARY KEY (session, practitioner)
);
CREATE INDEX session_link_practitioner ON session_link (practitioner, session);

CREATE TABLE document (
    session    TEXT   NOT NULL REFERENCES session (id),
    id         TEXT   NOT NULL,
    template   TEXT   NOT NULL,
    tab        BIGINT NOT NULL, -- order of the tabs in Heidi
    first_seen BIGINT NOT NULL,
    gone_at    BIGINT NOT NULL,
    PRIMARY KEY (session, id)
);

-- A version is a document's text and its session's evidence, as they were read.
CREATE TABLE version (
    id              TEXT    NOT NULL PRIMARY KEY,
    session         TEXT    NOT NULL,
    document        TEXT    NOT NULL,
    number          BIGINT  NOT NULL, -- from 1 within the document
    newest          BOOLEAN NOT NULL,
    format          TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    due_at          BIGINT  NOT NULL, -- when the next step may be taken; 0: nothing wakes it
    first_seen      BIGINT  NOT NULL,
    last_read       BIGINT  NOT NULL,
    changed_at      BIGINT  NOT NULL, -- when the state last changed
    updated_at      BIGINT  NOT NULL, -- when the row was last written
    revision        BIGINT  NOT NULL, -- counts the writes
    reads           BIGINT  NOT NULL,
    empty           BOOLEAN NOT NULL,
    content_digest  BYTEA   NOT NULL,
    evidence_digest BYTEA   NOT NULL,
    delivery        TEXT    NOT NULL, -- the current one; empty: none yet
    patient         TEXT    NOT NULL,
    practitioner    TEXT    NOT NULL,
    booking         TEXT    NOT NULL,
    attendee        TEXT    NOT NULL,
    by_person       BOOLEAN NOT NULL, -- a person chose the patient
    UNIQUE (session, document, number),
    FOREIGN KEY (session, document) REFERENCES document (session, id)
);
CREATE INDEX version_due ON version (state, due_at, newest);
CREATE INDEX version_state ON version (state, id);
CREATE UNIQUE INDEX version_newest ON version (session, document) WHERE newest;

-- What the matcher found, decision after decision; never the values compared.
CREATE TABLE evidence (
    version    TEXT    NOT NULL REFERENCES version (id),
    number     BIGINT  NOT NULL,
    decided_at BIGINT  NOT NULL,
    grade      BIGINT  NOT NULL,
    patient    TEXT    NOT NULL,
    booking    TEXT    NOT NULL,
    attendee   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    by_person  BOOLEAN NOT NULL,
    candidates TEXT    NOT NULL, -- JSON
    PRIMARY KEY (version, number)
);

-- A delivery is a version's way into one patient's file.
CREATE TABLE delivery (
    id           TEXT   NOT NULL PRIMARY KEY,
    version      TEXT   NOT NULL REFERENCES version (id),
    number       BIGINT NOT NULL, -- from 1 within the version
    patient      TEXT   NOT NULL,
    practitioner TEXT   NOT NULL,
    booking      TEXT   NOT NULL,
    attendee     TEXT   NOT NULL,
    destination  TEXT   NOT NULL,
    reference    TEXT   NOT NULL,
    mark         TEXT   NOT NULL, -- the part of the reference that names the document
    words_digest BYTEA  NOT NULL,
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    note         TEXT   NOT NULL, -- Cliniko's id of the note, or of the file
    intent_at    BIGINT NOT NULL,
    filed_at     BIGINT NOT NULL,
    proven_at    BIGINT NOT NULL,
    archived_at  BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    attempts     BIGINT NOT NULL,
    profile      TEXT   NOT NULL,
    UNIQUE (version, number)
);
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_reference ON delivery (reference);
CREATE INDEX delivery_mark ON delivery (mark);
-- One note or file, one delivery: what two deliveries claim is a bug, and must
-- not become a fact. Cliniko counts notes and files apart, so a note and a file
-- may have the same id.
CREATE UNIQUE INDEX delivery_note ON delivery (note, destination) WHERE note <> '';

-- An attempt is one request. At most one of a delivery is without an answer.
CREATE TABLE attempt (
    delivery    TEXT   NOT NULL REFERENCES delivery (id),
    number      BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    started_at  BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    status      BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    PRIMARY KEY (delivery, number)
);
CREATE UNIQUE INDEX attempt_open ON attempt (delivery) WHERE outcome = '';

-- Everything a person could be known by. Destroyed: both columns are empty.
CREATE TABLE sealed (
    owner       TEXT  NOT NULL, -- id of the version, delivery or session
    kind        TEXT  NOT NULL,
    wrapped_key BYTEA NOT NULL,
    ciphertext  BYTEA NOT NULL,
    PRIMARY KEY (owner, kind)
);

-- Who or what did what to which delivery, each row chained to the one before.
CREATE TABLE audit (
    n             BIGINT NOT NULL PRIMARY KEY,
    at            BIGINT NOT NULL,
    actor         TEXT   NOT NULL,
    action        TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    session       TEXT   NOT NULL,
    from_state    TEXT   NOT NULL,
    to_state      TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    remark_digest BYTEA  NOT NULL,
    mac           BYTEA  NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, n);

/* sqlite
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
-- +goose StatementEnd
sqlite */

-- What a person must be told; one open row for each matter.
CREATE TABLE alarm (
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    raised_at  BIGINT NOT NULL,
    cleared_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE cleared_at = 0;
