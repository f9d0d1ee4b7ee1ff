package pipeline_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

const mira2 = "1968645883121642709" // a second record of Mira's, or a relative

// A change is what the front desk does to end a hold.
type change func(t *testing.T, c *clinikosim.Server)

func editMira(f func(*sandbox.Patient)) change {
	return func(t *testing.T, c *clinikosim.Server) { must(t, c.EditPatient(mira, f)) }
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// held are practices whose one document is held, and what ends the hold.
var held = []struct {
	name   string
	setup  func(*sandbox.Practice)
	why    carryover.Reason
	change change
	file   string // whose file the document then is in
	quiet  bool   // where archiving moves no stamp, only the slow look finds it
}{
	{
		name:  "no candidate, the patient is registered",
		setup: func(p *sandbox.Practice) { p.Patients, p.Appointments = p.Patients[1:], nil },
		why:   carryover.NoCandidate,
		change: func(t *testing.T, c *clinikosim.Server) {
			_, err := c.AddPatient(sandbox.Patient{ID: mira2, FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
			must(t, err)
		},
		file: mira2,
	},
	{
		name: "rivals, merged",
		setup: func(p *sandbox.Practice) {
			twice := p.Patients[0]
			twice.ID, p.Appointments = mira2, nil
			p.Patients = append(p.Patients, twice)
		},
		why:    carryover.Rivals,
		change: func(t *testing.T, c *clinikosim.Server) { must(t, c.MergePatients(mira2, mira)) },
		file:   mira,
	},
	{
		name: "one clue, the birth date is corrected",
		setup: func(p *sandbox.Practice) {
			p.Patients[0].BirthDate, p.Appointments = "1979-02-15", nil
		},
		why:    carryover.OneClue,
		change: editMira(func(p *sandbox.Patient) { p.BirthDate = "1979-02-14" }),
		file:   mira,
	},
	{
		name:   "archived, unarchived",
		setup:  func(p *sandbox.Practice) { p.Patients[0].ArchivedAt = p.Patients[0].CreatedAt.Add(time.Hour) },
		why:    carryover.PatientArchived,
		change: func(t *testing.T, c *clinikosim.Server) { must(t, c.UnarchivePatient(mira)) },
		file:   mira,
		quiet:  true,
	},
	{
		name:  "one clue, the booking is made",
		setup: func(p *sandbox.Practice) { p.Sessions[0].PatientDOB, p.Appointments = "", nil },
		why:   carryover.OneClue,
		change: func(t *testing.T, c *clinikosim.Server) {
			start := time.Now().UTC().Add(-3 * time.Hour).Truncate(time.Minute)
			_, err := c.AddAppointment(sandbox.Appointment{
				PractitionerID: physio, BusinessID: "1968645883121642601", PatientID: mira, StartsAt: start, EndsAt: start.Add(30 * time.Minute),
			})
			must(t, err)
		},
		file: mira,
	},
}

func only(change func(*sandbox.Practice)) setup {
	return func(p *sandbox.Practice, _ *clinikosim.Options, _ *heidisim.Options) { change(p) }
}

// TestHeldGoesOnWhenClinikoChanges: what the receptionist corrects ends the
// hold, without anybody at Carryover.
func TestHeldGoesOnWhenClinikoChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range held {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, only(tt.setup))
			v := h.until(carryover.Held)
			if v.Reason != tt.why {
				t.Fatalf("held as %q, want %q", v.Reason, tt.why)
			}
			h.looked()
			tt.change(t, h.cliniko)
			h.until(carryover.Proven)
			if n := h.notes(); len(n) != 1 || n[0].PatientID != tt.file {
				t.Errorf("%d notes, want one in the file of %s: %+v; road: %s", len(n), tt.file, n, h.road())
			}
			if !strings.Contains(h.road(), "held→ripe() ripe→ready()") {
				t.Errorf("road %s does not tell of the second look", h.road())
			}
		})
	}
}

