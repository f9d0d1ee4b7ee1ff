package pipeline_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

const archivePath, restorePath = "/archive", "/unarchive"

// undo asks for the only document to be taken back.
func (h *harness) undo() desk.Reversal {
	h.t.Helper()
	r, err := h.desk().Undo(h.t.Context(), desk.UndoRequest{ID: carryover.DocumentMark(session1, document1), Actor: "cli:1000"})
	must(h.t, err)
	return r
}

// reversal returns the reversal of the document's first filing.
func (h *harness) reversal() (r ledger.Reversal, d ledger.Delivery) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		all, err := tx.ByMark(h.t.Context(), carryover.DocumentMark(session1, document1))
		if err != nil || len(all) == 0 {
			return errors.Join(err, errors.New("no delivery"))
		}
		d = all[0]
		r, err = tx.Reversal(h.t.Context(), d.ID)
		return err
	}))
	return r, d
}

// untilReversal runs rounds until the first filing's reversal is in a state.
func (h *harness) untilReversal(want ledger.ReversalState) (ledger.Reversal, ledger.Delivery) {
	h.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(3 * time.Millisecond) {
		h.cycle()
		r, d := h.reversal()
		if r.State == want {
			return r, d
		}
		if time.Now().After(end) {
			h.t.Fatalf("reversal is %s (%s), want %s; the delivery is %s; road: %s", r.State, r.Why, want, d.State, h.road())
		}
	}
}

// asks counts requests to a path that ends so.
func (h *harness) asks(end string) int {
	return len(h.journal.Entries(func(e sandbox.Entry) bool {
		return e.API == "cliniko" && e.Method == http.MethodPost && strings.HasSuffix(e.Path, end)
	}))
}

// before acts once as a person, just before Cliniko sees a request to a path that ends so.
func (h *harness) before(end string, do func(id string) error) {
	var once sync.Once
	h.cliniko.Hook(func(e clinikosim.Event) {
		if e.Before && e.Method == http.MethodPost && strings.HasSuffix(e.Path, end) {
			once.Do(func() { must(h.t, do(e.ID)) })
		}
	})
}

// noteRecord is the note of the first filing as Cliniko has it.
func (h *harness) noteRecord() clinikosim.NoteRecord {
	h.t.Helper()
	_, d := h.reversal()
	for _, n := range h.cliniko.Notes() {
		if n.ID == string(d.Note) {
			return n
		}
	}
	h.t.Fatalf("no note %s", d.Note)
	return clinikosim.NoteRecord{}
}

func TestUndoTakesOurUntouchedNoteOut(t *testing.T) {
	for _, from := range []carryover.State{carryover.Filed, carryover.Proven} {
		t.Run(string(from), func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.until(from)
			reads := h.line.Reads().Total()
			h.undo()
			_, d := h.untilReversal(ledger.ReversalDone)
			if d.State != carryover.Undone || d.ArchivedAt.IsZero() || len(h.notes()) != 0 || h.asks(archivePath) != 1 {
				t.Errorf("delivery %s, archived at %v, %d live notes, %d requests; want it undone by one", d.State, d.ArchivedAt, len(h.notes()), h.asks(archivePath))
			}
			if v, _ := h.version(session1, document1); v.State != carryover.Undone {
				t.Errorf("version is %s, want undone", v.State)
			}
			if from == carryover.Proven && h.line.Reads().Total()-reads > 2 {
				t.Errorf("%d reads of Cliniko, want at most 2", h.line.Reads().Total()-reads)
			}
			if a := h.alarms(); a != "" {
				t.Errorf("alarms %q", a)
			}
			if _, err := h.desk().Undo(t.Context(), desk.UndoRequest{ID: string(d.ID), Actor: "cli:1000"}); !errors.Is(err, carryover.ErrRefused) {
				t.Errorf("undoing it again = %v, want a refusal", err)
			}
			h.spin(50 * time.Millisecond)
			if h.posts() != 1 {
				t.Errorf("%d notes were made, want 1: what was taken back is not filed by itself", h.posts())
			}
		})
	}
}

