package arch

import (
	"go/ast"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// subcommands reads the command line's definition: the fields of the struct
// commands in internal/cli that are tagged cmd.
func subcommands(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, f := range tree(t) {
		if f.folder != "internal/cli" || f.test {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != "commands" {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range s.Fields.List {
					found = append(found, commandName(field)...)
				}
			}
			return false
		})
	}
	return found
}

// commandName returns the subcommand that a field defines, if it does.
func commandName(field *ast.Field) []string {
	if field.Tag == nil || len(field.Names) == 0 {
		return nil
	}
	raw, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return nil
	}
	tag := reflect.StructTag(raw)
	if _, ok := tag.Lookup("cmd"); !ok {
		return nil
	}
	if name := tag.Get("name"); name != "" {
		return []string{name}
	}
	return []string{strings.ToLower(field.Names[0].Name)}
}

// TestDocumentedCommands finds subcommands that the documents tell people to
// type and that do not exist. The roadmap may dream.
func TestDocumentedCommands(t *testing.T) {
	known := subcommands(t)
	if len(known) == 0 {
		t.Fatal("internal/cli has no struct commands with fields tagged cmd")
	}
	typed := regexp.MustCompile("(?m)(?:`|^|^\\$ |^sudo )(?:bin/|\\./bin/)?carryover ([a-z][a-z-]*)")
	for _, doc := range documents(t) {
		if doc == "docs/roadmap.md" {
			continue
		}
		for _, m := range typed.FindAllStringSubmatch(code(text(t, doc)), -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s tells people to type `carryover %s`, which is no command", doc, m[1])
			}
		}
	}
}

// TestDocumentedTargets does the same for make.
func TestDocumentedTargets(t *testing.T) {
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):.*## `).FindAllStringSubmatch(text(t, "Makefile"), -1) {
		known = append(known, m[1])
	}
	typed := regexp.MustCompile("(?m)(?:`|^)make ([a-z-]+)")
	for _, doc := range documents(t) {
		for _, m := range typed.FindAllStringSubmatch(code(text(t, doc)), -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s tells people to type `make %s`, which is no target", doc, m[1])
			}
		}
	}
}

// code returns the code of a Markdown document, one piece a line: fenced
// blocks as they are, and spans with their opening mark.
func code(doc string) string {
	var out []string
	fenced := false
	for line := range strings.Lines(doc) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			fenced = !fenced
		case fenced:
			out = append(out, strings.TrimSpace(line))
		default:
			out = append(out, regexp.MustCompile("`[^`]+`").FindAllString(line, -1)...)
		}
	}
	return strings.Join(out, "\n")
}