// TestSlowLookFindsWhatNoStampShows: archiving may not move updated_at, so the
// look that comes by itself must find it.
func TestSlowLookFindsWhatNoStampShows(t *testing.T) {
	t.Parallel()
	for _, tt := range held {
		if !tt.quiet {
			continue
		}
		h := newHarness(t, only(tt.setup), func(_ *sandbox.Practice, co *clinikosim.Options, _ *heidisim.Options) {
			co.Switches.QuietStamps = true
		})
		v := h.until(carryover.Held)
		h.looked()
		tt.change(t, h.cliniko)
		for range 5 {
			h.cycle()
		}
		now, _ := h.version(session1, document1)
		if now.State != carryover.Held {
			t.Fatalf("%s: %s at once; the test is about what no stamp shows", tt.name, now.State)
		}
		if wait := time.Until(now.Due); wait <= 0 || wait > time.Hour {
			t.Fatalf("%s: the next look is due in %v, want within the hour", tt.name, wait)
		}
		h.due(v.ID)
		h.until(carryover.Proven)
	}
}

// looked runs rounds until everything held has been looked at once by this
// process and no change is news any more.
func (h *harness) looked() {
	h.t.Helper()
	for range 4 {
		h.cycle()
	}
}

// due makes a held version due to be looked at again, as its time would.
func (h *harness) due(id carryover.VersionID) {
	h.t.Helper()
	now := time.Now()
	must(h.t, h.ledger.Update(h.t.Context(), func(tx *ledger.Tx) error {
		return tx.Postpone(h.t.Context(), id, carryover.Held, now, now)
	}))
}

// entries counts what the audit chain has, of one action or of all.
func (h *harness) entries(action audit.Action) (n int) {
	h.t.Helper()
	must(h.t, h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(h.t.Context(), "SELECT COUNT(*) FROM audit WHERE $1 = '' OR action = $1", string(action)).Scan(&n)
	}))
	return n
}

func (h *harness) gets(prefix string) int {
	return len(h.journal.Entries(func(e sandbox.Entry) bool {
		return e.API == "cliniko" && e.Method == http.MethodGet && strings.HasPrefix(e.Path, prefix)
	}))
}

// TestLookThatFindsTheSame writes nothing that anybody reads, and costs what
// the comment says.
func TestLookThatFindsTheSame(t *testing.T) {
	t.Parallel()
	h := newCounting(t, only(func(p *sandbox.Practice) { p.Sessions[0].PatientDOB, p.Appointments[0].PatientID = "", otto }))
	v := h.until(carryover.Held)
	h.looked()
	h.line.Timing.Changes = time.Hour // the question what changed has a test of its own
	before, road, reads, gets := h.entries(""), h.road(), h.line.Reads(), h.gets("")
	h.due(v.ID)
	h.cycle()
	if n := h.entries("") - before; n != 0 {
		t.Errorf("%d audit entries for a look that found the same", n)
	}
	if h.road() != road {
		t.Errorf("events %s for a look that found the same", strings.TrimPrefix(h.road(), road))
	}
	now, _ := h.version(session1, document1)
	if !now.Due.After(time.Now()) {
		t.Errorf("due again at %v, want later than now", now.Due)
	}
	// The diary, the patients in it, and two words of a name.
	cost := h.line.Reads().Held - reads.Held
	if all := h.gets("") - gets; cost != all || cost != 4 {
		t.Errorf("the look took %d requests of %d in all, want 4 of 4", cost, all)
	}
}

// TestAskingWhatChanged costs two requests, concerns nobody when an address
// was changed, and costs nothing while nothing is held.
func TestAskingWhatChanged(t *testing.T) {
	t.Parallel()
	h := newCounting(t, only(func(p *sandbox.Practice) { p.Sessions[0].PatientDOB, p.Appointments = "", nil }))
	h.until(carryover.Held)
	must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.PreferredName = "Mimi" }))
	h.looked()
	one := func(what string, want int) {
		t.Helper()
		before, entries := h.gets(""), h.entries("")
		ctx := t.Context()
		c := h.line.Begin(physio)
		must(t, h.line.Watch(ctx, c))
		must(t, h.line.Reconsider(ctx, c))
		if n := h.gets("") - before; n != want {
			t.Errorf("%s: %d requests, want %d", what, n, want)
		}
		if n := h.entries("") - entries; n != 0 {
			t.Errorf("%s: %d audit entries, want none", what, n)
		}
	}
	one("nothing changed", 2)
	must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.Email = "somewhere@example.com" }))
	one("nothing that matching looks at", 2)
	must(t, h.cliniko.EditPatient(otto, func(p *sandbox.Patient) { p.PreferredName = "Ott" }))
	one("somebody else", 2)
	v, _ := h.version(session1, document1)
	if _, err := h.desk().Dismiss(t.Context(), desk.DismissRequest{ID: string(v.ID), Reason: desk.FiledByHand, Actor: "cli:1000"}); err != nil {
		t.Fatal(err)
	}
	one("nothing is held", 0)
}

