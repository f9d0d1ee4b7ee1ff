-- name: GetSetting :one
SELECT value FROM setting WHERE name = $1;

-- name: SetSetting :exec
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: PutSealed :exec
INSERT INTO sealed (owner, kind, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner, kind) DO UPDATE SET wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext;

-- name: GetSealed :one
SELECT wrapped_key, ciphertext FROM sealed WHERE owner = $1 AND kind = $2;

-- name: DestroySealed :exec
UPDATE sealed SET wrapped_key = sqlc.arg(nothing), ciphertext = sqlc.arg(nothing) WHERE owner = sqlc.arg(owner);

-- name: SavePractitioner :exec
-- The pause is no part of it: only Pause and Unpause change that.
INSERT INTO practitioner (id, user_id, paused_at, pause_reason, last_poll, last_full_pass, next_poll, newest_first)
VALUES ($1, $2, 0, '', $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, last_poll = excluded.last_poll,
    last_full_pass = excluded.last_full_pass, next_poll = excluded.next_poll, newest_first = excluded.newest_first;

-- name: GetPractitioner :one
SELECT * FROM practitioner WHERE id = $1;

-- name: ListPractitioners :many
SELECT * FROM practitioner ORDER BY id;

-- name: PausePractitioner :execrows
-- The first reason stays until a person lifts the pause.
UPDATE practitioner SET
    pause_reason = CASE WHEN paused_at = 0 THEN sqlc.arg(pause_reason) ELSE pause_reason END,
    paused_at = CASE WHEN paused_at = 0 THEN sqlc.arg(paused_at) ELSE paused_at END
WHERE id = sqlc.arg(id);

-- name: UnpausePractitioner :execrows
UPDATE practitioner SET paused_at = 0, pause_reason = '' WHERE id = $1;

-- name: NewestRow :one
-- The newest time written anywhere, by which a restored ledger is recognised.
SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) AS at FROM (
    SELECT MAX(listed_at) AS at FROM session
    UNION ALL SELECT MAX(last_read) FROM session
    UNION ALL SELECT MAX(updated_at) FROM version
    UNION ALL SELECT MAX(updated_at) FROM delivery
    UNION ALL SELECT MAX(last_poll) FROM practitioner
    UNION ALL SELECT MAX(at) FROM audit
) AS newest;

-- name: CountSessions :one
SELECT CAST(COUNT(*) AS BIGINT) FROM session;
