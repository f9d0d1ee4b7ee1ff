package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"carryover"
)

// A trouble is an answer that is none, in the form of RFC 9457. Its words are
// all in this file: nothing of a request and nothing of an error is repeated.
type trouble struct {
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail"`
	after  time.Duration // when to ask again; zero: it does not say
}

// The answers that need no look at an error.
var (
	nothing     = trouble{Title: "not here", Status: http.StatusNotFound, Detail: "There is nothing at this path. /v1/openapi.json says what there is."}
	wrongMethod = trouble{Title: "wrong method", Status: http.StatusMethodNotAllowed, Detail: "This path takes another method: see Allow."}
	noBearer    = trouble{Title: "no token", Status: http.StatusUnauthorized, Detail: "Send a token that is good, as Authorization: Bearer. carryover token create makes one."}
	wrongScope  = trouble{Title: "another scope", Status: http.StatusForbidden, Detail: "This token is for something else. Make one of the right scope with carryover token create."}
	badID       = trouble{Title: "not an id", Status: http.StatusBadRequest, Detail: "That is not the id of a session of Heidi's."}
	badBody     = trouble{Title: "not the body", Status: http.StatusBadRequest, Detail: "Send nothing, or {\"done\": true}. Texts and names do not belong here."}
	tooLarge    = trouble{Title: "too large", Status: http.StatusRequestEntityTooLarge, Detail: "The body is too large. Only an id is needed."}
	paused      = trouble{Title: "paused", Status: http.StatusConflict, Detail: "Filing is paused, so nothing was done. Ask again when a person has resumed it."}
	noHooks     = trouble{Title: "no webhooks", Status: http.StatusNotFound, Detail: "No webhook secret is in the configuration, so none is taken."}
	badHook     = trouble{Title: "not signed", Status: http.StatusUnauthorized, Detail: "The signature does not fit a secret of the configuration, or the time stamp is more than five minutes off."}
	badEvent    = trouble{Title: "no session", Status: http.StatusBadRequest, Detail: "The body is not JSON with one session_id, at the top or in data."}
)

// tooOften asks for patience.
func tooOften(after time.Duration) trouble {
	return trouble{Title: "too often", Status: http.StatusTooManyRequests, Detail: "Ask again after the seconds in Retry-After.", after: after}
}

// later is how long to wait for what does not say.
const later = 30 * time.Second

// troubleOf is the answer for an error of the desk's.
func troubleOf(err error) trouble {
	switch {
	case errors.Is(err, carryover.ErrGone):
		return trouble{Title: "unknown", Status: http.StatusNotFound, Detail: "No linked practitioner can see a session of this id in Heidi."}
	case errors.Is(err, carryover.ErrInvalid):
		return badID
	case errors.Is(err, carryover.ErrUnauthorized):
		return trouble{Title: "heidi refuses", Status: http.StatusBadGateway, Detail: "Heidi does not accept the practice's key or link. A person must act: carryover status says more."}
	case errors.Is(err, carryover.ErrRefused):
		return trouble{Title: "refused", Status: http.StatusConflict, Detail: "That cannot be done now. carryover status says more."}
	case errors.Is(err, carryover.ErrTransient):
		after := later
		if at := carryover.RetryAt(err); !at.IsZero() {
			after = time.Until(at)
		}
		return trouble{Title: "not now", Status: http.StatusServiceUnavailable, Detail: "Heidi or the ledger does not answer. Nothing is lost: the daemon goes on by itself.", after: after}
	}
	return trouble{Title: "failed", Status: http.StatusInternalServerError, Detail: "That did not work. The daemon's log says more."}
}

func (t trouble) write(w http.ResponseWriter) {
	if t.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(t.after.Seconds())))))
	}
	if t.Status == http.StatusUnauthorized && t == noBearer {
		w.Header().Set("WWW-Authenticate", `Bearer realm="carryover"`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(t.Status)
	_ = json.NewEncoder(w).Encode(t) // whoever asked has gone: nobody to tell
}

// answer writes a as JSON.
func answer(w http.ResponseWriter, status int, a any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a) // whoever asked has gone: nobody to tell
}
