package cliniko

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The types of this file decode what the reference sheet (§6) says may come in
// more than one shape. They are for reading only.

// An id is a JSON string, or in old records a number, which is kept digit for
// digit: ids exceed what a float can hold.
type id string

var wholeNumber = regexp.MustCompile(`^[0-9]{1,20}$`)

// UnmarshalJSON accepts "123", 123 and null.
func (i *id) UnmarshalJSON(b []byte) error {
	*i = ""
	switch {
	case string(b) == "null":
		return nil
	case wholeNumber.Match(b):
		*i = id(b)
		return nil
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return errUnreadable
	}
	*i = id(strings.TrimSpace(s))
	return nil
}

// A ref is the id of a related record, the last segment of its link. An absent
// relation is left out, null or {}.
type ref string

// UnmarshalJSON accepts {"links":{"self":URL}}; anything else names nothing.
func (r *ref) UnmarshalJSON(b []byte) error {
	*r = ""
	var v struct {
		Links struct {
			Self string `json:"self"`
		} `json:"links"`
	}
	if json.Unmarshal(b, &v) != nil {
		return nil
	}
	u, err := url.Parse(v.Links.Self)
	if err != nil {
		return nil
	}
	path := strings.TrimRight(u.Path, "/")
	if last := path[strings.LastIndexByte(path, '/')+1:]; wholeNumber.MatchString(last) {
		*r = ref(last)
	}
	return nil
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

// A count is a whole number that may be null, a string, or missing: 0.
type count int64

// UnmarshalJSON accepts 7 and "7"; anything else counts nothing.
func (n *count) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	if err != nil || v < 0 {
		v = 0
	}
	*n = count(v)
	return nil
}

// A flag is a boolean that may be null or a string.
type flag bool

// UnmarshalJSON takes true and "true" as true, all else as false.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = flag(strings.Trim(string(b), `"`) == "true")
	return nil
}

// A stamp is a point in time; null and "" are zero. Whether a record is
// archived hangs on one, so a stamp that cannot be read is an error.
type stamp struct{ time.Time }

// stampForms are the forms in use: RFC 3339, with or without a fraction, and
// what one client claims to have met. Without a zone it is UTC.
var stampForms = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 UTC",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05",
}

var errStamp = errors.New("time is not in a form described")

// UnmarshalJSON accepts the forms of stampForms, null and "".
func (s *stamp) UnmarshalJSON(b []byte) error {
	s.Time = time.Time{}
	if string(b) == "null" {
		return nil
	}
	var text string
	if json.Unmarshal(b, &text) != nil {
		return errStamp
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	for _, form := range stampForms {
		if t, err := time.Parse(form, text); err == nil {
			s.Time = t.UTC()
			return nil
		}
	}
	return errStamp
}

// whenUTC writes a time as filters take it: UTC, whole seconds, Z.
func whenUTC(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
