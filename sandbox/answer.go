package sandbox

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
)

// An answer is a response kept until the middleware has decided what becomes of
// it. It is an http.ResponseWriter.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter; the first call counts.
func (a *answer) WriteHeader(code int) {
	if a.code == 0 {
		a.code = code
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) status() int {
	if a.code == 0 {
		return http.StatusOK
	}
	return a.code
}

func (a *answer) sendHeader(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status())
}

// faultJSON is an error as an application server would put it, in the shape of
// either API.
func faultJSON(status int) *answer {
	a := newAnswer()
	a.header.Set("Content-Type", "application/json; charset=utf-8")
	a.WriteHeader(status)
	fmt.Fprintf(&a.body, `{"message":%[1]q,"detail":%[1]q}`, http.StatusText(status))
	return a
}

// faultHTML is an error as the network in front of an API would put it.
func faultHTML(status int) *answer {
	a := newAnswer()
	a.header.Set("Content-Type", "text/html")
	a.WriteHeader(status)
	fmt.Fprintf(&a.body, "<html><head><title>%[1]d %[2]s</title></head><body><h1>%[1]d %[2]s</h1><p>SANDBOX</p></body></html>\n",
		status, http.StatusText(status))
	return a
}
