package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A node is a piece of the schema, as far as the tests look at it.
type node struct {
	Description          string
	Required             []string
	Properties           map[string]node
	Items                *node
	AdditionalProperties any
	Default              any
}

func schemaTree(t *testing.T) node {
	t.Helper()
	var n node
	if err := json.Unmarshal([]byte(Schema), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// blocks returns the keys of each block of a schema by its path, as the
// documentation writes it: "" is the file, practitioners[] an item of the list.
func (n node) blocks(at string, into map[string][]string) {
	if n.Items != nil {
		n.Items.blocks(at+"[]", into)
	}
	if len(n.Properties) == 0 {
		return
	}
	into[at] = slices.Sorted(maps.Keys(n.Properties))
	for name, p := range n.Properties {
		p.blocks(join(at, name), into)
	}
}

// readBlocks asks the loader for the keys of each block: an unknown key is
// answered with those that are known.
func readBlocks(t *testing.T) map[string][]string {
	t.Helper()
	const odd = "qqqqqqqqqqqqqqqq"
	source := odd + ": 1\n"
	for _, block := range []string{"heidi", "cliniko", "matching", "timing", "web"} {
		source += block + ": {" + odd + ": 1}\n"
	}
	source += "alarms: {" + odd + ": 1, smtp: {" + odd + ": 1}, ntfy: {" + odd + ": 1}, webhook: {" + odd + ": 1}}\n"
	for _, list := range []string{"practitioners", "routes"} {
		source += list + ": [{" + odd + ": 1}]\n"
	}
	_, err := newPractice(t).load(source)
	e, ok := err.(*Error) //nolint:errorlint // Load returns it bare
	if !ok {
		t.Fatalf("Load of a file of unknown keys = %v", err)
	}
	found := map[string][]string{}
	for _, m := range e.Mistakes {
		if known, ok := strings.CutPrefix(m.Hint, "The keys here are "); ok {
			at := strings.TrimSuffix(strings.TrimSuffix(m.Path, odd), ".")
			found[strings.ReplaceAll(at, "[1]", "[]")] = strings.Split(strings.TrimSuffix(known, "."), ", ")
		}
	}
	return found
}

// TestSchemaKnowsTheKeys: every key that the loader reads is in the schema, and
// the other way round. A block that is new to the loader fails it too.
func TestSchemaKnowsTheKeys(t *testing.T) {
	inSchema := map[string][]string{}
	schemaTree(t).blocks("", inSchema)
	read := readBlocks(t)
	if diff := cmp.Diff(read, inSchema); diff != "" {
		t.Errorf("the loader's keys and those of schema.json differ (-loader +schema):\n%s", diff)
	}
}

// TestSchemaIsClosed: like the loader, the schema takes no unknown key.
func TestSchemaIsClosed(t *testing.T) {
	var walk func(at string, n node)
	walk = func(at string, n node) {
		if n.Description == "" {
			t.Errorf("schema.json says nothing about %q", at)
		}
		if len(n.Properties) > 0 && n.AdditionalProperties != false {
			t.Errorf("schema.json takes unknown keys in %q", at)
		}
		if n.Items != nil && len(n.Items.Properties) > 0 {
			walk(at+"[]", *n.Items)
		}
		for name, p := range n.Properties {
			walk(join(at, name), p)
		}
	}
	walk("", schemaTree(t))
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	form, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("carryover.json", form); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("carryover.json")
	if err != nil {
		t.Fatalf("schema.json is not a schema: %v", err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, source string) error {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemaTakesWhatLoads: the examples of the documentation, and this
// package's own, are valid.
func TestSchemaTakesWhatLoads(t *testing.T) {
	s := compiled(t)
	sources := map[string]string{"smallest": smallest, "complete": complete, "credentials": byCredential}
	doc, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range strings.Split(string(doc), "```yaml\n")[1:] {
		sources["docs "+string(rune('1'+i))], _, _ = strings.Cut(b, "```")
	}
	shipped, err := filepath.Glob("../../packaging/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range shipped {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources[f] = string(raw)
	}
	for name, source := range sources {
		if err := valid(t, s, source); err != nil {
			t.Errorf("%s is not valid: %v\n%s", name, err, source)
		}
	}
}

// TestSchemaRefuses: a mistake in one line that the loader tells, the schema
// tells as well.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	p := newPractice(t)
	for _, line := range []string{
		"tmie_zone: Australia/Hobart", "consult_notes: often", "matching: {identifiers: 4}", "timing: {quiet: 15}", "timing: {reads: 1}",
		"timing: {practice_hours: all day}", "routes: [{to: nowhere}]", "routes: [{mode: final}]", "routes: [{practitioner: ada}]",
		"cliniko: {requests_per_minute: 200}", "cliniko: {base_url: 'https://api.example.com'}", "heidi: {}", "web: {idle: ages}",
		"web: {origin: 'https://a.example/page'}", "practice: [a]",
	} {
		source := smallest + line + "\n"
		if _, err := p.load(source); err == nil {
			t.Errorf("Load takes %q: no example for this test", line)
		}
		if valid(t, s, source) == nil {
			t.Errorf("the schema takes %q, which Load refuses", line)
		}
	}
	for _, name := range schemaTree(t).Required {
		without := regexp.MustCompile(`(?m)^`+name+`:.*(\n  .*)*\n`).ReplaceAllString(smallest, "")
		if without == smallest || valid(t, s, without) == nil {
			t.Errorf("the schema takes a file without %s", name)
		}
	}
}

// TestSchemaDefaults: a default that is written out changes nothing.
func TestSchemaDefaults(t *testing.T) {
	p := newPractice(t)
	plain, err := p.load(smallest + "web: {}\n")
	if err != nil {
		t.Fatal(err)
	}
	tree := schemaTree(t)
	source := smallest
	for _, name := range slices.Sorted(maps.Keys(tree.Properties)) {
		n := tree.Properties[name]
		line := map[string]any{}
		for key, p := range n.Properties {
			if p.Default != nil {
				line[key] = p.Default
			}
		}
		var value any = line
		if n.Default != nil {
			value = n.Default
		} else if len(line) == 0 || name == "heidi" {
			continue
		}
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		source += name + ": " + string(written) + "\n"
	}
	got, err := p.load(source)
	if err != nil {
		t.Fatalf("Load with the schema's defaults = %v:\n%s", err, source)
	}
	if diff := cmp.Diff(plain.Redacted(), got.Redacted()); diff != "" {
		t.Errorf("the schema's defaults are not the loader's (-loader +schema):\n%s", diff)
	}
}
