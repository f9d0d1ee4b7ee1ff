package arch

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// longest is the number of lines after which a file holds more than one idea.
const longest = 450

func TestPackageComments(t *testing.T) {
	commented := map[string]bool{}
	for _, f := range tree(t) {
		if !f.test {
			commented[f.folder] = commented[f.folder] || f.syntax.Doc != nil
		}
	}
	for folder, ok := range commented {
		if !ok {
			t.Errorf("package %s has no package comment: say what it provides, to whom", folder)
		}
	}
}

func TestFileLength(t *testing.T) {
	for _, f := range tree(t) {
		if !f.test && !f.generated && f.lines > longest {
			t.Errorf("%s has %d lines, more than %d: find its second idea a file of its own", f.path, f.lines, longest)
		}
	}
}

// A ban keeps names out of packages. A name ends in ".*" for a whole package.
type ban struct {
	from   []string // folders it holds in; empty: everywhere
	except []string // folders it does not hold in
	names  *regexp.Regexp
	why    string
}

// bans hold outside tests.
var bans = []ban{
	{
		from:  []string{"match", "render", "route"},
		names: names(`context\..*`, `log\..*`, `log/slog\..*`, `os\..*`, `net\..*`, `net/http\..*`, `math/rand(/v2)?\..*`, `crypto/rand\..*`),
		why:   "deciding is a pure function: no waiting, no talking, no dice",
	},
	{
		from:  []string{"match", "render", "route", "."},
		names: names(`time\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)`, `os\..*`),
		why:   "time and the machine are parameters, so that a decision can be repeated",
	},
	{
		from:  []string{".", "match", "render", "route"},
		names: names(`net/http\..*`, `database/sql\..*`),
		why:   "the words and the decisions do no I/O",
	},
	{
		from:  []string{"pipeline"},
		names: names(`net/http\.([^S]|S[^t]).*`, `database/sql\..*`), // a status code is a word, a client is not
		why:   "the road knows its meaning, not its transport",
	},
	{
		except: []string{"internal/guard", "internal/desk"}, // desk's one dial is a socket file in the data folder
		names: names(`net/http\.(Get|Head|Post|PostForm|DefaultClient|DefaultTransport)`,
			`net\.(Dial|DialTimeout|DialTCP|DialUDP|DialIP|DialUnix|Dialer)`, `crypto/tls\.(Dial|DialWithDialer|Dialer)`),
		why: "every connection is opened by internal/guard, which knows where we may go",
	},
	{
		from:  []string{"pipeline", "ledger/…", "audit", "alarm", "heidi", "cliniko", "internal/guard", "internal/seal", "internal/config", "internal/desk"},
		names: names(`fmt\.Print(f|ln)?`, `log\..*`, `os\.(Stdout|Stderr|Stdin)`),
		why:   "only the command talks to the terminal; the rest takes a logger",
	},
	{
		except: []string{"sandbox/…"},
		names:  names(`time\.Sleep`),
		why:    "wait with a timer and a context, so that a stop is heard",
	},
	{
		except: []string{"internal/config", "internal/cli", "cmd/carryover"},
		names:  names(`os\.(Getenv|LookupEnv|Environ|ExpandEnv)`),
		why:    "packages take values; only the edge reads the environment",
	},
	{
		except: []string{"cmd/carryover", "bench/match", "bench/render"},
		names:  names(`os\.Exit`, `log\.Fatal(f|ln)?`),
		why:    "only main ends the process",
	},
	{
		from:  []string{"heidi"},
		names: names(`net/http\.(Method(Post|Put|Patch|Delete)|Post|PostForm)`),
		why:   "Heidi is read, never written to",
	},
}

// names joins patterns of "import/path.Name" into one that matches the whole.
func names(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`^(` + strings.Join(patterns, "|") + `)$`)
}

// holdsIn says whether the ban is meant for a folder.
func (b ban) holdsIn(folder string) bool {
	in := func(pattern string) bool { return within(folder, pattern) }
	return (len(b.from) == 0 || slices.ContainsFunc(b.from, in)) && !slices.ContainsFunc(b.except, in)
}

func TestBans(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		uses := f.uses()
		for _, b := range bans {
			if !b.holdsIn(f.folder) {
				continue
			}
			for _, u := range uses {
				if b.names.MatchString(u.name) {
					t.Errorf("%s:%d: %s: %s", f.path, u.line, u.name, b.why)
				}
			}
		}
	}
}

// TestBansBite makes sure that the patterns match what they are meant to.
func TestBansBite(t *testing.T) {
	cases := []struct {
		folder, name string
		want         bool
	}{
		{"match", "time.Now", true},
		{"match", "time.Date", false},
		{"match", "context.Background", true},
		{".", "log/slog.StringValue", false},
		{"pipeline", "net/http.StatusOK", false},
		{"pipeline", "net/http.Client", true},
		{"pipeline", "net/http.Server", true},
		{"cliniko", "net/http.DefaultClient", true},
		{"internal/guard", "net.Dialer", false},
		{"internal/daemon", "os.Getenv", true},
		{"internal/cli", "os.Getenv", false},
		{"sandbox/heidisim", "time.Sleep", false},
	}
	for _, c := range cases {
		got := slices.ContainsFunc(bans, func(b ban) bool { return b.holdsIn(c.folder) && b.names.MatchString(c.name) })
		if got != c.want {
			t.Errorf("%s in %s: banned = %v, want %v", c.name, c.folder, got, c.want)
		}
	}
}

// TestNoInit finds init functions: what they set up, nobody can leave out.
func TestNoInit(t *testing.T) {
	for _, f := range tree(t) {
		if f.test || f.generated {
			continue
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s:%d: func init: set it up where it is used", f.path, f.fset.Position(fn.Pos()).Line)
			}
		}
	}
}

// TestVagueNames keeps package names that say nothing out of the tree.
func TestVagueNames(t *testing.T) {
	vague := regexp.MustCompile(`(?i)(manager|helper|util|common|misc|base|info|impl|types|models)s?$`)
	seen := map[string]bool{}
	for _, f := range tree(t) {
		if name := f.syntax.Name.Name; vague.MatchString(name) && !seen[f.folder] {
			seen[f.folder] = true
			t.Errorf("package %s in %s: name what it provides", name, f.folder)
		}
	}
}