// TestEvidenceIsRefreshed: what stays held shows a person today's candidates,
// and whoever looks at yesterday's is told so.
func TestEvidenceIsRefreshed(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(func(p *sandbox.Practice) { p.Sessions[0].PatientDOB, p.Appointments = "", nil }))
	v := h.until(carryover.Held)
	h.looked()
	shown, err := h.desk().Show(t.Context(), desk.ShowRequest{ID: string(v.ID)})
	must(t, err)
	moved, decided := h.entries(audit.Moved), h.entries(audit.Decided)
	must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.FirstName = "Myra" }))
	h.looked()
	now, _ := h.version(session1, document1)
	if now.State != carryover.Held {
		t.Fatalf("%s, want held; road: %s", now.State, h.road())
	}
	if n := h.entries(audit.Moved) + h.entries(audit.Decided) - moved - decided; n == 0 {
		t.Errorf("other evidence and no audit entry")
	}
	_, err = h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Patient: mira, Digest: shown.Digest, Actor: "cli:1000"})
	if err == nil {
		t.Error("released on evidence that was no longer there")
	}
}

// TestHeldForAPersonStaysHeld: no change in Cliniko ends these.
func TestHeldForAPersonStaysHeld(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T) *harness
		why  carryover.Reason
	}{
		{"review", func(t *testing.T) *harness {
			h := newHarness(t)
			h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}}
			return h
		}, carryover.ReviewMode},
		{"names nobody", func(t *testing.T) *harness {
			return newHarness(t, only(func(p *sandbox.Practice) { p.Sessions[0].PatientName, p.Sessions[0].PatientDOB = "", "" }))
		}, carryover.NoEvidence},
		{"pasted by hand", func(t *testing.T) *harness {
			h := newHarness(t)
			_, err := h.cliniko.AddNote(mira, physio, "Exercises", []string{"Plan", "Squats 3 x 10, pain <3/10", "Review 1/52 if BP >140", "3 9 lift"})
			must(t, err)
			return h
		}, carryover.AlreadyPasted},
		{"a later version", func(t *testing.T) *harness {
			h := newHarness(t)
			h.until(carryover.Proven)
			must(t, h.heidi.EditDocument(session1, document1, "another plan"))
			return h
		}, carryover.LaterVersion},
		{"a person's choice no longer stands", func(t *testing.T) *harness {
			h := newHarness(t)
			h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}}
			v := h.until(carryover.Held)
			must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.PreferredName = "Mimi" }))
			_, err := h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Actor: "cli:1000"})
			must(t, err)
			return h
		}, carryover.PatientChanged},
		{"a person has chosen already", func(t *testing.T) *harness {
			h := newHarness(t, only(held[2].setup))
			v := h.until(carryover.Held)
			must(t, h.ledger.Update(t.Context(), func(tx *ledger.Tx) error {
				return tx.Decide(t.Context(), v.ID, carryover.Match{Patient: otto, Reason: v.Reason}, physio, true, time.Now())
			}))
			held[2].change(t, h.cliniko)
			return h
		}, carryover.OneClue},
		{"something of it may be in Cliniko", func(t *testing.T) *harness {
			h := newHarness(t, only(held[2].setup))
			v := h.until(carryover.Held)
			ctx, now := t.Context(), time.Now()
			must(t, h.ledger.Update(ctx, func(tx *ledger.Tx) error {
				id, err := tx.AddDelivery(ctx, ledger.Delivery{Version: v.ID, Patient: mira, Practitioner: physio, Reference: "HD-AAAAAAAA-AAAA"})
				if err != nil {
					return err
				}
				n, err := tx.StartAttempt(ctx, id, now)
				if err != nil {
					return err
				}
				return tx.EndAttempt(ctx, ledger.Attempt{Delivery: id, Number: n, AnsweredAt: now, Outcome: ledger.InDoubt})
			}))
			held[2].change(t, h.cliniko)
			return h
		}, carryover.OneClue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := tt.run(t)
			v := h.until(carryover.Held)
			if v.Reason != tt.why {
				t.Fatalf("held as %q, want %q", v.Reason, tt.why)
			}
			h.line.Rules = []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}
			posts := h.posts()
			must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.Email = "mira@example.com" }))
			h.due(v.ID)
			for range 6 {
				h.cycle()
			}
			now, _ := h.version(session1, document1)
			if now.State != carryover.Held || now.Reason != tt.why || h.posts() != posts {
				t.Errorf("%s (%s) and %d more POSTs, want held for a person; road: %s", now.State, now.Reason, h.posts()-posts, h.road())
			}
			if !now.Due.IsZero() {
				t.Errorf("due again at %v, want never", now.Due)
			}
		})
	}
}

