package clinic

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { http.DefaultClient.CloseIdleConnections() }))
}

func TestStartRefusesOtherAddresses(t *testing.T) {
	p := practiceOf(nil)
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "127.0.0.1"} {
		for _, o := range []Options{{HeidiAddr: addr}, {ClinikoAddr: addr}, {ControlAddr: addr}} {
			o.Practice = p
			c, err := Start(o)
			if err == nil {
				c.Close()
				t.Errorf("Start with address %s succeeds, want an error: it is no loopback address with a port", addr)
			}
		}
	}
	c, err := Start(Options{Practice: p, ControlAddr: "localhost:0"})
	if err != nil {
		t.Fatalf("Start on localhost: %v", err)
	}
	c.Close()
	c.Close() // safe to repeat
}

// The day begins with the first listing, and with nothing before it.
func TestDayBeginsWithTheFirstListing(t *testing.T) {
	c, err := Start(Options{Practice: Generate(1, testDay), Pace: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	p := c.Practice.Practitioners[0]
	r, err := http.NewRequest(http.MethodGet, c.HeidiURL+"/jwt?"+url.Values{"email": {p.Email}, "third_party_internal_id": {p.InternalID}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Heidi-Api-Key", c.HeidiKey)
	var jwt struct{ Token string }
	if status := do(t, r, &jwt); status != http.StatusOK || jwt.Token == "" {
		t.Fatalf("GET /jwt = %d, want 200 with a token", status)
	}
	if c.Clock.Begun() {
		t.Error("the day begins with a token, want it to wait for a listing")
	}
	r, err = http.NewRequest(http.MethodGet, c.HeidiURL+"/sessions/linked-user?page_size=20", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+jwt.Token)
	var page any
	if status := do(t, r, &page); status != http.StatusOK {
		t.Errorf("GET /sessions/linked-user = %d, want 200", status)
	}
	if !c.Clock.Begun() {
		t.Error("the day has not begun after the first listing")
	}
}

func TestWriteFiles(t *testing.T) {
	c := open(t, Options{})
	dir := filepath.Join(t.TempDir(), "box")
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		"": 0o700, "secrets": 0o700, "sandbox.json": 0o600, "carryover.yaml": 0o600, "secrets/heidi.key": 0o600,
		"secrets/cliniko-1.key": 0o600, "secrets/cliniko-4.key": 0o600, "secrets/master.key": 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("stat %q: %v", name, err)
		} else if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %q = %o, want %o", name, got, want)
		}
	}
	var access map[string]any
	if err := json.Unmarshal(read(t, dir, "sandbox.json"), &access); err != nil {
		t.Fatal(err)
	}
	heidi, cliniko := access["heidi"].(map[string]any), access["cliniko"].(map[string]any)
	if heidi["base_url"] != c.HeidiURL || !strings.HasSuffix(c.HeidiURL, "/api/v2/ml-scribe/open-api") || len(heidi["practitioners"].([]any)) != 4 {
		t.Errorf("heidi in sandbox.json = %v, want base_url %s and 4 practitioners", heidi, c.HeidiURL)
	}
	if cliniko["base_url"] != c.ClinikoURL || !strings.HasSuffix(c.ClinikoURL, "/v1") || len(cliniko["keys"].([]any)) != 5 {
		t.Errorf("cliniko in sandbox.json = %v, want base_url %s and 5 keys", cliniko, c.ClinikoURL)
	}
	if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(read(t, dir, "secrets/master.key")))); err != nil || len(raw) != 32 {
		t.Errorf("master.key = %d bytes, %v; want 32 in base64", len(raw), err)
	}
	yaml := string(read(t, dir, "carryover.yaml"))
	for _, want := range []string{"poll: 400ms", "quiet: 1.2s", "grace: 3s", "deadline: 1.2s", "base_url: " + c.ClinikoURL, "cliniko_key_file: secrets/cliniko-4.key", "look_back: "} {
		if !strings.Contains(yaml, want) {
			t.Errorf("carryover.yaml lacks %q:\n%s", want, yaml)
		}
	}
	form := c.Practice.NoteTemplates[3]
	for _, want := range []string{
		"practice: \"SANDBOX Physiotherapy\"", "  - template_name: GP letter\n    to: attachment", "# WorkCover certificate\n    to: attachment\n    mode: auto\n",
		"# Assessment\n    note_template: \"" + form.ID + "\" # " + form.Name + "\n    mode: auto\n", "  - to: treatment_note\n    mode: auto\ntiming:",
	} {
		if !strings.Contains(yaml, want) {
			t.Errorf("carryover.yaml lacks the route %q:\n%s", want, yaml)
		}
	}
	before := read(t, dir, "secrets/master.key")
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	if after := read(t, dir, "secrets/master.key"); string(after) != string(before) {
		t.Error("a second WriteFiles replaces master.key, want it kept")
	}
}

// A clinic without templates, or with a name that no letterhead could take, has
// a configuration that says less.
func TestRoutesOfAPlainClinic(t *testing.T) {
	p := practiceOf(nil)
	p.Name = "two\nlines"
	yaml := open(t, Options{Practice: p}).configuration()
	if !strings.Contains(yaml, "decides\n  - to: treatment_note\n    mode: auto\ntiming:") || strings.Contains(yaml, "practice:") {
		t.Errorf("configuration of a clinic without templates, want one rule and no letterhead:\n%s", yaml)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTimingFollowsPace(t *testing.T) {
	for _, tt := range []struct {
		pace time.Duration
		want timing
	}{
		{time.Second, timing{200 * time.Millisecond, 500 * time.Millisecond, 2500 * time.Millisecond, time.Second}},
		{15 * time.Second, timing{400 * time.Millisecond, 1200 * time.Millisecond, 3 * time.Second, 1200 * time.Millisecond}},
		{time.Minute, timing{1600 * time.Millisecond, 4800 * time.Millisecond, 12 * time.Second, 4800 * time.Millisecond}},
		{9 * time.Hour, timing{2 * time.Minute, 15 * time.Minute, 10 * time.Minute, 45 * time.Second}},
	} {
		got := timingFor(tt.pace)
		if got != tt.want {
			t.Errorf("timingFor(%v) = %v, want %v", tt.pace, got, tt.want)
		}
		if got.grace <= 2*got.deadline {
			t.Errorf("timingFor(%v): grace %v is not above twice the deadline %v", tt.pace, got.grace, got.deadline)
		}
	}
}

func TestLastPracticeDayIsAWeekdayBefore(t *testing.T) {
	for day := range 14 {
		now := testDay.AddDate(0, 0, day)
		got := LastPracticeDay(now)
		if wd := got.Weekday(); wd == time.Saturday || wd == time.Sunday || !got.Before(now) || now.Sub(got) > 4*24*time.Hour {
			t.Errorf("LastPracticeDay(%v) = %v, want a weekday shortly before", now, got)
		}
	}
}
