package contract_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/contract"
)

func TestWrapReports(t *testing.T) {
	spec, err := contract.Load("testdata/tiny.yaml", "/v1")
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"title":"a","email":"x@example.com"}`
	for _, tt := range []struct {
		name, path, sent, answer string
		status                   int
		want                     []string
	}{
		{"all well", "/v1/notes/1", `{"title":"a"}`, good, 200, nil},
		{"undeclared status", "/v1/notes/1", `{"title":"a"}`, `[]`, 403, nil},
		{"too long", "/v1/notes/1", `{"title":"secret"}`, good, 200, []string{"request PATCH /notes/{id}: /title: maximum string length is 5"}},
		{"unknown field", "/v1/notes/1", `{"titel":"a"}`, good, 200, []string{"request PATCH /notes/{id}: body field titel is not described"}},
		{"bad parameter", "/v1/notes/1?page=x", `{}`, good, 200, []string{"request PATCH /notes/{id}: parameter page: "}},
		{"bad answer", "/v1/notes/1", `{}`, `{"title":7}`, 200, []string{"response PATCH /notes/{id} 200: /title: value must be a string"}},
		{"bad pattern", "/v1/notes/1", `{}`, `{"email":"nowhere"}`, 200, []string{"response PATCH /notes/{id} 200: /email: "}},
		{"unknown route", "/v1/letters", `{}`, good, 200, []string{"request PATCH /v1/letters: the description has no such route"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			handler := spec.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.answer))
			}), func(violation string) { got = append(got, violation) })
			r := httptest.NewRequest("PATCH", tt.path, strings.NewReader(tt.sent))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != tt.status || w.Body.String() != tt.answer {
				t.Errorf("answer = %d %s, want %d %s untouched", w.Code, w.Body, tt.status, tt.answer)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("violations (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) || strings.Contains(got[i], "secret") {
					t.Errorf("violation = %q, want it to begin with %q and to hold no value", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestLoadMissingFile(t *testing.T) {
	if _, err := contract.Load("testdata/none.yaml", ""); err == nil {
		t.Error("Load(missing file) = nil error, want one")
	}
}