// TestUndoLeavesOthersWorkAlone: whoever touched the note since it was filed, it
// is theirs, until they remove it.
func TestUndoLeavesOthersWorkAlone(t *testing.T) {
	for _, tt := range []struct {
		why string
		do  func(c *clinikosim.Server, note string) error
	}{
		{"edited", func(c *clinikosim.Server, n string) error { return c.EditNote(n, []string{"Seen again, better."}) }},
		{"finalised", (*clinikosim.Server).FinaliseNote},
		{"another_record", func(c *clinikosim.Server, n string) error { return c.MoveNote(n, otto) }},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			note := h.notes()[0]
			must(t, tt.do(h.cliniko, note.ID))
			h.undo()
			h.undo() // asking twice is asking once
			r, d := h.untilReversal(ledger.ReversalByHand)
			if r.Why != tt.why || d.State != carryover.Held || !strings.Contains(h.alarms(), "remove_by_hand") {
				t.Errorf("why %q, delivery %s, alarms %q; want %q, held, remove_by_hand", r.Why, d.State, h.alarms(), tt.why)
			}
			if v, _ := h.version(session1, document1); v.State != carryover.Held || v.Reason != carryover.RemoveByHand {
				t.Errorf("version %s (%s), want held for a person to remove it", v.State, v.Reason)
			}
			s, err := h.desk().Status(t.Context())
			if must(t, err); len(s.Removals) != 1 || s.Removals[0].Note != note.ID || s.Removals[0].Why == "" {
				t.Errorf("Status lists %+v, want the one note", s.Removals)
			}
			if h.asks(archivePath) != 0 || len(h.notes()) != 1 {
				t.Errorf("%d requests to archive, %d live notes; want hands off", h.asks(archivePath), len(h.notes()))
			}
			must(t, h.cliniko.ArchiveNote(note.ID))
			if _, d = h.untilReversal(ledger.ReversalDone); d.State != carryover.Undone || strings.Contains(h.alarms(), "remove_by_hand") {
				t.Errorf("after a person removed it: delivery %s, alarms %q", d.State, h.alarms())
			}
		})
	}
}

// TestUndoWhileAPersonWorks acts as a person after the note was read and before
// it is archived.
func TestUndoWhileAPersonWorks(t *testing.T) {
	edit := func(c *clinikosim.Server, n string) error { return c.EditNote(n, []string{"A clinician's words."}) }
	for _, tt := range []struct {
		why   string
		do    func(c *clinikosim.Server, note string) error
		set   func(*clinikosim.Switches)
		want  ledger.ReversalState
		touch string
		live  bool
	}{
		{"edits", edit, nil, ledger.ReversalByHand, "worked_on_during", true},
		{"edits, and archiving moves no time", edit, func(s *clinikosim.Switches) { s.QuietStamps = true }, ledger.ReversalByHand, "worked_on_during", true},
		{"edits, and no id finds an archived note", edit, func(s *clinikosim.Switches) { s.ArchivedUnreachable = true }, ledger.ReversalByHand, "worked_on_during", true},
		{"finalises", (*clinikosim.Server).FinaliseNote, nil, ledger.ReversalByHand, "worked_on_during", true},
		{"finalises, and a final note stays", (*clinikosim.Server).FinaliseNote, func(s *clinikosim.Switches) { s.FinalStaysPut = true }, ledger.ReversalByHand, "finalised", true},
		{"archives", (*clinikosim.Server).ArchiveNote, nil, ledger.ReversalDone, "", false},
		{"archives, and no id finds an archived note", (*clinikosim.Server).ArchiveNote, func(s *clinikosim.Switches) { s.ArchivedUnreachable = true }, ledger.ReversalDone, "", false},
		{"opens", func(c *clinikosim.Server, _ string) error { _, err := c.OpenNote(booking1, ""); return err }, nil, ledger.ReversalDone, "", false},
		{"merges the patient", func(c *clinikosim.Server, _ string) error {
			id, err := c.AddPatient(sandbox.Patient{FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
			return errors.Join(err, c.MergePatients(mira, id))
		}, nil, ledger.ReversalDone, "", false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(_ *sandbox.Practice, o *clinikosim.Options, _ *heidisim.Options) {
				if tt.set != nil {
					tt.set(&o.Switches)
				}
			})
			h.until(carryover.Proven)
			note := h.notes()[0].ID
			h.before(archivePath, func(string) error { return tt.do(h.cliniko, note) })
			h.undo()
			r, _ := h.untilReversal(tt.want)
			n := h.noteRecord()
			if r.Why != tt.touch || n.ArchivedAt.IsZero() != tt.live {
				t.Errorf("why %q, note archived at %v; want %q and live %v", r.Why, n.ArchivedAt, tt.touch, tt.live)
			}
			if strings.HasPrefix(tt.why, "edits") && !strings.Contains(n.Content, "A clinician's words.") {
				t.Error("the clinician's words are lost")
			}
		})
	}
}

