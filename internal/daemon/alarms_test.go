package daemon_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/alarm/notify/notifytest"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// A troubledDay is a clinic whose world misbehaves on demand, with everybody
// listening who can be told.
type troubledDay struct {
	*clinicDay
	r       *running
	mail    *notifytest.MailServer
	push    *notifytest.Receiver
	hook    *notifytest.Receiver
	watcher *notifytest.Receiver
	skew    atomic.Int64 // of Cliniko's clock, in nanoseconds
	free    atomic.Uint64
	scanner *leakScanner
}

// newTroubledDay starts the daemon on a clinic of canaries.
func newTroubledDay(t *testing.T) *troubledDay {
	t.Helper()
	const pace = 2 * time.Second
	o := clinic.Options{
		Practice: clinic.Generate(77, clinic.LastPracticeDay(time.Now())), Seed: 77, Pace: pace * slowness, RateLimit: -1,
		// The first note is one that Cliniko will not take.
		Plan: &sandbox.Plan{Rules: []sandbox.Rule{{
			API: "cliniko", Method: http.MethodPost, Path: "/treatment_notes", Fault: sandbox.FaultStatus, Status: 422, Count: 1,
		}}},
	}
	p := newPlanter()
	p.plant(o.Practice)
	w := &troubledDay{
		clinicDay: newDay(t, o), scanner: &leakScanner{field: p.field},
		push: notifytest.NewReceiver(t), hook: notifytest.NewReceiver(t), watcher: notifytest.NewReceiver(t),
		mail: notifytest.NewMailServer(t, func(s *notifytest.MailServer) { s.User, s.Password = "box-7", "secret" }),
	}
	w.free.Store(10 << 30)
	w.scanner.know("a canary", canaryStem)
	cfg := w.configured()
	opening.Lock()
	dm, err := daemon.New(t.Context(), daemon.Options{Config: cfg})
	opening.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	dm.TrustMail(w.mail.Roots)
	dm.SetFree(func(string) (uint64, error) { return w.free.Load(), nil })
	w.r = run(t, dm, cfg)
	return w
}

// configured writes whom the daemon tells into its configuration.
func (w *troubledDay) configured() *config.Config {
	w.t.Helper()
	text, err := os.ReadFile(w.file())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "secrets", "smtp"), []byte("secret"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	changed := strings.Replace(string(text), w.ClinikoURL, w.clockwork(), 1) + fmt.Sprintf(`alarms:
  smtp: {host: 127.0.0.1, port: %d, user: box-7, password_file: secrets/smtp, from: carryover@example.com, to: [desk@example.com]}
  ntfy: {url: %s/topic}
  webhook: {url: %s/hook}
  ping_url: %s/alive
`, w.mail.Port, w.push.URL, w.hook.URL, w.watcher.URL)
	if err := os.WriteFile(w.file(), []byte(changed), 0o600); err != nil {
		w.t.Fatal(err)
	}
	cfg := w.load()
	// What takes a day or minutes in a practice.
	cfg.Alarms.HeldAfter, cfg.Alarms.PingEvery = 2*time.Second*slowness, 50*time.Millisecond
	cfg.Timing.Grace = max(cfg.Timing.Grace, 4*time.Second*slowness)
	return cfg
}

// clockwork stands before Cliniko and changes what its clock says; it returns its
// address.
func (w *troubledDay) clockwork() string {
	w.t.Helper()
	to, err := url.Parse(w.ClinikoURL)
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{}
	w.t.Cleanup(transport.CloseIdleConnections)
	s := httptest.NewServer(&httputil.ReverseProxy{
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // a cut stays a cut
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
		},
		ModifyResponse: func(a *http.Response) error {
			a.Header.Set("Date", time.Now().Add(time.Duration(w.skew.Load())).UTC().Format(http.TimeFormat))
			return nil
		},
	})
	w.t.Cleanup(s.Close)
	return strings.Replace(w.ClinikoURL, "http://"+to.Host, s.URL, 1)
}

