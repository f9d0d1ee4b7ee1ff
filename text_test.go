package carryover

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "Zanzibarcanary"

// TestPrivateTypesRefuseToPrint tries every way a careless line could take.
func TestPrivateTypesRefuseToPrint(t *testing.T) {
	born, err := ParseDate("1979-02-14")
	if err != nil {
		t.Fatal(err)
	}
	type record struct {
		Name   Text
		Key    Secret
		Born   Date
		Nested []Text
	}
	r := record{NewText(canary), NewSecret(canary), born, []Text{NewText(canary)}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+verb, r, &r, r.Name, r.Key)
		fmt.Fprintf(&out, verb, r.Born)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "r", r, "name", r.Name, "key", r.Key, "born", r.Born)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "r", r, "name", r.Name, "key", r.Key, "born", r.Born)
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	fmt.Fprint(&out, errors.Join(fmt.Errorf("x: %v", r)))
	hex := fmt.Sprintf("%x", canary)
	for _, leak := range []string{canary, hex, "1979", "02-14"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q came out of a formatter, a logger or an encoder", leak)
		}
	}
}

func TestSecretIsTrimmed(t *testing.T) {
	if got := NewSecret(" key\n").Reveal(); got != "key" {
		t.Errorf("NewSecret keeps white space: %q", got)
	}
	if NewSecret(" \n").IsSet() {
		t.Error("a blank secret counts as set")
	}
}

func TestParseDate(t *testing.T) {
	tests := []struct {
		in   string
		want string
		ok   bool
	}{
		{"2000-02-29", "2000-02-29", true},
		{" 1979-02-14 ", "1979-02-14", true},
		{"", "", true},
		{"2001-02-29", "", false},
		{"1979-13-01", "", false},
		{"14/02/1979", "", false},
		{"1979-2-4", "", false},
		{"x", "", false},
	}
	for _, tt := range tests {
		got, err := ParseDate(tt.in)
		if (err == nil) != tt.ok || got.Reveal() != tt.want {
			t.Errorf("ParseDate(%q) = %q, %v; want %q, ok %v", tt.in, got.Reveal(), err, tt.want, tt.ok)
		}
		if err != nil && (!errors.Is(err, ErrInvalid) || strings.Contains(err.Error(), tt.in) && tt.in != "x") {
			t.Errorf("ParseDate(%q): error %v is of the wrong kind or repeats the input", tt.in, err)
		}
	}
}

func TestNormalise(t *testing.T) {
	tests := []struct{ in, want string }{
		{"\uFEFFa\r\nb \t\rc\u00a0\n\n", "a\nb\nc"},
		{"\n\n  a", "  a"},
		{"", ""},
	}
	for _, tt := range tests {
		got := Normalise(tt.in)
		if got != tt.want {
			t.Errorf("Normalise(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if again := Normalise(got); again != got {
			t.Errorf("Normalise is not idempotent on %q", tt.in)
		}
	}
}
