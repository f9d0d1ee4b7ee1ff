package arch

import (
	"slices"
	"testing"
)

// A row says what one package may import from this module, outside its tests.
type row struct {
	folder   string   // "…" at the end: and everything below
	may      []string // folders, in the same notation; "anything" for assembly
	onlyStd  bool     // nothing from outside the standard library either
	optional bool     // may be missing from the tree: its turn has not come yet
}

const anything = "anything"

// table is the layout. Read it from the top: each line may only look upwards,
// and the words, the decisions, the doors, the memory and the road are five
// separate things that meet in the lines at the bottom.
var table = []row{
	// The words everybody speaks. They know nobody.
	{folder: "."},

	// Decisions: pure functions over the words.
	{folder: "match", may: []string{"."}},
	{folder: "render/tree"},
	{folder: "render", may: []string{".", "render/tree"}},
	{folder: "render/fill", may: []string{".", "render", "render/tree"}, optional: true},
	{folder: "render/pdf", may: []string{".", "render", "render/tree"}, optional: true},
	{folder: "route", may: []string{"."}},

	// The doors: one client each, and the guard through which all they say
	// leaves. The clients get the guard's transport handed in.
	{folder: "heidi", may: []string{"."}},
	{folder: "cliniko", may: []string{"."}},
	{folder: "internal/guard", onlyStd: true},

	// What the machine's own files can promise, on each system.
	{folder: "internal/disk"},

	// Memory: what happened, who did it, what somebody must be told; sealed.
	{folder: "internal/seal", may: []string{"internal/disk"}, onlyStd: true},
	{folder: "ledger/…", may: []string{".", "internal/disk", "internal/seal", "ledger/…"}},
	{folder: "audit", may: []string{".", "internal/disk", "internal/seal"}},
	{folder: "alarm", may: []string{".", "internal/seal"}},
	{folder: "alarm/notify", may: []string{".", "alarm", "ledger"}},
	{folder: "alarm/notify/notifytest"},

	// The road. It meets the two clients as small interfaces of its own.
	{folder: "pipeline", may: []string{".", "match", "render/…", "route", "ledger", "audit", "alarm", "internal/seal"}},

	// What people ask and decide, and what they configure.
	{folder: "internal/desk", may: []string{".", "ledger", "audit", "alarm", "internal/disk", "internal/seal"}},
	{folder: "internal/config", may: []string{".", "route", "internal/disk"}},
	{folder: "api", may: []string{".", "internal/desk"}},
	{folder: "internal/meter", may: []string{".", "alarm"}},
	{folder: "web/paper", may: []string{"internal/desk"}},
	{folder: "web", may: []string{".", "ledger", "internal/desk", "web/…"}},

	// Setting up, and looking whether all is in order: both ask the two APIs.
	{folder: "internal/check", may: []string{".", "cliniko", "heidi", "route", "ledger", "internal/config", "internal/desk", "internal/disk", "internal/guard", "internal/seal"}},
	{folder: "internal/setup", may: []string{".", "cliniko", "heidi", "route", "internal/config", "internal/guard", "internal/seal"}},

	// The review page: who may come in.
	{folder: "web/sign", may: []string{".", "ledger", "audit"}},
	{folder: "web/sign/signtest", may: []string{".", "ledger", "web/sign"}},

	// A browser for the tests of the review page.
	{folder: "web/pagetest"},

	// The simulators: a world of their own. One that shared a struct with a
	// client would share its misspelled field too, and the tests would agree
	// on the mistake.
	{folder: "sandbox"},
	{folder: "sandbox/heidisim", may: []string{"sandbox"}},
	{folder: "sandbox/clinikosim", may: []string{"sandbox"}},
	{folder: "sandbox/clinic", may: []string{"sandbox", "sandbox/heidisim", "sandbox/clinikosim"}},
	{folder: "sandbox/contract"},

	// Assembly: it knows everybody.
	{folder: "internal/daemon", may: []string{anything}},
	{folder: "internal/cli", may: []string{anything}},
	{folder: "internal/sim", may: []string{anything}, optional: true},
	{folder: "internal/crash", may: []string{anything}, optional: true},
	{folder: "bench/…", may: []string{anything}, optional: true},
	{folder: "cmd/carryover", may: []string{anything}},

	// These tests.
	{folder: "internal/arch"},
}

