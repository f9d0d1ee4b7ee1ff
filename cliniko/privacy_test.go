package cliniko

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
	file := sampleFile()
	file.Content, file.FileName = carryover.NewText(canary), canary+".pdf"
	file.Description = carryover.NewText(canary + " HD-7Q4K2MXA-2C7P")
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
			_, templates := c.NoteTemplates(ctx)
			_, template := c.NoteTemplate(ctx, "789")
			_, attached := c.Attach(ctx, file, uploaded)
			_, files := c.Attachments(ctx, "5", since)
			_, read := c.Attachment(ctx, "55")
			_, content := c.AttachmentContent(ctx, "55")
			_, uploading := c.Upload(ctx, file)
			for _, err := range []error{filed, named, listed, note, diary, who, archived, templates, template, attached, files, read, content, uploading} {
				fmt.Fprintf(&out, "\n%v %+v %#v %s", err, err, err, carryover.HintOf(err))
				if u, ok := errors.AsType[*url.Error](err); ok {
					t.Errorf("error holds a URL: %v", u)
				}
			}
			for _, word := range []string{canary, "q[]", "q%5B%5D", "last_name", "MxJrZ", "TXhKcl", "Pain", "r4nd0m"} {
				if strings.Contains(out.String(), word) {
					t.Errorf("errors and log hold %q:\n%s", word, out.String())
				}
			}
		})
	}
}

// Nor does the bucket: neither what it says, nor its signed addresses, nor
// their paths, which hold the patient's id and the file's name.
func TestNothingLeaksFromTheBucket(t *testing.T) {
	file := sampleFile()
	file.Content, file.FileName = carryover.NewText(canary), canary+".pdf"
	file.Description = carryover.NewText(canary + " HD-7Q4K2MXA-2C7P")
	for i, act := range []func(*net.TCPConn, int){
		says("HTTP/1.1 " + canary + "\r\n\r\n"),
		says("HTTP/1.1 403 " + canary + "\r\nContent-Length: " + canary + "\r\n\r\n"),
		says(response(201, canary, canary)),
		says(response(201, xmlType, put(canary))),
		says(response(200, xmlType, canary)),
		says(response(302, "", "", "Location: https://"+canary+".example/?X-Amz-Signature=5ecre7")),
		says(response(400, xmlType, denied(canary))),
		says(response(403, xmlType, denied("AccessDenied"))),
		says(response(404, xmlType, denied("NoSuchKey"))),
		says(response(500, xmlType, denied(canary))),
		resets("HTTP/1.1 200 OK\r\n\r\n" + canary),
		says(""),
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			b := serveRaw(t, act)
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/content") {
					w.Header().Set("Location", strings.TrimSuffix(b.URL, "/v1")+"/1/patients/1968645883121642782/"+canary+".pdf?X-Amz-Signature=5ecre7")
					w.WriteHeader(http.StatusFound)
					return
				}
				fmt.Fprint(w, strings.Replace(presigned, "BUCKET", strings.TrimSuffix(b.URL, "v1"), 1))
			})
			c := newClient(t, s.URL, hasty, func(cfg *Config) {
				cfg.Log = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			at, uploading := c.Upload(t.Context(), file)
			got, content := c.AttachmentContent(t.Context(), "55")
			fmt.Fprintf(&out, "\n%v %+v %#v", at, at, got)
			for _, err := range []error{uploading, content} {
				fmt.Fprintf(&out, "\n%v %+v %#v %s", err, err, err, carryover.HintOf(err))
			}
			for _, word := range []string{canary, "5ecre7", "X-Amz", "x-amz", "eyJhIjoxfQ", "r4nd0m", "1968645883121642782", "127.0.0.1", "MxJrZ", "TXhKcl"} {
				if strings.Contains(out.String(), word) {
					t.Errorf("errors and log hold %q:\n%s", word, out.String())
				}
			}
		})
	}
}
