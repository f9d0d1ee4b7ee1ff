package pipeline_test

import (
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// copyNote copies a note with its reference line, as a person may, and returns
// the copy.
func (h *harness) copyNote(patient, content string) string {
	h.t.Helper()
	id, err := h.cliniko.AddNote(patient, physio, "Copy", []string{"x"})
	must(h.t, err)
	must(h.t, h.cliniko.ReplaceNoteContent(id, content))
	return id
}

// TestSweepTellsOfDoubles: two live notes of one reference stop their author and
// nobody else, once; a copy that is archived is no double.
func TestSweepTellsOfDoubles(t *testing.T) {
	for _, tt := range []struct {
		why  string
		do   func(h *harness, content string)
		told bool
	}{
		{"one note", func(*harness, string) {}, false},
		{"two", func(h *harness, content string) { h.copyNote(mira, content) }, true},
		{"two in two records", func(h *harness, content string) { h.copyNote(otto, content) }, true},
		{"two, of which one is archived", func(h *harness, content string) { must(h.t, h.cliniko.ArchiveNote(h.copyNote(mira, content))) }, false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.until(carryover.Proven)
			tt.do(h, h.notes()[0].Content)
			must(t, h.line.Sweep(t.Context(), physio))
			must(t, h.line.Sweep(t.Context(), physio2))
			want, reason := "", ledger.PauseReason("")
			if tt.told {
				want, reason = "duplicate_note", ledger.PausedDuplicateNote
			}
			if h.alarms() != want || h.practitioner(physio).PauseReason != reason || h.practitioner(physio2).PauseReason != "" {
				t.Errorf("alarms %q, paused for %q and %q, want %q, %q and nothing", h.alarms(),
					h.practitioner(physio).PauseReason, h.practitioner(physio2).PauseReason, want, reason)
			}
			// Whoever lifts the pause has seen the two.
			must(t, h.ledger.Update(t.Context(), func(tx *ledger.Tx) error { return tx.Unpause(t.Context(), physio) }))
			must(t, h.line.Sweep(t.Context(), physio))
			if got := h.practitioner(physio).PauseReason; got != "" {
				t.Errorf("paused again for %q by the next sweep", got)
			}
		})
	}
}

// TestSweepReachesTwoWeeks: two notes of thirteen days ago, which this ledger has
// never heard of.
func TestSweepReachesTwoWeeks(t *testing.T) {
	t.Parallel()
	h := newCounting(t, only(func(p *sandbox.Practice) {
		ref := carryover.NewReference("other", "1", carryover.NewText("Rest."), carryover.ToTreatmentNote, 1)
		for i := range 2 {
			p.Notes = append(p.Notes, sandbox.ExistingNote{
				ID: "196864588312164300" + string(rune('1'+i)), PatientID: mira, PractitionerID: physio, Title: "Plan", Draft: true,
				CreatedAt: time.Now().Add(-13 * 24 * time.Hour), Paragraphs: []string{"Rest.", ref.Line()},
			})
		}
	}))
	must(t, h.line.Sweep(t.Context(), physio))
	if h.alarms() != "duplicate_note" {
		t.Errorf("alarms %q about two notes of thirteen days ago, want one", h.alarms())
	}
}

// TestSweepKnowsItsOwn: a lost request takes effect after its next attempt did,
// and a person has taken the reference out of what that one filed, or had it taken
// back: the reference is there once.
func TestSweepKnowsItsOwn(t *testing.T) {
	for kind := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := bothDestinations[kind](t)
			v := h.until(carryover.Proven)
			must(t, h.line.Sweep(t.Context(), physio))
			if h.alarms() != "" {
				t.Fatalf("alarms %q before anything happened late", h.alarms())
			}
			if kind == "file" {
				must(t, h.cliniko.DescribeAttachment(h.files()[0].ID, "Exercise plan, as sent."))
			} else {
				must(t, h.cliniko.ReplaceNoteContent(h.notes()[0].ID, `{"sections":[{"name":"Plan","questions":[{"name":"Plan","type":"paragraph","answer":"As agreed."}]}]}`))
			}
			must(t, h.line.Sweep(t.Context(), physio))
			if h.alarms() != "" {
				t.Fatalf("alarms %q about a note without its reference", h.alarms())
			}
			h.takeEffect(h.delivery(v))
			must(t, h.line.Sweep(t.Context(), physio))
			if h.alarms() != "duplicate_note" {
				t.Errorf("alarms %q, want duplicate_note", h.alarms())
			}
		})
	}
}

