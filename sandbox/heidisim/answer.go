package heidisim

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// Texts of errors that carry a type, or that clients recognise by a word.
const (
	textUnlinked = "Linked Account is required. Please link your account before using this feature." // §11, observed
	textNoRoute  = "Not Found"                                                                       // §11, inferred: FastAPI
	textNoVerb   = "Method Not Allowed"                                                              // §11, inferred: FastAPI
)

// An answer is a response before it is written: a status and either a value
// that becomes JSON, or text that is sent as it is.
type answer struct {
	status int
	body   any       // becomes JSON
	text   string    // an event stream, instead of a body
	header [2]string // name and value of one more header
}

// A detail is the object form of an error (§11, official).
type detail struct {
	Msg  string `json:"msg"`
	Type string `json:"type"`
}

// An invalid is one element of the array form of an error, in the
// older style of FastAPI; the newer one adds the input.
type invalid struct {
	Loc   []string `json:"loc"`
	Msg   string   `json:"msg"`
	Type  string   `json:"type"`
	Input any      `json:"input,omitempty"`
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// refuse is an error whose detail is a string, an object or an array.
func refuse(status int, detail any) answer {
	return answer{status: status, body: map[string]any{"detail": detail}}
}

// gone is the answer for an unknown, foreign or deleted session: the same for
// all three, so that it tells nobody which (§11, official body).
func gone() answer {
	return refuse(http.StatusNotFound, detail{"Session not found", "SessionNotFoundError"})
}

// missing is a 422 for fields that were not sent; in is query, body or header.
func (s *Server) missing(in string, fields ...string) answer {
	faults := make([]invalid, 0, len(fields))
	for _, f := range fields {
		if s.switches.NewValidation {
			faults = append(faults, invalid{Loc: []string{in, f}, Msg: "Field required", Type: "missing", Input: map[string]any{}})
			continue
		}
		faults = append(faults, invalid{Loc: []string{in, f}, Msg: "field required", Type: "value_error.missing"})
	}
	return refuse(http.StatusUnprocessableEntity, faults)
}

// malformed is a 422 for a value that cannot be read as what it should be. The
// older style has a name for each kind of value, the newer one for each parser.
func (s *Server) malformed(in, field, kind, input string) answer {
	fault := invalid{Loc: []string{in, field}, Msg: "value is not a valid " + kind, Type: "type_error." + kind}
	if s.switches.NewValidation {
		fault = invalid{Loc: []string{in, field}, Msg: "Input should be a valid " + kind, Type: kind + "_parsing", Input: input}
	}
	return refuse(http.StatusUnprocessableEntity, []invalid{fault})
}

// unlinked is the answer to an API user without a valid link.
func (s *Server) unlinked() answer {
	status := s.switches.UnlinkedStatus
	if status == http.StatusOK { // only a listing can be empty
		status = http.StatusBadRequest
	}
	if s.switches.UnlinkedObject {
		return refuse(status, detail{textUnlinked, "LinkedAccountRequiredError"})
	}
	return refuse(status, textUnlinked)
}

// A response is an answer in bytes. Making it reads records, so it is made
// under the server's lock; sending it is not.
type response struct {
	status int
	header http.Header
	body   []byte
}

// response encodes a; extra puts unknown fields into every object.
func (a answer) response(extra bool) response {
	res := response{status: a.status, header: http.Header{}}
	if a.header[0] != "" {
		res.header.Set(a.header[0], a.header[1])
	}
	switch {
	case a.text != "":
		res.header.Set("Content-Type", "text/event-stream; charset=utf-8")
		res.body = []byte(a.text)
	case a.body != nil:
		text, err := encode(a.body, extra)
		if err != nil { // no value that a handler returns does this
			return refuse(http.StatusInternalServerError, "SANDBOX: answer cannot be encoded").response(false)
		}
		res.header.Set("Content-Type", "application/json")
		res.body = text
	}
	return res
}

// write sends the whole response; a client that left needs none.
func (res response) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), res.header)
	w.WriteHeader(res.status)
	_, _ = w.Write(res.body)
}

// encode writes v as a Python server would: no escapes for <, > and &.
func encode(v any, extra bool) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if !extra {
		return bytes.TrimRight(text.Bytes(), "\n"), nil
	}
	d := json.NewDecoder(&text)
	d.UseNumber() // session ids may be numbers that no float64 holds
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	return encode(withUnknown(tree), false)
}

// withUnknown adds a field that no document mentions to every object in tree.
func withUnknown(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		for k := range v {
			v[k] = withUnknown(v[k])
		}
		v["sandbox_unknown"] = map[string]any{"values": []any{1, nil, "x"}}
	case []any:
		for i := range v {
			v[i] = withUnknown(v[i])
		}
	}
	return tree
}

// orNull turns an empty string into null.
func orNull(text string) any {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return text
}
