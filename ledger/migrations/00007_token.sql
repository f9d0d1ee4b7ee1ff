-- Who may ask from outside, and which webhooks were taken.
--
-- A token's secret is shown once and kept nowhere; what a person calls the token
-- is in "sealed", under its id.

-- +goose Up

CREATE TABLE token (
    id         TEXT   NOT NULL PRIMARY KEY, -- the token's first part, which may be seen
    digest     BYTEA  NOT NULL, -- keyed, of id and secret
    scope      TEXT   NOT NULL, -- carry or metrics
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, -- 0: never
    used_at    BIGINT NOT NULL, -- the last time, to the minute; 0: not yet
    revoked_at BIGINT NOT NULL -- 0: not revoked
);

-- The webhooks of the last day: one that comes a second time changes nothing.
CREATE TABLE webhook (
    digest   BYTEA  NOT NULL PRIMARY KEY, -- keyed, of the sender's id of the message
    taken_at BIGINT NOT NULL
);
CREATE INDEX webhook_taken ON webhook (taken_at);
