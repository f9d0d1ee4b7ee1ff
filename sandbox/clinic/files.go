package clinic

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"carryover/sandbox"
)

// Access is what a client needs to reach a clinic: the content of
// sandbox.json.
type Access struct {
	Heidi   HeidiAccess   `json:"heidi"`
	Cliniko ClinikoAccess `json:"cliniko"`
	Control struct {
		BaseURL string `json:"base_url"`
	} `json:"control"`
}

// HeidiAccess leads to the simulated Heidi.
type HeidiAccess struct {
	BaseURL       string           `json:"base_url"` // with the path
	APIKey        string           `json:"api_key"`
	Practitioners []HeidiClinician `json:"practitioners"` // those with an account
}

// A HeidiClinician is whom tokens are asked for.
type HeidiClinician struct {
	Email      string `json:"email"`
	InternalID string `json:"third_party_internal_id"`
}

// ClinikoAccess leads to the simulated Cliniko.
type ClinikoAccess struct {
	BaseURL string       `json:"base_url"` // with the path
	Keys    []ClinikoKey `json:"keys"`
}

// A ClinikoKey is one user's key. The practitioner is empty for a user without
// a practitioner profile.
type ClinikoKey struct {
	Key            string `json:"key"`
	UserID         string `json:"user_id"`
	PractitionerID string `json:"practitioner_id"`
}

// Access returns how to reach the clinic.
func (c *Clinic) Access() Access {
	var a Access
	a.Heidi.BaseURL, a.Heidi.APIKey, a.Heidi.Practitioners = c.HeidiURL, c.HeidiKey, []HeidiClinician{}
	a.Cliniko.BaseURL, a.Cliniko.Keys = c.ClinikoURL, []ClinikoKey{}
	a.Control.BaseURL = c.ControlURL
	for _, p := range c.Practice.Practitioners {
		if p.InternalID != "" {
			a.Heidi.Practitioners = append(a.Heidi.Practitioners, HeidiClinician{Email: p.Email, InternalID: p.InternalID})
		}
		if p.Key != "" {
			a.Cliniko.Keys = append(a.Cliniko.Keys, ClinikoKey{Key: p.Key, UserID: p.UserID, PractitionerID: p.ID})
		}
	}
	return a
}

// WriteFiles writes what a client in another process needs to dir, making it
// if need be: secrets/, carryover.yaml, and, last and at once, sandbox.json, so
// that whoever waits for that file finds everything. Files are for their owner
// alone (0600, folders 0700). A master key that is there already is kept: the
// ledger beside it could not be read with another.
func (c *Clinic) WriteFiles(dir string) error {
	secrets := filepath.Join(dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return fmt.Errorf("write sandbox files: %w", err)
	}
	keys := c.carried()
	files := map[string]string{"heidi.key": c.HeidiKey + "\n"}
	for i, p := range keys {
		files[keyFile(i)] = p.Key + "\n"
	}
	if _, err := os.Stat(filepath.Join(secrets, "master.key")); err != nil {
		raw := make([]byte, 32)
		rand.Read(raw) // never fails (crypto/rand)
		files["master.key"] = base64.StdEncoding.EncodeToString(raw) + "\n"
	}
	for name, text := range files {
		if err := writePrivate(filepath.Join(secrets, name), []byte(text)); err != nil {
			return err
		}
	}
	if err := writePrivate(filepath.Join(dir, "carryover.yaml"), []byte(c.configuration())); err != nil {
		return err
	}
	access, err := json.MarshalIndent(c.Access(), "", "  ")
	if err != nil {
		return fmt.Errorf("write sandbox files: %w", err)
	}
	return writePrivate(filepath.Join(dir, "sandbox.json"), append(access, '\n'))
}

// writePrivate puts a file in place at once, for its owner alone.
func writePrivate(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600 by itself
	if err != nil {
		return fmt.Errorf("write sandbox files: %w", err)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write sandbox files: %w", err)
	}
	return nil
}

// carried returns the practitioners whose documents can be carried: those
// with a profile, a key and a Heidi account.
func (c *Clinic) carried() []sandbox.Practitioner {
	var found []sandbox.Practitioner
	for _, p := range c.Practice.Practitioners {
		if p.ID != "" && p.Key != "" && p.InternalID != "" && !p.Inactive {
			found = append(found, p)
		}
	}
	return found
}

func keyFile(i int) string { return fmt.Sprintf("cliniko-%d.key", i+1) }

// configuration returns a complete carryover.yaml for this clinic.
func (c *Clinic) configuration() string {
	t := timingFor(c.Clock.Pace())
	var b strings.Builder
	fmt.Fprintf(&b, `# Written by the sandbox: a complete configuration for its simulated clinic.
# Everybody in it is invented; the keys open nothing but this sandbox.
%sregion: AU
time_zone: %s
data: data                       # relative to this file
master_key_file: secrets/master.key
contact: sandbox@example.com
heidi:
  key_file: secrets/heidi.key
  base_url: %s
cliniko:
  base_url: %s
  requests_per_minute: 190       # of the 200 that each user has
practitioners:
`, c.letterhead(), c.Practice.TimeZone, c.HeidiURL, c.ClinikoURL)
	for i, p := range c.carried() {
		fmt.Fprintf(&b, "  - email: %s\n    internal_id: %s\n    cliniko_key_file: secrets/%s\n    practitioner_id: %s\n",
			strconv.Quote(p.Email), strconv.Quote(p.InternalID), keyFile(i), strconv.Quote(p.ID))
	}
	b.WriteString(c.routes())
	fmt.Fprintf(&b, `timing:                          # the clinic's day takes %s
  poll: %s
  quiet: %s
  grace: %s
  deadline: %s
  look_back: %dh               # long enough for the oldest session
`, c.Clock.Pace(), t.poll, t.quiet, t.grace, t.deadline, lookBack(c.Practice, time.Now()))
	return b.String()
}

// longestHead is the longest name that the configuration takes for the head of
// PDFs, in characters.
const longestHead = 100

// letterhead returns the configuration's line with the practice's name; none
// when a name of somebody's own files is not fit for it.
func (c *Clinic) letterhead() string {
	name := strings.TrimSpace(c.Practice.Name)
	if name == "" || utf8.RuneCountInString(name) > longestHead || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return fmt.Sprintf("practice: %-22s # at the head of PDFs\n", strconv.Quote(name))
}

// timing is how often and how long a client should look and wait.
type timing struct{ poll, quiet, grace, deadline time.Duration }

// timingFor shrinks the product's own intervals with the clinic's day: at 15 s
// a text is quiet for 1.2 s and a POST has as long. Grace stays above twice the
// deadline. The lower bounds are what sockets and schedulers need, the upper
// ones the product's defaults.
func timingFor(pace time.Duration) timing {
	scaled := func(at15s, least, most time.Duration) time.Duration {
		d := time.Duration(float64(at15s) * float64(pace) / float64(15*time.Second))
		return max(least, min(most, d)).Round(time.Millisecond)
	}
	t := timing{
		poll:     scaled(400*time.Millisecond, 200*time.Millisecond, 2*time.Minute),
		quiet:    scaled(1200*time.Millisecond, 500*time.Millisecond, 15*time.Minute),
		grace:    scaled(3*time.Second, 2500*time.Millisecond, 10*time.Minute),
		deadline: scaled(1200*time.Millisecond, time.Second, 45*time.Second),
	}
	t.grace = max(t.grace, 2*t.deadline+t.deadline/4)
	return t
}
