package check_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/cliniko"
	"carryover/internal/check"
	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/internal/guard"
)

func TestClock(t *testing.T) {
	for off, want := range map[time.Duration]check.Grade{
		0: check.OK, time.Minute: check.Attention, -time.Minute: check.Attention, 10 * time.Minute: check.Broken, -10 * time.Minute: check.Broken,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusForbidden)
		}))
		t.Cleanup(s.Close)
		client, err := cliniko.New(cliniko.Config{
			Key: carryover.NewSecret("SANDBOX-one-au3"), BaseURL: s.URL, Contact: "it@example.com",
			Read: new(http.Transport), Write: new(http.Transport),
		})
		if err != nil {
			t.Fatal(err)
		}
		side := check.Side{ID: "1", Cliniko: client}
		if got := check.Time(side).Grade; got != check.Attention {
			t.Errorf("a clock that nobody compared is %s, want attention", got)
		}
		_, _ = check.Owner(t.Context(), side)
		if got := check.Time(side); got.Grade != want {
			t.Errorf("a clock %v off is %s (%s), want %s", off, got.Grade, got.Says, want)
		}
	}
}

func TestRoomLeft(t *testing.T) {
	for left, want := range map[uint64]check.Grade{0: check.Broken, 10 << 20: check.Broken, 500 << 20: check.Attention, 5 << 30: check.OK} {
		if got := check.RoomLeft(left).Grade; got != want {
			t.Errorf("%d bytes left are %s, want %s", left, got, want)
		}
	}
}

func TestCertificate(t *testing.T) {
	now := time.Now()
	w := config.Web{Origin: "https://records.example.com"}
	w.CertFile, w.KeyFile = selfSigned(t, "records.example.com", now.Add(-time.Hour), now.Add(90*24*time.Hour))
	for _, tt := range []struct {
		name, origin string
		at           time.Time
		want         check.Grade
	}{
		{"good", w.Origin, now, check.OK},
		{"soon over", w.Origin, now.Add(80 * 24 * time.Hour), check.Attention},
		{"over", w.Origin, now.Add(91 * 24 * time.Hour), check.Broken},
		{"not yet", w.Origin, now.Add(-2 * time.Hour), check.Broken},
		{"another name", "https://other.example.com", now, check.Attention},
	} {
		w.Origin = tt.origin
		if got := check.Cert(w, tt.at); got.Grade != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got.Grade, got.Says, tt.want)
		}
	}
	w.KeyFile, _ = selfSigned(t, "x", now, now)
	if got := check.Cert(w, now).Grade; got != check.Broken {
		t.Errorf("a certificate without its key is %s, want broken", got)
	}
}

func selfSigned(t *testing.T, name string, from, to time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: from, NotAfter: to,
	}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// ledgerSays is a desk with a status and an audit chain.
type ledgerSays struct {
	desk.Desk
	status desk.Status
	broken error
}

func (l ledgerSays) Status(context.Context) (desk.Status, error) { return l.status, nil }

func (l ledgerSays) Audit(context.Context, desk.AuditRequest) (desk.AuditResult, error) {
	return desk.AuditResult{Entries: 3}, l.broken
}

func TestBooks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		s     check.Subject
		about string
		want  check.Grade
	}{
		{"all well", check.Subject{Desk: ledgerSays{}}, check.Alarms, check.OK},
		{"locked", check.Subject{NoDesk: errors.New("locked")}, check.Ledger, check.Broken},
		{"chain cut", check.Subject{Desk: ledgerSays{broken: errors.New("cut")}}, check.AuditChain, check.Broken},
		{"paused", check.Subject{Desk: ledgerSays{status: desk.Status{Paused: true}}}, check.Alarms, check.Attention},
		{"one paused", check.Subject{Desk: ledgerSays{status: desk.Status{Practitioners: []desk.PractitionerStatus{{ID: "7", Paused: true}}}}}, check.Alarms, check.Attention},
		{"an alarm", check.Subject{Desk: ledgerSays{status: desk.Status{Alarms: []desk.Alarm{{Kind: "x", Sentence: "S."}}}}}, check.Alarms, check.Attention},
	} {
		found := check.Books(t.Context(), tt.s)
		if got := check.Worst(about(found, tt.about)); got != tt.want || check.Worst(found) != tt.want {
			t.Errorf("%s: %s is %s, want %s: %v", tt.name, tt.about, got, tt.want, found)
		}
	}
}

// What the residency report says is what the guard lets through, and what was
// counted and is not on the list is shown apart.
func TestResidence(t *testing.T) {
	g, err := guard.New(guard.Policy{
		Clinical: []string{"au.api.heidihealth.com", "api.au3.cliniko.com"}, Operational: []string{"mail.example.com:465"}, Region: "AU", Files: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := check.Residence("AU", g, []desk.Egress{
		{Host: "api.au3.cliniko.com:443", Requests: 4},
		{Host: "a.s3.ap-southeast-2.amazonaws.com:443", Requests: 2},
		{Host: "b.s3.ap-southeast-2.amazonaws.com:443", Requests: 3},
		{Host: "example.com:443", Refused: 1},
	})
	if len(r.Hosts) != len(g.Entries()) {
		t.Fatalf("%d hosts, want the guard's %d", len(r.Hosts), len(g.Entries()))
	}
	for _, h := range r.Hosts {
		want := map[string]int{"api.au3.cliniko.com:443": 4, "*.s3.ap-southeast-2.amazonaws.com:443": 5}[h.Host]
		if h.Requests != want || h.Why == "" || h.Data == "" {
			t.Errorf("%s has %d requests, why %q, data %q; want %d and both said", h.Host, h.Requests, h.Why, h.Data, want)
		}
		if h.Clinical == (h.Host == "mail.example.com:465") {
			t.Errorf("%s is clinical: %v", h.Host, h.Clinical)
		}
	}
	if len(r.Elsewhere) != 1 || r.Elsewhere[0].Host != "example.com:443" || r.Elsewhere[0].Refused != 1 {
		t.Errorf("elsewhere = %v, want example.com refused once", r.Elsewhere)
	}
}
