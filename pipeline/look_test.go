package pipeline_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/pipeline"
	"carryover/render"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

func referenceOf(content string) string {
	return regexp.MustCompile(`HD-[A-Z2-7]{8}-[A-Z2-7]{4}`).FindString(content)
}

// TestFreshLedgerFilesNothingTwice: an empty ledger recomputes yesterday's
// references and adopts its notes.
func TestFreshLedgerFilesNothingTwice(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	h.open("fresh.db")
	h.until(carryover.Proven)
	if h.posts() != 1 || len(h.notes()) != 1 {
		t.Errorf("%d POSTs and %d notes, want one each", h.posts(), len(h.notes()))
	}
}

// TestFreshLedgerKnowsALaterDelivery: the note in Cliniko is the document's
// second delivery, of which an empty ledger knows nothing.
func TestFreshLedgerKnowsALaterDelivery(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	n := h.notes()[0]
	text := carryover.NewText(text1)
	first := carryover.NewReference(session1, document1, text, carryover.ToTreatmentNote, 1)
	second := carryover.NewReference(session1, document1, text, carryover.ToTreatmentNote, 2)
	note, err := render.Note(carryover.Document{Content: text, Format: carryover.FormatMarkdown}, second, render.Standard)
	must(t, err)
	if !strings.Contains(n.Content, string(first)) {
		t.Fatalf("the note does not bear reference %s", first)
	}
	must(t, h.cliniko.EditNote(n.ID, []string{strings.Join(render.Words(note), " ")}))
	h.open("fresh.db")
	h.until(carryover.Proven)
	if h.posts() != 1 || len(h.notes()) != 1 {
		t.Errorf("%d POSTs and %d notes, want one each", h.posts(), len(h.notes()))
	}
}

// TestFreshLedgerDoesNotAdoptAnothersWork: the note there is not what would be
// filed.
func TestFreshLedgerDoesNotAdoptAnothersWork(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	if err := h.cliniko.EditNote(h.notes()[0].ID, []string{"mine now", referenceOf(h.notes()[0].Content)}); err != nil {
		t.Fatal(err)
	}
	h.open("fresh.db")
	if v := h.until(carryover.Held); v.Reason != carryover.EarlierNote {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.EarlierNote)
	}
	if h.posts() != 1 {
		t.Errorf("%d POSTs, want 1", h.posts())
	}
}

func TestPastedByHandIsHeld(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := h.cliniko.AddNote(mira, physio, "Exercises", []string{
		"Seen today.", "Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift",
	}); err != nil {
		t.Fatal(err)
	}
	if v := h.until(carryover.Held); v.Reason != carryover.AlreadyPasted {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.AlreadyPasted)
	}
	if h.posts() != 0 {
		t.Errorf("%d POSTs, want 0", h.posts())
	}
}

func TestLaterVersionIsHeldAndTheNoteUntouched(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	before := h.notes()[0]
	if err := h.heidi.EditDocument(session1, document1, "## Plan\nquite different"); err != nil {
		t.Fatal(err)
	}
	if v := h.until(carryover.Held); v.Reason != carryover.LaterVersion {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.LaterVersion)
	}
	if after := h.notes()[0]; after.Content != before.Content || !after.UpdatedAt.Equal(before.UpdatedAt) {
		t.Error("the filed note was changed")
	}
}

func TestPatientCorrectedAfterFiling(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	if err := h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"}); err != nil {
		t.Fatal(err)
	}
	if v := h.until(carryover.Held); v.Reason != carryover.EvidenceChanged {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.EvidenceChanged)
	}
	if n := h.notes(); len(n) != 1 || n[0].PatientID != mira {
		t.Errorf("%d notes", len(n))
	}
}

// TestReadAgainBeforeSending: what changes between the match and the POST is
// seen, because everything is read once more.
func TestReadAgainBeforeSending(t *testing.T) {
	tests := []struct {
		why    string
		change func(h *harness) error
		want   carryover.State
		reason carryover.Reason
		in     string
	}{
		{"patient corrected", func(h *harness) error {
			return h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
		}, carryover.Proven, "", otto},
		{"document deleted", func(h *harness) error { return h.heidi.RemoveDocument(session1, document1) }, carryover.Held, carryover.DeletedInHeidi, ""},
		{"session deleted", func(h *harness) error { return h.heidi.DeleteSession(session1) }, carryover.Proven, "", mira},
		{"patient archived", func(h *harness) error { return h.cliniko.ArchivePatient(mira) }, carryover.Held, carryover.PatientArchived, ""},
		{"patient's birth date altered", func(h *harness) error {
			return h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.BirthDate = "1999-09-09" })
		}, carryover.Held, carryover.Contradiction, ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.stopAt(carryover.Ready)
			if err := tt.change(h); err != nil {
				t.Fatal(err)
			}
			v := h.until(tt.want)
			if v.Reason != tt.reason {
				t.Errorf("reason = %q, want %q; road: %s", v.Reason, tt.reason, h.road())
			}
			notes := h.notes()
			if tt.in == "" && len(notes) != 0 || tt.in != "" && (len(notes) != 1 || notes[0].PatientID != tt.in) {
				t.Errorf("%d notes, want one in %q; road: %s", len(notes), tt.in, h.road())
			}
		})
	}
}

