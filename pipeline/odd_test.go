package pipeline_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// The text is empty for one reading, then the session is gone.
func TestEmptiedThenGone(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PatientDOB, p.Appointments[0].PatientID = "", otto
	})
	v := h.until(carryover.Held)
	_ = h.heidi.EditDocument(session1, document1, "")
	h.spin(100 * time.Millisecond)
	_ = h.heidi.DeleteSession(session1)
	h.spin(300 * time.Millisecond)
	_ = h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		if _, err := tx.Content(t.Context(), v.ID); err != nil {
			now, _ := h.version(session1, document1)
			t.Errorf("a held document's words are destroyed for an empty text; now %s, held by nobody", now.State)
		}
		return nil
	})
}

// The id that a person gives by hand does not count, not even as a contradiction.
func TestHandIDNotTrusted(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Trusted = []string{"another system"}
	born, _ := carryover.ParseDate("1979-02-14")
	_, _, err := h.line.Take(t.Context(), carryover.Session{Practitioner: physio, Claim: carryover.PatientClaim{
		Name: carryover.NewText("Mira Quillfeather"), BirthDate: born, PatientID: otto, Provider: "cliniko",
	}}, carryover.Document{Content: carryover.NewText("Ice twice a day.")})
	if err != nil {
		t.Fatal(err)
	}
	h.spin(300 * time.Millisecond)
	for _, n := range h.notes() {
		if strings.Contains(n.Content, "Ice") {
			t.Errorf("filed to %s; the person had said --patient %s", n.PatientID, otto)
		}
	}
}

// Everything is read once a round, however long the round takes.
func TestLongRound(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		s := p.Sessions[0]
		s.ID, s.StartedAt = "2718", s.StartedAt.Add(time.Minute)
		s.Documents = []sandbox.Document{{ID: "64b0000000000000000000d2", Name: "Other", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "other text"}}}}
		p.Sessions = append(p.Sessions, s)
	})
	h.stopAt(carryover.Ready)
	for range 50 {
		_ = h.line.Discover(t.Context(), physio)
		_ = h.line.Ripen(t.Context())
		_ = h.line.Match(t.Context(), h.line.Begin(physio))
	}
	var once sync.Once
	var other string
	h.cliniko.Hook(func(e clinikosim.Event) {
		if e.Method == "POST" && !e.Before && e.Path == "/treatment_notes" {
			once.Do(func() { // while the first is sent, both sessions' patient is corrected
				for _, s := range []string{"2718", session1} {
					_ = h.heidi.EditSession(s, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
				}
			})
		}
	})
	_ = other
	c := h.line.Begin(physio)
	_ = h.line.Deliver(t.Context(), c)
	if n := h.notes(); len(n) > 1 {
		t.Errorf("%d notes to the old patient; the second POST began after the correction", len(n))
	}
}

// One session that the link may not read (403) stops all of its practitioner's.
type forbidden struct{ pipeline.Scribe }

func (f forbidden) Session(ctx context.Context, id carryover.SessionID) (carryover.Session, error) {
	if id == "99" {
		return carryover.Session{}, &carryover.Problem{Op: "read heidi session 99", Kind: carryover.ErrUnauthorized, Status: 403}
	}
	return f.Scribe.Session(ctx, id)
}

func TestOneForbiddenSession(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	side := h.line.Sides[physio]
	side.Scribe = forbidden{side.Scribe}
	h.line.Sides[physio] = side
	_ = h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.NoteListed(t.Context(), physio, []carryover.SessionRef{{ID: "99"}}, time.Now().Add(-time.Hour))
		return err
	})
	h.spin(400 * time.Millisecond)
	if _, ok := h.version(session1, document1); !ok {
		t.Errorf("nothing else is ever read; alarms %q", h.alarms())
	}
}

// One document that cannot be unsealed stops Ripen, and with it every lane.
func TestDamagedMarkStopsEverybody(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		s := p.Sessions[0]
		s.ID, s.PractitionerID = "2718", physio2
		s.ConsultNote = []sandbox.Stage{{Text: "the same"}}
		s.Documents = []sandbox.Document{{ID: "64b0000000000000000000d2", Name: "Other", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "the same"}}}}
		p.Sessions = append(p.Sessions, s)
	})
	ctx := t.Context()
	_ = h.line.Discover(ctx, physio2)
	_ = h.ledger.Update(ctx, func(tx *ledger.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sealed SET ciphertext = x'00112233445566778899aabbccddeeff00112233' WHERE kind = 'equals_note'")
		return err
	})
	for range 100 {
		for _, who := range []carryover.PractitionerID{physio, physio2} {
			_ = h.line.Discover(ctx, who)
			if h.line.Ripen(ctx) != nil { // as daemon.steps does
				continue
			}
			c := h.line.Begin(who)
			_ = h.line.Match(ctx, c)
			_ = h.line.Deliver(ctx, c)
		}
		time.Sleep(2 * time.Millisecond)
	}
	if v, _ := h.version(session1, document1); v.State != carryover.Proven {
		t.Errorf("physio's document is %s because one row of physio2 is damaged; alarms %q", v.State, h.alarms())
	}
}
