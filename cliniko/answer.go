package cliniko

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxBody limits an answer. A page of a hundred long notes stays well below.
const maxBody = 32 << 20

// A form is what a body turned out to be.
type form int

const (
	empty form = iota
	textBody
	jsonBody
	htmlBody   // from the edge, not from Cliniko itself
	unreadable // cut short, damaged, or of a type that was never described
)

// An answer is a response that was read as far as it went.
type answer struct {
	status int
	header http.Header
	body   []byte
	form   form
	ended  bool  // the end of the body was announced
	cut    error // why the body is incomplete, in words that are safe to print
}

// plain says that the answer came from Cliniko itself, and whole: a complete
// body that is empty, text or JSON.
func (a answer) plain() bool { return a.form == empty || a.form == textBody || a.form == jsonBody }

// whole says that the answer is a success with all of its body, of whatever
// type: a file.
func (a answer) whole() bool { return a.status == http.StatusOK && a.cut == nil && a.ended }

// readAnswer reads a response to its end and closes it.
func readAnswer(resp *http.Response) answer {
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header, ended: delimited(resp)}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		a.cut = cause(err)
	case len(body) > maxBody:
		a.cut = errTooLong
	}
	a.body = body
	a.form = formOf(a, a.ended)
	return a
}

// delimited says that the end of the body was announced. Without that, a cut
// connection looks like the end.
func delimited(resp *http.Response) bool {
	return resp.ContentLength >= 0 || resp.ProtoMajor >= 2 || slices.Contains(resp.TransferEncoding, "chunked")
}

// formOf looks at type and content. JSON shows its own end; text does not.
func formOf(a answer, delimited bool) form {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	trimmed := bytes.TrimSpace(a.body)
	switch {
	case a.cut != nil:
		return unreadable
	case strings.Contains(kind, "html") || bytes.HasPrefix(trimmed, []byte("<")):
		return htmlBody
	case len(trimmed) == 0:
		return whole(empty, delimited)
	case (isJSON(kind) || strings.IndexByte(`{[`, trimmed[0]) >= 0) && json.Valid(trimmed):
		return jsonBody
	case isJSON(kind):
		return unreadable
	case (kind == "" || strings.HasPrefix(kind, "text/")) && utf8.Valid(a.body):
		return whole(textBody, delimited)
	}
	return unreadable
}

func isJSON(kind string) bool {
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

func whole(f form, delimited bool) form {
	if delimited {
		return f
	}
	return unreadable
}
