package pipeline_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// A document equal to the consult note vanishes for one reading and is back.
func TestBackAgainSkipsTheChecks(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].ConsultNote = []sandbox.Stage{{Text: text1}}
	})
	ctx := t.Context()
	_ = h.line.Discover(ctx, physio)
	_ = h.heidi.RemoveDocument(session1, document1)
	_ = h.line.Discover(ctx, physio)
	_ = h.heidi.EditDocument(session1, document1, text1) // back, the same words
	h.line.Timing.Quiet = time.Hour
	h.spin(300 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("filed within the quiet period although it equals the consult note; road: %s", h.road())
	}
}

// Equality with the consult note is judged by the first reading only.
func TestConsultNoteLater(t *testing.T) {
	t.Run("note becomes equal", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) { p.Sessions[0].ConsultNote = nil })
		_ = h.line.Discover(t.Context(), physio)
		_ = h.heidi.SetConsultNote(session1, text1)
		h.spin(300 * time.Millisecond)
		if len(h.notes()) != 0 {
			t.Errorf("filed although it equals the consult note; road: %s", h.road())
		}
	})
	t.Run("note becomes other", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
			p.Sessions[0].ConsultNote = []sandbox.Stage{{Text: text1}}
		})
		_ = h.line.Discover(t.Context(), physio)
		_ = h.heidi.SetConsultNote(session1, "## Subjective\nbetter")
		h.spin(300 * time.Millisecond)
		if len(h.notes()) != 1 {
			v, _ := h.version(session1, document1)
			t.Errorf("words that stand nowhere else: %s (%s)", v.State, v.Reason)
		}
	})
}

// A shared session without a booking.
func TestSharedWithoutBooking(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].SharedWith, p.Appointments = []string{physio2}, nil
	})
	v := h.until(carryover.Held)
	if v.Reason != carryover.WhoseSession {
		t.Fatalf("held as %q, want %q", v.Reason, carryover.WhoseSession)
	}
	if _, err := h.desk().Retry(t.Context(), desk.RetryRequest{ID: string(v.ID), Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	v = h.until(carryover.Held)
	if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: mira, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	h.until(carryover.Proven)
}

// Sync --done of a shared session through one link before the other has listed it.
func TestSyncChoosesAnAuthor(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].SharedWith, p.Appointments = []string{physio2}, nil
	})
	ctx := t.Context()
	for _, who := range []carryover.PractitionerID{physio2, physio} { // as a sync reads it
		if err := h.line.ReadNow(ctx, who, session1); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.line.ReadTwice(ctx, physio2, session1); err != nil {
		t.Fatal(err)
	}
	c := h.line.Begin(physio2)
	_ = h.line.Match(ctx, c)
	_ = h.line.Deliver(ctx, c)
	if n := h.notes(); len(n) != 0 {
		t.Errorf("filed by %s, the session is %s's", n[0].PractitionerID, physio)
	}
}

// A note that could not be proven goes out of sight when its document changes.
func TestNotProvenSuperseded(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var once sync.Once
	h.cliniko.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == "POST" && e.Path == "/treatment_notes" {
			once.Do(func() { _ = h.cliniko.MoveNote(e.ID, otto) })
		}
	})
	v := h.until(carryover.Held)
	if v.Reason != carryover.NotProven {
		t.Fatal(v.Reason)
	}
	_ = h.heidi.EditDocument(session1, document1, "changed")
	h.spin(200 * time.Millisecond)
	held, _ := h.desk().Held(t.Context())
	for _, i := range held {
		if i.Reason == string(carryover.NotProven) {
			return
		}
	}
	t.Errorf("the note in the wrong file is held by nobody any more: %v; road: %s", held, h.road())
}

// A paused practitioner's backlog starves the others.
func TestPausedBacklogStarves(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx := t.Context()
	err := h.ledger.Update(ctx, func(tx *ledger.Tx) error {
		now := time.Now().Add(-time.Hour)
		if err := tx.Pause(ctx, physio2, ledger.PausedByPerson, now); err != nil {
			return err
		}
		s := carryover.Session{ID: "99", Practitioner: physio2, StartedAt: now}
		if err := tx.SaveSession(ctx, s, []byte("e"), now, now.Add(100*time.Hour)); err != nil {
			return err
		}
		for i := range 801 {
			d := carryover.Document{Session: "99", ID: carryover.DocumentID("d" + strings.Repeat("x", i%7) + time.Duration(i).String()), Content: carryover.NewText("x")}
			id, err := tx.AddVersion(ctx, d, ledger.Version{FirstSeen: now, Practitioner: physio2, ContentDigest: []byte("c")})
			if err != nil {
				return err
			}
			if err := tx.Move(ctx, id, carryover.Seen, carryover.Ripe, "", now, now); err != nil {
				return err
			}
			if err := tx.Decide(ctx, id, carryover.Match{Grade: carryover.Certain, Patient: otto}, physio2, false, now); err != nil {
				return err
			}
			if err := tx.Move(ctx, id, carryover.Ripe, carryover.Ready, "", now, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		_ = h.line.Discover(ctx, physio)
		_ = h.line.Ripen(ctx)
		c := h.line.Begin(physio)
		_ = h.line.Match(ctx, c)
		_ = h.line.Deliver(ctx, c)
	}
	if v, _ := h.version(session1, document1); v.State == carryover.Ready {
		t.Errorf("physio's document stays ready behind physio2's 801 paused ones; %d POSTs", h.posts())
	}
}

// `carryover file` runs every lane without Heidi.
func TestNoHeidiPanics(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stopAt(carryover.Ready)
	side := h.line.Sides[physio]
	side.Scribe = nil
	h.line.Sides[physio] = side
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v", r)
		}
	}()
	_ = h.line.Deliver(t.Context(), h.line.Begin(physio))
}

// A lost request takes effect after the grace period.
func TestLateEffectIsNeverNoticed(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultLate, Count: 1, Delay: sandbox.Duration(900 * time.Millisecond)})
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		ctx := t.Context()
		_ = h.line.Discover(ctx, physio)
		_ = h.line.Ripen(ctx)
		c := h.line.Begin(physio)
		_ = h.line.Match(ctx, c)
		_ = h.line.Deliver(ctx, c)
	}
	if err := h.line.Sweep(t.Context(), physio); err != nil {
		t.Fatal(err)
	}
	v, _ := h.version(session1, document1)
	if n := len(h.notes()); n > 1 && !strings.Contains(h.alarms(), "duplicate_note") {
		t.Errorf("%d live notes with one reference, document %s, no alarm", n, v.State)
	}
}

