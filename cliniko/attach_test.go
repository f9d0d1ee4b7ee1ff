package cliniko

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// samplePDF is bytes that are no text, with a line that looks like the end of
// a form.
const samplePDF = "%PDF-1.7\r\n--boundary--\r\n\x00\xff\xfe Pain 3/10\n%%EOF"

// sampleFile is a file about nobody.
func sampleFile() carryover.AttachmentDraft {
	return carryover.AttachmentDraft{
		Patient:     "1968645883121642782",
		FileName:    "GP-letter_2026.03.02.pdf",
		ContentType: "application/pdf",
		Content:     carryover.NewText(samplePDF),
		Description: carryover.NewText("GP letter <draft> & more · HD-7Q4K2MXA-2C7P"),
		Reference:   "HD-7Q4K2MXA-2C7P",
	}
}

// uploaded is where a file lies after its upload.
var uploaded = carryover.NewText("https://abc.s3.ap-southeast-2.amazonaws.com/1/patients/1968645883121642782/attachments/temp/r4nd0m/a.pdf")

func TestAttachRequest(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, attachmentJSON("55", 1, `"processing_completed":false,"filename":null,"content_type":null,"size":null,"content":null`))
	})
	got, err := newClient(t, s.URL).Attach(t.Context(), sampleFile(), uploaded)
	if err != nil || got.ID != "55" || got.Patient != "123" || got.User != "5" || got.Processed || got.Size != 0 || !got.Live() {
		t.Errorf("Attach = %+v, %v, want what was echoed", got, err)
	}
	r := s.requests()[0]
	sameJSON(t, "Attach", jsonRaw(r.Body), `{"patient_id":"1968645883121642782","upload_url":"`+uploaded.Reveal()+`",
		"description":"GP letter <draft> & more · HD-7Q4K2MXA-2C7P"}`)
	if r.Method != "POST" || r.Path != "/v1/patient_attachments" || r.Length != int64(len(r.Body)) {
		t.Errorf("Attach sent %s %s, length %d of %d", r.Method, r.Path, r.Length, len(r.Body))
	}
	for name, want := range map[string]string{
		"Authorization": "Basic TXhKclpYa2lPaUkxTmpkMWFtSm1aVFExTnlKOS1hdTI6", "Content-Type": "application/json",
		"Connection": "close", "Idempotency-Key": "", "Transfer-Encoding": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("header %s = %q, want %q", name, got, want)
		}
	}
}

// jsonRaw is JSON that is compared as it stands.
type jsonRaw string

func (j jsonRaw) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// The record's POST is once only, by the very table of File.
func TestEveryAnswerToAttach(t *testing.T) {
	for _, r := range table {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, r.act)
			a, err := newClient(t, s.URL, hasty).Attach(t.Context(), sampleFile(), uploaded)
			if got := kindOf(err); got != r.write {
				t.Errorf("Attach = %v, want kind %q", err, r.write)
			}
			if (err == nil) != (a.ID != "") {
				t.Errorf("Attach = attachment %q, %v, want an id exactly on success", a.ID, err)
			}
			if got := len(s.requests()); got != 1 {
				t.Errorf("Attach sent %d requests, want 1", got)
			}
		})
	}
}

func TestAttachCancelledAfterTheRequestLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serveRaw(t, func(conn *net.TCPConn, n int) {
		cancel()
		silent(conn, n)
	})
	if _, err := newClient(t, s.URL).Attach(ctx, sampleFile(), uploaded); kindOf(err) != inDoubt {
		t.Errorf("Attach = %v, want in doubt", err)
	}
}

