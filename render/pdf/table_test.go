package pdf

import (
	"fmt"
	"strings"
	"testing"

	"carryover/render/tree"
)

func table(head []tree.Cell, rows ...[]tree.Cell) tree.Block {
	return tree.Block{Kind: tree.Table, Head: head, Rows: rows}
}

func TestTables(t *testing.T) {
	report := strings.TrimSpace(strings.Repeat("He walked to the shop and back. ", 120))
	for _, tt := range []struct {
		why   string
		table tree.Block
		want  string // the words of the table in the file
	}{
		{"headings and rows", table(cells("Test", "L"), cells("SLR", "80°")), "Test | L SLR | 80°"},
		{"no headings", table(nil, cells("SLR", "80°")), "SLR | 80°"},
		{"headings alone", table(cells("Test", "L")), "Test | L"},
		{"an empty cell", table(cells("Test", "L", "R"), cells("SLR", " ", "80°")), "Test | L | R SLR | — | 80°"},
		{"an empty corner", table(cells("", "L"), cells("SLR", "80°")), "— | L SLR | 80°"},
		{"a short row", table(cells("Test", "L", "R"), cells("SLR")), "Test | L | R SLR | |"},
		{"a row longer than the headings", table(cells("Test"), cells("SLR", "80°")), "Test | SLR | 80°"},
		{"no cells", table(nil, nil, []tree.Cell{}), ""},
		{
			"too many columns: lines", table(cells("A", "B", "C", "D", "E", "F", "G", "H", "I", "J"),
				cells("1", "2", "3", "4", "5", "", "7", "8", "9", "10", "more")),
			"A: 1 B: 2 C: 3 D: 4 E: 5 F: — G: 7 H: 8 I: 9 J: 10 more",
		},
		{
			"too many columns and no headings", table(nil, cells("1", "2", "3", "4", "5", "", "7", "8", "9", "10")),
			"1 | 2 | 3 | 4 | 5 | — | 7 | 8 | 9 | 10",
		},
		{
			"too many columns and no rows", table(cells("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")),
			"A | B | C | D | E | F | G | H | I | J",
		},
		{"a cell with a report in it: lines", table(cells("Date", "Notes"), cells("1/2", report)), "Date: 1/2 Notes: " + report},
	} {
		d := doc(para("before"), tt.table, para("after"))
		got := readText(t, mustWrite(t, d, sheet()))
		_, got, _ = strings.Cut(got, "before ")
		got, _, _ = strings.Cut(got, "after")
		if got = strings.ReplaceAll(strings.TrimSpace(got), " :", ":"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestHeadingsAreRepeatedOnEachPage(t *testing.T) {
	var rows [][]tree.Cell
	for i := range 120 {
		rows = append(rows, cells(fmt.Sprint("Day ", i), strings.Repeat("squat ", i%12)))
	}
	d := doc(table(cells("When", "What"), rows...), para("after"))
	l, err := plan(d, sheet())
	if err != nil {
		t.Fatal(err)
	}
	if len(l.pages) < 3 {
		t.Fatalf("the table takes %d pages, want several", len(l.pages))
	}
	for i, p := range l.pages[1:] {
		if got := asideText(p.marks[1]); got != "When | What" {
			t.Errorf("page %d begins with %q, want the table's headings", i+2, got)
		}
	}
	// They stand around the words: a reader meets them once.
	if got := readText(t, mustWrite(t, d, sheet())); strings.Count(got, "When") != 1 {
		t.Errorf("the headings are read %d times", strings.Count(got, "When"))
	}
	last := l.pages[len(l.pages)-1]
	for _, m := range last.marks {
		if a, ok := m.(aside); ok && asideText(a) == "When | What" && l.repeat != nil {
			t.Error("the headings go on after the table")
		}
	}
}

func TestNoWordOfATableIsCut(t *testing.T) {
	head := cells("Joint", "Physiotherapeutic", "Musculoskeletal", "Electromyographic", "Rehabilitation", "Neurodynamics")
	for n := 1; n <= 6; n++ {
		g, fits := fit(table(head[:n], cells("1", "2", "3", "4", "5", "6")[:n]), n, rightEdge-leftEdge)
		if !fits {
			t.Errorf("%d columns do not fit", n)
			continue
		}
		total := 0.0
		for i, c := range g.head {
			total += g.widths[i]
			if want := flat(head[i].Spans[0].Text); len(c.lines) != 1 || lineTexts(c.lines)[0] != want {
				t.Errorf("%d columns: heading %q is cut into %q", n, want, lineTexts(c.lines))
			}
		}
		if total > rightEdge-leftEdge+slack {
			t.Errorf("%d columns are %.1f wide, the page has %.1f", n, total, rightEdge-leftEdge)
		}
	}
}

func TestCellsStayInTheirColumns(t *testing.T) {
	d := doc(table(cells("Movement", "Left", "Right"), cells("Flexion with a good deal of words about it", "135°", strings.Repeat("stiff and sore ", 20))))
	l, err := plan(d, sheet())
	if err != nil {
		t.Fatal(err)
	}
	var frames []frame
	for _, m := range l.pages[0].marks {
		if f, ok := m.(frame); ok {
			frames = append(frames, f)
		}
	}
	inside := func(tx text) bool {
		for _, f := range frames {
			if tx.x >= f.x && tx.x+tx.width <= f.x+f.w+slack && tx.y > f.y && tx.y < f.y+f.h {
				return true
			}
		}
		return false
	}
	top, bottom := frames[0].y, frames[len(frames)-1].y+frames[len(frames)-1].h
	for _, m := range l.pages[0].marks {
		if tx, ok := m.(text); ok && tx.y > top && tx.y < bottom && tx.ink != none && !inside(tx) {
			t.Errorf("words at %.0f, %.0f stand in no cell", tx.x, tx.y)
		}
	}
}
