package cliniko

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// attachmentJSON is a row of patient_attachments, of user 5, made some minutes
// after since; more replaces what a processed file has.
func attachmentJSON(id string, minute int, more string) string {
	if more == "" {
		more = `"processing_completed":true,"filename":"a.pdf","content_type":"application/pdf","size":1234,
			"content":{"links":{"self":"https://api.au1.cliniko.com/v1/patient_attachments/` + id + `/content"}}`
	}
	return fmt.Sprintf(`{"id":%q,"description":"D","archived_at":null,"created_at":%q,"patient":%s,"user":%s,%s}`, id,
		since.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339), link("patients", "123"), link("users", "5"), more)
}

func TestAttachmentRecord(t *testing.T) {
	at := since.Add(3 * time.Minute)
	base := carryover.Attachment{ID: "55", Patient: "123", User: "5", Description: carryover.NewText("D"), CreatedAt: at}
	with := func(change func(*carryover.Attachment)) carryover.Attachment {
		a := base
		change(&a)
		return a
	}
	for _, tt := range []struct {
		name, more string
		want       carryover.Attachment
	}{
		{"processed", "", with(func(a *carryover.Attachment) {
			a.FileName, a.ContentType, a.Size, a.Processed = carryover.NewText("a.pdf"), "application/pdf", 1234, true
		})},
		{"not yet", `"processing_completed":false,"filename":null,"content_type":null,"size":null,"content":null`, base},
		{"archived, size as a string", `"archived_at":"2026-03-02T03:04:05Z","size":"77","updated_at":"2026-03-02T03:04:06Z"`, with(func(a *carryover.Attachment) {
			a.Size, a.ArchivedAt = 77, time.Date(2026, 3, 2, 3, 4, 5, 0, time.UTC)
			a.UpdatedAt = a.ArchivedAt.Add(time.Second)
		})},
		{"sizes of no use", `"size":{"a":1},"description":null`, with(func(a *carryover.Attachment) { a.Description = carryover.Text{} })},
		{"a size below nothing", `"size":-1`, base},
	} {
		var r attachmentRecord
		if err := decode([]byte(attachmentJSON("55", 3, tt.more)), &r); err != nil {
			t.Errorf("%s: decode = %v", tt.name, err)
			continue
		}
		got, ok := r.attachment()
		if diff := cmp.Diff(tt.want, got, comparable); !ok || diff != "" {
			t.Errorf("%s: attachment, %v (-want +got):\n%s", tt.name, ok, diff)
		}
	}
	whole := attachmentJSON("55", 3, "")
	for _, lost := range []string{`"id":"55"`, link("patients", "123"), link("users", "5"), since.Add(3 * time.Minute).Format(time.RFC3339)} {
		part := strings.Replace(lost, `"55"`, `""`, 1)
		if part == lost {
			part = ""
			if strings.HasPrefix(lost, "{") {
				part = "null"
			}
		}
		var r attachmentRecord
		if err := decode([]byte(strings.Replace(whole, lost, part, 1)), &r); err != nil {
			t.Errorf("decode without %s = %v", lost, err)
		} else if _, ok := r.attachment(); ok {
			t.Errorf("attachment without %s is ok, want not", lost)
		}
	}
}

func TestAttachments(t *testing.T) {
	theirs := strings.Replace(attachmentJSON("9", 5, ""), link("users", "5"), link("users", "6"), 1)
	var s *server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "2" {
			fmt.Fprintf(w, `{"patient_attachments":[%s,%s],"total_entries":5,"links":{}}`, attachmentJSON("2", 4, `"archived_at":"2026-03-02T03:04:05Z"`), attachmentJSON("1", 2, ""))
			return
		}
		fmt.Fprintf(w, `{"patient_attachments":[%s,%s,%s],"total_entries":5,"links":{"next":"%s/patient_attachments?page=2"}}`,
			attachmentJSON("3", 7, ""), theirs, attachmentJSON("4", -60, ""), s.URL)
	})
	got, err := newClient(t, s.URL).Attachments(t.Context(), "5", since.Add(500*time.Millisecond))
	var ids []string
	for _, a := range got {
		ids = append(ids, string(a.ID))
	}
	if want := []string{"1", "2", "3"}; err != nil || !slices.Equal(ids, want) {
		t.Errorf("Attachments = %v, %v, want %v: of user 5, since then, archived too, oldest first", ids, err, want)
	}
	want := []string{"user_id:=5", "archived_at:*", "created_at:>=" + whenUTC(since)}
	if q := s.requests()[0].Query; !slices.Equal(q["q[]"], want) || q.Get("per_page") != "100" {
		t.Errorf("Attachments asked %v, want filters %v", q, want)
	}
}

// Part of a list proves nothing, so it is an error.
func TestAttachmentsAreCompleteOrAnError(t *testing.T) {
	for name, body := range map[string]string{
		"shorter than its count": `{"patient_attachments":[` + attachmentJSON("1", 2, "") + `],"total_entries":2,"links":{}}`,
		"without rows":           `{"links":{}}`,
		"a row without a user":   `{"patient_attachments":[` + strings.Replace(attachmentJSON("1", 2, ""), link("users", "5"), "null", 1) + `],"links":{}}`,
		"a row of another shape": `{"patient_attachments":[{"id":"1","created_at":"yesterday"}],"links":{}}`,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if got, err := newClient(t, s.URL).Attachments(t.Context(), "5", since); kindOf(err) != transient || got != nil {
			t.Errorf("Attachments of a list %s = %d, %v, want transient and none", name, len(got), err)
		}
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("page") == "2" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"patient_attachments":[%s],"links":{"next":"http://%s/v1/patient_attachments?page=2"}}`, attachmentJSON("1", 2, ""), r.Host)
	})
	if got, err := newClient(t, s.URL).Attachments(t.Context(), "5", since); err == nil || got != nil {
		t.Errorf("Attachments without their second page = %d, %v, want an error and none", len(got), err)
	}
	if _, err := newClient(t, s.URL).Attachments(t.Context(), "x", since); kindOf(err) != carryover.ErrInvalid {
		t.Errorf("Attachments of no user = %v, want kind invalid", err)
	}
}

func TestAttachment(t *testing.T) {
	archived := attachmentJSON("55", 3, `"archived_at":"2026-03-02T03:04:05Z"`)
	for _, heeded := range []bool{true, false} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !strings.HasSuffix(r.URL.Path, "/55"):
				fmt.Fprintf(w, `{"patient_attachments":[%s],"links":{}}`, archived)
			case heeded:
				fmt.Fprint(w, archived)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		})
		got, err := newClient(t, s.URL).Attachment(t.Context(), "55")
		if err != nil || got.ID != "55" || got.Live() {
			t.Errorf("Attachment of an archived one (filter heeded: %v) = %q live %v, %v, want it", heeded, got.ID, got.Live(), err)
		}
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/56"):
			fmt.Fprint(w, attachmentJSON("57", 1, ""))
		case strings.HasSuffix(r.URL.Path, "/55"):
			w.WriteHeader(http.StatusNotFound)
		default:
			fmt.Fprint(w, `{"patient_attachments":[],"links":{}}`)
		}
	})
	for id, want := range map[carryover.AttachmentID]carryover.Kind{"55": carryover.ErrGone, "": carryover.ErrGone, "5/x": carryover.ErrGone, "56": transient} {
		if _, err := newClient(t, s.URL).Attachment(t.Context(), id); kindOf(err) != want {
			t.Errorf("Attachment(%q) = %v, want kind %q", id, err, want)
		}
	}
}
