package carryover

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Text is clinical text, a name, a title or anything else that could identify
// a person. It refuses to print: every formatter, logger and encoder gets its
// length and nothing more, so that a careless %v cannot leak. Reveal is the
// one way to the words, and easy to search for.
type Text struct{ s string }

// NewText wraps s. The empty string is the zero Text.
func NewText(s string) Text { return Text{s} }

// Reveal returns the words. Callers send them to Cliniko, seal them, compare
// them, or show them to a person who asked; never to a log or an error.
func (t Text) Reveal() string { return t.s }

// IsBlank says whether the text holds nothing but white space.
func (t Text) IsBlank() bool { return strings.TrimSpace(t.s) == "" }

// String gives the length in bytes, not the words.
func (t Text) String() string {
	if t.s == "" {
		return "(empty)"
	}
	return fmt.Sprintf("(text, %d bytes)", len(t.s))
}

// GoString is String, so that %#v is as silent as %v.
func (t Text) GoString() string { return t.String() }

// Format answers every verb with String.
func (t Text) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(t.String())) }

// LogValue gives slog what String gives.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText keeps the words out of JSON, YAML and every other encoder.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// A Secret is an API key or token. It prints as (set) or (not set).
type Secret struct{ s string }

// NewSecret wraps s, trimmed of the white space that pasting leaves.
func NewSecret(s string) Secret { return Secret{strings.TrimSpace(s)} }

// Reveal returns the secret for the one header it belongs in.
func (s Secret) Reveal() string { return s.s }

// IsSet says whether there is a secret.
func (s Secret) IsSet() bool { return s.s != "" }

// String says whether it is set.
func (s Secret) String() string {
	if s.s == "" {
		return "(not set)"
	}
	return "(set)"
}

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// Format answers every verb with String.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue gives slog what String gives.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of every encoder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Date is a calendar day without a zone, such as a birth date. Birth dates
// identify people, so it refuses to print like Text. The zero Date means that
// none is known. Dates compare with ==.
type Date struct {
	year  int
	month time.Month
	day   int
}

// ParseDate reads YYYY-MM-DD. Impossible days (31 June, month 13) are an error
// of kind ErrInvalid that does not repeat the input; "" is the zero Date.
func ParseDate(s string) (Date, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date is not YYYY-MM-DD: %w", ErrInvalid)
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// IsZero says that no date is known.
func (d Date) IsZero() bool { return d == Date{} }

// Reveal returns YYYY-MM-DD, or "" for the zero Date.
func (d Date) Reveal() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// String says whether a date is known, not which.
func (d Date) String() string {
	if d.IsZero() {
		return "(no date)"
	}
	return "(date)"
}

// GoString is String.
func (d Date) GoString() string { return d.String() }

// Format answers every verb with String.
func (d Date) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(d.String())) }

// LogValue gives slog what String gives.
func (d Date) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText keeps the date out of every encoder.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Normalise brings a document's text into the one form that digests and
// comparisons use: no byte-order mark, LF line ends, no trailing blanks on a
// line, no blank lines at either end. It changes no visible word.
func Normalise(s string) string {
	s = strings.TrimPrefix(s, "\uFEFF")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
