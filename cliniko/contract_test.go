package cliniko

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"carryover"
)

// description loads Cliniko's published description, which is not part of the
// repository.
func description(t *testing.T) routers.Router {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "reference", "cliniko-openapi.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Skip("cliniko-openapi.yaml: not here; requests are not held against Cliniko's published description")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // routes are matched by path alone
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// Every request that the client can send is one that Cliniko describes: path,
// method, parameters and body.
func TestRequestsAgainstTheDescription(t *testing.T) {
	router := description(t)
	checked := map[string]bool{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, answerFor(r.Method, r.URL.Path))
	})
	validate := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			checked[req.Method+" "+validRequest(t, router, req)] = true
			return next.RoundTrip(req)
		})
	}
	c := newClient(t, s.URL, func(cfg *Config) { cfg.Read, cfg.Write = validate(cfg.Read), validate(cfg.Write) })
	ctx, at := t.Context(), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	_, _, _ = c.Who(ctx)
	_, _ = c.PatientsByID(ctx, []carryover.PatientID{"1968645883121642782", "2"})
	_, _ = c.PatientsBornOn(ctx, date(t, "1980-02-29"))
	_, _ = c.PatientsNamed(ctx, carryover.NewText("O’Quux"))
	_, _ = c.Bookings(ctx, []carryover.PractitionerID{"456", "457"}, at, at.Add(6*time.Hour))
	_, _ = c.Booking(ctx, "987")
	_, _ = c.Attendee(ctx, "987", "123")
	_, _ = c.Notes(ctx, "456", at)
	_, _ = c.Note(ctx, "901")
	d := sampleDraft()
	d.Attendee = "77"
	_, _ = c.File(ctx, d)
	_ = c.ArchiveNote(ctx, "901")
	_, _ = c.NoteTemplates(ctx)
	_, _ = c.NoteTemplate(ctx, "789")
	_, _ = c.File(ctx, everyAnswer(d))
	_, _ = c.Upload(ctx, sampleFile()) // the form itself goes to the bucket, which Cliniko does not describe
	_, _ = c.Attach(ctx, sampleFile(), uploaded)
	_, _ = c.Attachments(ctx, "5", at)
	_, _ = c.Attachment(ctx, "55")
	_ = c.ArchiveAttachment(ctx, "55")
	for _, want := range []string{
		"GET /user", "GET /practitioners", "GET /practitioners/inactive", "GET /patients", "GET /bookings", "GET /bookings/{id}",
		"GET /attendees", "GET /treatment_notes", "GET /treatment_notes/{id}", "POST /treatment_notes", "POST /treatment_notes/{id}/archive",
		"GET /treatment_note_templates", "GET /treatment_note_templates/{id}", "GET /patients/{patient_id}/attachment_presigned_post",
		"POST /patient_attachments", "GET /patient_attachments", "GET /patient_attachments/{id}", "POST /patient_attachments/{id}/archive",
	} {
		if !checked[want] {
			t.Errorf("%s was not sent", want)
		}
	}
}

// everyAnswer is d with a template and an answer of every type.
func everyAnswer(d carryover.NoteDraft) carryover.NoteDraft {
	other := carryover.Other{Enabled: true, Selected: true, Value: carryover.NewText("Else")}
	d.Template = "789"
	d.Sections = []carryover.Section{
		{Name: carryover.NewText("S"), Description: carryover.NewText("D"), Questions: []carryover.Question{
			filled, answer1(carryover.TextQuestion, "3/10"), answer1(carryover.DateQuestion, "2026-03-02"),
			choose(carryover.CheckboxQuestion, other, "A*", "B"), choose(carryover.RadioQuestion, carryover.Other{Enabled: true}, "A", "B*"),
			{Name: carryover.NewText("Q"), Type: carryover.BodyChartsQuestion},
			answer1(carryover.TextQuestion, ""),
		}},
		{Name: carryover.NewText("T")},
	}
	return d
}

// validRequest holds a copy of req against the description and returns the
// path of its route.
func validRequest(t *testing.T, router routers.Router, req *http.Request) string {
	t.Helper()
	copied := req.Clone(req.Context())
	copied.URL.Path = strings.TrimPrefix(copied.URL.Path, "/v1")
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Fatal(err)
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		copied.Body = io.NopCloser(bytes.NewReader(body))
	}
	route, params, err := router.FindRoute(copied)
	if err != nil {
		t.Errorf("%s %s: not described: %v", req.Method, req.URL.Path, err)
		return ""
	}
	err = openapi3filter.ValidateRequest(req.Context(), &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return route.Path
}

// answerFor is just enough of an answer for the client to go on; single records
// are answered with something else, which the client refuses.
func answerFor(method, path string) string {
	collection := strings.Split(strings.TrimPrefix(path, "/v1/"), "/")[0]
	switch {
	case path == "/v1/user":
		return `{"id":"5"}`
	case method == http.MethodPost:
		return `{"id":"901"}`
	}
	return fmt.Sprintf(`{%q:[],"total_entries":0,"links":{}}`, collection)
}
