package pipeline_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// spin runs rounds for a while.
func (h *harness) spin(d time.Duration) {
	h.t.Helper()
	if testing.Short() {
		h.t.Skip("waits for what should not happen; the full run does that")
	}
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(3 * time.Millisecond) {
		h.cycle()
	}
}

func (h *harness) desk() *desk.Local { return &desk.Local{Ledger: h.ledger, Chain: h.line.Audit} }

func (h *harness) alarms() string {
	var out []string
	_ = h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		all, err := alarm.Open(h.t.Context(), tx)
		for _, a := range all {
			out = append(out, string(a.Kind))
		}
		return err
	})
	return strings.Join(out, " ")
}

// Patient corrected in Heidi while in doubt; absent → sent to the old patient.
func TestCorrectedWhileInDoubt(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutBefore, Count: 1})
	h.until(carryover.InDoubt)
	if err := h.heidi.EditSession(session1, sandbox.Correction{PatientName: "Otto Elsewhere", PatientDOB: "1960-06-06"}); err != nil {
		t.Fatal(err)
	}
	h.spin(time.Second)
	for _, n := range h.notes() {
		if n.PatientID == mira {
			t.Errorf("filed to the patient whom Heidi had un-named before the POST; road: %s", h.road())
		}
	}
}

// Text changed while in doubt; absent → the outdated text is sent.
func TestEditedWhileInDoubt(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultCutBefore, Count: 1})
	h.until(carryover.InDoubt)
	if err := h.heidi.EditDocument(session1, document1, "right knee, not left"); err != nil {
		t.Fatal(err)
	}
	h.spin(time.Second)
	for _, n := range h.notes() {
		if strings.Contains(n.Content, "Squats") {
			t.Errorf("outdated text filed; road: %s", h.road())
		}
	}
}

// Two lanes in one process: what one holds while it waits for the writer, the other must not need inside a transaction.
type swingingClock struct {
	pipeline.Chart
	n *atomic.Int64
}

func (s swingingClock) ClockOffset() (time.Duration, bool) {
	return time.Duration(s.n.Add(1)%2) * time.Hour, true
}

func TestLanesDoNotBlockEachOther(t *testing.T) {
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		s := p.Sessions[0]
		s.ID, s.PractitionerID = "2718", physio2
		s.Documents = []sandbox.Document{{ID: "64b0000000000000000000d2", Name: "Other", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "other text"}}}}
		p.Sessions = append(p.Sessions, s)
		p.Appointments = nil
	})
	h.until(carryover.Proven)
	h.untilDoc("2718", "64b0000000000000000000d2", carryover.Proven)
	ctx := t.Context()
	sql := func(q string) error {
		return h.ledger.Update(ctx, func(tx *ledger.Tx) error { _, err := tx.ExecContext(ctx, q); return err })
	}
	// physio2's stays in doubt for the whole test, so that each round asks for the clock.
	h.line.Timing.Grace = time.Hour
	for _, q := range []string{
		"UPDATE version SET state='in_doubt' WHERE practitioner='" + physio2 + "'",
		"UPDATE delivery SET state='in_doubt', note='', reference='HD-AAAAAAAA-AAAA' WHERE practitioner='" + physio2 + "'",
	} {
		if err := sql(q); err != nil {
			t.Fatal(err)
		}
	}
	side := h.line.Sides[physio2]
	side.Chart = swingingClock{side.Chart, new(atomic.Int64)}
	h.line.Sides[physio2] = side
	var beats [2]atomic.Int64
	stop := make(chan struct{})
	run := func(i int, f func()) {
		for {
			select {
			case <-stop:
				return
			default:
				f()
				beats[i].Add(1)
			}
		}
	}
	go run(0, func() {
		_ = sql("UPDATE version SET state='filed' WHERE practitioner='" + physio + "'")
		_ = sql("UPDATE delivery SET state='filed', filed_at=1 WHERE practitioner='" + physio + "'")
		_ = h.line.Deliver(ctx, h.line.Begin(physio))
	})
	go run(1, func() { _ = h.line.Deliver(ctx, h.line.Begin(physio2)) })
	defer close(stop)
	for i := range 3 {
		a, b := beats[0].Load(), beats[1].Load()
		time.Sleep(time.Second)
		if beats[0].Load() == a && beats[1].Load() == b {
			buf := make([]byte, 1<<20)
			buf = buf[:runtime.Stack(buf, true)]
			for g := range strings.SplitSeq(string(buf), "\n\n") {
				if strings.Contains(g, "clockIsOff") || strings.Contains(g, "proveOne") {
					t.Log(g)
				}
			}
			t.Fatalf("deadlock: both lanes stand still after %d s (%d and %d rounds)", i, a, b)
		}
	}
}