// TestUndoWhateverTheAnswer strikes the request to archive, once and twice.
func TestUndoWhateverTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		fault sandbox.FaultKind
		rule  sandbox.Rule
		twice ledger.ReversalState // after two strikes in a row; after one it is always done
	}{
		{sandbox.FaultCutBefore, sandbox.Rule{}, ledger.ReversalByHand},
		{sandbox.FaultCutAfter, sandbox.Rule{}, ledger.ReversalDone},
		{sandbox.FaultStatus, sandbox.Rule{Status: 503}, ledger.ReversalByHand},
		{sandbox.FaultStatus, sandbox.Rule{Status: 422}, ledger.ReversalByHand},
		{sandbox.FaultStatus, sandbox.Rule{Status: 403}, ledger.ReversalByHand},
		{sandbox.FaultStatusAfter, sandbox.Rule{Status: 500}, ledger.ReversalDone},
		{sandbox.FaultHTMLAfter, sandbox.Rule{Status: 504}, ledger.ReversalDone},
		{sandbox.FaultAnswerLost, sandbox.Rule{Delay: sandbox.Duration(300 * time.Millisecond)}, ledger.ReversalDone},
		{sandbox.FaultLate, sandbox.Rule{Delay: sandbox.Duration(250 * time.Millisecond)}, ledger.ReversalDone},
	} {
		for strikes, want := range map[int]ledger.ReversalState{1: ledger.ReversalDone, 2: tt.twice} {
			t.Run(string(tt.fault)+http.StatusText(tt.rule.Status)+"/"+string(want), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t)
				h.until(carryover.Proven)
				r := tt.rule
				r.API, r.Method, r.Path, r.Fault, r.Count, r.Again = "cliniko", "POST", "/treatment_notes/*/archive", tt.fault, strikes, strikes
				h.strike(r)
				h.undo()
				got, d := h.untilReversal(want)
				if live := len(h.notes()); (want == ledger.ReversalDone) != (live == 0) || h.asks(archivePath) == 0 {
					t.Errorf("%s (%s) with %d live notes after %d requests", got.State, got.Why, live, h.asks(archivePath))
				}
				if (d.State == carryover.Undone) != (want == ledger.ReversalDone) {
					t.Errorf("delivery is %s", d.State)
				}
			})
		}
	}
}

// TestBringingBackWhateverTheAnswer: a clinician worked on the note while it was
// archived, and now the way back is struck.
func TestBringingBackWhateverTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		why  string
		rule sandbox.Rule
		want ledger.ReversalState
	}{
		{"cut before, once", sandbox.Rule{Fault: sandbox.FaultCutBefore, Count: 1}, ledger.ReversalByHand},
		{"answer lost", sandbox.Rule{Fault: sandbox.FaultCutAfter, Count: 1}, ledger.ReversalByHand},
		{"Cliniko has no such request", sandbox.Rule{Fault: sandbox.FaultStatus, Status: 404, Again: 9}, ledger.ReversalPutBack},
		{"never answered", sandbox.Rule{Fault: sandbox.FaultCutBefore, Again: 9}, ledger.ReversalPutBack},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			note := h.notes()[0].ID
			h.before(archivePath, func(string) error { return h.cliniko.EditNote(note, []string{"A clinician's words."}) })
			tt.rule.API, tt.rule.Method, tt.rule.Path = "cliniko", "POST", "/treatment_notes/*/unarchive"
			h.strike(tt.rule)
			h.undo()
			h.untilReversal(tt.want)
			if tt.want == ledger.ReversalByHand {
				if len(h.notes()) != 1 {
					t.Error("the note is not back")
				}
				return
			}
			if !strings.Contains(h.alarms(), "bring_back_by_hand") {
				t.Errorf("alarms %q, want bring_back_by_hand", h.alarms())
			}
			must(t, h.cliniko.UnarchiveNote(note)) // somebody does
			h.untilReversal(ledger.ReversalByHand)
			if strings.Contains(h.alarms(), "bring_back_by_hand") {
				t.Errorf("alarms %q though the note is back", h.alarms())
			}
		})
	}
}

