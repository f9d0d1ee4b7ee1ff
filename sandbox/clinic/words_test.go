package clinic

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"signs are no words", "BP ≤ 120/80 – (R) +ve", []string{"BP", "120", "80", "R", "ve"}},
		{"letters and digits apart", "L5/S1 665mg", []string{"L", "5", "S", "1", "665", "mg"}},
		{"raised and lowered digits", "10³ CO₂ 1½", []string{"10", "3", "CO", "2", "1", "1", "2"}},
		{"accents, composed or not", "Zoë Zoe\u0308", []string{"Zoë", "Zoë"}},
		{"hidden signs", "phy\u00adsio\u200btherapy", []string{"physiotherapy"}},
		{"other scripts", "Giãn cơ ١٢", []string{"Giãn", "cơ", "١٢"}},
		{"nothing", " \u00a0–\t", nil},
	} {
		if got := splitWords(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: splitWords(%q) = %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text      string
		ordered, labels []string
	}{
		{"list numbers", "1. Sit\n2) Stand\n   3. Walk", []string{"Sit", "Stand", "Walk"}, nil},
		{"link", "see [the page](https://a.example/x \"t\") now", []string{"see", "the", "page", "now"}, nil},
		{"not a link", "[Pursuits](0→1)", []string{"Pursuits", "0", "1"}, nil},
		{"typed brackets", "<GP name> and L<R", []string{"GP", "name", "and", "L", "R"}, nil},
		{"tags", "CO<sub>2</sub><br>x <b>y</b>", []string{"CO", "2", "x", "y"}, nil},
		{"entities", "a&nbsp;&lt;5 &amp; b", []string{"a", "5", "b"}, nil},
		{"comment", "a <!-- no --> b", []string{"a", "b"}, nil},
		{"definition that a person typed", "[Allergies]: nil", []string{"Allergies", "nil"}, nil},
		{"footnote", "two[^a]\n\n[^a]: feet", []string{"two"}, []string{"feet"}},
		{"table", "| A | B |\n|---|:-:|\n| 1 | x |", []string{"1", "x"}, []string{"A", "B"}},
		{"rule", "a | b\n\n---\n", []string{"a", "b"}, nil},
		{"html", "<p>a<script>no</script></p><table><tr><th>H</th></tr><tr><td>1</td></tr></table>", []string{"a", "1"}, []string{"H"}},
		{"only headings", "| A |\n|---|\n", []string{"A"}, nil},
	} {
		l := lexicon{}
		s := l.read(tt.text)
		if got := spellAll(l, s.ordered); !slices.Equal(got, tt.ordered) {
			t.Errorf("%s: read(%q).ordered = %q, want %q", tt.name, tt.text, got, tt.ordered)
		}
		if got := spellAll(l, s.labels); !slices.Equal(got, tt.labels) {
			t.Errorf("%s: read(%q).labels = %q, want %q", tt.name, tt.text, got, tt.labels)
		}
	}
}

func spellAll(l lexicon, ws []word) []string {
	names := make([]string, len(l))
	for s, w := range l {
		names[w] = s
	}
	var all []string
	for _, w := range ws {
		all = append(all, names[w])
	}
	return all
}

func TestLost(t *testing.T) {
	for _, tt := range []struct {
		name, source, note string
		want               int
	}{
		{"all there", "Pain **4/10** today", "Pain 4/10 today, more", 0},
		{"one gone", "Pain 4/10 today", "Pain 4/ today", 1},
		{"order", "one two three four", "four three two one", 3},
		{"run together", "**L**eft knee", "Left knee", 0},
		{"split", "Left knee", "L eft knee", 0},
		{"heading before each value", "| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", "A: 1; B: 2 A: 3; B: 4", 0},
		{"heading once", "| A | B |\n|---|---|\n| 1 | 2 |", "A | B 1 | 2", 0},
		{"heading gone", "| A | B |\n|---|---|\n| 1 | 2 |", "A: 1; 2", 1},
		{"value gone", "| A | B |\n|---|---|\n| 1 | 2 |", "A: 1; B:", 1},
	} {
		l := lexicon{}
		s, note := l.read(tt.source), l.words(tt.note)
		names := make([]string, len(l))
		for spelling, w := range l {
			names[w] = spelling
		}
		if got := new(measurer).lost(s, note, names); got != tt.want {
			t.Errorf("%s: lost(%q, %q) = %d, want %d", tt.name, tt.source, tt.note, got, tt.want)
		}
	}
}

// common agrees with the plain table method, across the word boundary of 64.
func TestCommonAgreesWithTable(t *testing.T) {
	d := newDice(3)
	m := &measurer{}
	for range 300 {
		a, b := randomWords(d, d.between(0, 200)), randomWords(d, d.between(0, 200))
		if got, want := m.common(a, b), len(alignment(a, b)); got != want {
			t.Fatalf("common of %d and %d words = %d, want %d", len(a), len(b), got, want)
		}
	}
}

func randomWords(d *dice, n int) []word {
	ws := make([]word, n)
	for i := range ws {
		ws[i] = word(d.IntN(30))
	}
	return ws
}

// oddLink is a link to what is no address on the web; what was typed there
// must be shown after its text.
var oddLink = regexp.MustCompile(`<a href="([^":]*)"[^>]*>(.*?)</a>`)

// The documents of the rendering corpus, held against their reference
// renderings, lose no word: what this package calls a word of a document is
// what a faithful rendering shows.
func TestReferenceRenderingsLoseNothing(t *testing.T) {
	for _, file := range []string{"docs_dev.jsonl", "hazards_dev.jsonl", "notes_dev.jsonl"} {
		t.Run(file, func(t *testing.T) {
			f, err := os.Open(filepath.Join("../../../shared/bench/render", file))
			if err != nil {
				t.Skipf("%s: not here (../shared/bench/render)", file)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<22)
			for lines.Scan() {
				var c struct {
					ID, Markdown, HTML, Mode string
					HTMLSource               string `json:"html_source"`
				}
				if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
					t.Fatal(err)
				}
				l := lexicon{}
				s := l.read(c.Markdown + c.HTMLSource)
				body, heads := htmlText(oddLink.ReplaceAllString(c.HTML, "$2 $1"))
				note := l.words(body + " " + heads)
				names := make([]string, len(l))
				for spelling, w := range l {
					names[w] = spelling
				}
				if lost := new(measurer).lost(s, note, names); lost > 0 {
					t.Errorf("%s: %d of %d words lost in the reference rendering", c.ID, lost, s.size())
				}
			}
		})
	}
}
