package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// A Spec is a loaded OpenAPI description. It is safe for concurrent use.
type Spec struct {
	router routers.Router
	prefix string
}

// Load reads the description in file. Prefix is the part of request paths that
// the description leaves to its servers, e.g. /v1. The description itself is
// not validated: a published one need not be perfect to be useful.
func Load(file, prefix string) (*Spec, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("load contract: %w", err)
	}
	doc.Servers = nil // requests go to a loopback address
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("load contract %s: %w", file, err)
	}
	return &Spec{router: router, prefix: prefix}, nil
}

// Wrap returns next with every request and answer checked. Each violation goes
// to report as one line: the side, the method and route, and what is wrong.
// Values are not in it. Answers with a status that the description does not
// name for the route pass, since it names almost no error.
func (s *Spec) Wrap(next http.Handler, report func(string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			report(fmt.Sprintf("request %s %s: body unreadable: %v", r.Method, r.URL.Path, err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		in, label, err := s.input(r, body)
		if err != nil {
			report(fmt.Sprintf("request %s %s: %v", r.Method, r.URL.Path, err))
			next.ServeHTTP(w, r)
			return
		}
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			report(fmt.Sprintf("request %s: %s", label, reason(err)))
		}
		for _, name := range undescribed(in.Route.Operation, body) {
			report(fmt.Sprintf("request %s: body field %s is not described", label, name))
		}
		copied := &copier{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(copied, r)
		if err := validateAnswer(r.Context(), in, copied); err != nil {
			report(fmt.Sprintf("response %s %d: %s", label, copied.status, reason(err)))
		}
	})
}

// input finds the route of r in the description. The validator gets its own
// copy of the request, for it reads the body.
func (s *Spec) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, string, error) {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	copied.URL.Path = strings.TrimPrefix(r.URL.Path, s.prefix)
	copied.URL.RawPath = ""
	route, params, err := s.router.FindRoute(copied)
	if err != nil {
		return nil, "", errors.New("the description has no such route")
	}
	return &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: params, Route: route, Options: options(),
	}, r.Method + " " + route.Path, nil
}

func options() *openapi3filter.Options {
	return &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		MultiError:         true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.SetSchemaRegexCompiler(compileLoosely),
		},
	}
}

// patterns keeps compiled expressions; a description has few and a test meets
// them often.
var patterns sync.Map // string to *regexp.Regexp

// compileLoosely ignores case: the published pattern for addresses knows
// capitals only and cannot mean it.
func compileLoosely(expression string) (openapi3.RegexMatcher, error) {
	if known, found := patterns.Load(expression); found {
		return known.(*regexp.Regexp), nil
	}
	compiled, err := regexp.Compile("(?i)" + expression)
	if err != nil {
		return nil, fmt.Errorf("compile pattern: %w", err)
	}
	patterns.Store(expression, compiled)
	return compiled, nil
}

func validateAnswer(ctx context.Context, in *openapi3filter.RequestValidationInput, answer *copier) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: answer.status, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.body.Bytes())), Options: in.Options,
	})
}

// undescribed lists the top-level fields of a JSON body that the operation does
// not name. The schemas allow them, but nobody means to send them.
func undescribed(op *openapi3.Operation, body []byte) []string {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return nil
	}
	media := op.RequestBody.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil || len(media.Schema.Value.Properties) == 0 {
		return nil
	}
	var sent map[string]json.RawMessage
	if json.Unmarshal(body, &sent) != nil {
		return nil // the validator says so
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(sent)), func(name string) bool {
		_, described := media.Schema.Value.Properties[name]
		return described
	})
}

// reason is err without the schema and the value that it quotes.
func reason(err error) string {
	if many, is := errors.AsType[openapi3.MultiError](err); is {
		parts := make([]string, len(many))
		for i, one := range many {
			parts[i] = reason(one)
		}
		return strings.Join(parts, "; ")
	}
	if one, is := errors.AsType[*openapi3.SchemaError](err); is {
		return "/" + strings.Join(one.JSONPointer(), "/") + ": " + one.Reason
	}
	if one, is := errors.AsType[*openapi3filter.RequestError](err); is && one.Parameter != nil {
		return "parameter " + one.Parameter.Name + ": " + one.Reason
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// A copier is a ResponseWriter that remembers what went through it.
type copier struct {
	http.ResponseWriter
	status int
	wrote  bool
	body   bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (c *copier) WriteHeader(status int) {
	if !c.wrote {
		c.status, c.wrote = status, true
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *copier) Write(p []byte) (int, error) {
	c.wrote = true
	c.body.Write(p)
	return c.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
