package sim

import (
	"context"
	"encoding/base64"
	"flag"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"carryover/cliniko"
	"carryover/internal/daemon"
	"carryover/internal/desk"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
	"carryover/sandbox/heidisim"
)

// long takes the thousand sessions of `make backfill`.
var longBackfill = flag.Bool("backfill", false, "carry a thousand past sessions, not a few")

// TestBackfill: past sessions are carried once each, the ceiling is used, nobody
// sees a 429, a second client of the same user and the day's work go on as ever,
// and a backfill that is stopped, resumed and restarted doubles nothing.
func TestBackfill(t *testing.T) {
	sessions := 220
	if *longBackfill {
		sessions = 1000
	}
	cryptotest.SetGlobalRandom(t, 5)
	dir := folder(t)
	began := time.Now()
	synctest.Test(t, func(t *testing.T) { newBackfillWorld(t, dir, sessions).run() })
	t.Logf("%d sessions took %v by the clock on the wall", sessions, time.Since(began).Round(time.Millisecond))
}

// A backfillWorld is a practice with a past, both systems, and somebody else who
// uses the same key of Cliniko.
type backfillWorld struct {
	*World
	t      *testing.T
	past   *past
	ctx    context.Context //nolint:containedctx // the bubble's own
	end    context.CancelFunc
	daemon *daemon.Daemon
	halt   func()

	mu    sync.Mutex // guards what follows
	ours  []time.Time
	limit int // answers 429, to anybody
	other int
	filed map[string]time.Time // when sessions of the day were filed, by id
}

func newBackfillWorld(t *testing.T, dir string, sessions int) *backfillWorld {
	t.Helper()
	w := newWorld(t.Context(), Options{Seed: 5, Dir: dir, PerDay: 1, Poll: 2 * time.Minute})
	w.poll = 2 * time.Minute
	b := &backfillWorld{World: w, t: t, past: newPast(w.dice, w.script.first.AddDate(0, 0, -20).Add(9*time.Hour), sessions), filed: map[string]time.Time{}}
	w.script.practice = b.past.Practice
	b.ctx, b.end = context.WithCancel(t.Context())
	return b
}

func (b *backfillWorld) run() {
	<-time.After(time.Until(b.script.first.AddDate(0, 0, -3)))
	b.open()
	<-time.After(time.Until(b.script.first.Add(9 * time.Hour))) // nobody has touched the past for days
	b.begin()
	defer b.close()
	b.running.Go(b.somebodyElse)
	b.running.Go(b.liveWork)

	from, to := b.past.Sessions[0].StartedAt.Add(-time.Hour), b.script.first.AddDate(0, 0, -19)
	dry := b.ask(desk.BackfillRequest{Do: desk.BackfillStart, DryRun: true, From: from, To: to})
	if dry.Sessions != len(b.past.Sessions) || dry.Estimate == nil || dry.Estimate.Minutes == 0 {
		b.t.Errorf("dry run = %+v with %+v, want %d sessions and a time", dry, dry.Estimate, len(b.past.Sessions))
	}
	if b.ask(desk.BackfillRequest{}).ID != "" {
		b.t.Error("the dry run has begun a backfill")
	}
	b.ask(desk.BackfillRequest{Do: desk.BackfillStart, From: from, To: to})

	n := len(b.past.Sessions)
	b.until(func(s desk.Backfill) bool { return s.Filed() >= n/6 })
	b.ask(desk.BackfillRequest{Do: desk.BackfillStop})
	time.Sleep(time.Minute) // what is on the wire is finished
	at := b.ask(desk.BackfillRequest{}).Filed()
	time.Sleep(10 * time.Minute)
	if got := b.ask(desk.BackfillRequest{}).Filed(); got != at {
		b.t.Errorf("%d past notes were filed while the backfill was stopped", got-at)
	}
	b.ask(desk.BackfillRequest{Do: desk.BackfillResume})
	time.Sleep(30 * time.Second)
	busy := time.Now()
	b.until(func(s desk.Backfill) bool { return s.Filed() >= n*7/10 })
	b.full(busy, time.Now())
	if got, slot := b.daemon.LongestWait(cliniko.Live), time.Minute/120; got > slot {
		b.t.Errorf("a request of the day's work waited %v, want at most a place in the minute, %v", got, slot)
	}

	b.stop() // the daemon, which goes on by itself when it is there again
	b.begin()
	b.until(func(s desk.Backfill) bool { return s.State == "done" })
	b.until(func(desk.Backfill) bool { return b.liveFiled() == liveSessions })
	done := b.ask(desk.BackfillRequest{})
	b.check(dry, done)
}

