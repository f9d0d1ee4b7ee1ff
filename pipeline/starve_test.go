package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// Cliniko keeps half of the words; somebody finalises the draft before the proof.
type halving struct{ pipeline.Chart }

func (c halving) File(ctx context.Context, d carryover.NoteDraft) (carryover.Note, error) {
	q := &d.Sections[0].Questions[0]
	q.Answer = carryover.NewText(strings.ReplaceAll(q.Answer.Reveal(), "Squats 3 x 10, pain &lt;3/10", "")) // what a sanitiser may do
	return c.Chart.File(ctx, d)
}

func TestLostWordsProven(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	side := h.line.Sides[physio]
	side.Chart = halving{side.Chart}
	h.line.Sides[physio] = side
	var once sync.Once
	h.cliniko.Hook(func(e clinikosim.Event) {
		if !e.Before && e.Method == "POST" && e.Path == "/treatment_notes" {
			once.Do(func() { _ = h.cliniko.FinaliseNote(e.ID) })
		}
	})
	for range 60 {
		_ = h.line.Discover(t.Context(), physio)
		_ = h.line.Ripen(t.Context())
		c := h.line.Begin(physio)
		_ = h.line.Match(t.Context(), c)
		_ = h.line.Deliver(t.Context(), c)
		time.Sleep(5 * time.Millisecond)
	}
	if v, _ := h.version(session1, document1); v.State == carryover.Proven {
		t.Errorf("proven, text destroyed; the echo of the POST had shown that words were missing")
	}
}

func TestUnreadableBirthDate(t *testing.T) {
	t.Parallel()
	for _, dob := range []string{"06/06/1960", "1960-6-6", "6 June 1960"} {
		h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) { p.Sessions[0].PatientDOB = dob })
		h.spin(200 * time.Millisecond)
		if n := len(h.notes()); n != 0 {
			t.Errorf("filed to Mira, born 1979, although Heidi says %s", dob)
		}
	}
}

// Two hundred unreadable sessions starve the rest.
type unreadable struct{ pipeline.Scribe }

func (u unreadable) Session(ctx context.Context, id carryover.SessionID) (carryover.Session, error) {
	if strings.HasPrefix(string(id), "9") {
		return carryover.Session{}, errors.New("500")
	}
	return u.Scribe.Session(ctx, id)
}

func TestUnreadableSessionsStarve(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	side := h.line.Sides[physio]
	side.Scribe = unreadable{side.Scribe}
	h.line.Sides[physio] = side
	ctx := t.Context()
	_ = h.ledger.Update(ctx, func(tx *ledger.Tx) error {
		var refs []carryover.SessionRef
		for i := range 200 {
			refs = append(refs, carryover.SessionRef{ID: carryover.SessionID("9"+strings.Repeat("1", i%30)+time.Duration(i).String()[:1]) + carryover.SessionID(strings.Repeat("2", i/30))})
		}
		n, err := tx.NoteListed(ctx, physio, refs, time.Now().Add(-time.Hour))
		t.Log(n, "sessions")
		for i := n; i < 200; i++ {
			_, _ = tx.NoteListed(ctx, physio, []carryover.SessionRef{{ID: carryover.SessionID("9333" + strings.Repeat("4", i))}}, time.Now().Add(-time.Hour))
		}
		return err
	})
	for range 10 {
		_ = h.line.Discover(ctx, physio)
	}
	if _, ok := h.version(session1, document1); !ok {
		t.Error("a readable session is never read")
	}
}

// Take by another author is answered with the first author's version.
func TestTakeByAnotherAuthor(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	born, _ := carryover.ParseDate("1979-02-14")
	doc := carryover.Document{Content: carryover.NewText("Ice twice a day. Rest for a week.")}
	s := carryover.Session{Practitioner: physio, Claim: carryover.PatientClaim{Name: carryover.NewText("Mira Quillfeather"), BirthDate: born}}
	first, _, err := h.line.Take(t.Context(), s, doc)
	if err != nil {
		t.Fatal(err)
	}
	s.Practitioner = physio2
	second, known, err := h.line.Take(t.Context(), s, doc)
	if err == nil && known && first == second {
		t.Errorf("physio2's document is answered with physio's version: nothing is filed by physio2")
	}
}

// Canaries in log and ledger file.
func TestLeaks(t *testing.T) {
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].EHRProvider, p.Sessions[0].EHRApptID = "cliniko", "Zanzibar canary"
	})
	var log bytes.Buffer
	var mu sync.Mutex
	h.line.Log = slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 422, Count: 1})
	h.spin(300 * time.Millisecond)
	v, _ := h.version(session1, document1)
	t.Log(v.State, v.Reason)
	_, err := h.desk().Show(t.Context(), desk.ShowRequest{ID: "Quillfeather"})
	log.WriteString(err.Error())
	files, _ := filepath.Glob(filepath.Join(h.dir, "ledger.db*"))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		log.Write(b)
	}
	for _, canary := range []string{"Quillfeather", "Squats", "1979-02-14", "Zanzibar", "SANDBOXone", "Exercise plan", "example.com"} {
		if bytes.Contains(log.Bytes(), []byte(canary)) {
			t.Errorf("%q leaked", canary)
		}
	}
}

