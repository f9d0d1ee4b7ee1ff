package heidi

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The types of this file decode what the reference sheet says may come in more
// than one shape. They are for reading only.

// An id is a string, or a JSON number kept digit for digit: session ids have
// up to 39 digits and fit no number type.
type id string

var wholeNumber = regexp.MustCompile(`^[0-9]{1,64}$`)

// UnmarshalJSON accepts "123" and 123; anything else is no id.
func (i *id) UnmarshalJSON(b []byte) error {
	*i = ""
	var s string
	if wholeNumber.Match(b) {
		*i = id(b)
	} else if json.Unmarshal(b, &s) == nil {
		*i = id(strings.TrimSpace(s))
	}
	return nil
}

// bare returns an id of the practice system as Heidi holds it, without what
// may surround it: it comes as a bare id or as the address of a record.
func (i id) bare() string {
	s := strings.TrimSpace(string(i))
	if u, err := url.Parse(s); err == nil && u.Scheme != "" && u.Host != "" {
		s = strings.TrimRight(u.Path, "/")
		s = s[strings.LastIndexByte(s, '/')+1:]
	}
	return s
}

// words is a text field; null, absent and of another type are the same as "".
type words string

// UnmarshalJSON accepts a string; anything else is no text.
func (w *words) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = ""
	}
	*w = words(s)
	return nil
}

// A real is a number that may come as a string; anything else is 0.
type real float64

// UnmarshalJSON accepts 1, 1.5 and "1".
func (r *real) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `" `), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	*r = real(f)
	return nil
}

// A stamp is a point in time. Heidi's have no zone and are UTC (reference
// sheet §6); everything else that was seen is taken too. A stamp is only ever
// a hint, so one that cannot be read is zero.
type stamp struct{ time.Time }

// stampForms take any number of decimals, which Go reads without being told.
var stampForms = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05",
}

// UnmarshalJSON accepts the forms of stampForms and seconds or milliseconds
// since 1970, as a number or a string.
func (s *stamp) UnmarshalJSON(b []byte) error {
	s.Time = time.Time{}
	text := strings.TrimSpace(string(b))
	var quoted string
	if json.Unmarshal(b, &quoted) == nil {
		text = strings.TrimSpace(quoted)
	}
	for _, form := range stampForms {
		if t, err := time.Parse(form, text); err == nil {
			s.Time = t.UTC()
			return nil
		}
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		s.Time = sinceEpoch(f)
	}
	return nil
}

// sinceEpoch tells milliseconds from seconds by their size.
func sinceEpoch(f float64) time.Time {
	switch {
	case f > 1e12 && f < 1e14:
		return time.UnixMilli(int64(f)).UTC()
	case f > 1e9 && f < 1e11:
		whole, part := math.Modf(f)
		return time.Unix(int64(whole), int64(part*1e9)).UTC()
	}
	return time.Time{}
}