// liveFiled counts the day's sessions that are in Cliniko.
func (b *backfillWorld) liveFiled() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range b.filed {
		if !at.IsZero() {
			n++
		}
	}
	return n
}

// full says how much of the ceiling was used between two moments.
func (b *backfillWorld) full(from, to time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, at := range b.ours {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	most := 120 * to.Sub(from).Minutes()
	b.t.Logf("%d of at most %.0f requests in %v (%.1f%%)", n, most, to.Sub(from), 100*float64(n)/most)
	if float64(n) < 0.95*most {
		b.t.Errorf("the backfill used %d of %.0f requests, want 95%%", n, most)
	}
}

// check counts what there is at the end.
func (b *backfillWorld) check(dry, done desk.Backfill) {
	t := b.t
	notes := map[string]int{}
	for _, n := range b.cliniko.Notes() {
		if m := markPattern.FindSubmatch([]byte(n.Content)); n.ByAPI && n.ArchivedAt.IsZero() && m != nil {
			id, ours := b.past.marks[string(m[1])]
			if !ours {
				continue
			}
			if notes[id]++; notes[id] > 1 {
				t.Errorf("session %s has %d notes", id, notes[id])
			}
			if i := slices.IndexFunc(b.past.Sessions, func(s sandbox.Session) bool { return s.ID == id }); b.past.Sessions[i].Belongs != n.PatientID {
				t.Errorf("session %s is in the file of %s", id, n.PatientID)
			}
		}
	}
	for _, s := range b.past.Sessions {
		want := 1
		if b.past.pasted[s.ID] || b.past.nameless[s.ID] {
			want = 0
		}
		if notes[s.ID] != want {
			t.Errorf("session %s has %d notes, want %d (pasted %v, nameless %v)", s.ID, notes[s.ID], want, b.past.pasted[s.ID], b.past.nameless[s.ID])
		}
	}
	if held := len(b.past.pasted) + len(b.past.nameless); done.Documents["held"] != held || done.Carried != len(b.past.Sessions) {
		t.Errorf("%d held and %d carried, want %d and %d: %+v", done.Documents["held"], done.Carried, held, len(b.past.Sessions), done)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit > 0 {
		t.Errorf("%d answers were 429", b.limit)
	}
	if b.other < 60 {
		t.Errorf("%d requests of somebody else: too little to prove anything", b.other)
	}
	r, filed := done.Requests, float64(done.Filed())
	t.Logf("a filed note took %.2f requests: %.2f bookings, %.2f patients, %.2f notes read, %.2f written; estimated %d, made %d",
		float64(r.Total())/filed, float64(r.Bookings)/filed, float64(r.Patients)/filed, float64(r.NotesRead)/filed, float64(r.NotesWritten)/filed,
		dry.Estimate.Requests.Total(), r.Total())
	if got := float64(r.Total()) / filed; got > 2.75 {
		t.Errorf("a filed note took %.2f requests, want at most 2.75", got)
	}
}

// ask asks the desk.
func (b *backfillWorld) ask(r desk.BackfillRequest) desk.Backfill {
	b.t.Helper()
	r.Actor = "cli:1000"
	s, err := b.daemon.Desk().Backfill(b.ctx, r)
	if err != nil {
		b.t.Fatalf("Backfill(%+v) = %v", r, err)
	}
	return s
}

// until waits until something holds of the backfill.
func (b *backfillWorld) until(holds func(desk.Backfill) bool) desk.Backfill {
	b.t.Helper()
	end := time.Now().Add(3 * time.Hour)
	for time.Now().Before(end) {
		if s := b.ask(desk.BackfillRequest{}); holds(s) {
			return s
		}
		time.Sleep(5*time.Second + 137*time.Microsecond)
	}
	b.t.Fatalf("not within half a day: %+v", b.ask(desk.BackfillRequest{}))
	return desk.Backfill{}
}

// somebodyElse makes thirty requests a minute with the same key.
func (b *backfillWorld) somebodyElse() {
	link := b.network.newLink()
	client := http.Client{Transport: &http.Transport{DialContext: link.dial, DisableKeepAlives: true}}
	for b.ctx.Err() == nil {
		req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, "http://"+clinikoHost+"/v1/practitioners", nil)
		if err != nil {
			b.t.Error(err)
			return
		}
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(b.past.who.Key+":")))
		req.Header.Set("Accept", "application/json")
		req.Header.Set("User-Agent", "Somebody else (else@example.com)")
		res, err := client.Do(req)
		if err == nil {
			_ = res.Body.Close()
			b.mu.Lock()
			b.other++
			b.mu.Unlock()
			if res.StatusCode != http.StatusOK {
				b.t.Errorf("somebody else got %d", res.StatusCode)
			}
		}
		select {
		case <-b.ctx.Done():
		case <-time.After(2*time.Second - 41*time.Millisecond):
		}
	}
}

