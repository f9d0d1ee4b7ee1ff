package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/cliniko"
	"carryover/heidi"
	"carryover/internal/guard"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/pipeline"
	"carryover/route"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

const (
	session1  = "271828182845904523536028747135266249775"
	document1 = "64b0000000000000000000d1"
	mira      = "1968645883121642701"
	otto      = "1968645883121642702"
	physio    = "1968645883121642801"
	physio2   = "1968645883121642802"
	booking1  = "1968645883121642901"
	text1     = "## Plan\n\n- Squats 3 x 10, pain <3/10\n- Review 1/52 if BP >140\n\n| 3 | | 9 | lift |"
)

// A harness is both simulators on real sockets, real clients, a real ledger
// and one pipeline over them.
type harness struct {
	t       *testing.T
	heidi   *heidisim.Server
	cliniko *clinikosim.Server
	faults  *sandbox.Faults
	journal *sandbox.Journal
	line    *pipeline.Pipeline
	ledger  *ledger.Ledger
	dir     string
	master  seal.MasterKey
	hURL    string
	cURL    string
	starts  time.Time
	// deadline is how long a client waits for an answer; tests that count
	// requests wait long, since an answer that comes too late is asked for again.
	deadline time.Duration

	mu     sync.Mutex
	events []pipeline.Event
}

func practice(start time.Time) *sandbox.Practice {
	born := "1979-02-14"
	return &sandbox.Practice{
		Name: "Sandbox Physio", TimeZone: "Australia/Hobart", Shard: "au3", Region: "AU",
		Businesses: []sandbox.Business{{ID: "1968645883121642601", Name: "Sandbox Street"}},
		Practitioners: []sandbox.Practitioner{
			{ID: physio, UserID: "1968645883121642811", Key: "SANDBOXone-au3", Role: "practitioner", FirstName: "Jo", LastName: "Sandphysio", Email: "jo@example.com", InternalID: "jo", Linked: true},
			{ID: physio2, UserID: "1968645883121642812", Key: "SANDBOXtwo-au3", Role: "practitioner", FirstName: "Al", LastName: "Sandphysio", Email: "al@example.com", InternalID: "al", Linked: true},
		},
		Patients: []sandbox.Patient{
			{ID: mira, FirstName: "Mira", LastName: "Quillfeather", BirthDate: born, CreatedAt: start.AddDate(-1, 0, 0)},
			{ID: otto, FirstName: "Otto", LastName: "Elsewhere", BirthDate: "1960-06-06", CreatedAt: start.AddDate(-1, 0, 0)},
		},
		Appointments: []sandbox.Appointment{
			{ID: booking1, PractitionerID: physio, BusinessID: "1968645883121642601", PatientID: mira, StartsAt: start, EndsAt: start.Add(30 * time.Minute)},
		},
		Sessions: []sandbox.Session{{
			ID: session1, PractitionerID: physio, Name: "Follow-up", PatientName: "Mira Quillfeather", PatientDOB: born,
			StartedAt: start.Add(3 * time.Minute), Duration: 20 * time.Minute, Belongs: mira,
			ConsultNote: []sandbox.Stage{{Text: "## Subjective\nbetter"}},
			Documents:   []sandbox.Document{{ID: document1, Name: "Exercise plan", ContentType: "MARKDOWN", Stages: []sandbox.Stage{{Text: text1}}}},
		}},
	}
}

type setup func(*sandbox.Practice, *clinikosim.Options, *heidisim.Options)

func newHarness(t *testing.T, changes ...setup) *harness {
	t.Helper()
	return newHarnessWithin(t, 150*time.Millisecond, changes...)
}

// newCounting is a harness for tests that count requests.
func newCounting(t *testing.T, changes ...setup) *harness {
	t.Helper()
	return newHarnessWithin(t, patience, changes...)
}

func newHarnessWithin(t *testing.T, deadline time.Duration, changes ...setup) *harness {
	t.Helper()
	start := time.Now().UTC().Add(-3 * time.Hour).Truncate(time.Minute)
	clock := sandbox.NewClock(time.Second)
	clock.Begin()
	clock.Finish()
	p := practice(start)
	co, ho := clinikosim.Options{Practice: p, Clock: clock, RateLimit: 100_000}, heidisim.Options{Practice: p, Clock: clock}
	for _, change := range changes {
		change(p, &co, &ho)
	}
	h := &harness{t: t, journal: sandbox.NewJournal(), starts: start, deadline: deadline, dir: t.TempDir(), master: seal.NewMasterKey()}
	h.faults = sandbox.NewFaults(nil, clock)
	t.Cleanup(h.faults.Close)
	h.heidi, h.cliniko = heidisim.New(ho), clinikosim.New(co)
	hs := httptest.NewServer(h.faults.Wrap("heidi", h.journal, h.heidi))
	cs := httptest.NewServer(h.faults.Wrap("cliniko", h.journal, h.cliniko))
	t.Cleanup(hs.Close)
	t.Cleanup(cs.Close)
	h.hURL, h.cURL = hs.URL+heidisim.Base, cs.URL+"/v1"
	h.open("ledger.db")
	return h
}

