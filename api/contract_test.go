package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"carryover"
)

// described loads the description as whoever fetches it would.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	return doc
}

func routerOf(t *testing.T) routers.Router {
	t.Helper()
	doc := described(t)
	doc.Servers = nil // tests ask no server
	r, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ask sends a request to the server and holds its answer against the
// description: a status that it does not name is a mistake too.
func ask(t *testing.T, h http.Handler, router routers.Router, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	described := r.Clone(context.Background())
	described.Body = http.NoBody
	if w.Code == http.StatusMethodNotAllowed { // the description has it beside the right method
		described.Method = w.Header().Get("Allow")
	}
	route, params, err := router.FindRoute(described)
	if err != nil {
		if w.Code != http.StatusNotFound {
			t.Errorf("%s %s: %d from a path that is not described", r.Method, r.URL.Path, w.Code)
		}
		return w
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: described, PathParams: params, Route: route},
		Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		t.Errorf("%s %s answers %d against its description: %v", r.Method, r.URL.Path, w.Code, err)
	}
	return w
}

// TestTheDescriptionIsOfThisServer: every path it names answers, every state
// there is may stand in an answer, and no answer has room for more than ids.
func TestTheDescriptionIsOfThisServer(t *testing.T) {
	doc := described(t)
	h, router := (&Server{Desk: &asked{}, Metrics: http.NotFoundHandler()}).Handler(), routerOf(t)
	for path, item := range doc.Paths.Map() {
		for verb := range item.Operations() {
			at := strings.ReplaceAll(path, "{id}", "1")
			if w := ask(t, h, router, httptest.NewRequest(verb, at, nil)); w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), nothing.Detail) {
				t.Errorf("%s %s is described and not there", verb, path)
			}
		}
	}
	var states []string
	for _, s := range doc.Components.Schemas["Document"].Value.Properties["state"].Value.Enum {
		states = append(states, s.(string))
	}
	var want []string
	for _, s := range carryover.States {
		want = append(want, string(s))
	}
	if !slices.Equal(states, want) {
		t.Errorf("the described states are %v, want %v", states, want)
	}
	for name := range doc.Components.Schemas["Document"].Value.Properties {
		if !slices.Contains([]string{"id", "document", "mark", "state", "reason", "reference"}, name) {
			t.Errorf("a document in an answer has %q: ids and states alone belong there", name)
		}
	}
}
