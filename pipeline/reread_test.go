package pipeline_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/pipeline"
	"carryover/sandbox"
)

// deliver takes one author one step on, and nothing else: what changed is seen
// only by what the step itself reads.
func (h *harness) deliver(who carryover.PractitionerID) {
	h.t.Helper()
	_ = h.line.Deliver(h.t.Context(), h.line.Begin(who))
	h.check()
}

// TestHeidiIsReadAgain: what changes in Heidi after the match is seen by the
// delivery itself, for notes and for files.
func TestHeidiIsReadAgain(t *testing.T) {
	tests := []struct {
		why    string
		change func(h *harness) error
		sent   int // by the delivery alone
		want   carryover.State
		reason carryover.Reason
		in     string
	}{
		{"nothing changed", func(*harness) error { return nil }, 1, carryover.Proven, "", mira},
		{"patient corrected", func(h *harness) error {
			return h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
		}, 0, carryover.Proven, "", otto},
		{"patient corrected to nobody known", func(h *harness) error {
			return h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Wilma Nobody", PatientDOB: "1955-05-05"})
		}, 0, carryover.Held, carryover.Contradiction, ""},
		{"text changed", func(h *harness) error { return h.heidi.EditDocument(session1, document1, "the left knee") }, 0, carryover.Proven, "", mira},
		{"document deleted", func(h *harness) error { return h.heidi.RemoveDocument(session1, document1) }, 0, carryover.Held, carryover.DeletedInHeidi, ""},
		{"session deleted", func(h *harness) error { return h.heidi.DeleteSession(session1) }, 1, carryover.Proven, "", mira},
	}
	for _, tt := range tests {
		for kind, start := range bothDestinations {
			t.Run(tt.why+"/"+kind, func(t *testing.T) {
				t.Parallel()
				h := start(t)
				h.stopAt(carryover.Ready)
				must(t, tt.change(h))
				h.deliver(physio)
				if got := h.posts() + h.attaches(); got != tt.sent {
					t.Fatalf("%d POSTs by the delivery alone, want %d; road: %s", got, tt.sent, h.road())
				}
				if v := h.until(tt.want); v.Reason != tt.reason {
					t.Errorf("reason = %q, want %q; road: %s", v.Reason, tt.reason, h.road())
				}
				h.wantIn(tt.in)
			})
		}
	}
}

// bothDestinations start a document on its way to a note and to a file.
var bothDestinations = map[string]func(*testing.T, ...setup) *harness{"note": newCounting, "file": newCountingFiles}

// newCountingFiles is newFiling for tests that count requests.
func newCountingFiles(t *testing.T, changes ...setup) *harness {
	t.Helper()
	h := newFiling(t, changes...)
	h.deadline = patience
	h.reopen("ledger.db")
	return h
}

// wantIn requires one note or file, in a patient's record; "" for none anywhere.
func (h *harness) wantIn(patient string) {
	h.t.Helper()
	var in []string
	for _, n := range h.notes() {
		in = append(in, n.PatientID)
	}
	for _, f := range h.files() {
		in = append(in, f.PatientID)
	}
	switch {
	case patient == "" && len(in) != 0:
		h.t.Errorf("filed in %v, want nowhere; road: %s", in, h.road())
	case patient != "" && (len(in) != 1 || in[0] != patient):
		h.t.Errorf("filed in %v, want once in %s; road: %s", in, patient, h.road())
	}
}

