package cliniko

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"carryover"
)

// canary stands in every free text that goes in or comes out; it may come out
// nowhere but in the requests themselves.
const canary = "Zephyrine"

// Whatever a server does, errors and logs at debug level hold no name, no
// query, no key and no text of the answer.
func TestNothingLeaks(t *testing.T) {
	acts := []func(*net.TCPConn, int){
		says("HTTP/1.1 " + canary + "\r\n\r\n"),
		says("HTTP/1.1 422 " + canary + "\r\nContent-Length: " + canary + "\r\n\r\n"),
		says("HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n"),
		says("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + canary + "\r\n\r\n"),
		says(response(200, jsonType, `{"id":"`+canary+`","patients":[{"id":"1","archived_at":"`+canary+`"}]}`)),
		says(response(200, jsonType, `{"treatment_notes":"`+canary+`","links":{"next":"http://`+canary+`/"}}`)),
		says(response(400, "text/plain", canary)),
		says(response(422, jsonType, `{"message":"`+canary+`","errors":{"`+canary+`":"`+canary+`","title":"`+canary+`"}}`)),
		says(response(404, jsonType, `{"message":"`+canary+`"}`)),
		says(response(401, canary, canary)),
		says(response(502, htmlType, canary)),
		says(response(302, "", "", "Location: https://"+canary+".example/")),
		says(response(429, jsonType, canary, "Retry-After: "+canary)),
		says(response(201, jsonType, canary)),
		resets("HTTP/1.1 200 OK\r\n\r\n" + canary),
	}
	d := sampleDraft()
	d.Title, d.Sections[0].Questions[0].Answer = carryover.NewText(canary), carryover.NewText("<p>"+canary+"</p>")
	for i, act := range acts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := serveRaw(t, act)
			c := newClient(t, s.URL, hasty, func(cfg *Config) {
				cfg.Log = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			ctx := t.Context()
			_, filed := c.File(ctx, d)
			_, named := c.PatientsNamed(ctx, carryover.NewText(canary))
			_, listed := c.Notes(ctx, "456", since)
			_, note := c.Note(ctx, "901")
			_, diary := c.Bookings(ctx, []carryover.PractitionerID{"456"}, since, since.Add(time.Hour))
			_, _, who := c.Who(ctx)
			archived := c.ArchiveNote(ctx, "901")
			for _, err := range []error{filed, named, listed, note, diary, who, archived} {
				fmt.Fprintf(&out, "\n%v %+v %#v %s", err, err, err, carryover.HintOf(err))
				if u, ok := errors.AsType[*url.Error](err); ok {
					t.Errorf("error holds a URL: %v", u)
				}
			}
			for _, word := range []string{canary, "q[]", "q%5B%5D", "last_name", "MxJrZ", "TXhKcl", "Pain"} {
				if strings.Contains(out.String(), word) {
					t.Errorf("errors and log hold %q:\n%s", word, out.String())
				}
			}
		})
	}
}
