package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/route"
)

// practice is a folder with the secret files of an invented practice.
type practice struct {
	t   *testing.T
	dir string
}

func newPractice(t *testing.T) practice {
	t.Helper()
	p := practice{t, t.TempDir()}
	p.secret("heidi.key", "sandbox-heidi-key")
	p.secret("cliniko-1.key", "sandbox-cliniko-one-au3")
	p.secret("cliniko-2.key", "sandbox-cliniko-two-au3")
	for _, name := range []string{"smtp.password", "ntfy.token", "webhook.token"} {
		p.secret(name, "sandbox-"+name)
	}
	p.secret("master.key", base64.StdEncoding.EncodeToString(make([]byte, masterKeyBytes)))
	return p
}

func (p practice) secret(name, words string) {
	p.t.Helper()
	path := filepath.Join(p.dir, "secrets", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(words+"\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p practice) load(source string) (*Config, error) {
	p.t.Helper()
	path := filepath.Join(p.dir, "carryover.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return Load(path)
}

const smallest = `region: AU
master_key_file: secrets/master.key
contact: frontdesk@example.com
practitioners:
  - cliniko_key_file: secrets/cliniko-1.key
    practitioner_id: 1234567890123456789
`

const complete = `# A comment.
practice: Tiny Physiotherapy
region: au
time_zone: Australia/Sydney
data: ledger
master_key_file: secrets/master.key
contact: frontdesk@example.com
heidi:
  key_file: secrets/heidi.key
  base_url: http://127.0.0.1:8081/api/v2/ml-scribe/open-api
  trusted_providers: [Cliniko, OtherPMS]
cliniko:
  base_url: http://localhost:8082/v1/
  requests_per_minute: 190
practitioners:
  - email: ada.invented@example.com
    internal_id: physio-1
    cliniko_key_file: secrets/cliniko-1.key
    practitioner_id: "11"
  - {email: ben.invented@example.com, internal_id: physio-2, cliniko_key_file: secrets/cliniko-2.key, practitioner_id: "22"}
routes:
  - name: Consent form
    to: skip
  - template: t-1
    practitioner: "22"
    to: treatment_note
    mode: shadow
    title: "Letter: NAME"
    later: leave
  - {template_name: GP letter, to: attachment}
  - template_name: Initial assessment
    note_template: 1993128259504073205
    fill:
      Plan: Treatment plan
      "Subjective: today": History
    mode: auto
  - mode: auto
consult_notes: true
matching:
  identifiers: 3
timing:
  poll: 400ms
  quiet: 1.2s
  reads: 2
  grace: 3s
  deadline: 1.2s
  look_back: 48h
  practice_hours: "06:30-21:00"
`

func TestLoadDefaults(t *testing.T) {
	p := newPractice(t)
	got, err := p.load(smallest)
	if err != nil {
		t.Fatalf("Load(smallest) = %v, want no error", err)
	}
	if got.Heidi != nil {
		t.Errorf("Load(smallest).Heidi = %v, want nil: the block is absent", got.Heidi)
	}
	wantTiming := Timing{
		Poll: 2 * time.Minute, PollNight: time.Hour, DayFrom: 7 * time.Hour, DayTo: 20 * time.Hour,
		Quiet: 15 * time.Minute, Reads: 3, Grace: 10 * time.Minute, Deadline: 45 * time.Second,
		LookBack: 336 * time.Hour, RereadEachPollFor: 2 * time.Hour, RereadHalfHourlyFor: 24 * time.Hour,
	}
	if d := cmp.Diff(wantTiming, got.Timing); d != "" {
		t.Errorf("Load(smallest).Timing (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}}, got.Routes); d != "" {
		t.Errorf("Load(smallest).Routes (-want +got):\n%s", d)
	}
	if want := (Matching{Identifiers: 2}); got.Matching != want {
		t.Errorf("Load(smallest).Matching = %+v, want %+v", got.Matching, want)
	}
	for _, tt := range []struct{ field, got, want string }{
		{"Region", got.Region, "AU"},
		{"TimeZone", got.TimeZone.String(), "Australia/Hobart"},
		{"Data", got.Data, filepath.Join(p.dir, "data")},
		{"MasterKeyFile", got.MasterKeyFile, filepath.Join(p.dir, "secrets", "master.key")},
		{"RequestsPerMinute", fmt.Sprint(got.Cliniko.RequestsPerMinute), "120"},
		{"practitioner id keeps its digits", string(got.Practitioners[0].ID), "1234567890123456789"},
		{"key", got.Practitioners[0].Key.Reveal(), "sandbox-cliniko-one-au3"},
	} {
		if tt.got != tt.want {
			t.Errorf("Load(smallest): %s = %q, want %q", tt.field, tt.got, tt.want)
		}
	}
}

func TestLoadComplete(t *testing.T) {
	p := newPractice(t)
	got, err := p.load(complete)
	if err != nil {
		t.Fatalf("Load(complete) = %v, want no error", err)
	}
	wantRoutes := []route.Rule{
		{Name: "Consent form", To: carryover.ToNowhere, Mode: route.Review},
		{Template: "t-1", Practitioner: "22", To: carryover.ToTreatmentNote, Mode: route.Shadow, Title: "Letter: NAME", Later: route.LeaveLater},
		{TemplateName: "GP letter", To: carryover.ToAttachment, Mode: route.Review},
		{
			TemplateName: "Initial assessment", To: carryover.ToTreatmentNote, Mode: route.Auto, NoteTemplate: "1993128259504073205",
			Fill: map[string]string{"Plan": "Treatment plan", "Subjective: today": "History"},
		},
		{To: carryover.ToTreatmentNote, Mode: route.Auto},
	}
	if d := cmp.Diff(wantRoutes, got.Routes); d != "" {
		t.Errorf("Load(complete).Routes (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"cliniko", "otherpms"}, got.Heidi.TrustedProviders); d != "" {
		t.Errorf("Load(complete).Heidi.TrustedProviders (-want +got):\n%s", d)
	}
	for _, tt := range []struct{ field, got, want string }{
		{"Region", got.Region, "AU"},
		{"Practice", got.Practice.Reveal(), "Tiny Physiotherapy"},
		{"TimeZone", got.TimeZone.String(), "Australia/Sydney"},
		{"Heidi.Key", got.Heidi.Key.Reveal(), "sandbox-heidi-key"},
		{"Heidi.BaseURL", got.Heidi.BaseURL, "http://127.0.0.1:8081/api/v2/ml-scribe/open-api"},
		{"Cliniko.BaseURL", got.Cliniko.BaseURL, "http://localhost:8082/v1"},
		{"Email", got.Practitioners[1].Email.Reveal(), "ben.invented@example.com"},
		{"PollNight follows a sandbox's poll", got.Timing.PollNight.String(), "400ms"},
		{"DayFrom", got.Timing.DayFrom.String(), "6h30m0s"},
		{"DayTo", got.Timing.DayTo.String(), "21h0m0s"},
	} {
		if tt.got != tt.want {
			t.Errorf("Load(complete): %s = %q, want %q", tt.field, tt.got, tt.want)
		}
	}
	if !got.ConsultNotes {
		t.Error("Load(complete).ConsultNotes = false, want true")
	}
	if want := (Matching{Identifiers: 3}); got.Matching != want {
		t.Errorf("Load(complete).Matching = %+v, want %+v", got.Matching, want)
	}
}

func TestFirstNameAndBooking(t *testing.T) {
	p := newPractice(t)
	got, err := p.load(smallest + "matching: {identifiers: 2, first_name_and_booking: true}\n")
	if want := (Matching{Identifiers: 2, FirstNameAndBooking: true}); err != nil || got.Matching != want {
		t.Errorf("Load(first name and booking).Matching = %+v, %v, want %+v", got, err, want)
	}
}

func TestRedactedKeepsSecretsAndAddresses(t *testing.T) {
	p := newPractice(t)
	c, err := p.load(complete)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Redacted() + fmt.Sprintf("%v %+v", c.Heidi, c.Practitioners)
	for _, secret := range []string{"sandbox-heidi-key", "sandbox-cliniko-one", "sandbox-cliniko-two", "@example.com"} {
		if strings.Contains(got, secret) {
			t.Errorf("Redacted() holds %q:\n%s", secret, got)
		}
	}
	for _, want := range []string{
		"(set)", "time_zone: Australia/Sydney", "practice_hours: \"06:30-21:00\"", "requests_per_minute: 190", "  identifiers: 3", "first_name_and_booking: false", "practice: (set)",
		`later: "leave"`, `- {template_name: "GP letter", to: attachment, mode: review}`,
		`note_template: "1993128259504073205", fill: {"Plan": "Treatment plan", "Subjective: today": "History"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Redacted() lacks %q:\n%s", want, got)
		}
	}
}

// TestOutlineHoldsNothingThatSomebodyChose: it says what is set and how it is
// counted, and no word, path or address of the file.
func TestOutlineHoldsNothingThatSomebodyChose(t *testing.T) {
	p := newPractice(t)
	c, err := p.load(complete + "web:\n  listen: unix:quill/page.sock\n  origin: https://quillfeather.example.com\n")
	if err != nil {
		t.Fatal(err)
	}
	got := c.Outline()
	for _, chosen := range []string{
		"sandbox-", "example.com", p.dir, "GP letter", "Plan", "History", "Subjective", "quill", ".key",
	} {
		if strings.Contains(got, chosen) {
			t.Errorf("Outline() holds %q:\n%s", chosen, got)
		}
	}
	for _, want := range []string{
		"data: (set)", "master_key_file: (set)", "time_zone: Australia/Sydney", `practitioner_id: "11"`, "listen: unix:(set)",
		`- {template_name: "(set)", to: attachment, mode: review}`, "tls_cert_file: (none)", "requests_per_minute: 190",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Outline() lacks %q:\n%s", want, got)
		}
	}
}

func TestPractitioner(t *testing.T) {
	p := newPractice(t)
	c, err := p.load(complete)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]carryover.PractitionerID{"11", "22"}, c.PractitionerIDs()); d != "" {
		t.Errorf("PractitionerIDs() (-want +got):\n%s", d)
	}
	for _, tt := range []struct {
		ask  string
		want carryover.PractitionerID
		ok   bool
	}{
		{"11", "11", true},
		{"BEN.invented@example.com", "22", true},
		{"33", "", false},
		{"", "", false},
	} {
		got, ok := c.Practitioner(tt.ask)
		if ok != tt.ok || (ok && got.ID != tt.want) {
			t.Errorf("Practitioner(%q) = %q, %t, want %q, %t", tt.ask, got.ID, ok, tt.want, tt.ok)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv(Variable, "")
	if _, err := os.Stat(Places[1]); err == nil {
		t.Skipf("%s: exists on this machine", Places[1])
	}
	if got, err := Find(""); !errors.Is(err, carryover.ErrGone) || carryover.HintOf(err) == "" {
		t.Errorf("Find(nothing there) = %q, %v, want ErrGone with a hint", got, err)
	}
	if err := os.WriteFile("carryover.yaml", []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(""); got != "carryover.yaml" || err != nil {
		t.Errorf("Find(file here) = %q, %v, want carryover.yaml", got, err)
	}
	t.Setenv(Variable, "/elsewhere.yaml")
	if got, _ := Find(""); got != "/elsewhere.yaml" {
		t.Errorf("Find(variable set) = %q, want /elsewhere.yaml", got)
	}
	if got, _ := Find("named.yaml"); got != "named.yaml" {
		t.Errorf("Find(named) = %q, want named.yaml", got)
	}
}

// The examples of docs/configuration.md are what people copy: they must load,
// and the table must name every key and no other.
func TestDocumentedExamplesLoad(t *testing.T) {
	raw, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := strings.Split(string(raw), "```yaml\n")
	if len(examples) < 3 {
		t.Fatalf("docs/configuration.md has %d examples, want at least 2", len(examples)-1)
	}
	for i, b := range examples[1:] {
		source, _, _ := strings.Cut(b, "```")
		p := newPractice(t)
		if _, err := p.load(source); err != nil {
			t.Errorf("example %d of docs/configuration.md: %v", i+1, err)
		}
	}
	var keys []string
	blocks := map[string][]string{}
	schemaTree(t).blocks("", blocks)
	for at, names := range blocks {
		for _, name := range names {
			if path := join(at, name); blocks[path] == nil && blocks[path+"[]"] == nil {
				keys = append(keys, path)
			}
		}
	}
	for _, key := range keys {
		if !strings.Contains(string(raw), "`"+key+"`") {
			t.Errorf("docs/configuration.md says nothing about %s", key)
		}
	}
}
