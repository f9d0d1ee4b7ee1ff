package pipeline_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/sandbox"
)

// onNote strikes the POST that makes a note.
func onNote(r sandbox.Rule) sandbox.Rule {
	r.API, r.Method, r.Path = "cliniko", http.MethodPost, "/treatment_notes"
	return r
}

// lost takes the document to where its answer was lost, and stays there: nothing
// counts as absent until the test gives the grace period its length. taken says
// that the request had its effect.
func lost(t *testing.T, kind string, taken bool) *harness {
	t.Helper()
	h := bothDestinations[kind](t)
	h.line.Timing.Grace = time.Hour
	fault := sandbox.FaultCutBefore
	if taken {
		fault = sandbox.FaultCutAfter
	}
	on := map[string]func(sandbox.Rule) sandbox.Rule{"note": onNote, "file": onAttach}[kind]
	h.strike(on(sandbox.Rule{Fault: fault, Count: 1}))
	h.stopAt(carryover.Ready)
	h.deliver(physio)
	if v, _ := h.version(session1, document1); v.State != carryover.InDoubt {
		t.Fatalf("the document is %s, want in doubt; road: %s", v.State, h.road())
	}
	return h
}

// sent counts the POSTs that make notes and files.
func (h *harness) sent() int { return h.posts() + h.attaches() }

// TestGraceIsNotTheWallClocks: the wall clock may be set; the intent's own time,
// which is on record, looks hours old then. The grace period runs on.
func TestGraceIsNotTheWallClocks(t *testing.T) {
	const older = "UPDATE delivery SET intent_at = intent_at - 7200000000"
	for kind := range bothDestinations {
		for _, restarted := range []bool{false, true} {
			t.Run(kind+map[bool]string{false: "/same process", true: "/restarted"}[restarted], func(t *testing.T) {
				t.Parallel()
				h := lost(t, kind, false)
				h.exec(older, "UPDATE attempt SET started_at = started_at - 7200000000")
				if restarted {
					must(t, h.ledger.Close())
					h.reopen("ledger.db")
					h.line.Timing.Grace = time.Hour
				}
				for range 5 {
					h.cycle()
				}
				if v, _ := h.version(session1, document1); v.State != carryover.InDoubt || h.sent() != 1 {
					t.Errorf("%s after %d POSTs, want in doubt after one: no hour has passed", v.State, h.sent())
				}
			})
		}
	}
}

// TestGraceBeginsAgainWithTheProcess: a restart knows nothing of the time before
// it, so the grace period begins with it, and ends.
func TestGraceBeginsAgainWithTheProcess(t *testing.T) {
	t.Parallel()
	h := lost(t, "note", false)
	must(t, h.ledger.Close())
	h.reopen("ledger.db") // with the usual, short grace period
	h.exec("UPDATE delivery SET intent_at = intent_at - 3600000000")
	h.line.Started = time.Now().Add(time.Hour)
	for range 5 {
		h.cycle()
	}
	if v, _ := h.version(session1, document1); v.State != carryover.InDoubt || h.sent() != 1 {
		t.Fatalf("%s after %d POSTs, want in doubt after one: the process has not been there for the grace period", v.State, h.sent())
	}
	h.line.Started = time.Now()
	h.until(carryover.Proven)
	if h.sent() != 2 {
		t.Errorf("%d POSTs, want 2: the first had no effect", h.sent())
	}
}

// TestRestartDoubtsWhatWasBeingSent: a process that was killed with a request on
// the wire leaves an intent. Whether it took effect nobody knows: it is neither
// sent again nor refused, but waited for.
func TestRestartDoubtsWhatWasBeingSent(t *testing.T) {
	for kind := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := lost(t, kind, false)
			h.killedWhileSending()
			h.reopen("ledger.db")
			h.line.Timing.Grace = time.Hour
			v, _ := h.version(session1, document1)
			if all := h.attempts(v); v.State != carryover.InDoubt || len(all) != 1 || all[0].Outcome != ledger.LostAtRestart {
				t.Errorf("%s with attempts %+v after a restart, want in doubt, with one that was lost", v.State, all)
			}
			for range 3 {
				h.cycle()
			}
			if v, _ := h.version(session1, document1); v.State != carryover.InDoubt || h.sent() != 1 {
				t.Errorf("%s after %d POSTs, want in doubt after one", v.State, h.sent())
			}
		})
	}
}

