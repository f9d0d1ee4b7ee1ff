package cliniko

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"carryover"
)

func TestShardOf(t *testing.T) {
	for _, tt := range []struct{ key, want string }{
		{sampleKey, "au2"},
		{"  " + sampleKey + "\n", "au2"},
		{"MS0xMTI-with-hyphens-in-it-au3", "au3"},
		{"MS0xMTIzNDU2Nzg5-AU3", "au3"},
		{"MS0xMTIzNDU2Nzg5-uk12", "uk12"},
		{"MS0xMTIzNDU2Nzg5", ""},
		{"", ""},
		{"-au3", ""},
		{"MS0xMTIzNDU2Nzg5-", ""},
		{"MS0xMTIzNDU2Nzg5-au", ""},
		{"MS0xMTIzNDU2Nzg5-au123", ""},
		{"MS0xMTIzNDU2Nzg5-au3.evil.example/", ""},
		{"MS0xMTIzNDU2Nzg5-au3\nx", ""},
		{"\"MS0xMTIzNDU2Nzg5-au3\"", ""},
		{"MS0xMTIz NDU2Nzg5-au3", ""},
		{"short-au3é", ""},
	} {
		got, err := ShardOf(carryover.NewSecret(tt.key))
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("ShardOf(%q) = %q, %v, want %q", tt.key, got, err, tt.want)
		}
		if err != nil && (kindOf(err) != carryover.ErrInvalid || carryover.HintOf(err) == "") {
			t.Errorf("ShardOf(%q) = %v, hint %q, want kind invalid and a hint", tt.key, err, carryover.HintOf(err))
		}
		if err != nil && tt.key != "" && strings.Contains(err.Error()+carryover.HintOf(err), "MS0x") {
			t.Errorf("ShardOf(%q) repeats the key: %v", tt.key, err)
		}
	}
}

func TestNewReportsEveryMistake(t *testing.T) {
	_, err := New(Config{PerMinute: -1})
	if err == nil {
		t.Fatal("New(nothing) = nil, want errors")
	}
	for _, part := range []string{"no key", "no contact", "transport", "negative"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("New(nothing) = %v, want it to name %q", err, part)
		}
	}
	if kindOf(err) != carryover.ErrInvalid {
		t.Errorf("New(nothing) = kind %q, want invalid", kindOf(err))
	}
}

func TestBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{
		"":                                    true,
		"http://127.0.0.1:8080/v1":            true,
		"http://127.0.0.1:8080/v1/":           true,
		"http://[::1]:8080/v1":                true,
		"http://localhost:8080":               true,
		"https://api.au2.cliniko.com/v1":      false,
		"http://10.0.0.1/v1":                  false,
		"http://localhost.evil.example/v1":    false,
		"http://127.0.0.1@evil.example/v1":    false,
		"ftp://127.0.0.1/v1":                  false,
		"127.0.0.1:8080":                      false,
		"http://127.0.0.1:8080/v1?page=1":     false,
		"http://127.0.0.1.evil.example:80/v1": false,
	} {
		_, err := New(testConfig(t, base))
		if (err == nil) != ok {
			t.Errorf("New with base %q = %v, want ok %v", base, err, ok)
		}
	}
	c := newClient(t, "")
	if got, want := c.base.String(), "https://api.au2.cliniko.com/v1"; got != want {
		t.Errorf("base of the sample key = %s, want %s", got, want)
	}
}

func TestClientDoesNotPrintItsKey(t *testing.T) {
	c := newClient(t, "")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, c); strings.Contains(got, "TXhKcl") || strings.Contains(got, "MxJr") {
			t.Errorf("Sprintf(%s) = %s, want no key", verb, got)
		}
	}
}

func TestNoDefaultTransport(t *testing.T) {
	cfg := testConfig(t, "")
	cfg.Write = nil
	if _, err := New(cfg); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("New without a transport = %v, want kind invalid", err)
	}
	cfg.Write, cfg.Contact = &http.Transport{}, "Sam (Physio)"
	if _, err := New(cfg); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("New without an address = %v, want kind invalid", err)
	}
}
