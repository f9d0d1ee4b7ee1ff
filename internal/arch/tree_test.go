package arch

import (
	"go/ast"
	"go/parser"
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
)

// module is the module's path: what imports of our own start with.
const module = "carryover"

// A goFile is one parsed file of the tree.
type goFile struct {
	path      string // below the repository root, with slashes
	folder    string // its package's folder, "." for the root
	test      bool
	generated bool
	lines     int
	syntax    *ast.File
	fset      *token.FileSet
}

// skipped are folders that hold no package of the program: fixtures, what was
// built, and the tools, which are a module of their own.
var skipped = []string{"testdata", "bin", "tools"}

var (
	generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	versionSuffix = regexp.MustCompile(`/v[0-9]+$`) // math/rand/v2 is called rand
)

// root returns the repository's root: the nearest folder above with a go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}

// tree parses every Go file of the program, tests included.
func tree(t testing.TB) []goFile {
	t.Helper()
	top := root(t)
	var files []goFile
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != top && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || slices.Contains(skipped, d.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		file, err := read(top, name)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatalf("read the tree: %v", err)
	}
	if len(files) == 0 {
		t.Fatal("the tree has no Go files: the test looks in the wrong place")
	}
	return files
}

// read parses one file.
func read(top, name string) (goFile, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return goFile{}, err
	}
	rel, err := filepath.Rel(top, name)
	if err != nil {
		return goFile{}, err
	}
	rel = filepath.ToSlash(rel)
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, rel, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return goFile{}, err
	}
	return goFile{
		path:      rel,
		folder:    path.Dir(rel),
		test:      strings.HasSuffix(rel, "_test.go"),
		generated: generatedMark.Match(source),
		lines:     strings.Count(string(source), "\n"),
		syntax:    syntax,
		fset:      fset,
	}, nil
}

// imports returns the paths that f imports.
func (f goFile) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// A use is one mention of an exported name of an imported package.
type use struct {
	name string // import path, a dot, the name: "net/http.Get"
	line int
}

// uses lists what f mentions of the packages it imports. It goes by the file's
// import names, so a local variable that hides an import may add a false one.
func (f goFile) uses() []use {
	names := map[string]string{}
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(versionSuffix.ReplaceAllString(p, ""))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = p
	}
	var found []use
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && names[id.Name] != "" {
			found = append(found, use{names[id.Name] + "." + sel.Sel.Name, f.fset.Position(sel.Pos()).Line})
		}
		return true
	})
	return found
}

// own returns the folder an import path names in this module, and whether it
// is in this module at all.
func own(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// standard says whether an import path is the standard library's: its first
// element has no dot, and it is not ours.
func standard(importPath string) bool {
	_, ours := own(importPath)
	first, _, _ := strings.Cut(importPath, "/")
	return !ours && !strings.Contains(first, ".")
}

// within says whether folder is pattern, or below it when pattern ends in "/…".
func within(folder, pattern string) bool {
	if base, ok := strings.CutSuffix(pattern, "/…"); ok {
		return folder == base || strings.HasPrefix(folder, base+"/")
	}
	return folder == pattern
}

// text reads a file of the repository.
func text(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