// TestNextPatientStaysHeld: when the next patient's booking is cancelled after
// the recording, that does not say who was in the room.
func TestNextPatientStaysHeld(t *testing.T) {
	t.Parallel()
	const next carryover.BookingID = "1968645883121642902"
	h := newHarness(t, only(func(p *sandbox.Practice) {
		b := p.Appointments[0]
		b.ID, b.PatientID = string(next), otto
		b.StartsAt, b.EndsAt = p.Appointments[0].EndsAt, p.Appointments[0].EndsAt.Add(30*time.Minute)
		p.Appointments = append(p.Appointments, b)
		p.Sessions[0].StartedAt = b.StartsAt.Add(2 * time.Minute)
	}))
	v := h.until(carryover.Held)
	if v.Reason != carryover.NextPatient {
		t.Fatalf("held as %q, want %q", v.Reason, carryover.NextPatient)
	}
	h.looked()
	must(t, h.cliniko.CancelAppointment(string(next)))
	h.looked()
	h.due(v.ID)
	h.looked()
	if now, _ := h.version(session1, document1); now.State != carryover.Held || now.Reason != carryover.NextPatient || len(h.notes()) != 0 {
		t.Errorf("now %s (%s) with %d notes, want held as before", now.State, now.Reason, len(h.notes()))
	}
}

// TestContradictingChangeNeverReleases: a change that points elsewhere, or to
// one more patient, is no reason to file.
func TestContradictingChangeNeverReleases(t *testing.T) {
	t.Parallel()
	oneClue := func(p *sandbox.Practice) { p.Patients[0].BirthDate, p.Appointments = "1979-02-15", nil }
	for name, change := range map[string]change{
		"another birth date":  editMira(func(p *sandbox.Patient) { p.BirthDate = "1981-11-30" }),
		"another name":        editMira(func(p *sandbox.Patient) { p.FirstName, p.LastName = "Otto", "Elsewhere" }),
		"archived besides":    func(t *testing.T, c *clinikosim.Server) { must(t, c.ArchivePatient(mira)) },
		"merged with another": func(t *testing.T, c *clinikosim.Server) { must(t, c.MergePatients(mira, otto)) },
		"two at once": func(t *testing.T, c *clinikosim.Server) {
			for _, id := range []string{mira2, "1968645883121642710"} {
				_, err := c.AddPatient(sandbox.Patient{ID: id, FirstName: "Mira", LastName: "Quillfeather", BirthDate: "1979-02-14"})
				must(t, err)
			}
		},
		"the slot is somebody else's": func(t *testing.T, c *clinikosim.Server) {
			start := time.Now().UTC().Add(-3 * time.Hour).Truncate(time.Minute)
			_, err := c.AddAppointment(sandbox.Appointment{
				PractitionerID: physio, BusinessID: "1968645883121642601", PatientID: otto, StartsAt: start, EndsAt: start.Add(30 * time.Minute),
			})
			must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, only(oneClue))
			v := h.until(carryover.Held)
			h.looked()
			change(t, h.cliniko)
			h.due(v.ID)
			for range 6 {
				h.cycle()
			}
			if now, _ := h.version(session1, document1); now.State != carryover.Held || h.posts() != 0 {
				t.Errorf("%s (%s), %d POSTs, want held; road: %s", now.State, now.Reason, h.posts(), h.road())
			}
		})
	}
}

// deciding lets a person decide while Cliniko is being asked.
type deciding struct {
	pipeline.Chart
	once *sync.Once
	do   func()
}

func (d deciding) PatientsBornOn(ctx context.Context, on carryover.Date) ([]carryover.Patient, error) {
	found, err := d.Chart.PatientsBornOn(ctx, on)
	d.once.Do(d.do)
	return found, err
}