// liveSessions is how many sessions the day brings.
const liveSessions = 5

// liveWork records them, one every five minutes.
func (b *backfillWorld) liveWork() {
	for n := 0; b.ctx.Err() == nil; n++ {
		day := &past{Practice: &sandbox.Practice{Businesses: b.past.Businesses}, who: b.past.who, marks: map[string]string{}}
		s := day.session(900_000+n, time.Now().UTC().Truncate(time.Minute).Add(-25*time.Minute))
		b.mu.Lock()
		b.filed[s.ID] = time.Time{}
		b.mu.Unlock()
		if _, err := b.cliniko.AddPatient(day.Patients[0]); err != nil {
			b.t.Error(err)
		}
		if _, err := b.cliniko.AddAppointment(day.Appointments[0]); err != nil {
			b.t.Error(err)
		}
		if err := b.heidi.AddSession(s); err != nil {
			b.t.Error(err)
		}
		if n == liveSessions-1 {
			return
		}
		select {
		case <-b.ctx.Done():
		case <-time.After(5*time.Minute + 17*time.Millisecond):
		}
	}
}

// open starts both simulators and counts what reaches Cliniko.
func (b *backfillWorld) open() {
	b.clock = sandbox.NewClock(0)
	b.clock.Begin()
	b.heidi = heidisim.New(heidisim.Options{Practice: b.past.Practice, Clock: b.clock, Seed: 5, APIKeys: []string{heidiKey}})
	b.cliniko = clinikosim.New(clinikosim.Options{Practice: b.past.Practice, Clock: b.clock, Seed: 5})
	b.listen(heidiHost, b.heidi)
	b.listen(clinikoHost, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		seen := &statusOf{ResponseWriter: rw}
		b.cliniko.ServeHTTP(seen, r)
		b.mu.Lock()
		defer b.mu.Unlock()
		if strings.HasPrefix(r.UserAgent(), "Carryover") {
			b.ours = append(b.ours, time.Now())
		}
		if seen.status == http.StatusTooManyRequests {
			b.limit++
		}
	}))
}

type statusOf struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusOf) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func (b *backfillWorld) listen(address string, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	b.servers = append(b.servers, s)
	l := b.network.Listen(address)
	b.running.Go(func() { _ = s.Serve(l) })
}

// begin starts the daemon.
func (b *backfillWorld) begin() {
	b.t.Helper()
	cfg, err := b.configure(filepath.Join(b.dir, "data"))
	if err != nil {
		b.t.Fatal(err)
	}
	link := b.network.newLink()
	d, err := daemon.NewSimulated(b.ctx, daemon.Options{
		Config: cfg, Log: slog.New(slog.DiscardHandler), Events: func(e pipeline.Event) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if _, live := b.filed[string(e.Session)]; live && e.To == "filed" {
				b.filed[string(e.Session)] = e.At
			}
		},
	}, daemon.Seam{Dial: link.dial, Backoff: retryBackoff, HeidiPerSecond: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.ctx)
	over := make(chan error, 1)
	go func() {
		over <- d.RunSimulated(ctx, func(n int) time.Duration { return time.Duration(n+1) * 701 * time.Millisecond })
	}()
	b.daemon, b.halt = d, func() {
		stop()
		if err := <-over; err != nil {
			b.t.Errorf("Run after a stop = %v", err)
		}
		if err := d.Close(); err != nil {
			b.t.Errorf("Close = %v", err)
		}
		link.cut()
	}
}

func (b *backfillWorld) stop() { b.halt() }

// close ends everything.
func (b *backfillWorld) close() {
	b.halt()
	b.end()
	for _, s := range b.servers {
		_ = s.Close()
	}
	b.running.Wait()
}
