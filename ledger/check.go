package ledger

import (
	"context"
	"fmt"
	"slices"

	"carryover"
)

// Check returns what is wrong with the ledger itself, each finding a sentence
// with identifiers; none when all is well. It knows what must hold after every
// transaction: each document has exactly one newest version, in a state that
// exists; a version and its current delivery stand at the same place; what a
// state requires is there; sealed text is destroyed where it is proven; the
// attempts on record are those that were counted. Tests run it after every
// step. It reads the whole ledger, so a daemon runs it at night.
func (tx *Tx) Check(ctx context.Context) ([]string, error) {
	findings := []string{}
	for _, c := range checks {
		found, err := tx.find(ctx, c.statement, c.sentence)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	for _, table := range []string{"version", "delivery"} {
		found, err := tx.findUnknownStates(ctx, table)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// Each check is a statement that returns one column, the identifier of a row
// that breaks it, and the sentence it is printed in.
var checks = []struct{ sentence, statement string }{
	{"document %s has no version, or not exactly one newest", `
		SELECT d.session || '/' || d.id FROM document AS d
		LEFT JOIN version AS v ON v.session = d.session AND v.document = d.id AND v.newest
		GROUP BY d.session, d.id HAVING COUNT(v.id) <> 1`},
	{"version %s is called the newest, and a later one exists", `
		SELECT v.id FROM version AS v WHERE v.newest AND EXISTS
		(SELECT 1 FROM version AS w WHERE w.session = v.session AND w.document = v.document AND w.number > v.number)`},
	{"document %s has a gap in its version numbers", `
		SELECT session || '/' || document FROM version GROUP BY session, document HAVING MAX(number) <> COUNT(*)`},
	{"version %s was followed by a later one and still waits to be filed", `
		SELECT id FROM version WHERE NOT newest AND delivery = '' AND state IN ('seen', 'ripe', 'ready')`},
	{"version %s waits for time and nothing wakes it", `
		SELECT id FROM version WHERE due_at = 0 AND state IN ('seen', 'ripe', 'ready', 'sending', 'in_doubt', 'filed')`},
	{"version %s is held, skipped, dismissed or refused without a reason", `
		SELECT id FROM version WHERE reason = '' AND state IN ('held', 'skipped', 'dismissed', 'refused')`},
	{"version %s stands where only a delivery can bring it, and has none", `
		SELECT id FROM version WHERE delivery = '' AND state IN ('sending', 'in_doubt', 'filed', 'proven', 'refused', 'undone')`},
	{"version %s has a patient that neither evidence nor a person decided on", `
		SELECT v.id FROM version AS v WHERE v.patient <> '' AND NOT v.by_person AND NOT EXISTS
		(SELECT 1 FROM evidence AS e WHERE e.version = v.id AND e.patient = v.patient AND e.grade = 3)`},
	{"version %s and its current delivery do not stand at the same place", `
		SELECT v.id FROM version AS v LEFT JOIN delivery AS d ON d.id = v.delivery AND d.version = v.id
		WHERE v.delivery <> '' AND (d.id IS NULL OR d.state <> v.state)`},
	{"delivery %s may be on the wire and is not its version's current one", `
		SELECT d.id FROM delivery AS d JOIN version AS v ON v.id = d.version
		WHERE d.state IN ('sending', 'in_doubt') AND v.delivery <> d.id`},
	{"delivery %s is under way without patient, practitioner or reference", `
		SELECT id FROM delivery WHERE (patient = '' OR practitioner = '' OR reference = '')
		AND state IN ('sending', 'in_doubt', 'filed', 'proven')`},
	{"delivery %s is filed without a note", `
		SELECT id FROM delivery WHERE note = '' AND state IN ('filed', 'proven', 'undone')`},
	{"delivery %s has a note and is being sent again", `
		SELECT id FROM delivery WHERE note <> '' AND state IN ('sending', 'in_doubt')`},
	{"version %s has a gap in the numbers of its deliveries", `
		SELECT version FROM delivery GROUP BY version HAVING MAX(number) <> COUNT(*)`},
	{"delivery %s is on the wire without an attempt on record", `
		SELECT id FROM delivery WHERE attempts = 0 AND state IN ('sending', 'in_doubt')`},
	{"delivery %s counts other attempts than are on record", `
		SELECT d.id FROM delivery AS d LEFT JOIN attempt AS a ON a.delivery = d.id
		GROUP BY d.id, d.attempts HAVING d.attempts <> COUNT(a.number) OR d.attempts <> COALESCE(MAX(a.number), 0)`},
	{"delivery %s is settled and has an attempt without an outcome", `
		SELECT d.id FROM delivery AS d JOIN attempt AS a ON a.delivery = d.id
		WHERE a.outcome = '' AND a.kind IN ('file_note', 'attach_file') AND d.state NOT IN ('sending', 'in_doubt')`},
	{"delivery %s is undone and nobody saw its note out of the record", `
		SELECT id FROM delivery WHERE archived_at = 0 AND state = 'undone'`},
	{"the reversal of delivery %s is under way and nothing wakes it", `
		SELECT delivery FROM reversal WHERE due_at = 0 AND (state IN ('asked', 'archiving', 'restoring', 'by_hand', 'put_back', 'ask_again')
		OR (state = 'done' AND patient <> '' AND refiled_at = 0))`},
	{"the reversal of delivery %s is done and its note is not undone", `
		SELECT r.delivery FROM reversal AS r JOIN delivery AS d ON d.id = r.delivery WHERE r.state = 'done' AND d.state <> 'undone'`},
	{"delivery %s may be being archived and has no attempt of it on record", `
		SELECT r.delivery FROM reversal AS r WHERE r.state IN ('archiving', 'restoring') AND NOT EXISTS
		(SELECT 1 FROM attempt AS a WHERE a.delivery = r.delivery AND a.kind IN ('archive_note', 'archive_file', 'restore_note'))`},
	{"delivery %s is being archived, or brought back, by an attempt that no reversal knows of", `
		SELECT a.delivery FROM attempt AS a LEFT JOIN reversal AS r ON r.delivery = a.delivery
		WHERE a.outcome = '' AND a.kind NOT IN ('file_note', 'attach_file') AND (r.state IS NULL OR r.state NOT IN ('archiving', 'restoring'))`},
	{"version %s is proven and its text is not destroyed", `
		SELECT DISTINCT v.id FROM version AS v JOIN sealed AS s ON s.owner = v.id
		WHERE v.state = 'proven' AND (LENGTH(s.wrapped_key) > 0 OR LENGTH(s.ciphertext) > 0)`},
	{"sealed text of %s is half destroyed", `
		SELECT DISTINCT owner FROM sealed WHERE (LENGTH(wrapped_key) = 0) <> (LENGTH(ciphertext) = 0)`},
	{"session %s was never listed nor read", `
		SELECT id FROM session WHERE listed_at = 0 AND last_read = 0`},
}

// find runs a statement of one column and puts each value into sentence.
func (tx *Tx) find(ctx context.Context, statement, sentence string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, statement)
	if err != nil {
		return nil, wrap(err, "check the ledger")
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, wrap(err, "check the ledger")
		}
		found = append(found, fmt.Sprintf(sentence, id))
	}
	return found, wrap(rows.Err(), "check the ledger")
}

// findUnknownStates looks for states and reasons outside their lists.
func (tx *Tx) findUnknownStates(ctx context.Context, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, state, reason FROM "+table)
	if err != nil {
		return nil, wrap(err, "check the states")
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id string
		var state carryover.State
		var reason carryover.Reason
		if err := rows.Scan(&id, &state, &reason); err != nil {
			return nil, wrap(err, "check the states")
		}
		if !slices.Contains(carryover.States, state) {
			found = append(found, fmt.Sprintf("%s %s is in a state that does not exist", table, id))
		}
		if reason != carryover.NoReason && reason.Sentence() == "" {
			found = append(found, fmt.Sprintf("%s %s has a reason that does not exist", table, id))
		}
	}
	return found, wrap(rows.Err(), "check the states")
}
