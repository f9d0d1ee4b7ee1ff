package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carryover"

	"github.com/google/go-cmp/cmp"
)

// constants returns the State constants of delivery.go: name to value.
func constants(t *testing.T) map[string]carryover.State {
	t.Helper()
	found := map[string]carryover.State{}
	for _, f := range tree(t) {
		if f.path != "delivery.go" {
			continue
		}
		for _, d := range f.syntax.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok || decl.Tok != token.CONST {
				continue
			}
			for _, s := range decl.Specs {
				spec := s.(*ast.ValueSpec)
				if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "State" {
					continue
				}
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				found[spec.Names[0].Name] = carryover.State(value)
			}
		}
	}
	if len(found) != len(carryover.States) {
		t.Fatalf("delivery.go has %d State constants, carryover.States lists %d", len(found), len(carryover.States))
	}
	return found
}

// unique sorts names and drops repetitions.
func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// TestStatesInThePicture compares the states that docs/architecture.md draws
// with the constants.
func TestStatesInThePicture(t *testing.T) {
	doc := text(t, "docs/architecture.md")
	_, after, _ := strings.Cut(doc, "```\n")
	picture, _, ok := strings.Cut(after, "```\n")
	if !ok {
		t.Fatal("docs/architecture.md has no picture")
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`\[(\w+)\]`).FindAllStringSubmatch(picture, -1) {
		drawn = append(drawn, m[1])
	}
	var want []string
	for name := range constants(t) {
		want = append(want, name)
	}
	if diff := cmp.Diff(unique(want), unique(drawn)); diff != "" {
		t.Errorf("states of delivery.go and of the picture differ (-code +picture):\n%s", diff)
	}
}

// TestRoadInTheTable compares the table's last column with State.CanBecome.
func TestRoadInTheTable(t *testing.T) {
	states := constants(t)
	line := regexp.MustCompile("(?m)^\\| `(\\w+)` \\|[^|\n]*\\|([^|\n]*)\\|$")
	word := regexp.MustCompile("`(\\w+)`")
	told := map[string][]string{}
	for _, row := range line.FindAllStringSubmatch(text(t, "docs/architecture.md"), -1) {
		next := []string{}
		for _, m := range word.FindAllStringSubmatch(row[2], -1) {
			next = append(next, m[1])
		}
		told[row[1]] = unique(next)
	}
	want := map[string][]string{}
	for from, state := range states {
		next := []string{}
		for to, other := range states {
			if state.CanBecome(other) {
				next = append(next, to)
			}
		}
		want[from] = unique(next)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("delivery.go and the table of docs/architecture.md differ (-code +table):\n%s", diff)
	}
}

// firstScreen is how many lines of the README a reader sees without scrolling.
const firstScreen = 30

func TestReadmeFirstScreen(t *testing.T) {
	lines := strings.Split(text(t, "README.md"), "\n")
	screen := strings.Join(lines[:min(firstScreen, len(lines))], "\n")
	for _, command := range []string{"make demo", "make test"} {
		if !strings.Contains(screen, "\n"+command) {
			t.Errorf("the README's first %d lines do not have %q to paste", firstScreen, command)
		}
	}
}

// documents returns the Markdown files of the repository outside testdata.
func documents(t *testing.T) []string {
	t.Helper()
	top := root(t)
	var found []string
	for _, folder := range []string{".", "docs", "docs/adr", "tools"} {
		names, err := filepath.Glob(filepath.Join(top, folder, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			found = append(found, path.Join(folder, filepath.Base(n)))
		}
	}
	return found
}

// TestLinks follows the links between documents.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	for _, doc := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text(t, doc), -1) {
			target := m[1]
			if strings.Contains(target, ":") {
				continue // somebody else's page
			}
			file := filepath.Join(root(t), path.Join(path.Dir(doc), target))
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s, which is not there", doc, target)
			}
		}
	}
}

// TestDecisionRecords keeps docs/adr numbered without gaps, each with its
// context, its decision and its cost, and each no longer than a page.
func TestDecisionRecords(t *testing.T) {
	names, err := fs.Glob(os.DirFS(root(t)), "docs/adr/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("docs/adr holds no decisions")
	}
	slices.Sort(names)
	for i, name := range names {
		if want := fmt.Sprintf("%04d-", i+1); !strings.HasPrefix(path.Base(name), want) {
			t.Errorf("%s: want number %s", name, want)
		}
		record := text(t, name)
		for _, heading := range []string{"## Context", "## Decision", "## What it costs"} {
			if !strings.Contains(record, "\n"+heading+"\n") {
				t.Errorf("%s has no heading %q", name, heading)
			}
		}
		if lines := strings.Count(record, "\n"); lines > 70 {
			t.Errorf("%s has %d lines: a decision fits on one page", name, lines)
		}
	}
}
