package cliniko

import (
	"fmt"
	"net"
	"net/http"
	"testing"

	"carryover"
)

// The whole product of the answers that may prove that nothing was filed with
// the ways in which an answer can be whole, or not: on real sockets, for every
// write there is. The table in classify_test.go has the answers outside of it.

// bodies are the ways in which one body may come; proves says that Cliniko itself
// said it, and all of it arrived.
var bodies = []struct {
	name   string
	raw    func(status string) string
	proves bool
}{
	{"JSON", headed("application/json", `{"message":"no"}`), true},
	{"JSON, typed with a charset", headed(jsonType, `{"errors":{"title":"x"}}`), true},
	{"JSON in chunks", chunked("application/json", `{"message":"no"}`, "0\r\n\r\n"), true},
	{"JSON up to the end of the connection", unbounded("application/json", `{"message":"no"}`), true},
	{"text", headed("text/plain", "HTTP Basic: Access denied."), true},
	{"text in chunks", chunked("text/plain", "no", "0\r\n\r\n"), true},
	{"empty", headed("", ""), true},
	{"empty, typed as JSON", headed(jsonType, ""), true},

	{"HTML", headed(htmlType, htmlPage), false},
	{"HTML called JSON", headed(jsonType, htmlPage), false},
	{"HTML called text", headed("text/plain", htmlPage), false},
	{"HTML without a type", headed("", htmlPage), false},
	{"JSON cut short", short("application/json", `{"message":`), false},
	{"whole JSON of an announced longer body", short("application/json", `{"message":"no"}`), false},
	{"text cut short", short("text/plain", "HTTP Basic: Acc"), false},
	{"nothing of an announced body", short("application/json", ""), false},
	{"chunks without their end", chunked("application/json", `{"message":"no"}`, ""), false},
	{"half a chunk", chunked("application/json", `{"message":"no"}`, "ff\r\n{\"a"), false},
	{"JSON with something after it", headed("application/json", `{"message":"no"}{`), false},
	{"text up to the end of the connection", unbounded("text/plain", "no"), false},
	{"nothing up to the end of the connection", unbounded("", ""), false},
	{"compressed", headed("application/json\r\nContent-Encoding: gzip", "\x1f\x8b\x08\x00\x00\x00"), false},
	{"two lengths", func(status string) string {
		return "HTTP/1.1 " + status + "\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
	}, false},
	{"headers without their end", func(status string) string {
		return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Le"
	}, false},
	{"half a status line", func(status string) string { return "HTTP/1.1 " + status[:2] }, false},
}

// line begins an answer.
func line(status, kind string) string {
	head := "HTTP/1.1 " + status + "\r\n"
	if kind != "" {
		head += "Content-Type: " + kind + "\r\n"
	}
	return head
}

// headed announces the length of its body.
func headed(kind, body string) func(string) string {
	return func(status string) string {
		return line(status, kind) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	}
}

// short announces more than it sends.
func short(kind, body string) func(string) string {
	return func(status string) string {
		return line(status, kind) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)+10, body)
	}
}

// chunked sends one chunk and what follows it.
func chunked(kind, body, then string) func(string) string {
	return func(status string) string {
		return line(status, kind) + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%s", len(body), body, then)
	}
}

// unbounded announces no length: the end of the connection is the body's.
func unbounded(kind, body string) func(string) string {
	return func(status string) string { return line(status, kind) + "Connection: close\r\n\r\n" + body }
}

// writes are all requests that change something in a chart.
var writes = map[string]func(*testing.T, *Client) error{
	"File": func(t *testing.T, c *Client) error {
		_, err := c.File(t.Context(), sampleDraft())
		return err
	},
	"Attach": func(t *testing.T, c *Client) error {
		_, err := c.Attach(t.Context(), sampleFile(), uploaded)
		return err
	},
	"ArchiveNote": func(t *testing.T, c *Client) error { return c.ArchiveNote(t.Context(), "901") },
}

func TestRefusalsAreWholeOrDoubted(t *testing.T) {
	for write, send := range writes {
		for status, kind := range map[int]carryover.Kind{400: refused, 401: unauthorized, 403: unauthorized, 404: refused, 422: refused, 429: transient} {
			for _, b := range bodies {
				t.Run(fmt.Sprintf("%s/%d/%s", write, status, b.name), func(t *testing.T) {
					t.Parallel()
					s := serveRaw(t, says(b.raw(fmt.Sprintf("%d %s", status, http.StatusText(status)))))
					err := send(t, newClient(t, s.URL))
					want := inDoubt
					if b.proves {
						want = kind
					}
					if got := kindOf(err); got != want {
						t.Errorf("%s answered %d with %s = %v, want kind %q", write, status, b.name, err, want)
					}
					if n := len(s.requests()); n != 1 {
						t.Errorf("%d requests, want 1", n)
					}
				})
			}
		}
	}
}

// TestNoOtherStatusRefuses: every status outside of the table leaves a write in
// doubt, however plainly it is said, and so does one of it after which the
// connection is reset in the middle of the body.
func TestNoOtherStatusRefuses(t *testing.T) {
	plain := headed("application/json", `{"message":"no"}`)
	var acts []func(*net.TCPConn, int)
	var names []string
	for status := 100; status < 600; status++ {
		if _, known := refusals[status]; known || status >= 200 && status < 300 || status == 100 || status > 101 && status < 200 {
			continue // of 1xx, only 101 ends an exchange
		}
		acts = append(acts, says(plain(fmt.Sprintf("%d Whatever", status))))
		names = append(names, fmt.Sprint(status))
	}
	for status := range refusals {
		acts = append(acts, resets(short("application/json", `{"mess`)(fmt.Sprintf("%d Whatever", status))))
		names = append(names, fmt.Sprintf("%d and a reset", status))
	}
	acts = append(acts,
		says("HTTP/1.1 100 Continue\r\n\r\n"), says("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
		says("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 503 Whatever\r\nContent-Length: 0\r\n\r\n"))
	names = append(names, "100 and no more", "103 and no more", "103 and then 503")
	for write, send := range writes {
		t.Run(write, func(t *testing.T) {
			t.Parallel()
			for i, act := range acts {
				s := serveRaw(t, act)
				if err := send(t, newClient(t, s.URL)); kindOf(err) != inDoubt {
					t.Errorf("%s answered %s = %v, want in doubt", write, names[i], err)
				}
				if n := len(s.requests()); n != 1 {
					t.Errorf("%s answered %s sent %d requests, want 1", write, names[i], n)
				}
			}
		})
	}
}
