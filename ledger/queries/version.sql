-- name: SaveDocument :exec
INSERT INTO document (session, id, template, tab, first_seen, gone_at)
VALUES (sqlc.arg(session), sqlc.arg(id), sqlc.arg(template), sqlc.arg(tab), sqlc.arg(first_seen), 0)
ON CONFLICT (session, id) DO UPDATE SET template = excluded.template, tab = excluded.tab, gone_at = 0;

-- name: SetDocumentGone :execrows
UPDATE document SET gone_at = sqlc.arg(gone_at) WHERE session = sqlc.arg(session) AND id = sqlc.arg(id);

-- name: RetireNewest :many
-- The version that a newer one is about to follow.
UPDATE version SET newest = FALSE, revision = revision + 1
WHERE session = $1 AND document = $2 AND newest
RETURNING number;

-- name: AddVersion :exec
INSERT INTO version (id, session, document, number, newest, format, state, reason, due_at, first_seen, last_read, changed_at, updated_at,
    revision, reads, empty, content_digest, evidence_digest, delivery, patient, practitioner, booking, attendee, by_person)
VALUES (sqlc.arg(id), sqlc.arg(session), sqlc.arg(document), sqlc.arg(number), TRUE, sqlc.arg(format), sqlc.arg(state), '', sqlc.arg(due_at),
    sqlc.arg(now), sqlc.arg(now), sqlc.arg(now), sqlc.arg(now),
    1, sqlc.arg(reads), sqlc.arg(empty), sqlc.arg(content_digest), sqlc.arg(evidence_digest), '', '', sqlc.arg(practitioner), '', '', FALSE);

-- name: GetVersion :one
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.id = $1;

-- name: CurrentVersions :many
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.session = $1 AND v.newest
ORDER BY d.tab, v.document;

-- name: VersionsOf :many
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.session = $1 AND v.document = $2
ORDER BY v.number;

-- name: DueVersions :many
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.state = sqlc.arg(state) AND v.due_at > 0 AND v.due_at <= sqlc.arg(now)
  AND NOT EXISTS (SELECT 1 FROM backfill_session AS b WHERE b.session = v.session AND b.carried_at = 0)
ORDER BY v.due_at, v.id
LIMIT sqlc.arg(at_most);

-- name: NextDue :one
SELECT CAST(COALESCE(MIN(due_at), 0) AS BIGINT) AS due_at FROM version AS v WHERE state = $1 AND due_at > 0
  AND NOT EXISTS (SELECT 1 FROM backfill_session AS b WHERE b.session = v.session AND b.carried_at = 0);

-- name: ListVersions :many
-- Newest first, between two ids that are left out.
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.state = sqlc.arg(state)
  AND v.id > sqlc.arg(after)
  AND v.id < sqlc.arg(before)
  AND v.first_seen >= sqlc.arg(since)
  AND (v.newest OR CAST(sqlc.arg(older_too) AS BOOLEAN))
ORDER BY v.id DESC
LIMIT sqlc.arg(at_most);

-- name: ListVersionsUp :many
-- The same, oldest first.
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.state = sqlc.arg(state)
  AND v.id > sqlc.arg(after)
  AND v.id < sqlc.arg(before)
  AND v.first_seen >= sqlc.arg(since)
  AND (v.newest OR CAST(sqlc.arg(older_too) AS BOOLEAN))
ORDER BY v.id
LIMIT sqlc.arg(at_most);

-- name: ListVersionsOf :many
-- One practitioner's, newest first. The inner statement reads their index alone.
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.id IN (
    SELECT w.id FROM version AS w
    WHERE w.practitioner = sqlc.arg(practitioner)
      AND w.state = sqlc.arg(state)
      AND w.id > sqlc.arg(after)
      AND w.id < sqlc.arg(before)
      AND w.first_seen >= sqlc.arg(since)
      AND (w.newest OR CAST(sqlc.arg(older_too) AS BOOLEAN))
    ORDER BY w.id DESC
    LIMIT sqlc.arg(at_most))
ORDER BY v.id DESC;

-- name: ListVersionsOfUp :many
-- The same, oldest first.
SELECT sqlc.embed(v), d.template, d.tab, d.gone_at FROM version AS v
JOIN document AS d ON d.session = v.session AND d.id = v.document
WHERE v.id IN (
    SELECT w.id FROM version AS w
    WHERE w.practitioner = sqlc.arg(practitioner)
      AND w.state = sqlc.arg(state)
      AND w.id > sqlc.arg(after)
      AND w.id < sqlc.arg(before)
      AND w.first_seen >= sqlc.arg(since)
      AND (w.newest OR CAST(sqlc.arg(older_too) AS BOOLEAN))
    ORDER BY w.id
    LIMIT sqlc.arg(at_most))
ORDER BY v.id;

-- name: CountStates :many
SELECT state, CAST(COUNT(*) AS BIGINT) AS documents FROM version WHERE newest GROUP BY state;

-- name: TouchVersion :execrows
UPDATE version SET reads = reads + 1, last_read = sqlc.arg(now), updated_at = sqlc.arg(now), revision = revision + 1
WHERE id = sqlc.arg(id);

-- name: DocumentIsBack :exec
UPDATE document SET gone_at = 0
WHERE gone_at > 0 AND EXISTS (SELECT 1 FROM version AS v WHERE v.id = $1 AND v.session = document.session AND v.document = document.id);

-- name: MoveVersion :many
-- The one statement that changes a version's state: it takes effect only where
-- the caller believes the version to be.
UPDATE version SET state = sqlc.arg(to_state), reason = sqlc.arg(reason), due_at = sqlc.arg(due_at),
    changed_at = sqlc.arg(now), updated_at = sqlc.arg(now), revision = revision + 1
WHERE id = sqlc.arg(id) AND state = sqlc.arg(from_state)
RETURNING delivery;

-- name: PostponeVersion :execrows
UPDATE version SET due_at = sqlc.arg(due_at), updated_at = sqlc.arg(now), revision = revision + 1
WHERE id = sqlc.arg(id) AND state = sqlc.arg(state);

-- name: DecideVersion :execrows
UPDATE version SET patient = sqlc.arg(patient), booking = sqlc.arg(booking), attendee = sqlc.arg(attendee),
    practitioner = sqlc.arg(practitioner), by_person = sqlc.arg(by_person), updated_at = sqlc.arg(now), revision = revision + 1
WHERE id = sqlc.arg(id);

-- name: SetCurrentDelivery :exec
UPDATE version SET delivery = sqlc.arg(delivery), updated_at = sqlc.arg(now), revision = revision + 1
WHERE id = sqlc.arg(id);

-- name: AddEvidence :exec
INSERT INTO evidence (version, number, decided_at, grade, patient, booking, attendee, reason, by_person, candidates)
SELECT sqlc.arg(version), COUNT(*) + 1, sqlc.arg(decided_at), sqlc.arg(grade), sqlc.arg(patient), sqlc.arg(booking), sqlc.arg(attendee),
    sqlc.arg(reason), sqlc.arg(by_person), sqlc.arg(candidates)
FROM evidence WHERE version = sqlc.arg(version);

-- name: LatestEvidence :one
SELECT * FROM evidence WHERE version = $1 ORDER BY number DESC LIMIT 1;
