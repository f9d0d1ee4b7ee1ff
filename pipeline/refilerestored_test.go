package pipeline_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
)

// TestMoveInARestoredLedger: the backup without texts was made between the
// archiving of the wrong note and the filing of the right one, so the words that
// were kept for it are not in it. They are looked for once more.
func TestMoveInARestoredLedger(t *testing.T) {
	for _, tt := range []struct {
		why     string
		crashed bool // before the note was archived, else after
		heidi   bool // still has the words
		person  bool // works on the note before the restored ledger looks
	}{
		{"archived, Heidi has the words", true, true, false},
		{"archived, our note in the archive has the words", true, false, false},
		{"not archived yet", false, true, false},
		{"not archived yet, and a person finalises it", false, true, true},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			first := h.notes()[0]
			side := h.line.Sides[physio]
			side.Chart = dies{side.Chart.(testChart), tt.crashed, new(sync.Once)}
			h.line.Sides[physio] = side
			must(t, h.move(otto))
			for end := time.Now().Add(patience); !h.cycleDying(); {
				if time.Now().After(end) {
					t.Fatal("the process did not come to the request")
				}
			}
			must(t, h.ledger.CopyTo(t.Context(), filepath.Join(h.dir, "backup.db"), false))
			must(t, h.ledger.Close())
			if !tt.heidi {
				must(t, h.heidi.DeleteSession(session1))
			}
			if tt.person {
				must(t, h.cliniko.FinaliseNote(first.ID))
			}
			h.open("backup.db")
			if tt.person { // the wrong one is a person's to remove; then the right one is filed
				h.untilReversal(ledger.ReversalByHand)
				must(t, h.cliniko.ArchiveNote(first.ID))
			}
			h.untilIn(otto)
			if in := h.inRecords(); in[mira] != 0 || in[otto] != 1 {
				t.Errorf("live notes by record: %v, want one in the right one", in)
			}
			h.check()
		})
	}
}
