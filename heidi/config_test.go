package heidi

import (
	"strings"
	"testing"

	"carryover"
)

func TestBaseOf(t *testing.T) {
	for in, want := range map[string]string{
		"AU": "https://au.api.heidihealth.com/api/v2/ml-scribe/open-api", " uk ": "https://uk.api.heidihealth.com/api/v2/ml-scribe/open-api",
		"registrar": "", "": "", "NZ": "", "au.evil.example/": "",
	} {
		got, err := BaseOf(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("BaseOf(%q) = %q, %v, want %q", in, got, err, want)
		}
		if err != nil && (kindOf(err) != carryover.ErrInvalid || carryover.HintOf(err) == "") {
			t.Errorf("BaseOf(%q) = %v, want kind invalid and a hint", in, err)
		}
	}
	if _, err := BaseOf("registrar"); !strings.Contains(carryover.HintOf(err), "test environment") {
		t.Errorf("hint for registrar = %q, want it to say what registrar is", carryover.HintOf(err))
	}
}

func TestBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{
		"":                                 true,
		"http://127.0.0.1:80" + basePath:   true,
		"http://[::1]:80" + basePath + "/": true,
		"http://localhost:80":              true,
		"https://registrar.api.heidihealth.com" + basePath: false,
		"https://au.api.heidihealth.com" + basePath:        false,
		"http://192.168.0.1/":                              false,
		"http://127.0.0.1@evil.example/":                   false,
		"http://127.0.0.1/?email=x":                        false,
		"::":                                               false,
	} {
		if _, err := New(testConfig(t, base)); (err == nil) != ok {
			t.Errorf("New with base %q = %v, want ok %v", base, err, ok)
		}
	}
}

func TestNewReportsEveryMistake(t *testing.T) {
	_, err := New(Config{PageSize: -1})
	if kindOf(err) != carryover.ErrInvalid {
		t.Fatalf("New(nothing) = %v, want kind invalid", err)
	}
	for _, part := range []string{"no region", "no usable key", "e-mail", "internal id", "transport", "negative"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("New(nothing) = %v, want it to name %q", err, part)
		}
	}
}

func TestPaceOfRealAndSandboxHosts(t *testing.T) {
	real := newClient(t, "").pace
	if got := float64(real.limiter.Limit()); got != DefaultPerSecond || cap(real.slots) != DefaultInFlight {
		t.Errorf("pace of the real host = %v a second, %d at a time, want %v, %d", got, cap(real.slots), DefaultPerSecond, DefaultInFlight)
	}
	sandbox := newClient(t, "http://127.0.0.1:80").pace
	if got := float64(sandbox.limiter.Limit()); got < 1e6 {
		t.Errorf("pace of the sandbox = %v a second, want no limit", got)
	}
	shared := NewPace(3, 2)
	if got := newClient(t, "", func(c *Config) { c.Pace = shared }).pace; got != shared {
		t.Error("a shared pace is not used")
	}
}