type lockedWriter struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// A POST draft that can never be sent is called a lost answer.
func TestInvalidIsNotDoubt(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Rules[0].Title = " "
	h.spin(1500 * time.Millisecond)
	v, _ := h.version(session1, document1)
	if v.Reason == carryover.StillInDoubt || v.State == carryover.InDoubt {
		t.Errorf("%d POSTs were sent, and the document is %s: %s", h.posts(), v.State, v.Reason.Sentence())
	}
}

// Not done (no connection, 429) while the correction is read: two versions are ready.
func TestCorrectedWhileSending(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.failOnce(physio, func() {
		_ = h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
		_ = h.line.ReadNow(t.Context(), physio, session1) // carryover sync, or another lane
	})
	h.spin(400 * time.Millisecond)
	for _, n := range h.notes() {
		if n.PatientID == mira {
			t.Errorf("filed to the old patient; %d notes; road: %s", len(h.notes()), h.road())
		}
	}
}

type failing struct {
	pipeline.Chart
	once *sync.Once
	then func()
}

func (f failing) File(ctx context.Context, d carryover.NoteDraft) (n carryover.Note, err error) {
	err = carryover.ErrTransient
	first := false
	f.once.Do(func() { f.then(); first = true })
	if first {
		return n, err
	}
	return f.Chart.File(ctx, d)
}

// failOnce answers the first POST of who with "no connection", after then.
func (h *harness) failOnce(who carryover.PractitionerID, then func()) {
	side := h.line.Sides[who]
	side.Chart = failing{side.Chart, new(sync.Once), then}
	h.line.Sides[who] = side
}

// The booking of an untied or rematched delivery.
func TestStaleBooking(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.failOnce(physio, func() {
		_ = h.cliniko.CancelAppointment(booking1)
		_ = h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.PreferredName = "Mimi" }) // sends it back to matching
	})
	h.spin(500 * time.Millisecond)
	v, _ := h.version(session1, document1)
	if n := h.notes(); len(n) == 1 && n[0].BookingID != string(v.Booking) {
		t.Errorf("matched again without a booking (%q), filed with the cancelled one (%q); road: %s", v.Booking, n[0].BookingID, h.road())
	}
}

// A listing that began within the grace period decides after it.
type slowList struct{ pipeline.Chart }

func (c slowList) Notes(ctx context.Context, a carryover.PractitionerID, since time.Time) ([]carryover.Note, error) {
	n, err := c.Chart.Notes(ctx, a, since)
	time.Sleep(400 * time.Millisecond) // pages, retries, the wait for the budget
	return n, err
}

func TestListingOlderThanTheGrace(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Timing.Grace = 350 * time.Millisecond
	side := h.line.Sides[physio]
	side.Chart = slowList{side.Chart}
	h.line.Sides[physio] = side
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultLate, Count: 1, Delay: sandbox.Duration(300 * time.Millisecond)})
	h.spin(2500 * time.Millisecond)
	if strings.Contains(h.road(), "in_doubt→ready") {
		t.Errorf("called absent by a list made before the grace period had ended; the note was there by then; road: %s", h.road())
	}
}

// Reference deleted and patient merged while in doubt.
func TestMergedAndEditedInDoubt(t *testing.T) {
	t.Parallel()
	h := inDoubtAfterEffect(t, func(h *harness, note string) {
		_ = h.cliniko.EditNote(note, []string{"only this"})
		id, _ := h.cliniko.AddPatient(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
		_ = h.cliniko.MergePatients(mira, id)
	})
	h.spin(1500 * time.Millisecond)
	if h.posts() != 1 {
		t.Errorf("%d POSTs: the author has a note since the intent that nobody can account for; road: %s", h.posts(), h.road())
	}
}

// An empty ledger, a document handed in again after two days.
var handAge = 48 * time.Hour

func TestHandAgainAfterADay(t *testing.T) {
	t.Parallel()
	text := carryover.NewText("Ice twice a day. Rest for a week.")
	ref := carryover.NewReference("hand-of-another-ledger", "1", text, carryover.ToTreatmentNote, 1)
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions = nil
		p.Notes = []sandbox.ExistingNote{{
			ID: "1968645883121643001", PatientID: mira, PractitionerID: physio, Title: "Document (from Heidi)", Draft: true, CreatedAt: time.Now().Add(-handAge),
			Paragraphs: []string{text.Reveal(), "Heidi document " + string(ref) + " · carried by Carryover · AI-drafted, check before finalising"},
		}}
	})
	born, _ := carryover.ParseDate("1979-02-14")
	if _, _, err := h.line.Take(t.Context(), carryover.Session{Practitioner: physio, Claim: carryover.PatientClaim{Name: carryover.NewText("Mira Quillfeather"), BirthDate: born}}, carryover.Document{Content: text}); err != nil {
		t.Fatal(err)
	}
	h.spin(300 * time.Millisecond)
	if h.posts() != 0 {
		t.Errorf("filed a second time; %q is in Cliniko since two days", ref)
	}
}
