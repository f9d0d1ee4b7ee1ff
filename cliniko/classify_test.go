package cliniko

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

func isKind(err error, k carryover.Kind) bool { return errors.Is(err, k) }

const (
	jsonType = "application/json; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
	htmlPage = "<html><body>Bad gateway</body></html>"
)

// A row is one thing that may happen to a request, and what it means for a
// write and for a read.
type row struct {
	name  string
	act   func(*net.TCPConn, int)
	write carryover.Kind // "" is success
	read  carryover.Kind
}

// table is DESIGN's step 4: what proves that nothing was filed, and that all
// else leaves it in doubt.
var table = []row{
	{"201 with id", says(response(201, jsonType, `{"id":"901"}`)), "", transient},
	{"200 with id", says(response(200, jsonType, `{"id":"901"}`)), "", ""},
	{"201 with a number as id", says(response(201, jsonType, `{"id":1968645883121642782}`)), "", transient},
	{"201 without a type", says(response(201, "", `{"id":"901"}`)), "", transient},
	{"201 without id", says(response(201, jsonType, `{"title":"x"}`)), inDoubt, transient},
	{"201 with an id that is none", says(response(201, jsonType, `{"id":"../x"}`)), inDoubt, transient},
	{"201 empty", says(response(201, jsonType, "")), inDoubt, transient},
	{"201 null", says(response(201, jsonType, "null")), inDoubt, transient},
	{"201 not JSON", says(response(201, jsonType, `{"id":"901"`)), inDoubt, transient},
	{"201 HTML", says(response(201, htmlType, htmlPage)), inDoubt, transient},
	{"201 cut short", says("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":\"901\"}"), inDoubt, transient},
	{"200 chunks cut short", says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"i\r\n"), inDoubt, transient},
	{"204 empty", says("HTTP/1.1 204 No Content\r\n\r\n"), inDoubt, transient},

	{"400 JSON", says(response(400, jsonType, `{"message":"no"}`)), refused, refused},
	{"400 text", says(response(400, "text/plain", "This column is not searchable")), refused, refused},
	{"401 text", says(response(401, "text/plain", "HTTP Basic: Access denied.")), unauthorized, unauthorized},
	{"401 empty", says(response(401, "", "")), unauthorized, unauthorized},
	{"401 JSON", says(response(401, jsonType, `{"message":"no"}`)), unauthorized, unauthorized},
	{"403 empty", says(response(403, "", "")), unauthorized, unauthorized},
	{"403 empty, typed as JSON", says(response(403, jsonType, "")), unauthorized, unauthorized},
	{"404 JSON", says(response(404, jsonType, `{"message":"not found"}`)), refused, carryover.ErrGone},
	{"404 empty", says(response(404, "", "")), refused, carryover.ErrGone},
	{"422 JSON", says(response(422, jsonType, `{"errors":{"draft":"is not included in the list"}}`)), refused, refused},
	{"422 without a type", says(response(422, "", `{"errors":{}}`)), refused, refused},
	{"429 empty", says(response(429, "", "", "Retry-After: 200")), transient, transient},
	{"429 JSON", says(response(429, jsonType, `{}`, "Retry-After: 200")), transient, transient},

	{"422 HTML", says(response(422, htmlType, htmlPage)), inDoubt, transient},
	{"403 HTML from the edge", says(response(403, htmlType, htmlPage)), inDoubt, transient},
	{"404 HTML called text", says(response(404, "text/plain", htmlPage)), inDoubt, transient},
	{"429 HTML", says(response(429, htmlType, htmlPage)), inDoubt, transient},
	{"422 JSON cut short", says("HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"errors\":"), inDoubt, transient},
	{"422 JSON that is none", says(response(422, jsonType, `{"errors":`)), inDoubt, transient},
	{"403 without an end", says("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"), inDoubt, transient},
	{"403 text without an end", says("HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\nno"), inDoubt, transient},
	{"422 JSON without an announced end", says("HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\n\r\n{}"), refused, refused},
	{"400 of another type", says(response(400, "application/xml", "x")), inDoubt, transient},
	{"400 of bytes", says(response(400, "text/plain", "\xff\xfe")), inDoubt, transient},

	{"406", says(response(406, jsonType, `{}`)), inDoubt, refused},
	{"408", says(response(408, "", "")), inDoubt, transient},
	{"409", says(response(409, jsonType, `{}`)), inDoubt, refused},
	{"413", says(response(413, jsonType, `{}`)), inDoubt, refused},
	{"301", says(response(301, "", "", "Location: https://elsewhere.example/")), inDoubt, notHere},
	{"307", says(response(307, "", "", "Location: /v1/treatment_notes")), inDoubt, notHere},
	{"500 JSON", says(response(500, jsonType, `{}`)), inDoubt, transient},
	{"500 empty", says(response(500, "", "")), inDoubt, transient},
	{"502 HTML", says(response(502, htmlType, htmlPage)), inDoubt, transient},
	{"503", says(response(503, "", "")), inDoubt, transient},
	{"504", says(response(504, htmlType, htmlPage)), inDoubt, transient},

	{"closed without an answer", says(""), inDoubt, transient},
	{"reset without an answer", resets(""), inDoubt, transient},
	{"reset in the headers", resets("HTTP/1.1 422 Unpro"), inDoubt, transient},
	{"reset in the body", resets("HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"), inDoubt, transient},
	{"not HTTP", says("SSH-2.0-OpenSSH\r\n"), inDoubt, transient},
	{"status line only", says("HTTP/1.1 422 Unprocessable\r\n"), inDoubt, transient},
	{"silence", silent, inDoubt, transient},
	{"silence in the body", func(c *net.TCPConn, n int) {
		says("HTTP/1.1 422 Unprocessable\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")(c, n)
		silent(c, n)
	}, inDoubt, transient},
}

