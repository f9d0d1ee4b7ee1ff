package daemon_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// The rules about a wrong recording and about somebody else's link are worth
// having only if they find what they are for and leave ordinary work alone. The
// days of slips have both, in numbers.

// TestSlips takes the sessions of many days of slips through the pipeline's own
// steps up to the decision, without sockets: every slip is held, for what it is,
// and at most one ordinary session in a hundred is held by the two rules.
func TestSlips(t *testing.T) {
	t.Parallel()
	days := 10
	if testing.Short() {
		days = 1
	}
	count := newSlipCount()
	for n := range days {
		plot := slipped(401 + uint64(n))
		for id, v := range decided(t, plot.Practice) {
			count.add(t, plot, id, v)
		}
	}
	count.judge(t, days)
}

// TestSlipsDay is one of those days, as everything else: sockets, faults, notes.
func TestSlipsDay(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day takes ten seconds")
	}
	t.Parallel()
	d, cfg := plotted(t, slipped(401), 401)
	truth := d.judge()
	d.onlyReadHeidi()
	d.onlyDrafts(truth)
	d.books(cfg, func(ctx context.Context, tx *ledger.Tx) error {
		newest, err := tx.List(ctx, ledger.Filter{})
		if err != nil {
			return err
		}
		d.endStates(truth, newest)
		why := d.rightReasons(truth, newest)
		for _, r := range []carryover.Reason{carryover.NextPatient, carryover.WhoseSession} {
			if why[r] == 0 {
				t.Errorf("nothing is held for %s: the day proves nothing", r)
			}
		}
		return nil
	})
}

// TestSlipRulesOnDevelopmentSet: the benchmark's sessions were never recorded
// under the wrong patient, so the rule of the next patient holds none of them.
func TestSlipRulesOnDevelopmentSet(t *testing.T) {
	const dir = "../../../shared/bench/matching/dev"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the benchmark's development set: ../shared is not here")
	}
	t.Parallel()
	all := benchDecisions(t, dir, filepath.Join(dir, "sessions.jsonl"))
	held := 0
	for _, d := range all {
		if d.Reason == carryover.NextPatient || d.Reason == carryover.WhoseSession {
			held++
		}
	}
	if len(all) == 0 || held > 0 {
		t.Errorf("%d of %d sessions of the development set are held by the rules about slips, want none", held, len(all))
	}
}

// A slipCount is what became of the sessions of all days.
type slipCount struct {
	planted, ordinary map[string]int // sessions by case
	other             []string       // ordinary sessions held by one of the two rules
	besides           int            // and those held for another reason
}

func newSlipCount() *slipCount {
	return &slipCount{planted: map[string]int{}, ordinary: map[string]int{}}
}

// add counts one session's decision, and says when a slip was not held, or not
// for what it is.
func (c *slipCount) add(t *testing.T, plot *clinic.Plot, id carryover.SessionID, v ledger.Version) {
	t.Helper()
	i := slices.IndexFunc(plot.Practice.Sessions, func(s sandbox.Session) bool { return s.ID == string(id) })
	s := plot.Practice.Sessions[i]
	if want, planted := plot.Reasons[s.ID]; planted {
		c.planted[s.Case]++
		if v.State != carryover.Held || !slices.Contains(want, string(v.Reason)) {
			t.Errorf("session %s (%s) is %s (%s), want held for one of %q", s.ID, s.Case, v.State, v.Reason, want)
		}
		return
	}
	c.ordinary[s.Case]++
	switch {
	case v.State == carryover.Ready && string(v.Patient) != s.Belongs:
		t.Errorf("session %s (%s) goes to patient %s, want %s", s.ID, s.Case, v.Patient, s.Belongs)
	case v.State == carryover.Ready && string(v.Practitioner) != s.PractitionerID:
		t.Errorf("session %s (%s) is by practitioner %s, want %s", s.ID, s.Case, v.Practitioner, s.PractitionerID)
	case v.Reason == carryover.NextPatient || v.Reason == carryover.WhoseSession:
		c.other = append(c.other, fmt.Sprintf("%s (%s) for %s", s.ID, s.Case, v.Reason))
	case v.State == carryover.Held:
		c.besides++
	}
}