// An address that does not fit the patient is named so (reference sheet §5).
func TestAttachRefused(t *testing.T) {
	for _, key := range []string{"upload_url", "temp_attachment_url"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"message":"Validation Failed","errors":{%q:"is invalid"}}`, key)
		})
		_, err := newClient(t, s.URL).Attach(t.Context(), sampleFile(), uploaded)
		if kindOf(err) != refused || !strings.Contains(err.Error(), key) || NamesTemplate(err) || NamesBooking(err) {
			t.Errorf("Attach answered 422 on %s = %v, want refused, with the field", key, err)
		}
	}
}

// Neither half of the way sends anything for a file that can never arrive, or
// never be found again.
func TestUnfitFiles(t *testing.T) {
	text := carryover.NewText
	for name, spoil := range map[string]func(*carryover.AttachmentDraft){
		"no patient":               func(d *carryover.AttachmentDraft) { d.Patient = "" },
		"patient of letters":       func(d *carryover.AttachmentDraft) { d.Patient = "1/../2" },
		"no name":                  func(d *carryover.AttachmentDraft) { d.FileName = "" },
		"name with a blank":        func(d *carryover.AttachmentDraft) { d.FileName = "GP letter.pdf" },
		"name with a path":         func(d *carryover.AttachmentDraft) { d.FileName = "../a.pdf" },
		"name with a quote":        func(d *carryover.AttachmentDraft) { d.FileName = `a".pdf` },
		"name with a line":         func(d *carryover.AttachmentDraft) { d.FileName = "a\r\nX: y" },
		"name with an accent":      func(d *carryover.AttachmentDraft) { d.FileName = "é.pdf" },
		"name of the form":         func(d *carryover.AttachmentDraft) { d.FileName = "${filename}" },
		"hidden name":              func(d *carryover.AttachmentDraft) { d.FileName = ".pdf" },
		"name that is too long":    func(d *carryover.AttachmentDraft) { d.FileName = strings.Repeat("a", 201) },
		"no type":                  func(d *carryover.AttachmentDraft) { d.ContentType = "" },
		"half a type":              func(d *carryover.AttachmentDraft) { d.ContentType = "pdf" },
		"type with a line":         func(d *carryover.AttachmentDraft) { d.ContentType = "application/pdf;\r\n x=y" },
		"no content":               func(d *carryover.AttachmentDraft) { d.Content = carryover.Text{} },
		"content of 32 MB and one": func(d *carryover.AttachmentDraft) { d.Content = text(strings.Repeat("x", maxBody+1)) },
		"no description":           func(d *carryover.AttachmentDraft) { d.Description = carryover.Text{} },
		"no reference":             func(d *carryover.AttachmentDraft) { d.Reference = "" },
		"another reference":        func(d *carryover.AttachmentDraft) { d.Reference = "HD-7Q4K2MXA-AAAA" },
		"description of 256": func(d *carryover.AttachmentDraft) {
			d.Description = text(string(d.Reference) + strings.Repeat("é", 240))
		},
		"description no UTF-8": func(d *carryover.AttachmentDraft) { d.Description = text(string(d.Reference) + "\xff") },
	} {
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		c, d := newClient(t, s.URL), sampleFile()
		spoil(&d)
		_, up := c.Upload(t.Context(), d)
		_, at := c.Attach(t.Context(), d, uploaded)
		if kindOf(up) != carryover.ErrInvalid || kindOf(at) != carryover.ErrInvalid || len(s.requests()) != 0 {
			t.Errorf("%s: Upload = %v, Attach = %v after %d requests, want kind invalid and none", name, up, at, len(s.requests()))
		}
	}
	d := sampleFile()
	d.Description = text(string(d.Reference) + strings.Repeat("é", 239))
	d.FileName = strings.Repeat("a", 200)
	if why := unfitFile(d); why != nil {
		t.Errorf("unfitFile at the limits = %v, want nil", why)
	}
	for _, url := range []string{"", "words", "https://abc.s3.us-east-1.amazonaws.com/a", "https://evil.example/a", "file:///etc/passwd"} {
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		_, err := newClient(t, s.URL).Attach(t.Context(), sampleFile(), text(url))
		if kindOf(err) != carryover.ErrInvalid || len(s.requests()) != 0 {
			t.Errorf("Attach of %q = %v after %d requests, want kind invalid and none", url, err, len(s.requests()))
		}
	}
}

func TestArchiveAttachment(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(*net.TCPConn, int)
		want carryover.Kind
	}{
		{"204", says("HTTP/1.1 204 No Content\r\n\r\n"), ""},
		{"403 empty", says(response(403, "", "")), unauthorized},
		{"404 JSON", says(response(404, jsonType, `{}`)), refused},
		{"502 HTML", says(response(502, htmlType, htmlPage)), inDoubt},
		{"reset", resets(""), inDoubt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serveRaw(t, tt.act)
			err := newClient(t, s.URL, hasty).ArchiveAttachment(t.Context(), "55")
			if got := kindOf(err); got != tt.want {
				t.Errorf("ArchiveAttachment = %v, want kind %q", err, tt.want)
			}
			var sent []string
			for _, r := range s.requests() {
				sent = append(sent, r.Method+" "+r.Path+" "+r.Body)
			}
			if diff := cmp.Diff([]string{"POST /v1/patient_attachments/55/archive "}, sent); diff != "" {
				t.Errorf("ArchiveAttachment (-want +sent):\n%s", diff)
			}
		})
	}
	if err := newClient(t, "http://127.0.0.1:1/v1").ArchiveAttachment(t.Context(), "5/x"); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("ArchiveAttachment of no id = %v, want kind invalid", err)
	}
}
