package cliniko

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover"
)

// Hints are for the practice, who know neither HTTP nor this program.
const (
	hintKey      = "Cliniko does not accept the key. Make a new one in Cliniko (My Info, Manage API keys) and put it in the key file."
	hintRight    = "Cliniko says that this key may not do that. Check that it belongs to an active practitioner who may write treatment notes."
	hintRefused  = "Cliniko did not accept the request as it is. The fields it names are in the log."
	hintRedirect = "Cliniko answered with a redirect, which Carryover never follows. Check base_url and the shard of the key."
	hintHost     = "Only Cliniko's Australian hosts may be contacted. Check the shard at the end of the key."
)

// refusals is the one table of what an answer to a write means when it is
// plain: a complete status line, headers, and a complete body that is empty,
// text or JSON. Each of these says that Cliniko itself looked at the request
// and did nothing. Every other answer but a readable 2xx leaves it in doubt:
// 5xx, 408, 3xx, HTML from the edge, and whatever nobody has described.
var refusals = map[int]carryover.Kind{
	http.StatusBadRequest:          carryover.ErrRefused,
	http.StatusUnauthorized:        carryover.ErrUnauthorized,
	http.StatusForbidden:           carryover.ErrUnauthorized,
	http.StatusNotFound:            carryover.ErrRefused,
	http.StatusUnprocessableEntity: carryover.ErrRefused,
	http.StatusTooManyRequests:     carryover.ErrTransient,
}

// classifyWrite turns an answer to a write that is not a success into an error.
func classifyWrite(op string, a answer, now time.Time) *carryover.Problem {
	p := &carryover.Problem{Op: op, Kind: carryover.ErrInDoubt, Status: a.status, Err: a.cut}
	if kind, known := refusals[a.status]; known && a.plain() {
		p.Kind = kind
		detail(p, a, now)
	}
	if limitedUntil(a) {
		p.RetryAt = resetAt(a.header, now)
	}
	return p
}

// limitedUntil says that an answer is a 429 that names its end, whatever its
// body: the edge may word it in HTML.
func limitedUntil(a answer) bool {
	_, err := strconv.ParseInt(a.header.Get("X-RateLimit-Reset"), 10, 64)
	return a.status == http.StatusTooManyRequests && err == nil
}

// classifyRead turns an answer to a GET that is not a success into an error. A
// read has no effect, so what is in doubt for a write is merely transient.
func classifyRead(op string, a answer, now time.Time) *carryover.Problem {
	p := &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Status: a.status, Err: a.cut}
	switch {
	case a.status >= 300 && a.status < 400:
		p.Kind, p.Hint = carryover.ErrNotHere, hintRedirect
	case limitedUntil(a):
		p.RetryAt = resetAt(a.header, now)
	case !a.plain() || a.status >= 500 || a.status == http.StatusRequestTimeout || a.status < 300:
		// the edge, a hiccup, half an answer, or a success without content
		if a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "" {
			p.RetryAt = resetAt(a.header, now)
		}
	case a.status == http.StatusNotFound:
		p.Kind = carryover.ErrGone
	default:
		p.Kind = carryover.ErrRefused
		if kind, known := refusals[a.status]; known {
			p.Kind = kind
		}
		detail(p, a, now)
	}
	return p
}

// detail adds the hint, the time to try again, and the names of the fields.
func detail(p *carryover.Problem, a answer, now time.Time) {
	switch a.status {
	case http.StatusUnauthorized:
		p.Hint = hintKey
	case http.StatusForbidden:
		p.Hint = hintRight
	case http.StatusTooManyRequests:
		p.RetryAt = resetAt(a.header, now)
	default:
		p.Hint = hintRefused
		if keys := fieldsOf(a); len(keys) > 0 {
			p.Err = &fieldsError{status: a.status, keys: keys}
		}
	}
}

// A fieldsError holds the keys of a 422's errors object: which fields Cliniko
// objects to. The values are texts that may repeat what was sent, so they are
// not kept.
type fieldsError struct {
	status int
	keys   []string
}

func (e *fieldsError) Error() string { return "fields " + strings.Join(e.keys, ", ") }

// fieldForm is what a field is called in Cliniko. Anything else is left out,
// as a key could be clinical text as well as a value could.
var fieldForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// fieldsOf returns the sorted keys of {"errors":{…}}; the values may be
// strings, null or arrays (reference sheet §5).
func fieldsOf(a answer) []string {
	var body struct {
		Errors map[string]json.RawMessage `json:"errors"`
	}
	if a.form != jsonBody || json.Unmarshal(a.body, &body) != nil {
		return nil
	}
	var keys []string
	for k := range body.Errors {
		if fieldForm.MatchString(k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// bookingFields are the names by which a 422 may object to the tie to a visit.
// Cliniko may name something else than what was sent (reference sheet §5).
var bookingFields = []string{
	"booking", "booking_id", "attendee", "attendee_id", "appointment", "appointment_id", "individual_appointment",
}

// NamesBooking says that err is a 422 that objects to the booking: the same
// note without one may be accepted.
func NamesBooking(err error) bool {
	return names(err, bookingFields)
}

// templateFields are the names by which a 422 may object to the template.
var templateFields = []string{"treatment_note_template", "treatment_note_template_id", "template", "template_id"}

// NamesTemplate says that err is a 422 that objects to the note template: it
// was archived, or is not one. The content is named apart; it is no reason to
// think that the template is gone.
func NamesTemplate(err error) bool {
	return names(err, templateFields)
}

// names says that err is a 422 that names one of some fields.
func names(err error, fields []string) bool {
	f, ok := errors.AsType[*fieldsError](err)
	if !ok || f.status != http.StatusUnprocessableEntity {
		return false
	}
	return slices.ContainsFunc(f.keys, func(k string) bool { return slices.Contains(fields, k) })
}
