-- name: AddToken :exec
INSERT INTO token (id, digest, scope, created_at, expires_at, used_at, revoked_at) VALUES ($1, $2, $3, $4, $5, 0, 0);

-- name: GetToken :one
SELECT * FROM token WHERE id = $1;

-- name: ListTokens :many
SELECT * FROM token ORDER BY created_at, id;

-- name: NoteTokenUsed :exec
UPDATE token SET used_at = sqlc.arg(used_at) WHERE id = sqlc.arg(id);

-- name: RevokeToken :execrows
UPDATE token SET revoked_at = sqlc.arg(revoked_at) WHERE id = sqlc.arg(id) AND revoked_at = 0;

-- name: RevokeAllTokens :exec
UPDATE token SET revoked_at = sqlc.arg(revoked_at) WHERE revoked_at = 0;

-- name: TakeWebhook :execrows
INSERT INTO webhook (digest, taken_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING;

-- name: DropWebhook :exec
DELETE FROM webhook WHERE digest = $1;

-- name: DropOldWebhooks :exec
DELETE FROM webhook WHERE taken_at < sqlc.arg(taken_at);