// One poisoned session starves its practitioner's lane.
func TestPoisonedBooking(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		s := p.Sessions[0]
		s.ID, s.EHRProvider, s.EHRApptID = "2718", "cliniko", "77"
		s.Documents = []sandbox.Document{{ID: "64b0000000000000000000d2", Name: "Other", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "other text"}}}}
		p.Sessions = append(p.Sessions, s)
	})
	h.strike(sandbox.Rule{API: "cliniko", Method: "GET", Path: "/bookings/77", Fault: sandbox.FaultStatus, Status: 500, Again: 1 << 30})
	h.spin(1500 * time.Millisecond)
	if v, _ := h.version(session1, document1); v.State != carryover.Proven {
		t.Errorf("the other session's document is %s; alarms %q", v.State, h.alarms())
	}
}

func TestDamagedRow(t *testing.T) {
	t.Parallel()
	h := newHarness(t, manyDocs)
	h.stopAt(carryover.Ready)
	v, _ := h.version(session1, document1)
	ctx := t.Context()
	_ = h.ledger.Update(ctx, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sealed SET ciphertext = x'00112233445566778899aabbccddeeff00112233' WHERE owner = $1 AND kind = 'text'", string(v.ID))
		return err
	})
	h.spin(2 * time.Second)
	if n := len(h.notes()); n != 8 {
		t.Errorf("%d of the other 8 documents filed; alarms %q; road: %s", n, h.alarms(), h.road())
	}
}

// The answer cannot be recorded.
func TestAnswerNotRecorded(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx := t.Context()
	exec := func(q string) {
		if err := h.ledger.Update(ctx, func(tx *ledger.Tx) error { _, err := tx.ExecContext(ctx, q); return err }); err != nil {
			t.Error(err)
		}
	}
	exec("CREATE TRIGGER full BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	h.spin(300 * time.Millisecond)
	exec("DROP TRIGGER full")
	h.spin(1500 * time.Millisecond)
	if v, _ := h.version(session1, document1); v.State == carryover.Sending {
		t.Errorf("sending for ever (until a restart), %d notes, alarms %q", len(h.notes()), h.alarms())
	}
}

// Renamed before filing.
func TestRenamed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].Documents[0].Name = "Letter about Otto Elsewhere"
	})
	_ = h.line.Discover(t.Context(), physio)
	_ = h.heidi.RenameDocument(session1, document1, "Exercise plan")
	h.until(carryover.Proven)
	if n := h.notes()[0]; strings.Contains(n.Title, "Otto") {
		t.Errorf("title = %q", n.Title)
	}
}

// A release after a settle conflict never files.
func TestReleaseAfterConflict(t *testing.T) {
	t.Parallel()
	h := inDoubtAfterEffect(t, func(h *harness, note string) { _ = h.cliniko.ArchiveNote(note) })
	v := h.until(carryover.Held)
	if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: mira, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	h.until(carryover.Proven)
}

// Text goes A, B, A after A was filed.
func TestBackToWhatWasFiled(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	_ = h.heidi.EditDocument(session1, document1, "something else")
	h.until(carryover.Held)
	_ = h.heidi.EditDocument(session1, document1, text1)
	h.spin(200 * time.Millisecond)
	if v, _ := h.version(session1, document1); v.Reason == carryover.EvidenceChanged {
		t.Errorf("%s: %s", v.State, v.Reason.Sentence())
	}
}

// The booked author has no link: the session is marked gone and corrections are missed.
func TestAuthorWithoutLink(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PractitionerID = physio2 // the diary says physio: whose session?
	})
	v := h.until(carryover.Held)
	t.Logf("held %s, author %s, booking %s", v.Reason, v.Practitioner, v.Booking)
	if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	h.spin(300 * time.Millisecond)
	for _, n := range h.notes() {
		if n.PractitionerID != physio && n.BookingID == booking1 {
			t.Errorf("note by %s tied to %s's booking", n.PractitionerID, physio)
		}
	}
}

// A listing that fails on its second page.
type brokenList struct{ pipeline.Scribe }

func (b brokenList) Sessions(ctx context.Context) iter.Seq2[[]carryover.SessionRef, error] {
	return func(yield func([]carryover.SessionRef, error) bool) {
		for p, err := range b.Scribe.Sessions(ctx) {
			if !yield(p, err) {
				return
			}
		}
		yield(nil, errors.New("page 2 is not in a form described"))
	}
}

func TestListingFailsOnALaterPage(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	side := h.line.Sides[physio]
	side.Scribe = brokenList{side.Scribe}
	h.line.Sides[physio] = side
	h.spin(300 * time.Millisecond)
	if _, ok := h.version(session1, document1); !ok {
		t.Error("a session of page 1 was listed in every round and never read")
	}
}

var _ = route.Auto
