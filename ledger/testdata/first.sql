-- A ledger as the first schema left it. Never edited: see migrate_test.go.
PRAGMA application_id = 1129468505;
PRAGMA foreign_keys = OFF;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE practitioner (
    id             TEXT    NOT NULL PRIMARY KEY,
    user_id        TEXT    NOT NULL,
    paused_at      INTEGER  NOT NULL,
    pause_reason   TEXT    NOT NULL,
    last_poll      INTEGER  NOT NULL,
    last_full_pass INTEGER  NOT NULL,
    next_poll      INTEGER  NOT NULL,
    newest_first   INTEGER NOT NULL
) STRICT;
CREATE TABLE session (
    id              TEXT   NOT NULL PRIMARY KEY,
    practitioner    TEXT   NOT NULL, -- whose link read it last; empty: only listed so far
    started_at      INTEGER NOT NULL,
    hinted_at       INTEGER NOT NULL, -- the newest "updated" time any reading showed
    first_seen      INTEGER NOT NULL,
    listed_at       INTEGER NOT NULL,
    last_read       INTEGER NOT NULL,
    next_read       INTEGER NOT NULL,
    gone_at         INTEGER NOT NULL,
    evidence_digest BLOB  NOT NULL,
    reads           INTEGER NOT NULL
) STRICT;
CREATE TABLE session_link (
    session      TEXT NOT NULL REFERENCES session (id),
    practitioner TEXT NOT NULL,
    PRIMARY KEY (session, practitioner)
) STRICT;
CREATE TABLE document (
    session    TEXT   NOT NULL REFERENCES session (id),
    id         TEXT   NOT NULL,
    template   TEXT   NOT NULL,
    tab        INTEGER NOT NULL, -- order of the tabs in Heidi
    first_seen INTEGER NOT NULL,
    gone_at    INTEGER NOT NULL,
    PRIMARY KEY (session, id)
) STRICT;
CREATE TABLE version (
    id              TEXT    NOT NULL PRIMARY KEY,
    session         TEXT    NOT NULL,
    document        TEXT    NOT NULL,
    number          INTEGER  NOT NULL, -- from 1 within the document
    newest          INTEGER NOT NULL,
    format          TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    due_at          INTEGER  NOT NULL, -- when the next step may be taken; 0: nothing wakes it
    first_seen      INTEGER  NOT NULL,
    last_read       INTEGER  NOT NULL,
    changed_at      INTEGER  NOT NULL, -- when the state last changed
    updated_at      INTEGER  NOT NULL, -- when the row was last written
    revision        INTEGER  NOT NULL, -- counts the writes
    reads           INTEGER  NOT NULL,
    empty           INTEGER NOT NULL,
    content_digest  BLOB   NOT NULL,
    evidence_digest BLOB   NOT NULL,
    delivery        TEXT    NOT NULL, -- the current one; empty: none yet
    patient         TEXT    NOT NULL,
    practitioner    TEXT    NOT NULL,
    booking         TEXT    NOT NULL,
    attendee        TEXT    NOT NULL,
    by_person       INTEGER NOT NULL, -- a person chose the patient
    UNIQUE (session, document, number),
    FOREIGN KEY (session, document) REFERENCES document (session, id)
) STRICT;
CREATE TABLE evidence (
    version    TEXT    NOT NULL REFERENCES version (id),
    number     INTEGER  NOT NULL,
    decided_at INTEGER  NOT NULL,
    grade      INTEGER  NOT NULL,
    patient    TEXT    NOT NULL,
    booking    TEXT    NOT NULL,
    attendee   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    by_person  INTEGER NOT NULL,
    candidates TEXT    NOT NULL, -- JSON
    PRIMARY KEY (version, number)
) STRICT;
CREATE TABLE delivery (
    id           TEXT   NOT NULL PRIMARY KEY,
    version      TEXT   NOT NULL REFERENCES version (id),
    number       INTEGER NOT NULL, -- from 1 within the version
    patient      TEXT   NOT NULL,
    practitioner TEXT   NOT NULL,
    booking      TEXT   NOT NULL,
    attendee     TEXT   NOT NULL,
    destination  TEXT   NOT NULL,
    reference    TEXT   NOT NULL,
    mark         TEXT   NOT NULL, -- the part of the reference that names the document
    words_digest BLOB  NOT NULL,
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    note         TEXT   NOT NULL,
    intent_at    INTEGER NOT NULL,
    filed_at     INTEGER NOT NULL,
    proven_at    INTEGER NOT NULL,
    archived_at  INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    profile      TEXT   NOT NULL,
    UNIQUE (version, number)
) STRICT;
CREATE TABLE attempt (
    delivery    TEXT   NOT NULL REFERENCES delivery (id),
    number      INTEGER NOT NULL,
    kind        TEXT   NOT NULL,
    started_at  INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    outcome     TEXT   NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT;
CREATE TABLE sealed (
    owner       TEXT  NOT NULL, -- id of the version, delivery or session
    kind        TEXT  NOT NULL,
    wrapped_key BLOB NOT NULL,
    ciphertext  BLOB NOT NULL,
    PRIMARY KEY (owner, kind)
) STRICT;
CREATE TABLE audit (
    n             INTEGER NOT NULL PRIMARY KEY,
    at            INTEGER NOT NULL,
    actor         TEXT   NOT NULL,
    action        TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    session       TEXT   NOT NULL,
    from_state    TEXT   NOT NULL,
    to_state      TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    remark_digest BLOB  NOT NULL,
    mac           BLOB  NOT NULL
) STRICT;
CREATE TABLE alarm (
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    raised_at  INTEGER NOT NULL,
    cleared_at INTEGER NOT NULL
) STRICT;
INSERT INTO goose_db_version VALUES (1, 0, 1, '2026-11-24 06:37:33 +0000 UTC');
INSERT INTO goose_db_version VALUES (2, 1, 1, '2026-11-24 06:37:33 +0000 UTC');
INSERT INTO setting VALUES ('digest_key', 'kdNzmrjdNszjXizfCnCA0fWSntdutqgqy4HACxiHHZkTbrLSHQGDQo70ThkBpwSd6dV5A2KCCbFMCbwn');
INSERT INTO practitioner VALUES ('41', '1041', 0, '', 1793610000000000, 0, 1793610060000000, 0);
INSERT INTO session VALUES ('s1', '41', 1793610000000000, 0, 1793610000000000, 0, 1793610000000000, 1793610000000000, 0, x'65766964656e6365', 2);
INSERT INTO session_link VALUES ('s1', '41');
INSERT INTO document VALUES ('s1', 'd1', 't1', 2, 1793610000000000, 0);
INSERT INTO document VALUES ('s1', 'd2', 't1', 2, 1793610000000000, 0);
INSERT INTO version VALUES ('01a19b7c-a680-7000-898d-c831598d2415', 's1', 'd1', 1, 1, 'markdown', 'proven', '', 0, 1793610000000000, 1793610000000000, 1793610002000000, 1793610002000000, 8, 1, 0, x'636f6e74656e74', x'65766964656e6365', '01a19b7c-a680-7000-8923-658d222660d2', '7', '41', '9', '', 0);
INSERT INTO version VALUES ('01a19b7c-a680-7000-b6d0-68310af83785', 's1', 'd2', 1, 1, 'markdown', 'held', 'rivals', 0, 1793610000000000, 1793610000000000, 1793610000000000, 1793610000000000, 2, 1, 0, x'636f6e74656e74', x'65766964656e6365', '', '', '41', '', '', 0);
INSERT INTO evidence VALUES ('01a19b7c-a680-7000-898d-c831598d2415', 1, 1793610000000000, 3, '7', '9', '', '', 0, '[]');
INSERT INTO delivery VALUES ('01a19b7c-a680-7000-8923-658d222660d2', '01a19b7c-a680-7000-898d-c831598d2415', 1, '7', '41', '9', '', 'treatment_note', 'HD-AAAAAAAA-AAAA', 'HD-AAAAAAAA', x'776f726473', 'proven', '', 'n1', 1793610000000000, 1793610001000000, 1793610002000000, 0, 1793610002000000, 1, 'full');
INSERT INTO attempt VALUES ('01a19b7c-a680-7000-8923-658d222660d2', 1, 'file_note', 1793610000000000, 1793610001000000, 201, 'done');
INSERT INTO sealed VALUES ('s1', 'title', x'4df061ce1de7016e7ad1a7ea60cf91ccec2b5c3ed243f6cb284e633f7685507ad7d8b3e9eb76d8bc1d89be4833f0faedc46534cc8a7c19f2f6c8c78e', x'347b3f1229b535daf68e5880d46822020f47cb7caaaee447a76a2ba4');
INSERT INTO sealed VALUES ('s1', 'claim', x'7496a78083d500483f5258f87b32159a9f88f8518c3f5ac419c67f249dd24c4ef6aecd509fe1f2eed23b30e77638b7fbc37d0b8ee90aaac6096aaf32', x'680b8c92c699b5decdc0bcbf7a1153bd1e58d74c579d1fa153578c46c103');
INSERT INTO sealed VALUES ('01a19b7c-a680-7000-898d-c831598d2415', 'text', x'', x'');
INSERT INTO sealed VALUES ('01a19b7c-a680-7000-898d-c831598d2415', 'name', x'', x'');
INSERT INTO sealed VALUES ('01a19b7c-a680-7000-b6d0-68310af83785', 'text', x'faf419bf31768f45b64945c38d1c83360bd108fc8df666ac3cc98b2b2130153dc797e438960e79878d175aaec1c2dd7dbba10d7171e1bc74df9f647b', x'58093d8fa4d4856e29f40d2fa505d8b2c2c6e53c2d95c53c77070bfdea085d1a80ebf0393ecf9080dabb8508d5562d3937e9a87538b285118938f8bedb09fa8c');
INSERT INTO sealed VALUES ('01a19b7c-a680-7000-b6d0-68310af83785', 'name', x'f79159eaedbc58568c18f7d6ae2acfd8afd37997c325c30f359ffbc8768edb7a971a0b185257e19e61dab9709ae6652c1a7fd51a80478c25c22c296d', x'2761dff84579507e77d2737974138eb62793818c19f9a814b22e5d0f238b15d02fd15371ce1c0f0bf810ea6d');
CREATE INDEX session_next ON session (next_read) WHERE gone_at = 0;
CREATE INDEX session_link_practitioner ON session_link (practitioner, session);
CREATE INDEX version_due ON version (state, due_at, newest);
CREATE INDEX version_state ON version (state, id);
CREATE UNIQUE INDEX version_newest ON version (session, document) WHERE newest;
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_reference ON delivery (reference);
CREATE INDEX delivery_mark ON delivery (mark);
CREATE UNIQUE INDEX delivery_note ON delivery (note, destination) WHERE note <> '';
CREATE UNIQUE INDEX attempt_open ON attempt (delivery) WHERE outcome = '';
CREATE INDEX audit_subject ON audit (subject, n);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
CREATE UNIQUE INDEX alarm_open ON alarm (kind, subject) WHERE cleared_at = 0;