const (
	transient    = carryover.ErrTransient
	refused      = carryover.ErrRefused
	inDoubt      = carryover.ErrInDoubt
	unauthorized = carryover.ErrUnauthorized
	notHere      = carryover.ErrNotHere
)

// silent holds the connection until the other side gives up.
func silent(conn *net.TCPConn, _ int) {
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Read(make([]byte, 1))
}

func hasty(cfg *Config) {
	cfg.Deadline, cfg.ReadTimeout = 300*time.Millisecond, 150*time.Millisecond
}

func TestEveryAnswerToAWrite(t *testing.T) {
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, r.act)
			c := newClient(t, s.URL, hasty)
			n, err := c.File(t.Context(), sampleDraft())
			if got := kindOf(err); got != r.write {
				t.Errorf("File = %v, want kind %q", err, r.write)
			}
			if (err == nil) != (n.ID != "") {
				t.Errorf("File = note %q, %v, want an id exactly on success", n.ID, err)
			}
			if got := len(s.requests()); got != 1 {
				t.Errorf("File sent %d requests, want 1", got)
			}
		})
	}
}

func TestEveryAnswerToARead(t *testing.T) {
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, r.act)
			c := newClient(t, s.URL, hasty)
			var u userRecord
			err := c.get(t.Context(), "read", "user", nil, &u)
			if got := kindOf(err); got != r.read {
				t.Errorf("get = %v, want kind %q", err, r.read)
			}
		})
	}
}

func TestArchiveNote(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(*net.TCPConn, int)
		want carryover.Kind
	}{
		{"204", says("HTTP/1.1 204 No Content\r\n\r\n"), ""},
		{"200 with the record", says(response(200, jsonType, `{"id":"901"}`)), ""},
		{"200 HTML", says(response(200, htmlType, htmlPage)), inDoubt},
		{"403 empty", says(response(403, "", "")), unauthorized},
		{"404 JSON", says(response(404, jsonType, `{}`)), refused},
		{"502 HTML", says(response(502, htmlType, htmlPage)), inDoubt},
		{"reset", resets(""), inDoubt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, tt.act)
			err := newClient(t, s.URL, hasty).ArchiveNote(t.Context(), "901")
			if got := kindOf(err); got != tt.want {
				t.Errorf("ArchiveNote = %v, want kind %q", err, tt.want)
			}
			for _, r := range s.requests() {
				if r.Method != "POST" || r.Path != "/v1/treatment_notes/901/archive" || r.Body != "" {
					t.Errorf("ArchiveNote sent %s %s %q", r.Method, r.Path, r.Body)
				}
			}
			if got := len(s.requests()); got != 1 {
				t.Errorf("ArchiveNote sent %d requests, want 1", got)
			}
		})
	}
	if err := newClient(t, "http://127.0.0.1:1/v1").ArchiveNote(t.Context(), "1/archive?x="); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("ArchiveNote of no id = %v, want kind invalid", err)
	}
}

// A transport that refuses by policy is told by its method.
type refusing struct{ error }

