package signtest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carryover"
	"carryover/ledger"
	"carryover/web/sign"
)

// Matrix asks for every route as nobody and as each role, and fails for each
// answer that lets somebody through who may not, or keeps somebody out who may.
//
// The handler is the whole page, wrapped by its gate. Each wildcard of a pattern
// is filled from fill by its name, else with "none"; the names are best those of
// things that are not there, since what is allowed is done.
func Matrix(t *testing.T, l *ledger.Ledger, handler http.Handler, routes []sign.Route, fill map[string]string) {
	t.Helper()
	if len(routes) == 0 {
		t.Fatal("there are no routes to ask for")
	}
	routes = slices.Clone(routes)
	slices.SortStableFunc(routes, func(a, b sign.Route) int { return ends(a) - ends(b) })
	nobody := &Browser{Handler: handler}
	askAll(t, nobody, "", routes, fill)
	for _, role := range carryover.Roles {
		of := carryover.PractitionerID("")
		if role == carryover.RolePractitioner {
			of = "41"
		}
		askAll(t, Join(t, l, &Browser{Handler: handler}, role, of).Browser, role, routes, fill)
	}
}

// ends puts what signs out at the end.
func ends(r sign.Route) int {
	if strings.HasSuffix(r.Pattern, "/sign-out") {
		return 1
	}
	return 0
}

func askAll(t *testing.T, b *Browser, role carryover.Role, routes []sign.Route, fill map[string]string) {
	t.Helper()
	for _, r := range routes {
		method, path := split(t, r.Pattern, fill)
		form := url.Values{}
		if method == http.MethodGet {
			form = nil
		}
		if problem := judge(r, role, b.Do(t, method, path, form)); problem != "" {
			t.Errorf("%s as %s: %s", r.Pattern, orNobody(role), problem)
		}
	}
}

func orNobody(r carryover.Role) string {
	if r == "" {
		return "nobody"
	}
	return string(r)
}

// judge says what is wrong with an answer to a role; "" is nobody's.
func judge(r sign.Route, role carryover.Role, got Answer) string {
	toSignIn := got.Status == http.StatusSeeOther && (got.To() == "/sign-in" || strings.HasPrefix(got.To(), "/sign-in?"))
	refused := got.Status == http.StatusForbidden
	switch {
	case got.Status >= 500:
		return fmt.Sprintf("answered %d", got.Status)
	case got.Status == http.StatusMethodNotAllowed:
		return "is not served"
	case r.Open:
		if refused {
			return "is open, and was refused"
		}
	case role == "":
		if !toSignIn {
			return fmt.Sprintf("answered %d to %q, want the sign-in page", got.Status, got.To())
		}
	case slices.Contains(r.Roles, role):
		if refused || toSignIn {
			return fmt.Sprintf("answered %d to %q, and the role may", got.Status, got.To())
		}
	case !refused:
		return fmt.Sprintf("answered %d, want %d", got.Status, http.StatusForbidden)
	}
	return ""
}

var wildcard = regexp.MustCompile(`\{([A-Za-z_]+)(\.\.\.)?\}`)

// split takes a pattern apart and fills its wildcards.
func split(t *testing.T, pattern string, fill map[string]string) (method, path string) {
	t.Helper()
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		t.Fatalf("pattern %q has no method: it would take every one", pattern)
	}
	path = strings.TrimSuffix(path, "{$}")
	return method, wildcard.ReplaceAllStringFunc(path, func(m string) string {
		if v := fill[wildcard.FindStringSubmatch(m)[1]]; v != "" {
			return v
		}
		return "none"
	})
}
