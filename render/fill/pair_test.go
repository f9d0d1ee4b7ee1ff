package fill_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"carryover"
	"carryover/render"
	"carryover/render/fill"
)

var update = flag.Bool("update", false, "write what came out into testdata, to be read before it is committed")

// template reads a note template as Cliniko sends it (reference sheet §13).
func template(t *testing.T, raw []byte) carryover.NoteTemplate {
	t.Helper()
	var r struct {
		Name    string
		Content struct {
			Sections []struct {
				Name      string
				Questions []struct {
					Name, Type, Answer string
					Answers            []struct{ Value string }
					Other              struct{ Enabled bool }
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("template.json: %v", err)
	}
	out := carryover.NoteTemplate{ID: "71", Name: carryover.NewText(r.Name)}
	for _, s := range r.Content.Sections {
		section := carryover.Section{Name: carryover.NewText(s.Name)}
		for _, q := range s.Questions {
			question := carryover.Question{
				Name: carryover.NewText(q.Name), Type: carryover.QuestionType(q.Type), Answer: carryover.NewText(q.Answer),
				Other: carryover.Other{Enabled: q.Other.Enabled},
			}
			for _, c := range q.Answers {
				question.Choices = append(question.Choices, carryover.Choice{Value: carryover.NewText(c.Value)})
			}
			section.Questions = append(section.Questions, question)
		}
		out.Sections = append(out.Sections, section)
	}
	return out
}

// readable writes a filled template as somebody would read it.
func readable(f fill.Filled) string {
	var b strings.Builder
	for _, s := range f.Sections {
		fmt.Fprintf(&b, "# %s\n", s.Name.Reveal())
		for _, q := range s.Questions {
			fmt.Fprintf(&b, "%s (%s):", q.Name.Reveal(), q.Type)
			if q.Answer.Reveal() != "" {
				fmt.Fprintf(&b, "\n  %s", strings.ReplaceAll(q.Answer.Reveal(), "> <", ">\n  <"))
			}
			for _, c := range q.Choices {
				sign := "[ ]"
				if c.Selected {
					sign = "[x]"
				}
				fmt.Fprintf(&b, " %s %s", sign, c.Value.Reveal())
			}
			if q.Other.Selected {
				fmt.Fprintf(&b, " other: %s", q.Other.Value.Reveal())
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestPairs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatalf("testdata holds %d pairs (%v), want at least 12", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := carryover.Document{Content: carryover.NewText(string(a.Files[1].Data))}
			got, err := fill.Fill(render.Parse(doc), template(t, a.Files[0].Data), nil, render.Standard)
			if err != nil {
				t.Fatalf("Fill: %v", err)
			}
			if *update {
				a.Files[2].Data = []byte(readable(got))
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(string(a.Files[2].Data), readable(got)); d != "" {
				t.Errorf("Fill (-want +got):\n%s", d)
			}
		})
	}
}
