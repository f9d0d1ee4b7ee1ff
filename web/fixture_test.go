package web_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carryover"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/sandbox/clinic"
	"carryover/web"
)

// A practice is a simulated clinic whose day is over, with a daemon that still
// runs: what the pages show is what they show in a practice.
type practice struct {
	*clinic.Clinic
	daemon *daemon.Daemon
	cfg    *config.Config
	desk   web.Desk
	stop   func() error // ends the daemon
	close  func()
	log    *bytes.Buffer // read once everything has ended
}

// opened is the practice that all tests share; those that decide about something
// take a document of their own.
var opened = sync.OnceValues(func() (*practice, error) { return openPractice(7, 3*time.Second) })

// TestMain closes the practice when all tests are done.
func TestMain(m *testing.M) {
	code := m.Run()
	if used.Load() {
		if p, err := opened(); err == nil {
			p.close()
			for _, name := range namesOf(p) { // at debug level, over all that the tests did
				if bytes.Contains(p.log.Bytes(), []byte(name)) {
					fmt.Fprintln(os.Stderr, "FAIL: the log has a patient's name in it")
					code = 1
					break
				}
			}
		}
	}
	os.Exit(code)
}

var used atomic.Bool

// demoDay returns the practice. It takes some seconds, once.
func demoDay(t testing.TB) *practice {
	t.Helper()
	used.Store(true)
	p, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// openPractice runs a clinic's day to its end.
func openPractice(seed uint64, pace time.Duration) (*practice, error) {
	c, err := clinic.Start(clinic.Options{Seed: seed, Pace: pace, RateLimit: -1})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "web")
	if err != nil {
		return nil, err
	}
	if err := c.WriteFiles(dir); err != nil {
		return nil, err
	}
	cfg, err := config.Load(filepath.Join(dir, "carryover.yaml"))
	if err != nil {
		return nil, err
	}
	cfg.Cliniko.RequestsPerMinute = 6000 // a whole day has gone by in seconds; no test is to wait for the next minute
	p := &practice{Clinic: c, cfg: cfg, log: &bytes.Buffer{}}
	if err := p.run(); err != nil {
		return nil, err
	}
	if err := p.untilSettled(); err != nil {
		return nil, err
	}
	// The day is over, and Heidi has nothing new. From here on it is always night
	// for the daemon: to ask several times a second would be most of the work that
	// the race detector sees. What people decide goes on at once all the same.
	if err := p.stop(); err != nil {
		return nil, err
	}
	cfg.Timing.DayFrom, cfg.Timing.DayTo, cfg.Timing.PollNight = 0, 0, time.Hour
	cfg.Timing.Poll = max(cfg.Timing.Poll, time.Second)
	if err := p.run(); err != nil {
		return nil, err
	}
	p.close = func() {
		_ = p.stop()
		c.Close()
		_ = os.RemoveAll(dir)
	}
	return p, nil
}

// run starts a daemon on the practice's ledger; stop ends it.
func (p *practice) run() (err error) {
	p.daemon, err = daemon.New(context.Background(), daemon.Options{
		Config: p.cfg, Gate: gate{}, Log: slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		return err
	}
	p.desk = p.daemon.Desk().(web.Desk)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- p.daemon.Run(ctx) }()
	p.stop = func() error {
		cancel()
		return errors.Join(<-ran, p.daemon.Close())
	}
	return nil
}

// untilSettled waits until the clinic's day is over and nothing moves any more,
// or so long that what there is by then is enough to look at.
func (p *practice) untilSettled() error {
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	limit := time.After(2 * time.Minute)
	for calm := 0; calm < 2; {
		select {
		case <-limit:
			return nil
		case <-look.C:
		}
		if p.Clock.Share() < 1 { // to ask costs more than to wait
			continue
		}
		settled, err := p.daemon.Settled(context.Background())
		if err != nil {
			return err
		}
		if calm++; !settled {
			calm = 0
		}
	}
	return nil
}

// gate lets in whoever says who they are, in a cookie. The real one has tests of
// its own in package sign.
type gate struct{}

type asKey struct{}

func (gate) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("as")
		if err == nil {
			value, id, _ := strings.Cut(c.Value, "~")
			role, of, _ := strings.Cut(value, ".")
			p := web.Person{ID: cmp.Or(carryover.PersonID(id), "01a19000-0000-7000-8000-00000000000a"), Role: carryover.Role(role), Name: carryover.NewText("Rae Reviewer"), Practitioner: carryover.PractitionerID(of)}
			r = r.WithContext(context.WithValue(r.Context(), asKey{}, p))
		}
		next.ServeHTTP(w, r)
	})
}

func (g gate) Require(roles ...carryover.Role) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p, ok := g.Person(r.Context())
			if !ok {
				http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
				return
			}
			if slices.Contains(roles, p.Role) {
				next.ServeHTTP(w, r)
				return
			}
			if len(roles) == 0 {
				next.ServeHTTP(w, r)
				return
			}
			http.Error(w, "not for your role", http.StatusForbidden)
		})
	}
}

// Mount adds a door for browsers: /as/admin.
func (gate) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /as/{who}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "as", Value: r.PathValue("who"), Path: "/"})
	})
}

func (gate) Person(ctx context.Context) (web.Person, bool) {
	p, ok := ctx.Value(asKey{}).(web.Person)
	return p, ok
}

// A visitor is a browser without JavaScript.
type visitor struct {
	t    testing.TB
	http http.Client
	base string
}

// site serves the pages of a practice.
func site(t testing.TB, p *practice) string {
	t.Helper()
	return serve(t, p.pages())
}

// pages are the practice's, behind the gate of these tests.
func (p *practice) pages() *web.Server { return p.daemon.Pages() }

func serve(t testing.TB, s *web.Server) string {
	t.Helper()
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// visit comes in as somebody: "reviewer", "admin", "practitioner.1234"; with
// "~ID" after it, as another one than the rest; empty: as nobody.
func visit(t testing.TB, base, as string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	if as != "" {
		jar.SetCookies(u, []*http.Cookie{{Name: "as", Value: as}})
	}
	return &visitor{t: t, base: base, http: http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: time.Minute}}
}

// get fetches a page that must be there, and returns it.
func (v *visitor) get(path string) string {
	v.t.Helper()
	return v.wants(http.StatusOK, http.MethodGet, path, nil)
}

// post sends a form and returns the page that it leads to.
func (v *visitor) post(path string, form url.Values) string {
	v.t.Helper()
	return v.wants(http.StatusOK, http.MethodPost, path, form)
}

// wants sends a request, follows redirects, and returns the page.
func (v *visitor) wants(status int, method, path string, form url.Values) string {
	v.t.Helper()
	got, page := v.send(method, path, form)
	if got != status {
		v.t.Fatalf("%s %s: status %d, want %d\n%s", method, path, got, status, page)
	}
	return page
}

func (v *visitor) send(method, path string, form url.Values) (status int, page string) {
	v.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}
