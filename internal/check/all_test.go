package check_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/internal/check"
	"carryover/internal/config"
	"carryover/internal/daemon"
	"carryover/route"
	"carryover/sandbox/clinic"
)

// practice starts a simulated clinic and returns the folder of its configuration.
func practice(t *testing.T) (*clinic.Clinic, string) {
	t.Helper()
	c, err := clinic.Start(clinic.Options{Seed: 3, RateLimit: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	dir := t.TempDir()
	if err := c.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func load(t *testing.T, dir string) *config.Config {
	t.Helper()
	cfg, err := config.Load(filepath.Join(dir, "carryover.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// all checks a configuration on a machine without a ledger.
func all(t *testing.T, cfg *config.Config) []check.Finding {
	t.Helper()
	s := check.Subject{Config: cfg}
	c, err := daemon.Connect(daemon.Options{Config: cfg})
	if err != nil {
		s.Unreachable = err
	} else {
		defer c.Close()
		s.Guard, s.Sides = c.Guard, c.Sides
	}
	return check.All(t.Context(), s)
}

// Whatever is wrong is found, under its topic, with what to do; all else stays ok.
func TestAllFinds(t *testing.T) {
	c, dir := practice(t)
	frontDesk := ""
	for _, p := range c.Practice.Practitioners {
		if p.ID == "" {
			frontDesk = p.Key
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tt := range []struct {
		name  string
		wrong func(*config.Config)
		about string // "" for nothing
		grade check.Grade
		says  string // part of the sentence or of what to do
		of    int    // the practitioner it is about, from 1
	}{
		{"nothing", func(*config.Config) {}, "", check.OK, "", 0},
		{"revoked key", func(c *config.Config) { c.Practitioners[1].Key = carryover.NewSecret("SANDBOX-nobody-au3") }, check.ClinikoKey, check.Broken, "does not say whose", 2},
		{"front desk's key", func(c *config.Config) { c.Practitioners[0].Key = carryover.NewSecret(frontDesk) }, check.ClinikoKey, check.Broken, "no practitioner profile", 1},
		{"somebody else's key", func(c *config.Config) { c.Practitioners[0].ID = "1234" }, check.ClinikoKey, check.Broken, "wrong name", 1},
		{"not linked", func(c *config.Config) { c.Practitioners[2].InternalID = "nobody-1" }, check.Link, check.Broken, "carryover link", 3},
		{"heidi key", func(c *config.Config) { c.Heidi.Key = carryover.NewSecret("SANDBOX-heidi-other") }, check.HeidiKey, check.Broken, "does not take the key", 0},
		{"no heidi", func(c *config.Config) { c.Heidi = nil }, check.HeidiKey, check.Attention, "carryover file", 0},
		{"note template", func(c *config.Config) {
			c.Routes = append([]route.Rule{{TemplateName: "GP letter", NoteTemplate: "999"}}, c.Routes...)
		}, check.Rules, check.Broken, "note template 999", 0},
		{"heidi template", func(c *config.Config) {
			c.Routes = append([]route.Rule{{TemplateName: "Never there"}}, c.Routes...)
		}, check.Rules, check.Attention, "Rule 1 names a template", 0},
		{"look back", func(c *config.Config) { c.Timing.LookBack = 48 * time.Hour }, check.Retention, check.Attention, "2 days only", 0},
		{"master key in the data folder", func(c *config.Config) { c.Data = filepath.Dir(c.MasterKeyFile) }, check.MasterKey, check.Attention, "has both", 0},
		{"page's address", func(c *config.Config) { c.Web = &config.Web{Listen: taken.Addr().String()} }, check.Page, check.Broken, "address is taken", 0},
		{"shard elsewhere", func(c *config.Config) {
			c.Cliniko.RequestsPerMinute = 120
			c.Cliniko.BaseURL, c.Practitioners[0].Key = "", carryover.NewSecret("SANDBOX-one-us1")
		}, check.Hosts, check.Broken, "Australia", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := load(t, dir)
			tt.wrong(cfg)
			found := all(t, cfg)
			seen := false
			for _, f := range found {
				if f.Grade == check.OK || tt.name == "heidi key" && (f.About == check.Link || f.About == check.Rules) { // which asks with the same key
					continue
				}
				if f.About != tt.about || f.Grade != tt.grade {
					t.Errorf("also found: %s %s %s", f.Grade, f.About, f.Says)
					continue
				}
				if tt.of > 0 && f.Practitioner != cfg.Practitioners[tt.of-1].ID {
					t.Errorf("%s is about practitioner %s, want %s", f.About, f.Practitioner, cfg.Practitioners[tt.of-1].ID)
				}
				if f.Next == "" {
					t.Errorf("%s %q does not say what to do", f.About, f.Says)
				}
				seen = seen || strings.Contains(f.Says+" "+f.Next, tt.says)
			}
			if !seen && tt.about != "" {
				t.Errorf("nothing about %s says %q: %v", tt.about, tt.says, found)
			}
			if got := check.Worst(found); got != tt.grade {
				t.Errorf("Worst = %s, want %s", got, tt.grade)
			}
		})
	}
}

// Files and folders that others can read or replace are found.
func TestFilesAndFolders(t *testing.T) {
	_, dir := practice(t)
	for _, tt := range []struct {
		name, path string
		mode       os.FileMode
		about      string
		grade      check.Grade
	}{
		{"a key", "secrets/heidi.key", 0o644, check.SecretFiles, check.Broken},
		{"their folder", "secrets", 0o777, check.SecretFiles, check.Broken},
		{"the data folder", "data", 0o755, check.DataFolder, check.Attention},
		{"the data folder, to write", "data", 0o777, check.DataFolder, check.Broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := load(t, dir)
			cfg.Cliniko.BaseURL, cfg.Heidi.BaseURL = "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1" // not what this is about
			if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, tt.path)
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Chmod(path, before.Mode()) }()
			if got := check.Worst(about(check.Here(t.Context(), check.Subject{Config: cfg}), tt.about)); got != tt.grade {
				t.Errorf("%s with mode %04o is %s, want %s", tt.path, tt.mode, got, tt.grade)
			}
		})
	}
}

func about(all []check.Finding, topic string) (some []check.Finding) {
	for _, f := range all {
		if f.About == topic {
			some = append(some, f)
		}
	}
	return some
}