// stopAt takes the document to Ready without delivering it.
func (h *harness) stopAt(want carryover.State) {
	h.t.Helper()
	for range 200 {
		_ = h.line.Discover(h.t.Context(), physio)
		_ = h.line.Ripen(h.t.Context())
		_ = h.line.Match(h.t.Context(), h.line.Begin(physio))
		if v, ok := h.version(session1, document1); ok && v.State == want {
			return
		}
	}
	h.t.Fatalf("document did not reach %s; road: %s", want, h.road())
}

// TestWhatIsHeldStaysHeld: nothing leaves a hold by itself.
func TestWhatIsHeldStaysHeld(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PatientDOB, p.Appointments[0].PatientID = "", otto
	})
	if v := h.until(carryover.Held); v.Reason != carryover.OneClue {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.OneClue)
	}
	for range 10 {
		h.cycle()
	}
	if v, _ := h.version(session1, document1); v.State != carryover.Held || h.posts() != 0 {
		t.Errorf("state = %s after %d POSTs", v.State, h.posts())
	}
}

// TestSwappedLinksAreHeld: the session comes through Al's link, the diary says
// that Jo saw the patient.
func TestSwappedLinksAreHeld(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PractitionerID = physio2
	})
	if v := h.until(carryover.Held); v.Reason != carryover.WhoseSession {
		t.Errorf("reason = %q, want %q", v.Reason, carryover.WhoseSession)
	}
}

// TestSharedSessionGoesToTheBookedAuthor: both see the session, the diary says
// whose it was.
func TestSharedSessionGoesToTheBookedAuthor(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PractitionerID, p.Sessions[0].SharedWith = physio2, []string{physio}
	})
	h.until(carryover.Proven)
	if n := h.notes(); len(n) != 1 || n[0].PractitionerID != physio {
		t.Errorf("%d notes, or by the wrong author", len(n))
	}
}

func TestEqualToTheConsultNoteIsSkipped(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].ConsultNote = []sandbox.Stage{{Text: text1 + "\n"}}
	})
	if v := h.until(carryover.Skipped); v.Reason != carryover.EqualsConsultNote {
		t.Errorf("reason = %q", v.Reason)
	}
}

// TestSessionGoneBeforeItRipened: the session answers 404 after one reading.
// Whether its text was finished nobody knows, so a person looks.
func TestSessionGoneBeforeItRipened(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.stopAt(carryover.Seen)
	if err := h.heidi.DeleteSession(session1); err != nil {
		t.Fatal(err)
	}
	if v := h.until(carryover.Held); v.Reason != carryover.DeletedInHeidi || h.posts() != 0 {
		t.Errorf("reason = %q after %d POSTs", v.Reason, h.posts())
	}
}

// TestLateDocumentIsReadOften: a document that appears in an old session ripens
// by the polls, not by the six-hourly readings of its session.
func TestLateDocumentIsReadOften(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Timing.EachPollFor, h.line.Timing.HalfHourlyFor = time.Nanosecond, time.Nanosecond
	if v := h.until(carryover.Proven); v.Reads < h.line.Timing.Reads {
		t.Errorf("proven after %d readings, want %d", v.Reads, h.line.Timing.Reads)
	}
}

// TestReadingsAtOneMomentAreOne: a session that two practitioners share is read
// through both links within a second, which shows the same half-written text
// twice.
func TestReadingsAtOneMomentAreOne(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(func(p *sandbox.Practice) { p.Sessions[0].SharedWith = []string{physio2} }))
	h.line.Timing.Quiet = time.Hour
	for range 3 {
		for _, who := range []carryover.PractitionerID{physio, physio2} {
			must(t, h.line.Read(t.Context(), who, session1))
		}
	}
	if v, _ := h.version(session1, document1); v.Reads != 1 {
		t.Errorf("%d readings counted of six at one moment, want 1", v.Reads)
	}
	h.line.Timing.Quiet = time.Millisecond
	time.Sleep(time.Millisecond)
	must(t, h.line.Read(t.Context(), physio, session1))
	if v, _ := h.version(session1, document1); v.Reads != 2 {
		t.Errorf("%d readings counted with one a while later, want 2", v.Reads)
	}
}