// judge compares the counts with what the rules promise.
func (c *slipCount) judge(t *testing.T, days int) {
	t.Helper()
	ordinary := sum(c.ordinary)
	t.Logf("%d days: planted %v, ordinary %d %v; of those held by the two rules %d, otherwise %d",
		days, c.planted, ordinary, c.ordinary, len(c.other), c.besides)
	if len(c.other)*100 > ordinary {
		t.Errorf("%d of %d ordinary sessions are held by the two rules, want at most 1 in 100: %s", len(c.other), ordinary, strings.Join(c.other, "; "))
	}
	if days < 10 {
		return
	}
	if ordinary < 400 || c.planted["slip"] < 20 || c.planted["colleague"] < 10 {
		t.Errorf("%d ordinary sessions, planted %v; want 400, 20 slips and 10 in a colleague's account at least", ordinary, c.planted)
	}
	for _, sort := range []string{"on_time", "late", "after_hours", "double_booked", "two_links", "two_visits"} {
		if c.ordinary[sort] < 5 {
			t.Errorf("%d ordinary sessions of the sort %s, want some: %v", c.ordinary[sort], sort, c.ordinary)
		}
	}
}

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// decided takes every session of a practice as far as its decision and returns
// the versions. Nothing is sent.
func decided(t *testing.T, p *sandbox.Practice) map[carryover.SessionID]ledger.Version {
	t.Helper()
	ctx := t.Context()
	l, err := ledger.Open(ctx, ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), MasterKey: seal.NewMasterKey()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	line := &pipeline.Pipeline{
		Ledger: l, Audit: audit.Log{Keys: l.Keys()}, Sides: map[carryover.PractitionerID]pipeline.Side{},
		Rules: []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}, Trusted: []string{"cliniko"},
		Timing: pipeline.Timing{Poll: time.Millisecond, Quiet: time.Nanosecond, Reads: 1, Grace: time.Minute, LookBack: 14 * 24 * time.Hour, EachPollFor: time.Hour, HalfHourlyFor: time.Hour},
		Log:    slog.New(slog.DiscardHandler), Started: time.Now(),
	}
	books := &books{practice: p}
	for _, who := range p.Practitioners {
		if who.ID != "" {
			line.Sides[carryover.PractitionerID(who.ID)] = pipeline.Side{Scribe: &link{books: books, who: who.ID}, Chart: &chart{books: books}}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(l.Update(ctx, func(tx *ledger.Tx) error {
		for id := range line.Sides {
			if err := tx.SavePractitioner(ctx, ledger.Practitioner{ID: id}); err != nil {
				return err
			}
		}
		return nil
	}))
	for who := range line.Sides {
		must(line.Discover(ctx, who))
	}
	must(line.Ripen(ctx))
	for who := range line.Sides {
		must(line.Match(ctx, line.Begin(who)))
	}
	out := map[carryover.SessionID]ledger.Version{}
	must(l.View(ctx, func(tx *ledger.Tx) error {
		all, err := tx.List(ctx, ledger.Filter{})
		for _, v := range all {
			out[v.Session] = v
			if v.State != carryover.Ready && v.State != carryover.Held {
				t.Errorf("session %s is left in %s (%s)", v.Session, v.State, v.Reason)
			}
		}
		return err
	}))
	if len(out) != len(p.Sessions) {
		t.Errorf("%d sessions are decided, want %d", len(out), len(p.Sessions))
	}
	return out
}

// books are a practice in memory, as far as matching asks for it.
type books struct{ practice *sandbox.Practice }

// A link shows a practitioner's sessions. What it does not show is not asked
// for on the way to a decision.
type link struct {
	pipeline.Scribe
	*books
	who string
}

func (l *link) Linked(context.Context) (bool, error) { return true, nil }

// Sessions yields the practitioner's own and those shared with them.
func (l *link) Sessions(context.Context) iter.Seq2[[]carryover.SessionRef, error] {
	var refs []carryover.SessionRef
	for _, s := range l.practice.Sessions {
		if s.PractitionerID == l.who || slices.Contains(s.SharedWith, l.who) {
			refs = append(refs, carryover.SessionRef{ID: carryover.SessionID(s.ID), CreatedAt: s.StartedAt})
		}
	}
	return func(yield func([]carryover.SessionRef, error) bool) { yield(refs, nil) }
}

func (l *link) find(id carryover.SessionID) sandbox.Session {
	i := slices.IndexFunc(l.practice.Sessions, func(s sandbox.Session) bool { return s.ID == string(id) })
	return l.practice.Sessions[i]
}

func (l *link) Session(_ context.Context, id carryover.SessionID) (carryover.Session, error) {
	s := l.find(id)
	born, err := carryover.ParseDate(s.PatientDOB)
	return carryover.Session{
		ID: id, Practitioner: carryover.PractitionerID(l.who), StartedAt: s.StartedAt.Truncate(time.Second), Duration: s.Duration,
		Claim: carryover.PatientClaim{
			Name: carryover.NewText(s.PatientName), BirthDate: born, Provider: s.EHRProvider,
			PatientID: carryover.PatientID(s.EHRPatientID), BookingID: carryover.BookingID(s.EHRApptID),
		},
	}, err
}

func (l *link) Documents(_ context.Context, id carryover.SessionID) ([]carryover.Document, error) {
	var out []carryover.Document
	for _, d := range l.find(id).Documents {
		out = append(out, carryover.Document{
			Session: id, ID: carryover.DocumentID(d.ID), Name: carryover.NewText(d.Name), Content: carryover.NewText(d.Stages[len(d.Stages)-1].Text),
		})
	}
	return out, nil
}

// A chart answers the searches that lead to a decision.
type chart struct {
	pipeline.Chart
	*books
}

// patients returns those of the register that are meant.
func (b *books) patients(meant func(sandbox.Patient) bool) ([]carryover.Patient, error) {
	var out []carryover.Patient
	for _, p := range b.practice.Patients {
		if !meant(p) {
			continue
		}
		born, err := carryover.ParseDate(p.BirthDate)
		if err != nil {
			return nil, err
		}
		out = append(out, carryover.Patient{
			ID: carryover.PatientID(p.ID), FirstName: carryover.NewText(p.FirstName), LastName: carryover.NewText(p.LastName),
			PreferredName: carryover.NewText(p.PreferredName), BirthDate: born, ArchivedAt: p.ArchivedAt, MergedInto: carryover.PatientID(p.MergedInto),
		})
	}
	return out, nil
}

func (c *chart) PatientsByID(_ context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	return c.patients(func(p sandbox.Patient) bool { return slices.Contains(ids, carryover.PatientID(p.ID)) })
}

func (c *chart) PatientsBornOn(_ context.Context, d carryover.Date) ([]carryover.Patient, error) {
	return c.patients(func(p sandbox.Patient) bool { return p.BirthDate == d.Reveal() })
}

func (c *chart) PatientsNamed(_ context.Context, word carryover.Text) ([]carryover.Patient, error) {
	return c.patients(func(p sandbox.Patient) bool {
		return strings.Contains(strings.ToLower(p.LastName), strings.ToLower(word.Reveal()))
	})
}

func (c *chart) Bookings(_ context.Context, of []carryover.PractitionerID, from, to time.Time) ([]carryover.Booking, error) {
	return c.bookings(func(a sandbox.Appointment) bool {
		return slices.Contains(of, carryover.PractitionerID(a.PractitionerID)) && a.EndsAt.After(from) && a.StartsAt.Before(to)
	}), nil
}

func (c *chart) Booking(_ context.Context, id carryover.BookingID) (carryover.Booking, error) {
	found := c.bookings(func(a sandbox.Appointment) bool { return a.ID == string(id) })
	if len(found) == 0 {
		return carryover.Booking{}, carryover.ErrGone
	}
	return found[0], nil
}

// bookings returns the diary's individual appointments that are meant; the days
// of slips have no others.
func (b *books) bookings(meant func(sandbox.Appointment) bool) []carryover.Booking {
	var out []carryover.Booking
	for _, a := range b.practice.Appointments {
		if meant(a) {
			out = append(out, carryover.Booking{
				ID: carryover.BookingID(a.ID), Kind: carryover.IndividualAppointment, Practitioner: carryover.PractitionerID(a.PractitionerID),
				Patients: []carryover.PatientID{carryover.PatientID(a.PatientID)}, StartsAt: a.StartsAt, EndsAt: a.EndsAt,
				CancelledAt: a.CancelledAt, DidNotArrive: a.DidNotArrive,
			})
		}
	}
	slices.SortFunc(out, func(a, b carryover.Booking) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}
