package pdf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"carryover"
	"carryover/render/tree"
)

// corpus is where the whole synthetic documents lie, outside the project.
const corpus = "../../../shared/bench/render/docs_dev.jsonl"

// keep is for looking at the pages: go test ./render/pdf -run Corpus -keep DIR
var keep = flag.String("keep", "", "folder to write the corpus's files to")

// A corpusDoc is one of them: the rendering that a reader should see.
type corpusDoc struct{ ID, HTML, Ref string }

func readCorpus(t *testing.T) []corpusDoc {
	t.Helper()
	f, err := os.Open(corpus)
	if err != nil {
		t.Skip("the corpus of documents: ../shared is not here")
	}
	defer f.Close()
	var docs []corpusDoc
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var d corpusDoc
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if d.Ref != "" {
			d.HTML = d.Ref
		}
		docs = append(docs, d)
	}
	return docs
}

// draws reports whether a document of the corpus was drawn; it is held where it
// has writing that the fonts cannot set.
func draws(t *testing.T, d corpusDoc) ([]byte, bool) {
	t.Helper()
	file, err := Write(fromHTML(t, d.HTML), sheet())
	if errors.Is(err, carryover.ErrInvalid) && carryover.HintOf(err) == holdHint {
		return nil, false
	}
	if err != nil {
		t.Fatalf("%s: %v", d.ID, err)
	}
	return file, true
}

func TestCorpus(t *testing.T) {
	drawn, held := 0, 0
	for _, d := range readCorpus(t) {
		file, ok := draws(t, d)
		if !ok {
			held++
			continue
		}
		drawn++
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, d.ID+".pdf"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want := fromHTML(t, d.HTML)
		l, err := plan(want, sheet())
		if err != nil {
			t.Fatal(err)
		}
		if got := readText(t, file); !holds(letters(got), treeLetters(want.Blocks, l.labelled)) {
			t.Errorf("%s: letters were lost or moved", d.ID)
		}
	}
	if drawn == 0 || held > 1 {
		t.Errorf("%d documents drawn, %d held; one is in Arabic", drawn, held)
	}
}

// holds says that all runes of want stand in got, in order. Links' addresses and
// the names of emoji stand between them.
func holds(got, want string) bool {
	for _, r := range want {
		i := strings.IndexRune(got, r)
		if i < 0 {
			return false
		}
		got = got[i+utf8.RuneLen(r):]
	}
	return true
}

// TestOtherReadersFindTheWords asks poppler what it reads, in the order of the
// file and in the one that it makes out from where the words stand: every word,
// and no box for a sign.
func TestOtherReadersFindTheWords(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not here (Debian: poppler-utils)")
	}
	for i, d := range []struct {
		why  string
		file []byte
	}{
		{"every kind of block", mustWrite(t, everything(), sheet())},
		{"clinical signs", mustWrite(t, doc(para(clinicalSigns), para("ễ q\u0301 👍 Ⓡ fi ffi")), sheet())},
		{"ten pages", mustWrite(t, report(20<<10), sheet())},
		{"cells of several lines", mustWrite(t, doc(
			table(
				cells("Factor", "Level", "Score"),
				[]tree.Cell{{Spans: words("Falls")}, {Spans: []tree.Span{
					{Box: tree.Unticked}, {Text: " none in a year"}, {Break: true}, {Box: tree.Ticked}, {Text: " one or more"},
				}}, {Spans: words("6")}},
				cells("Medicines", "", "2"),
			),
			table(
				cells("Week", "Mon", "Tue", "Hours", "Limits"),
				cells("1", "3", "", "9", "lift no more than 5 kg, and "+strings.Repeat("sit or stand at will ", 4)),
				cells("2", "4", "4", "12", "as in week 1"),
			),
		), sheet())},
	} {
		path := filepath.Join(t.TempDir(), fmt.Sprint(i, ".pdf"))
		if err := os.WriteFile(path, d.file, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, order := range [][]string{{"-raw"}, nil} {
			args := append(slices.Clone(order), "-enc", "UTF-8", path, "-")
			cmd := exec.CommandContext(t.Context(), tool, args...)
			var said bytes.Buffer
			cmd.Stderr = &said
			out, err := cmd.Output()
			if err != nil || said.Len() > 0 {
				t.Errorf("%s: pdftotext %v: %v: %s", d.why, order, err, said.String())
				continue
			}
			if got := withoutFrames(string(out)); solid(got) != solid(readText(t, d.file)) {
				t.Errorf("%s: pdftotext %v reads\n%q\nwant\n%q", d.why, order, flat(got), readText(t, d.file))
			}
		}
	}
}

// withoutFrames drops the head and foot of each page from what a tool reads.
func withoutFrames(s string) string {
	pages := strings.Split(strings.TrimSuffix(s, "\f"), "\f")
	for i, p := range pages {
		at := strings.LastIndex(p, "HD-7Q4K2MXA-2C7P")
		p = p[:at] // the foot: reference and number
		if i > 0 {
			p = strings.TrimPrefix(strings.TrimSpace(p), "Wattle Bay Physiotherapy")
			p = strings.TrimPrefix(strings.TrimSpace(p), "Letter to GP")
		}
		pages[i] = p
	}
	return strings.Join(pages, "\n")
}
