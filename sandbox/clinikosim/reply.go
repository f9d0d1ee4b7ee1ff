package clinikosim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

// A reply is what a handler answers: a status, and a body that is nil for none,
// a string for text, a file for its bytes, or anything else for JSON.
type reply struct {
	status   int
	body     any
	id       string // of the record, for hooks
	location string // of a record that was made, relative to the base
	header   http.Header
}

func ok(body any) *reply { return &reply{status: http.StatusOK, body: body} }

func noContent() *reply { return &reply{status: http.StatusNoContent} }

// badRequest is the answer to a filter or order that cannot be used. The shape
// of the body is not known beyond its being JSON (5).
func badRequest(format string, args ...any) *reply {
	return &reply{status: http.StatusBadRequest, body: message(fmt.Sprintf(format, args...))}
}

func message(text string) map[string]any { return map[string]any{"message": text} }

func (c *call) notFound() *reply {
	return errorReply(http.StatusNotFound, c.sw.NotFoundBody, BodyJSON, "The resource you are looking for could not be found.")
}

func (c *call) forbidden() *reply {
	return errorReply(http.StatusForbidden, c.sw.ForbiddenBody, BodyEmpty, "You are not allowed to do this.")
}

func unauthorized(sw Switches) *reply {
	r := errorReply(http.StatusUnauthorized, sw.UnauthorizedBody, BodyText, "HTTP Basic: Access denied.")
	r.header = http.Header{"Www-Authenticate": {`Basic realm="SANDBOX"`}}
	return r
}

// broken is an error of the server's own making.
func broken() *reply {
	return &reply{status: http.StatusInternalServerError, body: htmlBody(http.StatusInternalServerError)}
}

// notSimulated is for routes that exist in the API and not here; it is loud so
// that nobody takes the answer for the API's.
func notSimulated() *reply {
	return &reply{status: http.StatusNotImplemented, body: message("SANDBOX: this part of the API is not simulated.")}
}

func errorReply(status int, form, otherwise ErrorBody, text string) *reply {
	if form == "" {
		form = otherwise
	}
	r := &reply{status: status}
	switch form {
	case BodyText:
		r.body = text + "\n"
	case BodyJSON:
		r.body = message(text)
	case BodyHTML:
		r.body = htmlBody(status)
	case BodyEmpty:
	}
	return r
}

func htmlBody(status int) string {
	return fmt.Sprintf("<html><body><h1>%d %s</h1><p>SANDBOX</p></body></html>\n", status, http.StatusText(status))
}

// The sentences of validation errors. Captured bodies have U+2019 in "can’t".
const (
	isBlank    = "can’t be blank"
	notInList  = "is not included in the list"
	notValid   = "is invalid"
	isTooLong  = "is too long"
	mustExist  = "must exist"
	isArchived = "is archived"
)

// problems collects validation errors by API field.
type problems map[string]string

// add keeps the first problem of each field.
func (p problems) add(field, sentence string) {
	if _, known := p[field]; !known {
		p[field] = sentence
	}
}

// invalid answers 422 with every problem, in the form the switches ask for.
func (c *call) invalid(p problems) *reply {
	errors := map[string]any{}
	for field, sentence := range p {
		switch {
		case c.sw.NullErrors && field == "content":
			errors[field] = nil
		case c.sw.ArrayErrors:
			errors[field] = []string{sentence}
		default:
			errors[field] = sentence
		}
	}
	return &reply{
		status: http.StatusUnprocessableEntity,
		body:   map[string]any{"message": "Validation Failed", "errors": errors},
	}
}

// write sends r. Stamps and the Date header come from the same clock, so that a
// client which compares clocks sees the simulator's.
func (s *Server) write(w http.ResponseWriter, base string, r *reply) {
	h := w.Header()
	h.Set("Date", s.clock.Now().Format(http.TimeFormat))
	h.Set("X-Sandbox", "SANDBOX")
	maps.Copy(h, r.header)
	if r.location != "" {
		h.Set("Location", base+r.location)
	}
	switch body := r.body.(type) {
	case nil:
		w.WriteHeader(r.status)
	case string:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		if strings.HasPrefix(body, "<") {
			h.Set("Content-Type", "text/html; charset=utf-8")
		}
		w.WriteHeader(r.status)
		_, _ = w.Write([]byte(body))
	case *object:
		h.Set("Content-Type", body.kind())
		w.WriteHeader(r.status)
		_, _ = w.Write(body.data)
	default:
		h.Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(r.status)
		_, _ = w.Write(encode(body))
	}
}

// encode writes v as JSON without escaping <, > and &, so that the bytes of a
// note's HTML are the ones that were stored.
func encode(v any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // only values made here are encoded: strings, numbers, maps
		return []byte("null")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
