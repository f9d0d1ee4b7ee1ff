package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"carryover"
	"carryover/ledger"
)

// TestCheckFinds plants every inconsistency that Check knows, past the
// ledger's rules, and expects it to be found. A check that no row plants fails
// the test too: a checker that is never seen to fail proves nothing.
func TestCheckFinds(t *testing.T) {
	l, ctx := open(t), t.Context()
	proven := addVersion(t, l, "d1", "words")
	makeReady(t, l, proven)
	done := send(t, l, proven, "HD-AAAAAAAA-AAAA")
	file(t, l, done, "n1")
	prove(t, l, done)
	sent := addVersion(t, l, "d2", "words")
	makeReady(t, l, sent)
	wire := send(t, l, sent, "HD-BBBBBBBB-BBBB")
	seen := addVersion(t, l, "d3", "words")
	ids := strings.NewReplacer("PROVEN", string(proven), "DONE", string(done), "SENT", string(sent), "WIRE", string(wire), "SEEN", string(seen))

	planted := map[string]bool{}
	for _, c := range []struct{ sentence, id, plant string }{
		{"document %s has no version, or not exactly one newest", "s1/d3", "UPDATE version SET newest = FALSE WHERE id = 'SEEN'"},
		{"document %s has no version, or not exactly one newest", "s1/d9", "INSERT INTO document VALUES ('s1', 'd9', '', 0, 1, 0)"},
		{"version %s is called the newest, and a later one exists", "SEEN", copyOf("SEEN", "number", "2", "newest", "FALSE")},
		{"document %s has a gap in its version numbers", "s1/d3", "UPDATE version SET number = 2 WHERE id = 'SEEN'"},
		{"version %s was followed by a later one and still waits to be filed", "SEEN", "UPDATE version SET newest = FALSE WHERE id = 'SEEN'"},
		{"version %s waits for time and nothing wakes it", "SEEN", "UPDATE version SET due_at = 0 WHERE id = 'SEEN'"},
		{"version %s is held, skipped, dismissed or refused without a reason", "SEEN", "UPDATE version SET state = 'held' WHERE id = 'SEEN'"},
		{"version %s stands where only a delivery can bring it, and has none", "SEEN", "UPDATE version SET state = 'filed' WHERE id = 'SEEN'"},
		{"version %s has a patient that neither evidence nor a person decided on", "SEEN", "UPDATE version SET patient = '7' WHERE id = 'SEEN'"},
		{"version %s has a patient that neither evidence nor a person decided on", "SENT", "UPDATE version SET patient = '8' WHERE id = 'SENT'"},
		{"version %s and its current delivery do not stand at the same place", "SENT", "UPDATE version SET state = 'ready' WHERE id = 'SENT'"},
		{"version %s and its current delivery do not stand at the same place", "SEEN", "UPDATE version SET delivery = 'WIRE' WHERE id = 'SEEN'"},
		{"delivery %s may be on the wire and is not its version's current one", "WIRE", "UPDATE version SET delivery = '' WHERE id = 'SENT'"},
		{"delivery %s is under way without patient, practitioner or reference", "WIRE", "UPDATE delivery SET reference = '' WHERE id = 'WIRE'"},
		{"delivery %s is filed without a note", "DONE", "UPDATE delivery SET note = '' WHERE id = 'DONE'"},
		{"delivery %s has a note and is being sent again", "WIRE", "UPDATE delivery SET note = 'n2' WHERE id = 'WIRE'"},
		{"version %s has a gap in the numbers of its deliveries", "PROVEN", "UPDATE delivery SET number = 2 WHERE id = 'DONE'"},
		{"delivery %s is on the wire without an attempt on record", "WIRE", "UPDATE delivery SET attempts = 0 WHERE id = 'WIRE'"},
		{"delivery %s counts other attempts than are on record", "DONE", "UPDATE delivery SET attempts = 2 WHERE id = 'DONE'"},
		{"delivery %s counts other attempts than are on record", "DONE", "UPDATE attempt SET number = 2 WHERE delivery = 'DONE'"},
		{"delivery %s is settled and has an attempt without an outcome", "DONE", "UPDATE attempt SET outcome = '' WHERE delivery = 'DONE'"},
		{"delivery %s is undone and nobody saw its note out of the record", "DONE", "UPDATE delivery SET state = 'undone' WHERE id = 'DONE'"},
		{"the reversal of delivery %s is under way and nothing wakes it", "DONE", reversalOf("asked", 0)},
		{"the reversal of delivery %s is done and its note is not undone", "DONE", reversalOf("done", 0)},
		{"delivery %s may be being archived and has no attempt of it on record", "DONE", reversalOf("archiving", 1)},
		{"delivery %s is being archived, or brought back, by an attempt that no reversal knows of", "DONE", "UPDATE attempt SET outcome = '', kind = 'archive_note' WHERE delivery = 'DONE'"},
		{"version %s is proven and its text is not destroyed", "PROVEN", "UPDATE sealed SET wrapped_key = x'00', ciphertext = x'00' WHERE owner = 'PROVEN'"},
		{"sealed text of %s is half destroyed", "SEEN", "UPDATE sealed SET wrapped_key = x'' WHERE owner = 'SEEN' AND kind = 'text'"},
		{"session %s was never listed nor read", "s1", "UPDATE session SET listed_at = 0, last_read = 0"},
		{"version %s is in a state that does not exist", "SEEN", "UPDATE version SET state = 'lost' WHERE id = 'SEEN'"},
		{"version %s has a reason that does not exist", "SEEN", "UPDATE version SET reason = 'Ms Quokka' WHERE id = 'SEEN'"},
		{"delivery %s is in a state that does not exist", "WIRE", "UPDATE delivery SET state = 'lost' WHERE id = 'WIRE'"},
	} {
		planted[c.sentence] = true
		want := fmt.Sprintf(c.sentence, ids.Replace(c.id))
		undo := errors.New("undo")
		err := l.Update(ctx, func(tx *ledger.Tx) error {
			if _, err := tx.ExecContext(ctx, ids.Replace(c.plant)); err != nil {
				return fmt.Errorf("%s: %w", c.plant, err)
			}
			findings, err := tx.Check(ctx)
			if !slices.Contains(findings, want) {
				t.Errorf("Check after %s\n= %q, %v\nwant %q among them", c.plant, findings, err, want)
			}
			if joined := strings.Join(findings, " "); strings.Contains(joined, "Quokka") {
				t.Errorf("Check = %s, which repeats what a column holds", joined)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Errorf("plant: %v", err)
		}
	}
	for _, s := range ledger.CheckSentences() {
		if !planted[s] {
			t.Errorf("no row plants %q", s)
		}
	}
	check(t, l) // everything was undone
	if got := version(t, l, seen).State; got != carryover.Seen {
		t.Errorf("after the plants the version is %s, want seen", got)
	}
}

// reversalOf is a statement that reverses the delivery DONE.
func reversalOf(state string, due int) string {
	return fmt.Sprintf("INSERT INTO reversal VALUES ('DONE', '41', '', '', '%s', '', 1, %d, 0, 0, 0, 1)", state, due)
}

// copyOf is a statement that copies a version under another id, with two
// columns changed.
func copyOf(id, column, value, column2, value2 string) string {
	columns := "id, session, document, number, newest, format, state, reason, due_at, first_seen, last_read, changed_at, updated_at, " +
		"revision, reads, empty, content_digest, evidence_digest, delivery, patient, practitioner, booking, attendee, by_person"
	values := strings.Split(columns, ", ")
	for i, c := range values {
		switch c {
		case "id":
			values[i] = "'copy'"
		case column:
			values[i] = value
		case column2:
			values[i] = value2
		}
	}
	return "INSERT INTO version (" + columns + ") SELECT " + strings.Join(values, ", ") + " FROM version WHERE id = '" + id + "'"
}
