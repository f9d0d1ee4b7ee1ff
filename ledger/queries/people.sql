-- name: AddPerson :exec
INSERT INTO person (id, role, practitioner, standing, login_digest, password_hash, totp_step, created_at, active_at, ended_at, signed_in_at)
VALUES ($1, $2, $3, 'invited', $4, '', 0, $5, 0, 0, 0);

-- name: GetPerson :one
SELECT * FROM person WHERE id = $1;

-- name: GetPersonByLogin :one
SELECT * FROM person WHERE login_digest = $1 AND standing <> 'ended';

-- name: ListPeople :many
SELECT * FROM person ORDER BY id;

-- name: CountActiveAdmins :one
SELECT CAST(COUNT(*) AS BIGINT) FROM person WHERE role = 'admin' AND standing = 'active';

-- name: ActivatePerson :execrows
UPDATE person SET standing = 'active', password_hash = sqlc.arg(password_hash), totp_step = sqlc.arg(totp_step), active_at = sqlc.arg(active_at)
WHERE id = sqlc.arg(id) AND standing <> 'ended';

-- name: ResetPerson :execrows
UPDATE person SET standing = 'invited', password_hash = '', totp_step = 0 WHERE id = $1 AND standing <> 'ended';

-- name: EndPerson :execrows
UPDATE person SET standing = 'ended', password_hash = '', totp_step = 0, ended_at = sqlc.arg(ended_at)
WHERE id = sqlc.arg(id) AND standing <> 'ended';

-- name: SetPersonRole :execrows
UPDATE person SET role = sqlc.arg(role), practitioner = sqlc.arg(practitioner) WHERE id = sqlc.arg(id) AND standing <> 'ended';

-- name: SetPersonPassword :execrows
UPDATE person SET password_hash = sqlc.arg(password_hash) WHERE id = sqlc.arg(id) AND standing = 'active';

-- name: TakeTOTPStep :execrows
-- Of two requests with one code, the second changes nothing.
UPDATE person SET totp_step = sqlc.arg(totp_step) WHERE id = sqlc.arg(id) AND standing = 'active' AND totp_step < sqlc.arg(totp_step);

-- name: NoteSignedIn :exec
UPDATE person SET signed_in_at = sqlc.arg(signed_in_at) WHERE id = sqlc.arg(id);

-- name: AddRecoveryCode :exec
INSERT INTO recovery_code (person, digest, used_at) VALUES ($1, $2, 0);

-- name: UseRecoveryCode :execrows
UPDATE recovery_code SET used_at = sqlc.arg(used_at) WHERE person = sqlc.arg(person) AND digest = sqlc.arg(digest) AND used_at = 0;

-- name: CountRecoveryCodes :one
SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_code WHERE person = $1 AND used_at = 0;

-- name: DropRecoveryCodes :exec
DELETE FROM recovery_code WHERE person = $1;

-- name: AddPersonLink :exec
INSERT INTO person_link (digest, person, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, 0);

-- name: UsePersonLink :one
UPDATE person_link SET used_at = sqlc.arg(now) WHERE digest = sqlc.arg(digest) AND used_at = 0 AND expires_at > sqlc.arg(now)
RETURNING person;

-- name: VoidPersonLinks :exec
UPDATE person_link SET used_at = sqlc.arg(now) WHERE person = sqlc.arg(person) AND used_at = 0;

-- name: DropOldPersonLinks :exec
DELETE FROM person_link WHERE expires_at < sqlc.arg(expires_at);

-- name: GetSignInTry :one
SELECT * FROM sign_in_try WHERE digest = $1;

-- name: PutSignInTry :exec
INSERT INTO sign_in_try (digest, tries, tried_at, until_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET tries = excluded.tries, tried_at = excluded.tried_at, until_at = excluded.until_at;

-- name: DropSignInTry :exec
DELETE FROM sign_in_try WHERE digest = $1;

-- name: DropOldSignInTries :exec
DELETE FROM sign_in_try WHERE tried_at < sqlc.arg(tried_at);

-- name: GetWebSession :one
SELECT * FROM web_session WHERE digest = $1;

-- name: ListWebSessions :many
SELECT * FROM web_session WHERE person = sqlc.arg(person) AND signed_in_at > 0 AND ended_at = 0 AND expires_at > sqlc.arg(now)
ORDER BY seen_at DESC, id;

-- name: AddWebSession :exec
INSERT INTO web_session (id, digest, person, created_at, signed_in_at, seen_at, expires_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: SaveWebSession :exec
UPDATE web_session SET person = sqlc.arg(person), signed_in_at = sqlc.arg(signed_in_at), seen_at = sqlc.arg(seen_at), expires_at = sqlc.arg(expires_at)
WHERE id = sqlc.arg(id) AND ended_at = 0;

-- name: EndWebSession :execrows
UPDATE web_session SET ended_at = sqlc.arg(ended_at) WHERE id = sqlc.arg(id) AND person = sqlc.arg(person) AND ended_at = 0;

-- name: LiveWebSessions :many
SELECT id FROM web_session WHERE person = sqlc.arg(person) AND ended_at = 0 ORDER BY id;

-- name: ExpiredWebSessions :many
SELECT id FROM web_session WHERE expires_at < sqlc.arg(expires_at) ORDER BY expires_at LIMIT 1000;

-- name: DropWebSession :exec
DELETE FROM web_session WHERE id = $1;

-- name: DropSealed :exec
-- For what is of no use once it is over: not even the row remains.
DELETE FROM sealed WHERE owner = $1;

-- name: DropSealedItem :exec
DELETE FROM sealed WHERE owner = $1 AND kind = $2;