func (refusing) Refused() bool { return true }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestNoConnection(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	plain := serveRaw(t, says("this is not TLS at all\r\n\r\n"))
	dead, cancel := context.WithCancel(t.Context())
	cancel()

	for _, tt := range []struct {
		name  string
		base  string
		ctx   context.Context
		write http.RoundTripper // nil: a real one
		want  carryover.Kind
	}{
		{name: "nobody listens", base: "http://" + address, want: transient},
		{name: "no TLS on the other side", base: strings.Replace(plain.URL, "http:", "https:", 1), want: transient},
		{name: "cancelled before", base: "http://" + address, ctx: dead, want: transient},
		{name: "no such name", base: "http://localhost:1", want: transient, write: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "example"}
			},
		}},
		{name: "refused by the guard", base: "http://" + address, want: notHere, write: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("wrapped: %w", refusing{errors.New("not on the list")})
		})},
		{name: "a transport that says nothing about connections", base: "http://" + address, want: inDoubt, write: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("failed")
		})},
		{name: "no answer and no error", base: "http://" + address, want: inDoubt, write: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, nil
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, tt.base, hasty, func(cfg *Config) {
				if tt.write != nil {
					cfg.Write = tt.write
				}
			})
			ctx := tt.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			_, err := c.File(ctx, sampleDraft())
			if got := kindOf(err); got != tt.want {
				t.Errorf("File = %v, want kind %q", err, tt.want)
			}
		})
	}
}

func TestCancelledAfterTheRequestLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serveRaw(t, func(conn *net.TCPConn, n int) {
		cancel()
		silent(conn, n)
	})
	_, err := newClient(t, s.URL).File(ctx, sampleDraft())
	if kindOf(err) != inDoubt || !errors.Is(err, context.Canceled) {
		t.Errorf("File = %v, want in doubt and cancelled", err)
	}
}

func TestFieldsOf422(t *testing.T) {
	for _, tt := range []struct {
		body string
		want []string
		tied bool
	}{
		{`{"message":"Validation Failed","errors":{"booking":"is invalid"}}`, []string{"booking"}, true},
		{`{"errors":{"title":"can’t be blank","attendee_id":["is invalid"]}}`, []string{"attendee_id", "title"}, true},
		{`{"errors":{"patient":null}}`, []string{"patient"}, false},
		{`{"errors":{"Zephyrine Quux said so":"x","content":"x"}}`, []string{"content"}, false},
		{`{"errors":["booking"]}`, nil, false},
		{`{"message":"booking is bad"}`, nil, false},
		{`{}`, nil, false},
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(tt.body))
		})
		_, err := newClient(t, s.URL).File(t.Context(), sampleDraft())
		var got []string
		if f, ok := errors.AsType[*fieldsError](err); ok {
			got = f.keys
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("fields of %s (-want +got):\n%s", tt.body, diff)
		}
		if NamesBooking(err) != tt.tied {
			t.Errorf("NamesBooking(%s) = %v, want %v", tt.body, !tt.tied, tt.tied)
		}
		if carryover.HintOf(err) == "" {
			t.Errorf("File answered %s without a hint", tt.body)
		}
	}
	for body, want := range map[string]bool{
		`{"errors":{"treatment_note_template":"is archived"}}`:                true,
		`{"errors":{"treatment_note_template_id":null,"title":"is invalid"}}`: true,
		`{"errors":{"template":["is invalid"]}}`:                              true,
		`{"errors":{"content":"is invalid"}}`:                                 false,
		`{"errors":{"booking":"is invalid"}}`:                                 false,
		`{"message":"treatment_note_template"}`:                               false,
	} {
		for _, status := range []int{http.StatusUnprocessableEntity, http.StatusBadRequest} {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			})
			_, err := newClient(t, s.URL).File(t.Context(), sampleDraft())
			if got := NamesTemplate(err); got != (want && status == http.StatusUnprocessableEntity) {
				t.Errorf("NamesTemplate(%d %s) = %v, want %v for a 422 alone", status, body, got, want)
			}
		}
	}
	if NamesTemplate(nil) || NamesTemplate(errors.New("template")) {
		t.Error("NamesTemplate of another error = true, want false")
	}
	if NamesBooking(nil) || NamesBooking(errors.New("booking")) {
		t.Error("NamesBooking of another error = true, want false")
	}
}

// sampleDraft is a note about nobody.
func sampleDraft() carryover.NoteDraft {
	return carryover.NoteDraft{
		Patient: "1968645883121642782",
		Booking: "1968645883121649999",
		Title:   carryover.NewText("GP letter (from Heidi)"),
		Sections: []carryover.Section{{Questions: []carryover.Question{{
			Name: carryover.NewText("Document"), Type: carryover.ParagraphQuestion, Answer: carryover.NewText("<p>Pain 3/10 &lt; last week</p>"),
		}}}},
		Reference: "HD-7Q4K2MXA-2C7P",
	}
}
