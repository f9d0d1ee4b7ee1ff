package daemon_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/sandbox/clinic"
)

// TestPageIsServed: the daemon serves the review page where the configuration
// says, behind its door, and lets go of it when it stops.
func TestPageIsServed(t *testing.T) {
	t.Parallel()
	d := newDay(t, clinic.Options{Seed: 3, Pace: time.Hour})
	cfg := d.load()
	cfg.Web = &config.Web{Listen: "127.0.0.1:0", Idle: 30 * time.Minute, Absolute: 12 * time.Hour}
	at := make(chan net.Addr, 1)
	r := d.startWith(daemon.Options{Config: cfg, Served: func(a net.Addr) { at <- a }})
	var base string
	select {
	case a := <-at:
		base = "http://" + a.String()
	case err := <-r.ran:
		t.Fatalf("the daemon ended by itself: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("the page is not there after a minute")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]int{"/health": http.StatusOK, "/": http.StatusSeeOther, "/held": http.StatusSeeOther, "/sign-in": http.StatusOK} {
		res, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d, want %d under a policy", path, res.StatusCode, want)
		}
		if to := res.Header.Get("Location"); want == http.StatusSeeOther && !strings.HasPrefix(to, "/sign-in") {
			t.Errorf("%s leads to %q, want the door", path, to)
		}
		if path == "/sign-in" && !strings.Contains(string(body), "SANDBOX") {
			t.Error("the page of a sandbox does not say so")
		}
	}
	r.stopped()
	if _, err := client.Get(base + "/health"); err == nil {
		t.Error("the page answers after the daemon has stopped")
	}
}
