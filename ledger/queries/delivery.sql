-- name: CountDeliveries :one
SELECT CAST(COUNT(*) AS BIGINT) FROM delivery WHERE version = $1;

-- name: AddDelivery :exec
INSERT INTO delivery (id, version, number, patient, practitioner, booking, attendee, destination, reference, mark, words_digest,
    state, reason, note, intent_at, filed_at, proven_at, archived_at, updated_at, attempts, profile)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20);

-- name: GetDelivery :one
SELECT * FROM delivery WHERE id = $1;

-- name: DeliveriesOf :many
SELECT * FROM delivery WHERE version = $1 ORDER BY number;

-- name: DeliveriesIn :many
SELECT * FROM delivery WHERE state = $1 ORDER BY id;

-- name: DeliveriesByReference :many
SELECT * FROM delivery WHERE reference = $1 ORDER BY id;

-- name: DeliveriesByMark :many
SELECT * FROM delivery WHERE mark = $1 ORDER BY id;

-- name: DeliveryOfNote :many
SELECT id FROM delivery WHERE note = $1 AND note <> '' AND practitioner = $2 AND destination = $3;

-- name: MoveDelivery :execrows
-- The one statement that changes a delivery: it takes effect only where the
-- caller believes the delivery to be.
UPDATE delivery SET state = sqlc.arg(to_state), reason = sqlc.arg(reason), patient = sqlc.arg(patient), practitioner = sqlc.arg(practitioner),
    booking = sqlc.arg(booking), attendee = sqlc.arg(attendee), destination = sqlc.arg(destination), reference = sqlc.arg(reference),
    mark = sqlc.arg(mark), words_digest = sqlc.arg(words_digest), note = sqlc.arg(note), intent_at = sqlc.arg(intent_at),
    filed_at = sqlc.arg(filed_at), proven_at = sqlc.arg(proven_at), archived_at = sqlc.arg(archived_at), profile = sqlc.arg(profile),
    updated_at = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND state = sqlc.arg(from_state);

-- name: FollowVersion :execrows
-- A current delivery stands where its version stands.
UPDATE delivery SET state = sqlc.arg(to_state), reason = sqlc.arg(reason), updated_at = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND state = sqlc.arg(from_state);

-- name: CountAttempt :one
UPDATE delivery SET attempts = attempts + 1, updated_at = sqlc.arg(now) WHERE id = sqlc.arg(id)
RETURNING attempts;

-- name: AddAttempt :exec
INSERT INTO attempt (delivery, number, kind, started_at, answered_at, status, outcome)
VALUES ($1, $2, $3, $4, 0, 0, '');

-- name: EndAttempt :execrows
UPDATE attempt SET answered_at = sqlc.arg(answered_at), status = sqlc.arg(status), outcome = sqlc.arg(outcome)
WHERE delivery = sqlc.arg(delivery) AND number = sqlc.arg(number) AND outcome = '';

-- name: CorrectAttempt :execrows
-- What settling found out about an attempt whose answer was lost.
UPDATE attempt SET outcome = sqlc.arg(outcome)
WHERE delivery = sqlc.arg(delivery) AND number = sqlc.arg(number) AND outcome IN ('in_doubt', 'lost_at_restart');

-- name: AttemptsOf :many
SELECT * FROM attempt WHERE delivery = $1 ORDER BY number;
