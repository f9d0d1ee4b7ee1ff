-- Who may sign in to the review page, and who is signed in.
--
-- Names, e-mail addresses and the secrets of second factors are in "sealed",
-- under the person's id; what must be found by them is found by a keyed digest.

-- +goose Up

CREATE TABLE person (
    id            TEXT   NOT NULL PRIMARY KEY,
    role          TEXT   NOT NULL,
    practitioner  TEXT   NOT NULL, -- whose documents a practitioner sees; empty for other roles
    standing      TEXT   NOT NULL, -- invited, active or ended
    login_digest  BYTEA  NOT NULL,
    password_hash TEXT   NOT NULL, -- empty: none yet
    totp_step     BIGINT NOT NULL, -- the newest time step whose code was taken: a code works once
    created_at    BIGINT NOT NULL,
    active_at     BIGINT NOT NULL, -- since when they may sign in
    ended_at      BIGINT NOT NULL,
    signed_in_at  BIGINT NOT NULL -- the last time
);
-- A login is one person's, and free again when that person was ended.
CREATE UNIQUE INDEX person_login ON person (login_digest) WHERE standing <> 'ended';

-- What works instead of a code from the telephone, each once. Drawn at random
-- and long enough that a keyed digest needs no salt and no slowness.
CREATE TABLE recovery_code (
    person  TEXT   NOT NULL REFERENCES person (id),
    digest  BYTEA  NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (person, digest)
);

-- A link that lets somebody in once, to choose a password and a second factor.
CREATE TABLE person_link (
    digest     BYTEA  NOT NULL PRIMARY KEY, -- of the secret, which is kept nowhere
    person     TEXT   NOT NULL, -- whom it is for; empty: a new admin
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL -- when it was used, or taken back
);

-- How often in a row somebody tried, by the digest of a login or an address.
CREATE TABLE sign_in_try (
    digest   BYTEA  NOT NULL PRIMARY KEY,
    tries    BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL -- before which no further try counts
);

-- A browser that somebody is signing in, or signed in, with. What the session
-- holds is in "sealed"; a session that was ended keeps its row until it would
-- have expired, so that a request under way cannot bring it back.
CREATE TABLE web_session (
    id           TEXT   NOT NULL PRIMARY KEY,
    digest       BYTEA  NOT NULL, -- of the cookie's token, which is kept nowhere
    person       TEXT   NOT NULL, -- empty: nobody yet
    created_at   BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL, -- 0: the second factor has not been shown
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX web_session_digest ON web_session (digest);
CREATE INDEX web_session_person ON web_session (person);
CREATE INDEX web_session_expires ON web_session (expires_at);
