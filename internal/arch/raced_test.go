package arch

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRacedPackages keeps the Makefile's list of what runs under the race
// detector complete: every package that starts a goroutine or guards memory.
func TestRacedPackages(t *testing.T) {
	raced := racedFolders(t)
	if len(raced) == 0 {
		t.Fatal("the Makefile has no RACED list")
	}
	for folder, why := range concurrent(t) {
		if !slices.ContainsFunc(raced, func(p string) bool { return within(folder, p) }) {
			t.Errorf("%s is concurrent (%s) but not in RACED of the Makefile", folder, why)
		}
	}
}

// racedFolders reads RACED, in the notation of the import table.
func racedFolders(t *testing.T) []string {
	t.Helper()
	list := regexp.MustCompile(`(?m)^RACED = ((?:.*\\\n)*.*)$`).FindStringSubmatch(text(t, "Makefile"))
	if list == nil {
		return nil
	}
	var folders []string
	for pattern := range strings.FieldsSeq(strings.ReplaceAll(list[1], "\\\n", " ")) {
		folder := strings.TrimPrefix(pattern, "./")
		folders = append(folders, strings.Replace(folder, "/...", "/…", 1))
	}
	return folders
}

// concurrent maps the folder of each package with goroutines or locks to the
// first line that shows it.
func concurrent(t *testing.T) map[string]string {
	t.Helper()
	locks := names(`sync\.(Mutex|RWMutex|WaitGroup|Cond|Map)`, `sync/atomic\..*`, `golang\.org/x/sync/errgroup\..*`)
	found := map[string]string{}
	for _, f := range tree(t) {
		if f.test || found[f.folder] != "" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok && found[f.folder] == "" {
				found[f.folder] = f.fset.Position(n.Pos()).String()
			}
			return true
		})
		for _, u := range f.uses() {
			if locks.MatchString(u.name) && found[f.folder] == "" {
				found[f.folder] = f.path + ": " + u.name
			}
		}
	}
	return found
}
