package pipeline_test

import (
	"testing"

	"carryover"
	"carryover/ledger"
)

// forget destroys what is sealed about everything, as a backup without text
// leaves it.
func (h *harness) forget() {
	h.t.Helper()
	if err := h.ledger.Update(h.t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(h.t.Context(), "UPDATE sealed SET wrapped_key = x'', ciphertext = x''")
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) takeStock() {
	h.t.Helper()
	if err := h.line.TakeStock(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// TestTextComesBack: whatever state a restored ledger is in, the words that it
// lacks are read from Heidi again and filed, once.
func TestTextComesBack(t *testing.T) {
	for _, at := range []carryover.State{carryover.Seen, carryover.Ripe, carryover.Ready} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.untilSomewhere(at)
			h.forget()
			h.takeStock()
			h.until(carryover.Proven)
			if n := len(h.notes()); n != 1 {
				t.Errorf("%d notes, want 1; road: %s", n, h.road())
			}
		})
	}
}

// untilSomewhere takes single steps until the document is in a state: a whole
// round would carry it past.
func (h *harness) untilSomewhere(want carryover.State) {
	h.t.Helper()
	ctx := h.t.Context()
	for range 5000 {
		for _, step := range []func() error{
			func() error { return h.line.Discover(ctx, physio) },
			func() error { return h.line.Ripen(ctx) },
			func() error { return h.line.Match(ctx, h.line.Begin(physio)) },
		} {
			_ = step()
			if v, ok := h.version(session1, document1); ok && v.State == want {
				return
			}
		}
	}
	h.t.Fatalf("the document never is in %s; road: %s", want, h.road())
}

// TestTextIsGone: words that nobody has any more are told to be gone, whether
// the document was handed in or Heidi lost its session; none is filed.
func TestTextIsGone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.untilSomewhere(carryover.Ripe)
	id, _, err := h.line.Take(t.Context(), carryover.Session{Practitioner: physio}, carryover.Document{Content: carryover.NewText("By hand.")})
	if err != nil {
		t.Fatal(err)
	}
	h.forget()
	if err := h.heidi.DeleteSession(string(session1)); err != nil {
		t.Fatal(err)
	}
	h.takeStock()
	h.untilVersion(id, carryover.Held)
	if v := h.until(carryover.Held); v.Reason != carryover.TextGone {
		t.Errorf("the document of the lost session is held as %q, want %q", v.Reason, carryover.TextGone)
	}
	if err := h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		v, err := tx.Version(t.Context(), id)
		if v.Reason != carryover.TextGone {
			t.Errorf("the document that was handed in is held as %q, want %q", v.Reason, carryover.TextGone)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := h.posts(); n != 0 {
		t.Errorf("%d notes were sent", n)
	}
}
