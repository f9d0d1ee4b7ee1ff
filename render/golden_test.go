package render

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"carryover"
)

var update = flag.Bool("update", false, "write what came out into testdata, to be read before it is committed")

// TestGolden renders the documents of testdata. Each archive holds source.md or
// source.html, then the rendering by both profiles and the one-line answer; its
// comment says what it shows.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("testdata holds %d documents (%v), want at least 10", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := carryover.Document{Content: carryover.NewText(string(a.Files[0].Data)), Format: carryover.FormatMarkdown}
			if a.Files[0].Name == "source.html" {
				d.Format = carryover.FormatHTML
			}
			got := a.Files[:1:1]
			for _, p := range []Profile{Standard, Minimal} {
				body, plain := Body(d, p)
				if plain {
					t.Errorf("%s: shown as plain lines", p)
				}
				got = append(got, txtar.File{Name: string(p), Data: readable(body)})
			}
			got = append(got, txtar.File{Name: "line", Data: []byte(TextLine(Parse(d).Blocks) + "\n")})
			out := txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got})
			if *update {
				if err := os.WriteFile(file, out, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(a)), string(out)); diff != "" {
				t.Errorf("rendering (-want +got):\n%s", diff)
			}
		})
	}
}

// readable puts each block on a line of its own.
func readable(body string) []byte {
	return []byte(strings.NewReplacer("> <", ">\n<", "\u00a0", "·").Replace(body) + "\n")
}
