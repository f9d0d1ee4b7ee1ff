package heidi

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"carryover"
)

// Hints are for the practice, who know neither HTTP nor this program.
const (
	hintLink     = "This practitioner's Heidi account needs linking. Let the practitioner open the link page and confirm."
	hintDenied   = "Heidi does not let this practitioner's link read that. Link the account again."
	hintRedirect = "Heidi answered with a redirect, which Carryover never follows. Check region and base_url."
	hintHost     = "Only Heidi's host of your region may be contacted. Check the region setting."
	hintNowhere  = "Heidi does not know this part of its interface. Ask Heidi whether the key may use it."
)

// errUnreadable says that an answer was not in a form the reference sheet
// lists. It quotes nothing.
var errUnreadable = errors.New("answer is not in a form described")

func unreadableAnswer(op string, a answer) *carryover.Problem {
	return &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Status: a.status, Err: errUnreadable}
}

// A typeError is the machine's name for an error, detail.type. The text beside
// it may hold names and is not kept.
type typeError string

func (e typeError) Error() string { return string(e) }

const sessionNotFound typeError = "SessionNotFoundError"

// classify turns an answer that is not a success into an error (reference
// sheet §11): by detail.type first, by status second, by text never, except
// for linking, which has no type. unknown is how long to wait after a 429 that
// does not say.
func classify(op string, a answer, now time.Time, unknown time.Duration) *carryover.Problem {
	p := &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Status: a.status, Err: a.cut}
	d := detailOf(a)
	switch {
	case a.status >= 300 && a.status < 400:
		p.Kind, p.Hint = carryover.ErrNotHere, hintRedirect
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		p.RetryAt = retryAt(a.header, now, unknown)
	case !a.plain() || a.status >= 500 || a.status == http.StatusRequestTimeout || a.status < 300:
		// the edge, a hiccup, half an answer, or a success without content
	case d.kind == sessionNotFound:
		p.Kind, p.Err = carryover.ErrGone, d.kind
	case d.linked && (a.status == http.StatusBadRequest || a.status == http.StatusForbidden):
		p.Kind, p.Hint = carryover.ErrUnauthorized, hintLink
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		p.Kind, p.Hint = carryover.ErrUnauthorized, hintDenied
	default:
		p.Kind = carryover.ErrRefused
		if a.status == http.StatusNotFound {
			p.Hint = hintNowhere
		}
		if d.kind != "" {
			p.Err = d.kind
		}
	}
	return p
}

// A detail is what can be learnt from an error body without keeping its text.
type detail struct {
	kind   typeError
	linked bool // the text speaks of linking
}

// detailOf reads {"detail":…}, which is an object, a string or an array;
// {"message":…} and {"error":…} occur as well.
func detailOf(a answer) detail {
	if a.form == textBody {
		return detail{linked: speaksOfLink(string(a.body))}
	}
	var body map[string]json.RawMessage
	if a.form != jsonBody || json.Unmarshal(a.body, &body) != nil {
		return detail{}
	}
	var d detail
	for _, name := range []string{"detail", "message", "error"} {
		raw := body[name]
		var object struct {
			Type words `json:"type"`
		}
		if json.Unmarshal(raw, &object) == nil && d.kind == "" && typeForm(string(object.Type)) {
			d.kind = typeError(object.Type)
		}
		d.linked = d.linked || speaksOfLink(string(raw))
	}
	return d
}

func speaksOfLink(s string) bool { return strings.Contains(strings.ToLower(s), "linked") }

// typeForm says that s is a name of an error and not a text.
func typeForm(s string) bool {
	return s != "" && len(s) <= 80 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '.'
	})
}

// retryLongest keeps a nonsense header from stopping us for hours.
const retryLongest = 5 * time.Minute

// retryAt reads Retry-After, in seconds or as a date by the server's clock,
// and adds a little jitter.
func retryAt(h http.Header, now time.Time, unknown time.Duration) time.Time {
	wait := unknown
	after := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(after); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(retryLongest/time.Second))) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		server := now
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			server = date
		}
		wait = at.Sub(server)
	}
	wait = min(max(wait, unknown/2), retryLongest)
	return now.Add(wait + upTo(wait/20, now))
}

// delayed is how long a read waits before its next try: from the first wait it
// doubles, to eight times that, give or take a quarter.
func delayed(first time.Duration, retries int) time.Duration {
	d := first << min(retries, 3)
	return d - d/4 + upTo(d/2, time.Now())
}

// upTo returns a duration from zero to most, by the moment: no two clients meet
// trouble at one nanosecond, and a simulation repeats its moments.
func upTo(most time.Duration, now time.Time) time.Duration {
	return time.Duration(rand.New(rand.NewPCG(uint64(now.UnixNano()), 0)).Int64N(int64(most) + 1)) //nolint:gosec // it keeps clients apart, and guards nothing
}