// A hold made while the lane waits for its turn is lifted by AddDelivery.
type reserving struct {
	pipeline.Chart
	before func()
	once   *sync.Once
}

func (r reserving) Reserve(ctx context.Context) error {
	r.once.Do(r.before)
	return r.Chart.Reserve(ctx)
}

func (h *harness) beforeReserve(who carryover.PractitionerID, f func()) {
	side := h.line.Sides[who]
	side.Chart = reserving{side.Chart, f, new(sync.Once)}
	h.line.Sides[who] = side
}

func TestHoldLiftedByRace(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.beforeReserve(physio, func() {
		_ = h.heidi.RemoveDocument(session1, document1)
		if err := h.line.ReadNow(t.Context(), physio, session1); err != nil { // carryover sync
			t.Error(err)
		}
		if v, _ := h.version(session1, document1); v.State != carryover.Held {
			t.Errorf("state = %s, want held", v.State)
		}
	})
	h.spin(300 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("%d notes of a document that was held as deleted; road: %s", n, h.road())
	}
}

func TestReleasedElsewhereDuringRace(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.beforeReserve(physio, func() {
		_ = h.heidi.RemoveDocument(session1, document1)
		_ = h.line.ReadNow(t.Context(), physio, session1)
		v, _ := h.version(session1, document1)
		if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: otto, Actor: "cli:1000"}); err != nil {
			t.Error(err)
		}
	})
	h.spin(300 * time.Millisecond)
	for _, n := range h.notes() {
		if n.PatientID != otto {
			t.Errorf("filed to %s, a person had released it to otto; road: %s", n.PatientID, h.road())
		}
	}
}

// A dismissed document is filed once a comma changes.
func TestDismissedComesBack(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}
	h.stopAt(carryover.Ready)
	v, _ := h.version(session1, document1)
	if _, err := h.desk().Dismiss(t.Context(), desk.DismissRequest{ID: string(v.ID), Reason: desk.FiledByHand, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	_ = h.heidi.EditDocument(session1, document1, text1+"\n\nThanks.")
	h.spin(500 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("%d notes of a document that a person had dismissed; road: %s", n, h.road())
	}
}

// Session deleted in Heidi before three readings.
func TestSessionGoneWhileSeen(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.line.Discover(t.Context(), physio); err != nil {
		t.Fatal(err)
	}
	_ = h.heidi.DeleteSession(session1)
	h.spin(2 * time.Second)
	if v, _ := h.version(session1, document1); v.State == carryover.Seen {
		t.Errorf("still seen after %d readings, 2000 quiet periods; alarms %q; road: %s", v.Reads, h.alarms(), h.road())
	}
}

// Release to another patient than the one matched.
func TestReleaseToAnother(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}}
	v := h.until(carryover.Held)
	if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: otto, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	h.until(carryover.Proven)
	if n := h.notes(); len(n) != 1 || n[0].PatientID != otto {
		t.Errorf("%d notes, or in another file than the one a person chose", len(n))
	}
}

// After "the patient's record changed", a person checks and releases.
func TestReleaseAfterPatientChanged(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}}
	v := h.until(carryover.Held)
	_ = h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.PreferredName = "Mimi" })
	release := func() {
		t.Helper()
		if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Actor: "cli:1000"}); err != nil {
			t.Fatal(err)
		}
	}
	release()
	if v = h.until(carryover.Held); v.Reason != carryover.PatientChanged {
		t.Fatalf("held as %q, want %q: the record is not what the person saw", v.Reason, carryover.PatientChanged)
	}
	release() // having looked at the record as it is now
	h.until(carryover.Proven)
}