// TestPatientIsReadAgain: what changes in the register after the match is seen
// by the delivery itself. A merge goes on to the survivor only when the survivor
// is the same person.
func TestPatientIsReadAgain(t *testing.T) {
	merge := func(into sandbox.Patient) func(h *harness) (string, error) {
		return func(h *harness) (string, error) {
			id, err := h.cliniko.AddPatient(into)
			if err != nil {
				return "", err
			}
			return id, h.cliniko.MergePatients(mira, id)
		}
	}
	edit := func(change func(*sandbox.Patient)) func(h *harness) (string, error) {
		return func(h *harness) (string, error) { return mira, h.cliniko.EditPatient(mira, change) }
	}
	tests := []struct {
		why    string
		change func(h *harness) (id string, err error)
		want   carryover.State
		reason carryover.Reason
	}{
		{"archived", func(h *harness) (string, error) { return "", h.cliniko.ArchivePatient(mira) }, carryover.Held, carryover.PatientArchived},
		{"merged into the same person", merge(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"}), carryover.Proven, ""},
		{"merged into another birth date", merge(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1997-02-14"}), carryover.Held, carryover.PatientChanged},
		{"merged into another name", merge(sandbox.Patient{FirstName: "Bruno", LastName: "Sandhopper", BirthDate: "1979-02-14"}), carryover.Held, carryover.PatientChanged},
		{"birth date altered", edit(func(p *sandbox.Patient) { p.BirthDate = "1999-09-09" }), carryover.Held, carryover.Contradiction},
		{"name altered, still hers", edit(func(p *sandbox.Patient) { p.PreferredName = "Mimi" }), carryover.Proven, ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.stopAt(carryover.Ready)
			in, err := tt.change(h)
			must(t, err)
			h.deliver(physio)
			if got := h.posts(); got != 0 {
				t.Fatalf("%d POSTs for a record that is not as it was matched", got)
			}
			v := h.until(tt.want)
			if tt.reason != "" && v.Reason != tt.reason {
				t.Errorf("reason = %q, want %q", v.Reason, tt.reason)
			}
			if tt.want == carryover.Held {
				in = ""
			}
			h.wantIn(in)
		})
	}
}

// A delayed chart makes the first write wait for its turn, and something happens
// meanwhile.
type delayed struct {
	pipeline.Chart
	once  *sync.Once
	wait  time.Duration
	while func()
}

func (d delayed) Reserve(ctx context.Context) error {
	d.once.Do(func() {
		d.while()
		time.Sleep(d.wait)
	})
	return d.Chart.Reserve(ctx)
}

// TestWaitForATurnIsNoReasonToTrust: Cliniko's limit may make a write wait for
// minutes. What was read before the wait is read again.
func TestWaitForATurnIsNoReasonToTrust(t *testing.T) {
	tests := []struct {
		why    string
		while  func(h *harness) error
		want   carryover.State
		reason carryover.Reason
		in     string
	}{
		{"nothing happens", func(*harness) error { return nil }, carryover.Proven, "", mira},
		{"patient corrected in Heidi", func(h *harness) error {
			return h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"})
		}, carryover.Proven, "", otto},
		{"deleted in Heidi", func(h *harness) error { return h.heidi.RemoveDocument(session1, document1) }, carryover.Held, carryover.DeletedInHeidi, ""},
		{"pasted by hand in Cliniko", func(h *harness) error {
			_, err := h.cliniko.AddNote(mira, physio, "Exercises", []string{"Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift"})
			return err
		}, carryover.Held, carryover.AlreadyPasted, ""},
		{"patient archived in Cliniko", func(h *harness) error { return h.cliniko.ArchivePatient(mira) }, carryover.Held, carryover.PatientArchived, ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.stopAt(carryover.Ready)
			side := h.line.Sides[physio]
			side.Chart = delayed{side.Chart, new(sync.Once), 250 * time.Millisecond, func() { must(t, tt.while(h)) }}
			h.line.Sides[physio] = side
			h.line.Timing.Fresh = 200 * time.Millisecond
			h.deliver(physio)
			if h.posts() != 0 {
				t.Fatalf("%d POSTs on the strength of what was read before a long wait", h.posts())
			}
			h.line.Timing.Fresh = 0
			if v := h.until(tt.want); v.Reason != tt.reason {
				t.Errorf("reason = %q, want %q; road: %s", v.Reason, tt.reason, h.road())
			}
			h.wantIn(tt.in)
		})
	}
}

// TestOldRoundReadsPatientsAgain: a record that this round has read is not read
// twice, unless the round has taken long.
func TestOldRoundReadsPatientsAgain(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	for v, _ := h.version(session1, document1); v.State != carryover.Ripe; v, _ = h.version(session1, document1) {
		must(t, h.line.Discover(t.Context(), physio))
		must(t, h.line.Ripen(t.Context()))
	}
	c := h.line.Begin(physio)
	must(t, h.line.Match(t.Context(), c))
	must(t, h.cliniko.ArchivePatient(mira))
	h.line.Timing.Fresh = time.Nanosecond
	_ = h.line.Deliver(t.Context(), c)
	if v, _ := h.version(session1, document1); v.State != carryover.Ripe || h.posts() != 0 {
		t.Errorf("%s after %d POSTs, want that it is matched again: its patient was archived during a long round", v.State, h.posts())
	}
}