// TestUndoAcceptsWhatStaysArchived: whoever is told that a note should come back
// may say that it need not.
func TestUndoAcceptsWhatStaysArchived(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	note := h.notes()[0].ID
	h.before(archivePath, func(string) error { return h.cliniko.EditNote(note, []string{"typo"}) })
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes/*/unarchive", Fault: sandbox.FaultStatus, Status: 404, Again: 9})
	h.undo()
	h.untilReversal(ledger.ReversalPutBack)
	h.undo()
	if h.untilReversal(ledger.ReversalDone); h.alarms() != "" {
		t.Errorf("alarms %q, want none", h.alarms())
	}
}

// dies ends the process, as far as a test can, before or after a request.
type dies struct {
	testChart
	after bool
	once  *sync.Once
}

var errDied = errors.New("the process ended here")

func (d dies) die(act func() error) (err error) {
	d.once.Do(func() {
		if d.after {
			_ = act()
		}
		panic(errDied)
	})
	return act()
}

func (d dies) ArchiveNote(ctx context.Context, n carryover.NoteID) error {
	return d.die(func() error { return d.testChart.ArchiveNote(ctx, n) })
}

func (d dies) RestoreNote(ctx context.Context, n carryover.NoteID) error {
	return d.die(func() error { return d.testChart.RestoreNote(ctx, n) })
}

// cycleDying runs a round and says whether the process ended in it.
func (h *harness) cycleDying() (died bool) {
	defer func() {
		if r := recover(); r != nil {
			if died = r == any(errDied); !died {
				panic(r)
			}
		}
	}()
	h.cycle()
	return false
}

// TestUndoAfterACrash ends the process around each request; the next one goes on.
func TestUndoAfterACrash(t *testing.T) {
	for _, tt := range []struct {
		why     string
		after   bool
		restore bool // a person edits meanwhile, and it is the way back that is cut
		want    ledger.ReversalState
	}{
		{"before archiving", false, false, ledger.ReversalDone},
		{"after archiving", true, false, ledger.ReversalDone},
		{"before bringing back", false, true, ledger.ReversalByHand},
		{"after bringing back", true, true, ledger.ReversalByHand},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			side := h.line.Sides[physio]
			if tt.restore {
				note := h.notes()[0].ID
				h.before(archivePath, func(string) error { return h.cliniko.EditNote(note, []string{"A clinician's words."}) })
				side.Chart = restoreDies{dies{side.Chart.(testChart), tt.after, new(sync.Once)}}
			} else {
				side.Chart = dies{side.Chart.(testChart), tt.after, new(sync.Once)}
			}
			h.line.Sides[physio] = side
			h.undo()
			for end := time.Now().Add(patience); !h.cycleDying(); {
				if time.Now().After(end) {
					t.Fatal("the process did not come to the request")
				}
			}
			must(t, h.ledger.Close())
			h.open("ledger.db")
			h.check()
			h.untilReversal(tt.want)
			if live := len(h.notes()); (tt.want == ledger.ReversalByHand) != (live == 1) {
				t.Errorf("%d live notes at %s", live, tt.want)
			}
		})
	}
}

// restoreDies dies on the way back alone.
type restoreDies struct{ dies }

func (r restoreDies) ArchiveNote(ctx context.Context, n carryover.NoteID) error {
	return r.testChart.ArchiveNote(ctx, n)
}

func TestUndoWaits(t *testing.T) {
	t.Run("while writing is paused", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.until(carryover.Proven)
		pause := func(on bool) {
			_, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: on, Practitioner: physio, Actor: "cli:1000"})
			must(t, err)
		}
		pause(true)
		h.undo()
		h.spin(50 * time.Millisecond)
		if r, _ := h.reversal(); r.State != ledger.ReversalAsked || h.asks(archivePath) != 0 {
			t.Errorf("%s after %d requests while paused", r.State, h.asks(archivePath))
		}
		pause(false)
		h.untilReversal(ledger.ReversalDone)
	})
	t.Run("while the key is not accepted", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		h.until(carryover.Proven)
		must(t, h.cliniko.RevokeKey("SANDBOXone-au3"))
		h.undo()
		h.spin(50 * time.Millisecond)
		if r, _ := h.reversal(); r.State != ledger.ReversalAsked || !strings.Contains(h.alarms(), "key_refused") {
			t.Errorf("%s with alarms %q, want it to wait and somebody to be told", r.State, h.alarms())
		}
		must(t, h.cliniko.RestoreKey("SANDBOXone-au3"))
		h.untilReversal(ledger.ReversalDone)
	})
}

// TestUndoIsRefused where nothing can be said to be there.
func TestUndoIsRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ask := func() error {
		_, err := h.desk().Undo(t.Context(), desk.UndoRequest{ID: carryover.DocumentMark(session1, document1), Actor: "cli:1000"})
		return err
	}
	h.stopAt(carryover.Ready)
	if err := ask(); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "dismiss") {
		t.Errorf("before anything is filed = %v, %q", err, carryover.HintOf(err))
	}
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutBefore, Count: 1})
	h.until(carryover.InDoubt)
	if err := ask(); !errors.Is(err, carryover.ErrRefused) || !strings.Contains(carryover.HintOf(err), "finding out") {
		t.Errorf("while it is in doubt = %v, %q", err, carryover.HintOf(err))
	}
}

// TestUndoIsCalledOff: whoever is to remove a note may decide that it stays.
func TestUndoIsCalledOff(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.until(carryover.Proven)
	note := h.notes()[0].ID
	must(t, h.cliniko.FinaliseNote(note))
	h.undo()
	h.untilReversal(ledger.ReversalByHand)
	_, err := h.desk().Retry(t.Context(), desk.RetryRequest{ID: carryover.DocumentMark(session1, document1), Actor: "cli:1000"})
	must(t, err)
	h.until(carryover.Proven)
	if r, _ := h.reversal(); r.State != ledger.ReversalGivenUp || h.alarms() != "" || len(h.notes()) != 1 {
		t.Errorf("%s, alarms %q, %d notes; want it called off", r.State, h.alarms(), len(h.notes()))
	}
}
