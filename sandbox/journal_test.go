package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox"
)

func TestJournalCountsRoutes(t *testing.T) {
	j := sandbox.NewJournal()
	f := sandbox.NewFaults(nil, nil)
	handler := func(api string) http.Handler {
		return f.Wrap(api, j, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sandbox.SetWho(r, "user-1")
			w.WriteHeader(http.StatusTeapot)
		}))
	}
	const heidi, cliniko = "/api/v2/ml-scribe/open-api", "/v1"
	for _, request := range []struct{ api, method, path string }{
		{"heidi", "GET", heidi + "/sessions/209273462047304829340981723498712340981/documents"},
		{"heidi", "GET", heidi + "/sessions/109273462047304829340981723498712340981/documents"},
		{"heidi", "GET", "/integration/widget/auth"},
		{"cliniko", "GET", cliniko + "/treatment_notes/1968645883121642782?q%5B%5D=archived_at%3A*"},
		{"cliniko", "POST", cliniko + "/treatment_notes"},
		{"cliniko", "POST", cliniko + "/treatment_notes/1968645883121642782/archive"},
		{"cliniko", "GET", cliniko + "/patients/12345678/treatment_notes"},
		{"cliniko", "GET", "/bucket/10001/patients/12345678/attachments/87654321/letter-HD-AAAAAAAA-2222.pdf"},
		{"cliniko", "GET", "/bucket/10001/patients/12345679/attachments/87654322/report.v2.pdf"},
	} {
		handler(request.api).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(request.method, request.path, strings.NewReader("{}")))
	}
	want := map[string]int{
		"heidi GET /sessions/{id}/documents":         2,
		"heidi GET /integration/widget/auth":         1,
		"cliniko GET /treatment_notes/{id}":          1,
		"cliniko POST /treatment_notes":              1,
		"cliniko POST /treatment_notes/{id}/archive": 1,
		"cliniko GET /patients/{id}/treatment_notes": 1,
		"cliniko GET /bucket/{key}":                  2,
	}
	if diff := cmp.Diff(want, j.Counts()); diff != "" {
		t.Errorf("Counts() (-want +got):\n%s", diff)
	}
	writes := j.Writes("cliniko")
	if len(writes) != 2 || len(j.Writes("heidi")) != 0 {
		t.Fatalf("Writes = %d at cliniko, %d at heidi, want 2 and 0", len(writes), len(j.Writes("heidi")))
	}
	e := writes[0]
	if e.N != 5 || e.Path != "/treatment_notes" || e.Who != "user-1" || e.Status != 418 || e.Effect != 418 || string(e.Body) != "{}" || e.At.IsZero() {
		t.Errorf("entry = %+v, want number 5 with path, user, status and body", e)
	}
	read := j.Entries(func(e sandbox.Entry) bool { return e.Query != "" })
	if len(read) != 1 || read[0].Query != "q%5B%5D=archived_at%3A*" {
		t.Errorf("entries with a query = %+v, want the one", read)
	}
}

func TestSetWhoWithoutJournal(t *testing.T) {
	sandbox.SetWho(httptest.NewRequest("GET", "/", nil), "nobody") // must not panic
}
