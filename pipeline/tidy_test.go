package pipeline_test

import (
	"errors"
	"testing"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// TestTidy ages a skipped document and its session by rewriting their times,
// which is all that time would do.
func TestTidy(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].ConsultNote = []sandbox.Stage{{Text: text1}}
	})
	v := h.until(carryover.Skipped)
	kept := func() (text, claim bool) {
		if err := h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
			_, err := tx.Content(t.Context(), v.ID)
			text = !errors.Is(err, carryover.ErrGone)
			_, err = tx.Claim(t.Context(), session1)
			claim = !errors.Is(err, carryover.ErrGone)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return text, claim
	}
	if err := h.line.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, claim := kept(); !text || !claim {
		t.Errorf("destroyed too early: text kept %v, claim kept %v", text, claim)
	}
	week := int64(8 * 24 * 3600 * 1e6)
	if err := h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		for _, q := range []string{
			"UPDATE version SET changed_at = changed_at - $1",
			"UPDATE session SET started_at = started_at - 2*$1, first_seen = first_seen - 2*$1",
		} {
			if _, err := tx.ExecContext(t.Context(), q, week); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.line.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if text, claim := kept(); text || claim {
		t.Errorf("kept too long: text %v, claim %v", text, claim)
	}
}