// TestSweepTellsOfForgottenNotes: two notes of one document, which this ledger has
// not heard of: another's late request and its next, before a restore. One that
// was filed as a later version says so.
func TestSweepTellsOfForgottenNotes(t *testing.T) {
	for _, tt := range []struct {
		why             string
		document, title string // of the second
		told            string
	}{
		{"two", "1", "Plan", "duplicate_note"},
		{"a later version", "1", "Updated Plan", ""},
		{"another document", "2", "Plan", ""},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			for number, is := range []struct{ document, title string }{{"1", "Plan"}, {tt.document, tt.title}} {
				ref := carryover.NewReference("other", carryover.DocumentID(is.document), carryover.NewText("Rest."), carryover.ToTreatmentNote, number+1)
				_, err := h.cliniko.AddNote(mira, physio, is.title, []string{"Rest.", ref.Line()})
				must(t, err)
			}
			for range 2 {
				must(t, h.line.Sweep(t.Context(), physio))
			}
			if h.alarms() != tt.told || (h.practitioner(physio).PauseReason != "") != (tt.told != "") {
				t.Errorf("alarms %q, paused for %q, want %q", h.alarms(), h.practitioner(physio).PauseReason, tt.told)
			}
		})
	}
}

// TestLateEffectOfAnOldVersion: a request is lost, and absent after the grace
// period; meanwhile the document went another way. Then the request takes effect
// after all. Its reference is there once, and yet somebody must be told: it is
// the old text, or it is in the file of a patient who was corrected.
func TestLateEffectOfAnOldVersion(t *testing.T) {
	for _, tt := range []struct {
		why    string
		change func(h *harness) error
		in     string
		alarms string
	}{
		{"the patient was corrected", func(h *harness) error {
			return h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
		}, otto, "duplicate_note maybe_wrong_file"},
		{"the text was changed", func(h *harness) error { return h.heidi.EditDocument(session1, document1, "the left knee") }, mira, "duplicate_note"},
		{"the document was deleted", func(h *harness) error { return h.heidi.RemoveDocument(session1, document1) }, "", "duplicate_note"},
	} {
		for kind := range bothDestinations {
			t.Run(tt.why+"/"+kind, func(t *testing.T) {
				t.Parallel()
				h := lost(t, kind, false)
				v, _ := h.version(session1, document1)
				d := h.delivery(v)
				h.line.Timing.Grace = time.Nanosecond
				h.deliver(physio) // absent: ready again
				must(t, tt.change(h))
				if tt.in == "" {
					h.until(carryover.Held)
				} else {
					h.until(carryover.Proven)
				}
				h.wantIn(tt.in)
				must(t, h.line.Sweep(t.Context(), physio))
				if h.alarms() != "" {
					t.Fatalf("alarms %q before anything happened late", h.alarms())
				}
				h.takeEffect(d)
				must(t, h.line.Sweep(t.Context(), physio))
				must(t, h.line.Sweep(t.Context(), physio))
				if h.alarms() != tt.alarms || h.practitioner(physio).PauseReason != ledger.PausedDuplicateNote {
					t.Errorf("alarms %q, paused for %q, want %q and %q", h.alarms(), h.practitioner(physio).PauseReason, tt.alarms, ledger.PausedDuplicateNote)
				}
			})
		}
	}
}

// takeEffect puts into Mira's record what a lost request of d would have made.
func (h *harness) takeEffect(d ledger.Delivery) {
	h.t.Helper()
	var err error
	if d.Destination == carryover.ToAttachment {
		_, err = h.cliniko.AddAttachment(clinikosim.File{
			PatientID: mira, UserID: physioUser, Name: "late.pdf", ContentType: "application/pdf",
			Description: "Exercise plan · " + string(d.Reference), Data: []byte("%PDF-late"),
		})
	} else {
		_, err = h.cliniko.AddNote(mira, physio, "Exercise plan (from Heidi)", []string{"Plan", d.Reference.Line()})
	}
	must(h.t, err)
}

// TestLateEffectIsFoundBySomebody: where the delivery goes on by itself, or a
// person was sent to look for that very note, no alarm is needed.
func TestLateEffectIsFoundBySomebody(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(onNote(sandbox.Rule{Fault: sandbox.FaultCutBefore, Count: 2, Again: 2}))
	v := h.until(carryover.Held)
	if v.Reason != carryover.StillInDoubt {
		t.Fatalf("held as %q, want %q", v.Reason, carryover.StillInDoubt)
	}
	h.takeEffect(h.delivery(v))
	must(t, h.line.Sweep(t.Context(), physio))
	if h.alarms() != "" || h.practitioner(physio).PauseReason != "" {
		t.Errorf("alarms %q, paused for %q, want none: whoever decides looks for the note", h.alarms(), h.practitioner(physio).PauseReason)
	}
}