// open counts the open alarms of a kind.
func (w *troubledDay) open(k alarm.Kind) (n int) {
	w.t.Helper()
	if err := w.r.Books().View(w.t.Context(), func(tx *ledger.Tx) error {
		all, err := alarm.Open(w.t.Context(), tx)
		for _, a := range all {
			if a.Kind == k {
				n++
			}
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// trouble lets the world go wrong until an alarm stands and has been told, then
// mends it until the alarm is gone.
func (w *troubledDay) trouble(k alarm.Kind, spoil, mend func()) {
	w.t.Helper()
	began := time.Now()
	spoil()
	w.until(60*time.Second*slowness, "the alarm "+string(k), func() bool { return w.open(k) > 0 && w.told("raised", k) > 0 })
	if pings := len(w.watcher.Requests()); k.Stops() {
		told := w.told("raised", k)
		defer func(pings int) {
			w.until(30*time.Second*slowness, "a sign of life after "+string(k), func() bool { return len(w.watcher.Requests()) > pings })
		}(pings)
		// One may have been on its way when the alarm was raised.
		w.until(30*time.Second, "the alarm to be told", func() bool { return w.told("raised", k) >= told })
		if now := len(w.watcher.Requests()); now > pings+1 {
			w.t.Errorf("%d signs of life while %s stands", now-pings, k)
		}
	}
	if s, err := w.r.Desk().Status(w.t.Context()); err != nil || !slices.ContainsFunc(s.Alarms, func(a desk.Alarm) bool { return a.Kind == string(k) }) {
		w.t.Errorf("status does not list %s: %+v, %v", k, s.Alarms, err)
	}
	mend()
	w.until(60*time.Second*slowness, "the end of the alarm "+string(k), func() bool { return w.open(k) == 0 && w.told("cleared", k) > 0 })
	w.t.Logf("%s: %v", k, time.Since(began).Round(10*time.Millisecond))
}

// told counts what the webhook was told of a kind.
func (w *troubledDay) told(about string, k alarm.Kind) (n int) {
	w.t.Helper()
	for _, q := range w.hook.Requests() {
		var m struct {
			Matters []struct{ About, Kind string }
		}
		if err := json.Unmarshal([]byte(q.Body), &m); err != nil {
			w.t.Fatalf("the webhook received %s: %v", q.Body, err)
		}
		for _, one := range m.Matters {
			if one.About == about && one.Kind == string(k) {
				n++
			}
		}
	}
	return n
}

// faults replaces the plan: nil, or one rule for every request that fits.
func (w *troubledDay) faults(rules ...sandbox.Rule) { w.Faults.SetPlan(&sandbox.Plan{Rules: rules}) }

// handIn files a document of a patient whom nobody knows by hand, so that Cliniko
// is read.
func (w *troubledDay) handIn(who carryover.PractitionerID, words string) {
	w.t.Helper()
	if _, err := w.r.Desk().File(w.t.Context(), desk.FileRequest{
		Text: carryover.NewText(words), Format: carryover.FormatMarkdown, PatientName: carryover.NewText("Nobody Invented" + words),
		Practitioner: who, Actor: "cli:1000",
	}); err != nil {
		w.t.Fatal(err)
	}
}

// decideAll leaves everything out that is in one of the states.
func (w *troubledDay) decideAll(states ...carryover.State) {
	w.t.Helper()
	all, err := w.r.Desk().List(w.t.Context(), desk.ListRequest{States: states})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range all {
		if _, err := w.r.Desk().Dismiss(w.t.Context(), desk.DismissRequest{ID: i.ID, Reason: "test", Actor: "cli:1000"}); err != nil {
			w.t.Logf("dismiss %s: %v", i.Mark, err)
		}
	}
}

// TestAlarmsOfTheWorld: one daemon, and everything that can go wrong around it,
// one after the other. Each trouble is raised and cleared once, is told once each
// by mail, push and webhook, stands in the status, and stops the signs of life
// when it stops the work. No message holds a word of a document or a name.
func TestAlarmsOfTheWorld(t *testing.T) {
	if testing.Short() {
		t.Skip("ten troubles, one after the other, take twenty seconds")
	}
	t.Parallel()
	w := newTroubledDay(t)
	ctx, who := t.Context(), w.Practice.Practitioners[0]
	w.untilShare(1)
	w.trouble(alarm.Refused, func() {}, func() { w.decideAll(carryover.Refused) })
	w.trouble(alarm.HeldLong, func() {}, func() { w.decideAll(carryover.Held, carryover.Refused) })
	w.trouble(alarm.LinkGone,
		func() { w.must(w.Heidi.ExpireLink(who.Email, who.InternalID)) },
		func() { w.must(w.Heidi.Link(who.Email, who.InternalID)) })
	w.trouble(alarm.PollSilent,
		func() {
			w.faults(sandbox.Rule{API: "heidi", Fault: sandbox.FaultStatus, Status: http.StatusBadRequest, Again: 1 << 30})
		},
		func() { w.faults() })
	w.trouble(alarm.ClockOff,
		func() {
			w.skew.Store(int64(5 * time.Minute))
			w.handIn(carryover.PractitionerID(who.ID), "a clock")
		},
		func() { w.skew.Store(0) })
	w.trouble(alarm.RateStarved,
		func() {
			w.faults(sandbox.Rule{API: "cliniko", Method: http.MethodGet, Fault: sandbox.FaultRateLimited, Again: 1 << 30, Delay: sandbox.Duration(time.Millisecond)})
			w.handIn(carryover.PractitionerID(who.ID), "a limit")
		},
		func() { w.faults() })
	w.trouble(alarm.KeyRefused,
		func() {
			w.must(w.Cliniko.RevokeKey(who.Key))
			w.handIn(carryover.PractitionerID(who.ID), "a key")
		},
		func() { w.must(w.Cliniko.RestoreKey(who.Key)) })
	w.trouble(alarm.DiskLow, func() { w.free.Store(100 << 20) }, func() { w.free.Store(10 << 30) })
	head := filepath.Join(w.r.cfg.Data, "audit.head")
	var kept []byte
	w.trouble(alarm.AuditBroken,
		func() {
			w.must(w.r.WriteHead(ctx))
			var err error
			kept, err = os.ReadFile(head)
			w.must(err)
			w.must(os.WriteFile(head, []byte(strings.Replace(string(kept), `"n":`, `"n":9`, 1)), 0o600))
			w.must(w.r.WriteHead(ctx))
		},
		func() {
			w.must(os.WriteFile(head, kept, 0o600))
			w.must(w.r.WriteHead(ctx))
		})
	w.once()
	w.r.stopped()
	w.quiet()
}

func (d *clinicDay) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// once compares what was told with the alarms in the ledger: each of them raised
// once and cleared once, and told so on every channel.
func (w *troubledDay) once() {
	w.t.Helper()
	type life struct{ raised, cleared int }
	lives := map[alarm.Kind]life{}
	w.must(w.r.Books().View(w.t.Context(), func(tx *ledger.Tx) error {
		rows, err := tx.QueryContext(w.t.Context(), "SELECT kind, subject, COUNT(*), SUM(cleared_at > 0) FROM alarm GROUP BY kind, subject")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k alarm.Kind
			var subject string
			var raised, cleared int
			if err := rows.Scan(&k, &subject, &raised, &cleared); err != nil {
				return err
			}
			if raised != 1 {
				w.t.Errorf("%s about %s was raised %d times, want once", k, subject, raised)
			}
			l := lives[k]
			lives[k] = life{l.raised + raised, l.cleared + cleared}
		}
		return rows.Err()
	}))
	for k, l := range lives {
		if told := (life{w.told("raised", k), w.told("cleared", k)}); told != l {
			w.t.Errorf("%s: the ledger has %+v, the webhook was told %+v", k, l, told)
		}
	}
	var mails, pushes strings.Builder
	for _, l := range w.mail.Letters() {
		mails.WriteString(l.Body)
	}
	for _, q := range w.push.Requests() {
		pushes.WriteString(q.Body)
	}
	for k := range lives {
		for name, text := range map[string]string{"mail": mails.String(), "ntfy": pushes.String()} {
			if !strings.Contains(text, k.Sentence()+"\n") && !strings.Contains(text, k.Sentence()+" (") || !strings.Contains(text, ": "+k.Sentence()) {
				w.t.Errorf("%s was not told by %s that it is raised, or well again", k, name)
			}
		}
	}
}

// quiet looks through every byte that left for a watcher or a reader.
func (w *troubledDay) quiet() {
	w.t.Helper()
	sent := map[string]string{"mail": w.mail.Raw()}
	for name, r := range map[string]*notifytest.Receiver{"ntfy": w.push, "webhook": w.hook, "ping": w.watcher} {
		for _, q := range r.Requests() {
			sent[name] += q.Raw
		}
	}
	for _, l := range w.mail.Letters() {
		sent["mail"] += l.Body // decoded
	}
	for _, p := range w.Practice.Patients {
		w.scanner.know("a patient's id", p.ID)
	}
	for name, text := range sent {
		for _, leak := range w.scanner.in([]byte(text)) {
			w.t.Errorf("a %s holds %s", name, leak)
		}
		if len(text) < 100 {
			w.t.Errorf("%d bytes by %s: there is nothing to scan", len(text), name)
		}
	}
}
