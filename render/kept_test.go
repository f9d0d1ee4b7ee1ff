package render_test

import (
	"strings"
	"testing"

	"carryover"
	"carryover/render"
)

// TestKept holds what was once lost, doubled, struck out or shown as plain
// lines without need.
func TestKept(t *testing.T) {
	for _, c := range []struct {
		html       bool
		name       string
		from, want string
	}{
		{name: "a link after a box", from: "- [ ] [HEP](https://e.example/a)", want: `<ul> <li>☐ <a href="https://e.example/a">HEP</a></li> </ul>`},
		{name: "a link after brackets", from: "[4/10] [HEP](https://e.example/a)", want: `<p>[4/10] <a href="https://e.example/a">HEP</a></p>`},
		{name: "references in a row", from: "[a][b][c]\n\n[c]: https://e.example/", want: `<p>[a]<a href="https://e.example/">b</a></p>`},
		{name: "a picture in a picture", from: "![a ![b](c)](d)", want: "<p>[Image: a b] (d)</p>"},
		{name: "greater or equal", from: ">= 90°", want: "<p>&gt;= 90°</p>"},
		{name: "greater than a negative", from: "> -5°", want: "<p>&gt; -5°</p>"},
		{name: "blanks for a date", from: "Date: __/__/____", want: "<p>Date: __/__/____</p>"},
		{name: "no character reference", from: "&#x; &#87654321;", want: "<p>&amp;#x; &amp;#87654321;</p>"},
		{name: "a comment without an end", from: "<!-- to do\ntext", want: "<p>&lt;!-- to do text</p>"},
		{name: "struck out over lines", from: "~~5 mg\nBD~~", want: "<p>[struck out: 5 mg<br> BD]</p>"},
		{name: "an open tag in emphasis", from: "*a <b>x* y\n\n- z", want: "<p><i>a </i><b><i>x</i></b> y</p> <ul> <li>z</li> </ul>"},
		{name: "raised text in a heading", from: "| T | 10<sup>9</sup>/L | L |\n|---|---|---|\n| a | 5 | 6 |", want: "<p><b>T | 10⁹/L | L</b></p> <p>a | 5 | L: 6</p>"},
		{name: "text below a quoted table", from: "> | A | B |\n> |---|---|\n> | 1 | 2 |\nAfter", want: "<blockquote> <p><b>A: B</b></p> <p>1: 2</p> </blockquote> <p>After</p>"},
		{name: "an address with accents", from: "www.e.example/á", want: `<p><a href="http://www.e.example/á">www.e.example/á</a></p>`},
		{name: "a question in brackets", from: "Dx <?fracture> or <?tear?> then <?>", want: "<p>Dx &lt;?fracture&gt; or &lt;?tear?&gt; then &lt;?&gt;</p>"},
		{name: "an order in brackets", from: "<!important> rest", want: "<p>&lt;!important&gt; rest</p>"},
		{name: "a letter's reference after code", from: "```\n```\n&Auml;<!-- x -->b", want: "<p>Äb</p>"},
		{name: "looks that overlap", from: "- <b><s>5</b> mg</s> stays\n- next", want: "<ul> <li>[struck out: <b>5</b> mg] stays</li> <li>next</li> </ul>"},
		{html: true, name: "a line out that overlaps", from: "<p><b><s>5</b> mg</s> stays</p><p>next</p>", want: "<p>[struck out: <b>5</b> mg] stays</p> <p>next</p>"},
		{html: true, name: "a line out over blocks", from: "<div><s>5 mg</div><div>BD</s> stays</div><p>next</p>", want: "<p>[struck out: 5 mg]</p> <p>[struck out: BD] stays</p> <p>next</p>"},
		{html: true, name: "an end tag astray in a table", from: "<div><table><tr><td>a</div></td><td>b</td></tr></table>c</div>", want: "<p>a: b</p> <p>c</p>"},
		{html: true, name: "a question in a page", from: "<?xml version='1.0'?><p>Dx <?fracture></p>", want: "<p>Dx &lt;?fracture&gt;</p>"},
		{html: true, name: "keys with a colon", from: "<table><tr><td>Name:</td><td>Jo</td></tr></table>", want: "<p>Name: | Jo</p>"},
		{name: "a value taken back in a pair", from: "| Dose | BD |\n|---|---|\n| mane | ~~5 mg~~ 10 mg |", want: "<p><b>Dose | BD</b></p> <p>mane | [struck out: 5 mg] 10 mg</p>"},
		{html: true, name: "a cell over two columns", from: "<table><tr><th>M</th><th colspan=2>R</th><th>L</th></tr><tr><td>Flex</td><td colspan=2>5</td><td>6</td></tr></table>", want: "<p><b>M | R | — ¦ L</b></p> <p>Flex | 5 | — ¦ 6</p>"},
		{html: true, name: "a cell over two rows", from: "<table><tr><td>Flex</td><td rowspan=2>5</td><td>6</td></tr><tr><td>Ext</td><td>7</td></tr></table>", want: "<p>Flex | 5 | 6</p> <p>Ext | — ¦ 7</p>"},
		{html: true, name: "numbers in a cell", from: "<table><tr><td><ol><li>x</li><li>y</li></ol></td><td>z</td></tr></table>", want: "<p>1. x<br> 2. y | z</p>"},
		{html: true, name: "a paragraph struck out", from: "<p style='text-decoration:line-through'>5 mg</p>", want: "<p>[struck out: 5 mg]</p>"},
		{html: true, name: "a page's own classes", from: "<p><span class=struck>5 mg</span></p>", want: "<p>5 mg</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := carryover.Document{Format: carryover.FormatMarkdown, Content: carryover.NewText(c.from)}
			if c.html {
				d.Format = carryover.FormatHTML
			}
			if got, plain := render.Body(d, render.Standard); got != c.want || plain {
				t.Errorf("%s\n gives %s (plain lines: %v)\n  want %s", c.from, got, plain, c.want)
			}
		})
	}
}

// TestTablesInTables: what stands deep in tables of layout keeps its words and
// their order.
func TestTablesInTables(t *testing.T) {
	src, want := "", ""
	for word := range strings.FieldsSeq("a b c d e f g h i j k l") {
		src, want = src+"<table><tr><td>"+word+"</td><td>", want+word
	}
	src += strings.Repeat("z</td></tr></table>", 12) + "end"
	want += strings.Repeat("z", 12) + "end"
	body, plain := render.Body(carryover.Document{Format: carryover.FormatHTML, Content: carryover.NewText(src)}, render.Standard)
	got := strings.Join(render.Words(carryover.NewText(body)), "")
	if got = strings.NewReplacer("|", "", "—", "", ":", "").Replace(got); got != want || plain {
		t.Errorf("twelve tables in each other give %q (plain lines: %v), want %q", got, plain, want)
	}
}

// TestCoveredCellsAreBounded: few signs of markup give no megabytes.
func TestCoveredCellsAreBounded(t *testing.T) {
	for _, unit := range []string{"<tr><td rowspan=65534 colspan=32>a", "<table><tr><td colspan=1000 rowspan=1000>a"} {
		src := "<table>" + strings.Repeat(unit, 500)
		body, _ := render.Body(carryover.Document{Format: carryover.FormatHTML, Content: carryover.NewText(src)}, render.Standard)
		if len(body) > 10*len(src) {
			t.Errorf("%s: %d bytes became %d", unit, len(src), len(body))
		}
	}
}