// rowOf finds the table's row for a folder.
func rowOf(folder string) (row, bool) {
	i := slices.IndexFunc(table, func(r row) bool { return within(folder, r.folder) })
	if i < 0 {
		return row{}, false
	}
	return table[i], true
}

// allows says whether the row lets its package import an import path.
func (r row) allows(importPath string) bool {
	folder, ours := own(importPath)
	if !ours {
		return !r.onlyStd || standard(importPath)
	}
	return slices.Contains(r.may, anything) ||
		slices.ContainsFunc(r.may, func(m string) bool { return within(folder, m) })
}

func TestImportTable(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		r, ok := rowOf(f.folder)
		if !ok {
			t.Errorf("%s: package %s has no row in the import table: decide what it may import", f.path, f.folder)
			continue
		}
		for _, p := range f.imports() {
			if !r.allows(p) {
				t.Errorf("%s imports %s, which its row in the import table does not allow", f.path, p)
			}
		}
	}
}

// TestImportTableIsCurrent keeps rows of packages that are gone out of it.
func TestImportTableIsCurrent(t *testing.T) {
	files := tree(t)
	for _, r := range table {
		there := slices.ContainsFunc(files, func(f goFile) bool { return within(f.folder, r.folder) })
		if !there && !r.optional {
			t.Errorf("the import table has a row for %s, but there is no such package", r.folder)
		}
	}
}

// TestStrangers keeps the two sides apart in tests as well, where the table
// does not look: a simulator checked with the client it is meant to check
// proves only that the two agree.
func TestStrangers(t *testing.T) {
	apart := []struct{ these, those string }{
		{"sandbox/…", "heidi"},
		{"sandbox/…", "cliniko"},
		{"sandbox/…", "pipeline"},
		{"heidi", "sandbox/…"},
		{"cliniko", "sandbox/…"},
	}
	for _, f := range tree(t) {
		for _, p := range f.imports() {
			folder, ours := own(p)
			for _, a := range apart {
				if ours && within(f.folder, a.these) && within(folder, a.those) {
					t.Errorf("%s imports %s: simulators and clients share no code, not even in tests", f.path, p)
				}
			}
		}
	}
}

// TestOnlyForTests keeps the checker of API contracts, with its large library,
// out of the binary.
func TestOnlyForTests(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		for _, p := range f.imports() {
			if p == module+"/sandbox/contract" {
				t.Errorf("%s imports %s, which is for tests alone", f.path, p)
			}
		}
	}
}

// TestWordsDoNoIO keeps the doors to the network and to a database out of the
// root package, blank imports included.
func TestWordsDoNoIO(t *testing.T) {
	for _, f := range tree(t) {
		if f.folder != "." || f.test {
			continue
		}
		for _, p := range f.imports() {
			if slices.Contains([]string{"net", "net/http", "database/sql", "os"}, p) {
				t.Errorf("%s imports %s: the vocabulary does no I/O", f.path, p)
			}
		}
	}
}

func TestRowAllows(t *testing.T) {
	pipeline, _ := rowOf("pipeline")
	guard, _ := rowOf("internal/guard")
	cases := []struct {
		name       string
		row        row
		importPath string
		want       bool
	}{
		{"named in the row", pipeline, "carryover/match", true},
		{"the root", pipeline, "carryover", true},
		{"not named", pipeline, "carryover/cliniko", false},
		{"somebody else's module", pipeline, "golang.org/x/sync/errgroup", true},
		{"only the standard library", guard, "net/http", true},
		{"only the standard library, another's module", guard, "golang.org/x/net/proxy", false},
		{"only the standard library, the root", guard, "carryover", false},
		{"below a folder", row{may: []string{"ledger/…"}}, "carryover/ledger/internal/query", true},
		{"a name that starts alike", row{may: []string{"ledger/…"}}, "carryover/ledgers", false},
	}
	for _, c := range cases {
		if got := c.row.allows(c.importPath); got != c.want {
			t.Errorf("%s: allows(%q) = %v, want %v", c.name, c.importPath, got, c.want)
		}
	}
}
