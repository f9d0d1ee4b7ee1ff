-- A notice is one message that somebody is told by mail or push: that an alarm
-- was raised, that it is well again, or the weekly digest. See 00001_first.sql
-- for how one text serves two databases.

-- +goose Up

CREATE TABLE notice (
    id        TEXT   NOT NULL PRIMARY KEY,
    channel   TEXT   NOT NULL, -- mail, ntfy or webhook
    about     TEXT   NOT NULL, -- raised, cleared or digest
    kind      TEXT   NOT NULL, -- the alarm's; empty: a digest
    subject   TEXT   NOT NULL, -- the alarm's; never sent
    reference TEXT   NOT NULL, -- HD-…, the document's; empty: it is about none
    raised_at BIGINT NOT NULL, -- tells the lives of one alarm apart; of a digest: its hour
    at        BIGINT NOT NULL, -- when what it says happened
    due_at    BIGINT NOT NULL, -- when it is sent, or tried again; 0: not any more
    attempts  BIGINT NOT NULL, -- counted before each one, so that a crash counts too
    sent_at   BIGINT NOT NULL, -- 0: not sent, or given up
    UNIQUE (channel, about, kind, subject, raised_at)
);
CREATE INDEX notice_due ON notice (channel, due_at) WHERE due_at > 0;

-- Finds what became of an alarm that somebody was told of.
CREATE INDEX alarm_matter ON alarm (kind, subject, raised_at);