// TestPersonDecidesDuringTheLook: the person's word stands, whatever the look
// has found.
func TestPersonDecidesDuringTheLook(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(h *harness, id string) error{
		"dismiss, and take it back": func(h *harness, id string) error {
			if _, err := h.desk().Dismiss(h.t.Context(), desk.DismissRequest{ID: id, Reason: desk.FiledByHand, Actor: "cli:1000"}); err != nil {
				return err
			}
			_, err := h.desk().Retry(h.t.Context(), desk.RetryRequest{ID: id, Actor: "cli:1000"})
			return err
		},
		"release to another": func(h *harness, id string) error {
			_, err := h.desk().Release(h.t.Context(), desk.ReleaseRequest{ID: id, Patient: otto, Actor: "cli:1000"})
			return err
		},
		"dismiss": func(h *harness, id string) error {
			_, err := h.desk().Dismiss(h.t.Context(), desk.DismissRequest{ID: id, Reason: desk.FiledByHand, Actor: "cli:1000"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, only(func(p *sandbox.Practice) { p.Patients[0].BirthDate, p.Appointments = "1979-02-15", nil }))
			v := h.until(carryover.Held)
			h.looked()
			must(t, h.cliniko.EditPatient(mira, func(p *sandbox.Patient) { p.BirthDate = "1979-02-14" }))
			side, acted := h.line.Sides[physio], false
			side.Chart = deciding{side.Chart, new(sync.Once), func() {
				acted = true
				if err := act(h, string(v.ID)); err != nil {
					t.Error(err)
				}
			}}
			h.line.Sides[physio] = side
			h.due(v.ID)
			c := h.line.Begin(physio)
			must(t, h.line.Reconsider(t.Context(), c))
			if now, _ := h.version(session1, document1); !acted || now.State == carryover.Ripe || now.Patient == mira {
				t.Fatalf("%s for %s (acted: %t), want the person's decision to stand", now.State, now.Patient, acted)
			}
			if name != "release to another" {
				for range 5 {
					h.cycle()
				}
				if h.posts() != 0 {
					t.Errorf("%d POSTs of what a person had dismissed; road: %s", h.posts(), h.road())
				}
				return
			}
			h.until(carryover.Proven)
			if n := h.notes(); len(n) != 1 || n[0].PatientID != otto {
				t.Errorf("%d notes, want one in the file that the person chose; road: %s", len(n), h.road())
			}
		})
	}
}

// TestFirstLookOfAProcess: what changed while none ran is found by the next.
func TestFirstLookOfAProcess(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(held[2].setup))
	h.until(carryover.Held)
	held[2].change(t, h.cliniko)
	h.open("ledger.db")
	h.line.Timing.Changes = time.Hour
	h.until(carryover.Proven)
}

// unanswered refuses to say what changed.
type unanswered struct {
	pipeline.Chart
	asked *int
}

func (u unanswered) PatientsChanged(context.Context, time.Time) ([]carryover.Patient, error) {
	*u.asked++
	return nil, carryover.ErrRefused
}

// TestNobodySaysWhatChanged: where the question is not answered, it is asked
// no more often, nothing else waits for it, and the slow look ends the hold.
func TestNobodySaysWhatChanged(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(held[2].setup))
	v := h.until(carryover.Held)
	h.looked()
	side, asked := h.line.Sides[physio], 0
	side.Chart = unanswered{side.Chart, &asked}
	h.line.Sides[physio] = side
	h.cycle()
	h.line.Timing.Changes = time.Hour
	before := asked
	held[2].change(t, h.cliniko)
	for range 5 {
		h.cycle()
	}
	if before == 0 || asked != before {
		t.Errorf("asked %d times and then %d more within the interval, want once and none", before, asked-before)
	}
	h.due(v.ID)
	h.until(carryover.Proven)
}

// TestVanishedDocumentIsNotFiled: what Heidi no longer shows waits for a
// person, and goes on when it is back.
func TestVanishedDocumentIsNotFiled(t *testing.T) {
	t.Parallel()
	h := newHarness(t, only(held[2].setup))
	v := h.until(carryover.Held)
	must(t, h.heidi.RemoveDocument(session1, document1))
	h.looked()
	held[2].change(t, h.cliniko)
	h.due(v.ID)
	h.looked()
	now, _ := h.version(session1, document1)
	if now.State != carryover.Held || now.Reason != carryover.OneClue || h.posts() != 0 {
		t.Fatalf("%s (%s), %d POSTs of a document that was deleted in Heidi", now.State, now.Reason, h.posts())
	}
	must(t, h.heidi.EditDocument(session1, document1, text1)) // back, the same words
	h.until(carryover.Proven)
}
