package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A reader walks the YAML tree, fills the configuration and collects mistakes.
// It walks by hand, rather than through struct tags, because a decoder stops at
// the first mistake and knows neither a closed list nor a secret file.
type reader struct {
	file     string // absolute path of the file
	folder   string // its folder, to which paths are relative
	source   []byte
	at       map[string]place // where each path of the file was found
	mistakes []Mistake
	outline  bool // leaves the secret files closed
}

// A place is a position in the file, from 1.
type place struct{ line, column int }

// A field reads one value found at a path such as cliniko.base_url.
type field func(n ast.Node, at string)

// fields are the keys a mapping may have.
type fields map[string]field

// parse returns the root of the tree, or nil after noting why there is none.
func (r *reader) parse() ast.Node {
	tree, err := parser.ParseBytes(r.source, 0)
	if err != nil {
		m := Mistake{Line: 1, Column: 1, Text: "this is not YAML", Hint: "Check the indentation (spaces, no tabs) and that each key ends with a colon and a space."}
		if e, ok := errors.AsType[yaml.Error](err); ok {
			m.Text = syntax(e.GetMessage())
			if p := e.GetToken(); p != nil {
				m.Line, m.Column = p.Position.Line, p.Position.Column
			}
		}
		r.mistakes = append(r.mistakes, m)
		return nil
	}
	switch {
	case len(tree.Docs) == 0 || tree.Docs[0].Body == nil || tree.Docs[0].Body.Type() == ast.CommentGroupType:
		r.mistakes = append(r.mistakes, Mistake{Line: 1, Column: 1, Text: "the file is empty", Hint: "docs/configuration.md has an example to start from."})
		return nil
	case len(tree.Docs) > 1:
		r.wrong(tree.Docs[1], "", "the file holds more than one document", "Remove the line --- and what follows it.")
	}
	return tree.Docs[0].Body
}

// syntax shortens the parser's message: it may quote the line, which may hold
// what must not be printed.
func syntax(message string) string {
	first, _, _ := strings.Cut(message, "\n")
	if strings.Contains(first, "already defined") {
		return "the same key is written twice"
	}
	if strings.ContainsAny(first, "\"'`@") {
		return "this is not YAML"
	}
	return "this is not YAML: " + first
}

// mapping reads n, which must be a block of keys, by the given fields.
func (r *reader) mapping(n ast.Node, at string, known fields) {
	r.found(n, at)
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.wrong(n, at, "a block of keys is expected here", "Indent the keys below it: "+strings.Join(sorted(known), ", ")+".")
		return
	}
	for _, v := range values {
		r.entry(v, at, known)
	}
}

func (r *reader) entry(v *ast.MappingValueNode, at string, known fields) {
	name := v.Key.GetToken().Value
	read, ok := known[name]
	if !ok {
		r.unknown(v, at, name, known)
		return
	}
	path := join(at, name)
	r.found(v.Key, path)
	if v.Value == nil || v.Value.Type() == ast.NullType {
		r.wrongAt(r.at[path], path, "nothing is written here", "Give a value, or remove the line to use the default.")
		return
	}
	read(v.Value, path)
}

func (r *reader) unknown(v *ast.MappingValueNode, at, name string, known fields) {
	hint := "The keys here are " + strings.Join(sorted(known), ", ") + "."
	if slices.Contains(looksSecret, fold(name)) {
		hint = "A key is never written into this file. Put it into a file of its own and name that file with " + known.fileKey() + "."
	} else if near := nearest(name, sorted(known)); near != "" {
		hint = "Did you mean " + near + "?"
	}
	m := Mistake{Path: join(at, shortened(name)), Text: "this key is not known", Hint: hint}
	m.Line, m.Column = position(v.Key)
	r.mistakes = append(r.mistakes, m)
}

// looksSecret are the keys that people try when they paste a key straight in.
var looksSecret = []string{"key", "api_key", "apikey", "cliniko_key", "heidi_key", "secret", "token", "password", "master_key"}

// fileKey returns the known key that names a secret file.
func (f fields) fileKey() string {
	for _, name := range sorted(f) {
		if strings.HasSuffix(name, "key_file") {
			return name
		}
	}
	return "a …_file key"
}

// sequence reads n, which must be a list, one item at a time.
func (r *reader) sequence(n ast.Node, at string, each field) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrong(n, at, "a list is expected here", "Begin each item with a dash and a space.")
		return
	}
	for i, v := range list.Values {
		each(v, fmt.Sprintf("%s[%d]", at, i+1))
	}
}

// found notes where a path stands; the first place counts, so that a block is
// found at its key.
func (r *reader) found(n ast.Node, at string) {
	if _, ok := r.at[at]; !ok && at != "" {
		line, column := position(n)
		r.at[at] = place{line, column}
	}
}

// required notes the keys that are missing from the block at a path.
func (r *reader) required(at string, names ...string) {
	for _, name := range names {
		if _, ok := r.at[join(at, name)]; !ok {
			r.wrongAt(r.at[at], join(at, name), "this key is missing", "Add it: "+name+": "+exampleOf[name])
		}
	}
}

// exampleOf are values to copy, for keys that are missing.
var exampleOf = map[string]string{
	"region":           "AU",
	"master_key_file":  "secrets/master.key",
	"contact":          "you@your-practice.example",
	"practitioners":    "(a list, see docs/configuration.md)",
	"key_file":         "secrets/heidi.key",
	"cliniko_key_file": "secrets/cliniko-1.key",
	"practitioner_id":  `"1234567"`,
	"email":            "you@your-practice.example",
	"internal_id":      "physio-1",
}

func (r *reader) wrong(n ast.Node, at, text, hint string) {
	line, column := position(n)
	r.wrongAt(place{line, column}, at, text, hint)
}

func (r *reader) wrongAt(p place, at, text, hint string) {
	r.mistakes = append(r.mistakes, Mistake{Line: max(p.line, 1), Column: max(p.column, 1), Path: at, Text: text, Hint: hint})
}

// position returns where a node begins. A block's own token is the colon of its
// first key, so the key's place is taken.
func position(n ast.Node) (line, column int) {
	var t *token.Token
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return position(n.Values[0].Key)
		}
		t = n.GetToken()
	case *ast.MappingValueNode:
		return position(n.Key)
	default:
		t = n.GetToken()
	}
	if t == nil || t.Position == nil {
		return 1, 1
	}
	return t.Position.Line, t.Position.Column
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func sorted(f fields) []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