// open starts a process's worth of Carryover on a ledger file.
func (h *harness) open(file string) {
	h.t.Helper()
	l, err := ledger.Open(h.t.Context(), ledger.Config{Path: filepath.Join(h.dir, file), MasterKey: h.master})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = l.Close() })
	h.ledger = l
	hu, _ := url.Parse(h.hURL)
	cu, _ := url.Parse(h.cURL)
	g, err := guard.New(guard.Policy{Clinical: []string{hu.Host, cu.Host}, Region: "AU"})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(g.Close)
	counter := &pipeline.ReadCounter{}
	h.line = &pipeline.Pipeline{
		Counter: counter,
		Ledger:  l, Audit: audit.Log{Keys: l.Keys()}, Sides: map[carryover.PractitionerID]pipeline.Side{},
		Rules: []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Auto}}, Trusted: []string{"cliniko"},
		Timing: pipeline.Timing{
			Poll: 5 * time.Millisecond, Quiet: time.Millisecond, Reads: 3, Grace: 400 * time.Millisecond,
			LookBack: 14 * 24 * time.Hour, EachPollFor: time.Hour, HalfHourlyFor: 24 * time.Hour,
		},
		Log: slog.New(slog.DiscardHandler), Started: time.Now(),
		Events: func(e pipeline.Event) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.events = append(h.events, e)
		},
	}
	for id, key := range map[carryover.PractitionerID]string{physio: "SANDBOXone-au3", physio2: "SANDBOXtwo-au3"} {
		who := map[carryover.PractitionerID]string{physio: "jo", physio2: "al"}[id]
		c, err := cliniko.New(cliniko.Config{
			Key: carryover.NewSecret(key), BaseURL: h.cURL, Contact: "sandbox@example.com",
			Read: counted{g.Transport(), counter}, Write: g.FreshTransport(), PerMinute: 60_000, Deadline: h.deadline, Backoff: time.Millisecond,
		})
		if err != nil {
			h.t.Fatal(err)
		}
		s, err := heidi.New(heidi.Config{
			Key: carryover.NewSecret(heidisim.DefaultKey), BaseURL: h.hURL, Email: carryover.NewText(who + "@example.com"),
			InternalID: who, Practitioner: id, Read: g.Transport(), Backoff: time.Millisecond,
		})
		if err != nil {
			h.t.Fatal(err)
		}
		h.line.Sides[id] = pipeline.Side{Scribe: s, Chart: testChart{c}, Files: c, Forms: testChart{c}, Templates: testTemplates{s}}
	}
	if err := l.Update(h.t.Context(), func(tx *ledger.Tx) error {
		for id := range h.line.Sides {
			if err := tx.SavePractitioner(h.t.Context(), ledger.Practitioner{ID: id}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
	if err := h.line.Recover(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// counted counts what really leaves, as the daemon's transport does.
type counted struct {
	http.RoundTripper
	reads *pipeline.ReadCounter
}

func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.reads.Count(r.Context())
	return c.RoundTripper.RoundTrip(r)
}

type testChart struct{ *cliniko.Client }

func (testChart) NamesBooking(err error) bool  { return cliniko.NamesBooking(err) }
func (testChart) NamesTemplate(err error) bool { return cliniko.NamesTemplate(err) }

type testTemplates struct{ *heidi.Client }

func (c testTemplates) TemplateNames(ctx context.Context) (map[carryover.TemplateID]carryover.Text, error) {
	all, err := c.Templates(ctx)
	names := map[carryover.TemplateID]carryover.Text{}
	for _, one := range all {
		names[one.ID] = one.Name
	}
	return names, err
}

// cycle takes every practitioner one round; what the network did wrong is for
// the next round.
func (h *harness) cycle() {
	h.t.Helper()
	ctx := h.t.Context()
	for _, who := range []carryover.PractitionerID{physio, physio2} {
		_ = h.line.Discover(ctx, who)
		if err := h.line.Ripen(ctx); err != nil {
			h.t.Fatalf("Ripen: %v", err)
		}
		c := h.line.Begin(who)
		_ = h.line.Watch(ctx, c)
		_ = h.line.Match(ctx, c)
		_ = h.line.Reconsider(ctx, c)
		_ = h.line.Deliver(ctx, c)
	}
	h.check()
}

// until runs rounds until the document is in a state, or fails.
func (h *harness) until(want carryover.State) ledger.Version {
	h.t.Helper()
	return h.untilDoc(session1, document1, want)
}

func (h *harness) untilDoc(s carryover.SessionID, d carryover.DocumentID, want carryover.State) ledger.Version {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		h.cycle()
		v, ok := h.version(s, d)
		if ok && v.State == want {
			return v
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("document is %q (%s) after %v, want %q; road: %s", v.State, v.Reason, patience, want, h.road())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// untilVersion runs rounds until one version is in a state, or fails.
func (h *harness) untilVersion(id carryover.VersionID, want carryover.State) {
	h.t.Helper()
	var v ledger.Version
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		h.cycle()
		if err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) (err error) {
			v, err = tx.Version(h.t.Context(), id)
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
		if v.State == want {
			return
		}
	}
	h.t.Fatalf("version is %q (%s) after %v, want %q; road: %s", v.State, v.Reason, patience, want, h.road())
}

// patience is how long a state is waited for; generous, since a loaded machine
// under the race detector is slow.
const patience = 20 * time.Second

func (h *harness) version(s carryover.SessionID, d carryover.DocumentID) (out ledger.Version, ok bool) {
	h.t.Helper()
	err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		vs, err := tx.CurrentVersions(h.t.Context(), s)
		for _, v := range vs {
			if v.Document == d {
				out, ok = v, true
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out, ok
}

func (h *harness) road() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var steps []string
	for _, e := range h.events {
		steps = append(steps, fmt.Sprintf("%s→%s(%s)", e.From, e.To, e.Reason))
	}
	return strings.Join(steps, " ")
}

// check is the checker of invariants: it runs after every round of every test.
func (h *harness) check() {
	h.t.Helper()
	err := h.ledger.View(h.t.Context(), func(tx *ledger.Tx) error {
		faults, err := tx.Check(h.t.Context())
		if err != nil {
			return err
		}
		for _, f := range faults {
			h.t.Errorf("ledger: %s", f)
		}
		_, err = h.line.Audit.Verify(h.t.Context(), tx, nil)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	live := map[string]int{}
	for _, n := range h.cliniko.Notes() {
		if n.ByAPI && n.ArchivedAt.IsZero() {
			if !n.Draft && !finalisedByPerson(n) {
				h.t.Errorf("note %s was filed as final", n.ID)
			}
			live[n.Title+n.PatientID+n.Content]++
		}
	}
	for _, a := range h.cliniko.Attachments() {
		if a.ByAPI && a.ArchivedAt.IsZero() {
			live[a.PatientID+a.SHA256]++ // the bytes hold the reference
		}
	}
	for what, n := range live {
		if n > 1 {
			h.t.Errorf("%d live notes, or files, of the same words in one record (%d bytes)", n, len(what))
		}
	}
	for call, n := range h.heidi.WriteCalls() {
		h.t.Errorf("heidi got %d × %s", n, call)
	}
}

// finalisedByPerson says that somebody finalised a note in Cliniko's pages.
func finalisedByPerson(n clinikosim.NoteRecord) bool {
	return slices.ContainsFunc(n.Edits, func(e clinikosim.Edit) bool { return e.Through == "UI" && strings.HasPrefix(e.What, "finalise") })
}

// notes returns the live notes that came through the API.
func (h *harness) notes() []clinikosim.NoteRecord {
	var out []clinikosim.NoteRecord
	for _, n := range h.cliniko.Notes() {
		if n.ByAPI && n.ArchivedAt.IsZero() {
			out = append(out, n)
		}
	}
	return out
}

func (h *harness) posts() int {
	return len(h.journal.Entries(func(e sandbox.Entry) bool {
		return e.API == "cliniko" && e.Method == http.MethodPost && strings.HasSuffix(e.Path, "/treatment_notes")
	}))
}

func (h *harness) strike(rules ...sandbox.Rule) {
	h.faults.SetPlan(&sandbox.Plan{Seed: 1, Rules: rules})
}
