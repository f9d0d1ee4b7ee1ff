package carryover

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// declared reads the constants of type Reason from the source, so that one that
// was forgotten in the list shows.
func declared(t *testing.T) []Reason {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []Reason
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != "Reason" {
			return true
		}
		word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, Reason(word))
		return true
	})
	return found
}

// TestEveryReasonSaysWhatHelps: nobody is told that something is wrong and left
// alone with it.
func TestEveryReasonSaysWhatHelps(t *testing.T) {
	found := declared(t)
	if len(found) < 30 || !slices.Contains(found, WhoseSession) {
		t.Fatalf("reason.go declares %d reasons: the test reads it wrongly", len(found))
	}
	for _, r := range found {
		if r == NoReason {
			if r.Sentence()+r.NextStep() != "" {
				t.Errorf("no reason has words: %q %q", r.Sentence(), r.NextStep())
			}
			continue
		}
		if !slices.Contains(Reasons(), r) {
			t.Errorf("reason %q is declared and not in the list", r)
		}
		for what, s := range map[string]string{"sentence": r.Sentence(), "next step": r.NextStep()} {
			if s == "" || !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\n\t") || strings.Contains(s, "  ") {
				t.Errorf("%s of %q = %q, want one line that ends with a full stop", what, r, s)
			}
		}
	}
	if got, want := len(Reasons()), len(found)-1; got != want {
		t.Errorf("Reasons lists %d reasons, %d are declared", got, want)
	}
}

// TestSentencesFitALine: held prints a reference and a sentence on one line.
func TestSentencesFitALine(t *testing.T) {
	const most = 90
	for _, r := range Reasons() {
		if n := utf8.RuneCountInString(r.Sentence()); n > most {
			t.Errorf("the sentence of %q has %d letters, want at most %d: %q", r, n, most, r.Sentence())
		}
		if strings.Contains(r.Sentence(), "`") {
			t.Errorf("the sentence of %q holds a command; that is for its next step", r)
		}
	}
}
