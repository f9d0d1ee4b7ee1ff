package pdf

import (
	"fmt"
	"strings"
	"testing"

	"carryover/render/tree"
)

// report is a document of about n bytes in paragraphs, lists and tables.
func report(n int) tree.Doc {
	sentence := "Knee flexion improved from 95° to 110° with the 3 × 10 programme; pain 2/10 at rest. "
	var d tree.Doc
	for i := 0; n > 0; i++ {
		switch i % 5 {
		case 4:
			d.Blocks = append(d.Blocks, table(cells("Movement", "Left", "Right"), cells("Flexion", "135°", fmt.Sprint(i)), cells("Extension", "", "0°")))
		case 3:
			d.Blocks = append(d.Blocks, tree.Block{Kind: tree.List, Items: []tree.Item{{Blocks: []tree.Block{para(sentence)}}, {Blocks: []tree.Block{para(sentence)}}}})
		default:
			d.Blocks = append(d.Blocks, para(strings.Repeat(sentence, 4)))
		}
		n -= 4 * len(sentence)
	}
	return d
}

// BenchmarkWrite draws a letter of a page, a report of ten pages and one of a
// hundred; size is the file's.
func BenchmarkWrite(b *testing.B) {
	for _, kb := range []int{2, 20, 200} {
		d := report(kb << 10)
		b.Run(fmt.Sprintf("%dkB", kb), func(b *testing.B) {
			b.SetBytes(int64(kb << 10))
			size := 0
			for b.Loop() {
				size = len(mustWrite(b, d, sheet()))
			}
			b.ReportMetric(float64(size)/1024, "kB/file")
		})
	}
}

// TestWorkGrowsWithTheDocument compares the allocations of a long document with
// those of one a quarter as long: they must grow alike, on any machine.
func TestWorkGrowsWithTheDocument(t *testing.T) {
	count := func(d tree.Doc) float64 {
		return testing.AllocsPerRun(1, func() {
			if _, err := plan(d, sheet()); err != nil {
				t.Fatal(err)
			}
		})
	}
	small, large := count(report(50<<10)), count(report(200<<10))
	if ratio := large / small; ratio > 6 {
		t.Errorf("four times the text takes %.1f times the allocations", ratio)
	}
}

// TestFilesAreSmall keeps whole fonts (700 kB each) out of the files.
func TestFilesAreSmall(t *testing.T) {
	if n := len(mustWrite(t, everything(), sheet())); n > 100<<10 {
		t.Errorf("a page with five faces takes %d kB, want under 100", n>>10)
	}
}