// TestNoListNoAbsence: whatever keeps a listing from being complete, nothing is
// called absent by it; a listing that is whole ends the matter.
func TestNoListNoAbsence(t *testing.T) {
	for _, tt := range []struct {
		why  string
		rule sandbox.Rule
	}{
		{"HTML from the edge", sandbox.Rule{Fault: sandbox.FaultHTML}},
		{"out of order", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 503}},
		{"cut", sandbox.Rule{Fault: sandbox.FaultCutBefore}},
		{"half an answer", sandbox.Rule{Fault: sandbox.FaultTruncated}},
		{"key refused", sandbox.Rule{Fault: sandbox.FaultUnauthorized}},
	} {
		for kind := range bothDestinations {
			t.Run(tt.why+"/"+kind, func(t *testing.T) {
				t.Parallel()
				h := lost(t, kind, false)
				h.line.Timing.Grace = time.Nanosecond // over since long
				r := tt.rule
				r.API, r.Method, r.Again = "cliniko", http.MethodGet, 1<<20
				r.Path = map[string]string{"note": "/treatment_notes", "file": attachPath}[kind]
				h.strike(r)
				for range 3 {
					h.cycle()
				}
				if v, _ := h.version(session1, document1); v.State != carryover.InDoubt || h.sent() != 1 {
					t.Fatalf("%s after %d POSTs, want in doubt after one: no listing was whole", v.State, h.sent())
				}
				h.strike()
				h.until(carryover.Proven)
				if h.sent() != 2 {
					t.Errorf("%d POSTs, want 2", h.sent())
				}
			})
		}
	}
}

// An altered chart shows an author's notes otherwise than they are.
type altered struct {
	pipeline.Chart
	change func(*carryover.Note)
}

func (c altered) Notes(ctx context.Context, author carryover.PractitionerID, since time.Time) ([]carryover.Note, error) {
	all, err := c.Chart.Notes(ctx, author, since)
	for i := range all {
		c.change(&all[i])
	}
	return all, err
}

func (h *harness) show(who carryover.PractitionerID, change func(*carryover.Note)) {
	side := h.line.Sides[who]
	side.Chart = altered{side.Chart, change}
	h.line.Sides[who] = side
}

// TestAdoptedOnlyIfOurs: what bears our reference and our words is ours only by
// the right author, in the right record, and made since the intent.
func TestAdoptedOnlyIfOurs(t *testing.T) {
	tests := []struct {
		why  string
		do   func(h *harness)
		want carryover.State
	}{
		{"ours", func(*harness) {}, carryover.Proven},
		{"another author's", func(h *harness) {
			h.show(physio, func(n *carryover.Note) { n.Practitioner = physio2 })
		}, carryover.Held},
		{"made an hour before", func(h *harness) { h.exec("UPDATE delivery SET intent_at = intent_at + 3600000000") }, carryover.Held},
		{"made by a clock a minute behind", func(h *harness) { h.exec("UPDATE delivery SET intent_at = intent_at + 60000000") }, carryover.Proven},
		{"in another record", func(h *harness) { h.show(physio, func(n *carryover.Note) { n.Patient = otto }) }, carryover.Held},
		{"with a word more", func(h *harness) {
			h.show(physio, func(n *carryover.Note) {
				n.Body = carryover.NewText(strings.Replace(n.Body.Reveal(), "Squats", "Squats not", 1))
			})
		}, carryover.Held},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := lost(t, "note", true)
			tt.do(h)
			v := h.until(tt.want)
			if tt.want == carryover.Held && v.Reason != carryover.SettleConflict {
				t.Errorf("held as %q, want %q", v.Reason, carryover.SettleConflict)
			}
			if h.sent() != 1 {
				t.Errorf("%d POSTs, want one", h.sent())
			}
		})
	}
}

