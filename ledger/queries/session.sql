-- name: AddListedSession :execrows
-- A session that a listing shows for the first time is due at once.
INSERT INTO session (id, practitioner, started_at, hinted_at, first_seen, listed_at, last_read, next_read, gone_at, evidence_digest, reads)
VALUES (sqlc.arg(id), '', 0, sqlc.arg(hinted_at), sqlc.arg(now), sqlc.arg(now), 0, sqlc.arg(now), 0, sqlc.arg(no_digest), 0)
ON CONFLICT (id) DO NOTHING;

-- name: NoteListedAgain :exec
-- A newer hint, or a session that was thought gone, makes it due at once.
UPDATE session SET
    listed_at = sqlc.arg(now),
    next_read = CASE WHEN gone_at > 0 OR hinted_at < sqlc.arg(hinted_at) THEN sqlc.arg(now) ELSE next_read END,
    hinted_at = CASE WHEN hinted_at < sqlc.arg(hinted_at) THEN sqlc.arg(hinted_at) ELSE hinted_at END,
    gone_at = 0
WHERE id = sqlc.arg(id);

-- name: AddSessionLink :exec
INSERT INTO session_link (session, practitioner) VALUES ($1, $2)
ON CONFLICT (session, practitioner) DO NOTHING;

-- name: SessionsDue :many
SELECT s.id FROM session_link AS l JOIN session AS s ON s.id = l.session
WHERE l.practitioner = sqlc.arg(practitioner) AND s.gone_at = 0 AND s.next_read <= sqlc.arg(now)
  AND NOT EXISTS (SELECT 1 FROM backfill_session AS b WHERE b.session = s.id AND b.carried_at = 0)
ORDER BY s.next_read, s.id
LIMIT sqlc.arg(at_most);

-- name: GetSession :one
SELECT * FROM session WHERE id = $1;

-- name: SessionLinks :many
SELECT practitioner FROM session_link WHERE session = $1 ORDER BY practitioner;

-- name: SaveSession :exec
INSERT INTO session (id, practitioner, started_at, ended_at, hinted_at, first_seen, listed_at, last_read, next_read, gone_at, evidence_digest, reads)
VALUES (sqlc.arg(id), sqlc.arg(practitioner), sqlc.arg(started_at), sqlc.arg(ended_at), sqlc.arg(hinted_at), sqlc.arg(now), 0, sqlc.arg(now), sqlc.arg(next_read), 0, sqlc.arg(evidence_digest), 1)
ON CONFLICT (id) DO UPDATE SET
    practitioner = excluded.practitioner,
    started_at = excluded.started_at,
    ended_at = excluded.ended_at,
    hinted_at = CASE WHEN session.hinted_at < excluded.hinted_at THEN excluded.hinted_at ELSE session.hinted_at END,
    last_read = excluded.last_read,
    next_read = excluded.next_read,
    gone_at = 0,
    evidence_digest = excluded.evidence_digest,
    reads = session.reads + 1;

-- name: MarkSessionGone :execrows
UPDATE session SET gone_at = sqlc.arg(now), last_read = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND gone_at = 0;

-- name: ReadSessionAt :execrows
UPDATE session SET next_read = sqlc.arg(next_read) WHERE id = sqlc.arg(id);