// TestRestoredLedgerWaits: no write before its time, and then one.
func TestRestoredLedgerWaits(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.WritesFrom = time.Now().Add(2 * time.Second)
	h.stopAt(carryover.Ready)
	for h.posts() == 0 && time.Now().Before(h.line.WritesFrom) {
		h.cycle()
	}
	if first := h.journal.Entries(func(e sandbox.Entry) bool { return e.Method == "POST" && e.API == "cliniko" }); len(first) > 0 && first[0].At.Before(h.line.WritesFrom) {
		t.Errorf("a POST %v before the first write was allowed", h.line.WritesFrom.Sub(first[0].At))
	}
	h.until(carryover.Proven)
}

// TestSwappedLinksStopTheLane: sessions of each fit the other's diary.
func TestSwappedLinksStopTheLane(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		one, day := p.Sessions[0], p.Appointments[0]
		p.Sessions, p.Appointments = nil, nil
		for i := range 6 {
			mine, other := physio, physio2
			if i%2 == 1 {
				mine, other = other, mine
			}
			start := day.StartsAt.Add(time.Duration(i/2) * time.Hour)
			a, s := day, one
			a.ID, a.PractitionerID, a.StartsAt, a.EndsAt = fmt.Sprintf("19686458831216429%02d", 10+i), mine, start, start.Add(30*time.Minute)
			a.PatientID = []string{mira, otto}[i%2]
			s.ID, s.PractitionerID, s.StartedAt = fmt.Sprintf("27182818284590452353602874713526624%04d", i), other, start.Add(time.Minute)
			s.PatientName, s.PatientDOB = []string{"Mira Quillfeather", "Otto Elsewhere"}[i%2], []string{"1979-02-14", "1960-06-06"}[i%2]
			s.Documents = []sandbox.Document{{ID: fmt.Sprintf("64b0000000000000000000f%d", i), Name: "Plan", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: fmt.Sprintf("plan %d", i)}}}}
			p.Appointments, p.Sessions = append(p.Appointments, a), append(p.Sessions, s)
		}
	})
	var stopped error
	for end := time.Now().Add(5 * time.Second); stopped == nil && time.Now().Before(end); {
		for _, who := range []carryover.PractitionerID{physio, physio2} {
			_ = h.line.Discover(t.Context(), who)
			_ = h.line.Ripen(t.Context())
			if err := h.line.Match(t.Context(), h.line.Begin(who)); errors.Is(err, pipeline.ErrSwapped) {
				stopped = err
			}
		}
	}
	if stopped == nil || h.posts() != 0 {
		t.Errorf("Match = %v after %d POSTs, want %v", stopped, h.posts(), pipeline.ErrSwapped)
	}
}

// TestOneSessionIsNoSwap: two clinicians who covered for each other once, with
// several documents each, are no sign of swapped links.
func TestOneSessionIsNoSwap(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		one, day := p.Sessions[0], p.Appointments[0]
		p.Sessions, p.Appointments = nil, nil
		for i, who := range [][2]string{{physio, physio2}, {physio2, physio}} {
			a, s := day, one
			a.ID, a.PractitionerID, a.PatientID = fmt.Sprintf("196864588312164291%d", i), who[0], []string{mira, otto}[i]
			s.ID, s.PractitionerID = fmt.Sprintf("2718281828459045235360287471352662%d", i), who[1]
			s.PatientName, s.PatientDOB = []string{"Mira Quillfeather", "Otto Elsewhere"}[i], []string{"1979-02-14", "1960-06-06"}[i]
			s.Documents = nil
			for j := range 4 {
				s.Documents = append(s.Documents, sandbox.Document{
					ID: fmt.Sprintf("64b00000000000000000%02d%02d", i, j), Name: "Plan", ContentType: "MARKDOWN",
					Stages: []sandbox.Stage{{Text: fmt.Sprintf("plan %d of %d", j, i)}},
				})
			}
			p.Appointments, p.Sessions = append(p.Appointments, a), append(p.Sessions, s)
		}
	})
	for i := range 2 {
		for j := range 4 {
			v := h.untilDoc(carryover.SessionID(fmt.Sprintf("2718281828459045235360287471352662%d", i)), carryover.DocumentID(fmt.Sprintf("64b00000000000000000%02d%02d", i, j)), carryover.Held)
			if v.Reason != carryover.WhoseSession {
				t.Errorf("held as %q, want %q", v.Reason, carryover.WhoseSession)
			}
		}
	}
	if a := h.alarms(); a != "" {
		t.Errorf("alarms %q for one session of each", a)
	}
}