// TestWhatElseIsThere: a note of the same author in the same record since the
// intent, which nothing accounts for, may be ours with its words lost. One from
// before, of somebody else, or in another record may not.
func TestWhatElseIsThere(t *testing.T) {
	add := func(patient, author string) func(h *harness) {
		return func(h *harness) {
			_, err := h.cliniko.AddNote(patient, author, "Visit", []string{"seen today"})
			must(h.t, err)
		}
	}
	tests := []struct {
		why    string
		before func(h *harness)
		after  func(h *harness)
		want   carryover.State
	}{
		{"nothing", nil, func(*harness) {}, carryover.Proven},
		{"her own note", nil, add(mira, physio), carryover.Held},
		{"her own note, archived again", nil, func(h *harness) {
			id, err := h.cliniko.AddNote(mira, physio, "Visit", []string{"seen today"})
			must(h.t, err)
			must(h.t, h.cliniko.ArchiveNote(id))
		}, carryover.Held},
		{"her own note from before", func(h *harness) {
			add(mira, physio)(h)
			h.show(physio, func(n *carryover.Note) { n.CreatedAt = n.CreatedAt.Add(-time.Hour) })
		}, func(*harness) {}, carryover.Proven},
		{"her own note of another patient", nil, add(otto, physio), carryover.Proven},
		{"a colleague's note", nil, add(mira, physio2), carryover.Proven},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := lost(t, "note", false)
			if tt.before != nil {
				tt.before(h)
			}
			tt.after(h)
			h.line.Timing.Grace = time.Nanosecond
			// One round settles; what would be sent again is for the next.
			h.deliver(physio)
			v, _ := h.version(session1, document1)
			settled := map[carryover.State]carryover.State{carryover.Proven: carryover.Ready, carryover.Held: carryover.Held}[tt.want]
			if v.State != settled {
				t.Errorf("settled as %s (%s), want %s", v.State, v.Reason, settled)
			}
		})
	}
}

// TestBothDoubtsAreShown: after the second lost answer a person sees two attempts
// with their times.
func TestBothDoubtsAreShown(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(onNote(sandbox.Rule{Fault: sandbox.FaultCutBefore, Count: 2, Again: 2}))
	v := h.until(carryover.Held)
	if v.Reason != carryover.StillInDoubt || h.sent() != 2 {
		t.Fatalf("held as %q after %d POSTs, want %q after two", v.Reason, h.sent(), carryover.StillInDoubt)
	}
	must(t, h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		all, err := tx.Attempts(t.Context(), v.Delivery)
		if len(all) != 2 || !all[1].StartedAt.After(all[0].StartedAt) || all[0].Outcome != ledger.Absent || all[1].Outcome != ledger.Absent {
			t.Errorf("attempts = %+v, want both, found absent", all)
		}
		return err
	}))
}

// TestUnexplainedIsNotAbsent: what was filed without an answer is there, and a
// person took its reference out. Nobody can say whose it is, so a text that is
// written meanwhile waits for a person too.
func TestUnexplainedIsNotAbsent(t *testing.T) {
	for kind := range bothDestinations {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := lost(t, kind, true)
			if kind == "file" {
				must(t, h.cliniko.DescribeAttachment(h.files()[0].ID, "Exercise plan, as sent."))
			} else {
				must(t, h.cliniko.ReplaceNoteContent(h.notes()[0].ID, `{"sections":[{"name":"Plan","questions":[{"name":"Plan","type":"paragraph","answer":"As agreed."}]}]}`))
			}
			must(t, h.heidi.EditDocument(session1, document1, "the left knee"))
			h.line.Timing.Grace = time.Nanosecond
			for range 60 {
				h.cycle()
			}
			if h.sent() != 1 {
				t.Errorf("%d filed, want 1: the first may be there; road: %s", h.sent(), h.road())
			}
			if v, _ := h.version(session1, document1); v.State != carryover.Held || v.Reason != carryover.LaterVersion {
				t.Errorf("the later text is %s %s, want held as a later version", v.State, v.Reason)
			}
		})
	}
}
