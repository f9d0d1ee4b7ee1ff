package heidi

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"carryover"
)

// canary stands in every free text that goes in or comes out.
const canary = "Zephyrine"

// Whatever a server does, errors and logs at debug level hold no e-mail
// address, no name, no query, no key, no token and no text of the answer.
func TestNothingLeaks(t *testing.T) {
	for i, act := range []func(*net.TCPConn, int){
		says("HTTP/1.1 " + canary + "\r\n\r\n"),
		says("HTTP/1.1 200 OK\r\nContent-Length: " + canary + "\r\n\r\n"),
		says("HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n"),
		says(response(200, jsonType, `{"session":{"session_id":"`+canary+`","session_name":"`+canary+`"},"documents":[{"content":"`+canary+`"}]}`)),
		says(response(200, jsonType, `{"session":{"session_id":"`+string(sampleID)+`","patient":{"name":"`+canary+`","dob":"1980-02-29"}},
			"documents":[{"id":"a","name":"`+canary+`","content":"`+canary+`"}]}`)),
		says(response(200, jsonType, `{"data":[{"id":"1"}],"next":"https://`+canary+`.example/"}`)),
		says(response(404, jsonType, `{"detail":{"msg":"`+canary+`","type":"`+canary+` Quux"}}`)),
		says(response(400, jsonType, `{"detail":"`+canary+` is not linked"}`)),
		says(response(401, jsonType, `{"detail":"`+canary+`"}`)),
		says(response(422, jsonType, `{"detail":[{"loc":["query","email"],"input":"`+canary+`"}]}`)),
		says(response(429, "text/plain", canary, "Retry-After: "+canary)),
		says(response(302, "", "", "Location: https://"+canary+".example/")),
		says(response(502, htmlType, canary)),
		resets,
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := serveRaw(t, act)
			c := newClient(t, s.URL, hasty, func(cfg *Config) {
				cfg.Email = carryover.NewText(canary + "@example.com")
				cfg.Log = slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			session, failed := c.Session(t.Context(), sampleID)
			docs, docsFailed := c.Documents(t.Context(), sampleID)
			templates, templatesFailed := c.Templates(t.Context())
			_, linkFailed := c.Linked(t.Context())
			for page, err := range c.Sessions(t.Context()) {
				fmt.Fprintf(&out, "\n%v %v %s", page, err, carryover.HintOf(err))
			}
			fmt.Fprintf(&out, "\n%v %+v %#v %v %+v %#v", session, docs, templates, c, c, c)
			for _, err := range []error{failed, docsFailed, templatesFailed, linkFailed} {
				fmt.Fprintf(&out, "\n%v %+v %#v %s", err, err, err, carryover.HintOf(err))
			}
			for _, word := range []string{canary, "example.com", "email=", "page_size", sampleKey, "token-1", "1980-02-29"} {
				if strings.Contains(out.String(), word) {
					t.Errorf("errors, log and printed values hold %q:\n%s", word, out.String())
				}
			}
		})
	}
}

// Heidi is only read. Every exported method that talks to a server sends GETs…
func TestOnlyReads(t *testing.T) {
	methods := map[string]bool{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		methods[r.Method] = true
		w.WriteHeader(http.StatusTeapot)
	})
	c := newClient(t, s.URL)
	for method := range reflect.TypeFor[*Client]().Methods() {
		switch method.Name {
		case "Linked":
			_, _ = c.Linked(t.Context())
		case "Session":
			_, _ = c.Session(t.Context(), sampleID)
		case "Sessions":
			_, _ = drain(t, c)
		case "Documents":
			_, _ = c.Documents(t.Context(), sampleID)
		case "Templates":
			_, _ = c.Templates(t.Context())
		case "Accepted":
			_ = c.Accepted(t.Context())
		case "LinkAddress":
			_, _ = c.LinkAddress(t.Context(), "AU", "Carryover")
		case "String", "GoString":
		default:
			t.Errorf("Client.%s is not known to this test: add it, and see that it only reads", method.Name)
		}
	}
	if len(s.requests()) < 5 || len(methods) != 1 || !methods[http.MethodGet] {
		t.Errorf("%d requests with methods %v, want 5 or more, all GET", len(s.requests()), methods)
	}
}

// … and no code here names another method or helper that could send one.
func TestSourceNamesNoWrite(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source files: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool { return noWrite(t, name, n) })
	}
}

// noWrite reports a node that names a way to write.
func noWrite(t *testing.T, file string, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		switch n.Sel.Name {
		case "MethodPost", "MethodPut", "MethodPatch", "MethodDelete", "Post", "PostForm",
			"NewRequest", "NewRequestWithContext", "DefaultClient", "DefaultTransport":
			t.Errorf("%s uses %s", file, n.Sel.Name)
		}
	case *ast.BasicLit:
		switch strings.Trim(n.Value, "\"`") {
		case "POST", "PUT", "PATCH", "DELETE":
			t.Errorf("%s holds the method %s", file, n.Value)
		}
	}
	return true
}