// A held document is pasted by hand, then released for another reason.
func TestPastedThenReleased(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
		p.Sessions[0].PatientDOB, p.Appointments[0].PatientID = "", otto
	})
	v := h.until(carryover.Held) // one clue
	if _, err := h.cliniko.AddNote(mira, physio, "Exercises", []string{"Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: mira, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	h.spin(300 * time.Millisecond)
	if n := len(h.notes()); n != 0 {
		t.Errorf("filed beside the pasted copy; the hold was %s; road: %s", v.Reason, h.road())
	}
}

// The same handout for two patients.
func TestHandoutForTwo(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	born := func(s string) carryover.Date { d, _ := carryover.ParseDate(s); return d }
	doc := carryover.Document{Content: carryover.NewText("Ice twice a day. Rest for a week.")}
	take := func(name, dob string) carryover.VersionID {
		id, _, err := h.line.Take(t.Context(), carryover.Session{Practitioner: physio, Claim: carryover.PatientClaim{Name: carryover.NewText(name), BirthDate: born(dob)}}, doc)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	for _, id := range []carryover.VersionID{take("Mira Quillfeather", "1979-02-14"), take("Otto Elsewhere", "1960-06-06")} {
		h.untilVersion(id, carryover.Proven)
	}
	in := map[string]int{}
	for _, n := range h.notes() {
		if strings.Contains(n.Content, "Ice twice a day") {
			in[n.PatientID]++
		}
	}
	if in[mira] != 1 || in[otto] != 1 {
		t.Errorf("the handout is in the files %v, want once in each of two", in)
	}
}

// Cliniko key revoked: nobody is told.
func TestRevokedKeyIsSilent(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	_ = h.cliniko.RevokeKey("SANDBOXone-au3")
	h.spin(700 * time.Millisecond)
	v, _ := h.version(session1, document1)
	if h.alarms() == "" {
		t.Errorf("key refused in every round, document is %s, no alarm", v.State)
	}
	if err := h.cliniko.RestoreKey("SANDBOXone-au3"); err != nil {
		t.Fatal(err)
	}
	h.until(carryover.Proven)
	if got := h.alarms(); got != "" {
		t.Errorf("the key works again and the alarm stands: %s", got)
	}
}

// Pause in the middle of a round; 401 in the middle of a round.
func manyDocs(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) {
	for _, c := range "23456789" {
		p.Sessions[0].Documents = append(p.Sessions[0].Documents, sandbox.Document{
			ID: "64b0000000000000000000d" + string(c), Name: "Doc " + string(c), ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: "text number " + string(c)}},
		})
	}
}

func TestPauseStopsAllWrites(t *testing.T) {
	t.Parallel()
	h := newHarness(t, manyDocs)
	h.stopAt(carryover.Ready)
	var once sync.Once
	var at atomic.Int64
	h.cliniko.Hook(func(e clinikosim.Event) {
		if e.Method == "POST" && !e.Before && e.Path == "/treatment_notes" {
			at.Add(1)
			once.Do(func() {
				if _, err := h.desk().Pause(t.Context(), desk.PauseRequest{On: true, Actor: "cli:1000"}); err != nil {
					t.Error(err)
				}
			})
		}
	})
	h.spin(300 * time.Millisecond)
	if n := at.Load(); n > 1 {
		t.Errorf("%d notes were filed, %d of them after `carryover pause` had answered", n, n-1)
	}
}

func TestRefusedKeyGoesOn(t *testing.T) {
	t.Parallel()
	h := newHarness(t, manyDocs)
	h.stopAt(carryover.Ready)
	h.strike(sandbox.Rule{API: "cliniko", Method: "POST", Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 401, Again: 100})
	h.spin(300 * time.Millisecond)
	if h.posts() != 2 { // the second shows that it was no single 401
		t.Errorf("%d POSTs with a refused key, want 2", h.posts())
	}
}
