package clinikosim

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct {
		name, sent, want string
		sw               Switches
	}{
		{name: "entities change bytes, not words", sent: `<p>a &lt; b &amp; &quot;c&quot; &#39;d&#39; &eacute;</p>`, want: `<p>a &lt; b &amp; "c" 'd' é</p>`},
		{name: "newlines between tags", sent: "<p>one</p>\n<p>two</p>", want: `<p>one</p><p>two</p>`},
		{name: "newlines in text run together", sent: "line1\nline2\r\n\tline3", want: `line1line2line3`},
		{name: "newlines kept by switch", sent: "line1\nline2", want: "line1\nline2", sw: Switches{KeepNewlines: true}},
		{name: "unlisted tags go, text stays", sent: `<strong>x</strong> <span style="color:red">y</span>`, want: `x y`},
		{name: "all thirteen stay", sent: `<p><b>1</b><i>2</i><u>3</u><br></p><div>4</div><ul><li>5</li></ul><ol><li>6</li></ol><blockquote>7</blockquote><h1>8</h1><h2>9</h2>`, want: `<p><b>1</b><i>2</i><u>3</u><br></p><div>4</div><ul><li>5</li></ul><ol><li>6</li></ol><blockquote>7</blockquote><h1>8</h1><h2>9</h2>`},
		{name: "headings below the second", sent: `<h3>x</h3><h6>y</h6>`, want: `xy`},
		{name: "only href survives", sent: `<a href="https://e.example" onclick="x()" target="_blank">l</a>`, want: `<a href="https://e.example">l</a>`},
		{name: "href with entities", sent: `<a href="https://e.example/?a=1&amp;b=%22">l</a>`, want: `<a href="https://e.example/?a=1&amp;b=%22">l</a>`},
		{name: "harmful link", sent: `<a href="javascript:alert(1)">l</a>`, want: `<a>l</a>`},
		{name: "harmful link in disguise", sent: `<a href=" JaVaScRiPt:alert(1)">l</a>`, want: `<a>l</a>`},
		{name: "attributes elsewhere", sent: `<p class="x" align="left">a</p>`, want: `<p>a</p>`},
		{name: "script and style", sent: `<script>x</script><style>y</style>`, want: ``},
		{name: "comment", sent: `a<!-- b -->c`, want: `ac`},
		{name: "table", sent: `<table><tr><td>a</td><td>b</td></tr></table>`, want: `ab`},
		{name: "silent loss", sent: `Pain <Left knee> worse`, want: `Pain  worse`},
		{name: "silent loss, strict", sent: `Pain <Left knee> worse`, want: `Pain  worse`, sw: Switches{StrictTags: true}},
		{name: "stray <", sent: `BP <140 and >90`, want: `BP &lt;140 and &gt;90`},
		{name: "stray <, strict", sent: `BP <140 and >90`, want: `BP `, sw: Switches{StrictTags: true}},
		{name: "escaped < is safe, strict", sent: `BP &lt;140`, want: `BP &lt;140`, sw: Switches{StrictTags: true}},
		{name: "ampersand alone", sent: `salt & pepper`, want: `salt &amp; pepper`},
		{name: "unclosed", sent: `<p>a<b>b`, want: `<p>a<b>b</b></p>`},
		{name: "upper case", sent: `<P>a<BR/>b</P>`, want: `<p>a<br>b</p>`},
		{name: "only div and br", sent: `<p>one</p><div>two<br>three <b>bold</b></div>`, want: `one<div>two<br>three bold</div>`, sw: Switches{DivBrOnly: true}},
		{name: "beyond ASCII", sent: "<p>Zoë 🙂 \u00a0 \u200b</p>", want: "<p>Zoë 🙂 \u00a0 \u200b</p>"},
		{name: "tag names inside SVG", sent: `<svg><p>x</p></svg>y`, want: `<p>x</p>y`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newSanitiser(tt.sw).clean(tt.sent); got != tt.want {
				t.Errorf("clean(%q) = %q, want %q", tt.sent, got, tt.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	s := newSanitiser(Switches{})
	if got, want := s.line("a <b>b</b>\n&lt;c", false), "a <b>b</b>&lt;c"; got != want {
		t.Errorf("line, kept = %q, want %q", got, want)
	}
	if got, want := s.line("a <b>b</b>\n&lt;c", true), "a b<c"; got != want {
		t.Errorf("line, stripped = %q, want %q", got, want)
	}
}

var tagPattern = regexp.MustCompile(`</?([a-z0-9]+)[ >]`)

// cleanHolds checks what must be true of everything that is stored.
func cleanHolds(t interface{ Errorf(string, ...any) }, sw Switches, sent string) {
	s := newSanitiser(sw)
	got := s.clean(sent)
	if again := s.clean(got); again != got {
		t.Errorf("clean(%q) = %q, cleaned again %q: not stable", sent, got, again)
	}
	for _, tag := range tagPattern.FindAllStringSubmatch(got, -1) {
		if !slices.Contains(s.tags, tag[1]) {
			t.Errorf("clean(%q) = %q, which has the tag %s", sent, got, tag[1])
		}
	}
	if strings.ContainsAny(got, "\n\r\t") && !sw.KeepNewlines {
		t.Errorf("clean(%q) = %q, which has a line break", sent, got)
	}
}

func TestCleanProperties(t *testing.T) {
	pieces := []string{
		"<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<a href='https://e.example'>",
		"</a>", "<li>", "<ul>", "</ul>", "<span>", "</span>", "<button>", "</button>", "<select>", "<option>", "<script>", "</script>",
		"<form>", "<h1>", "</h1>", "<br>", "<svg>", "</svg>", "<math>", "<textarea>", "<pre>", "</pre>", "\n", "\t", "word", " ", "5 < 6",
		"&amp;", "&lt;", "&nbsp;", "é", "<Left", "<!--", "-->", "<140", "<nobr>", "<body>", "<caption>", "<frameset>", "<plaintext>",
	}
	rapid.Check(t, func(t *rapid.T) {
		sent := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces"), "")
		sw := Switches{
			KeepNewlines: rapid.Bool().Draw(t, "newlines"), StrictTags: rapid.Bool().Draw(t, "strict"), DivBrOnly: rapid.Bool().Draw(t, "two tags"),
		}
		cleanHolds(t, sw, sent)
	})
}

// Escaped text comes through word for word, whatever it is.
func TestCleanKeepsEscapedText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOf(rapid.RuneFrom([]rune("ab <>&\"'é€😀/;#&lt19"))).Draw(t, "words")
		sw := Switches{StrictTags: rapid.Bool().Draw(t, "strict")}
		stored := newSanitiser(sw).clean("<p>" + escapeText(words) + "</p>")
		if got := html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(stored, "<p>"), "</p>")); got != words {
			t.Errorf("text %q came back as %q in %q", words, got, stored)
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"<p>a</p>", "BP <140", "<table><p>x", "<a href=javascript:x>y</a>", "<svg><p>", "&#0;\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		cleanHolds(t, Switches{}, sent)
	})
}
