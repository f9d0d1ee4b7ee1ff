package cli

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"carryover/internal/desk"
)

func pageOf(t *testing.T, p desk.Preview, sandbox bool) string {
	t.Helper()
	got, err := notePage(p, sandbox)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// between is what stands between two texts.
func between(s, before, after string) string {
	_, rest, _ := strings.Cut(s, before)
	inner, _, _ := strings.Cut(rest, after)
	return inner
}

func TestNotePageAdmitsItsOwnStyleAlone(t *testing.T) {
	got := pageOf(t, desk.Preview{Item: desk.Item{Mark: "HD-7Q4K2MXA", State: "held"}, Title: "Letter about Cana", HTML: "<p>x</p>"}, false)
	digest := sha256.Sum256([]byte(between(got, "<style>", "</style>")))
	policy := html.UnescapeString(between(got, `http-equiv="Content-Security-Policy" content="`, `"`))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("the policy is %q, want %q", policy, want)
	}
	if title := between(got, "<title>", "</title>"); title != "Draft preview HD-7Q4K2MXA" {
		t.Errorf("the page's title is %q, want the mark and no name", title)
	}
	for _, words := range []string{"Draft preview.", "Nothing was sent", "delete the file", "patient not decided"} {
		if !strings.Contains(got, words) {
			t.Errorf("the page does not say %q:\n%s", words, got)
		}
	}
	if strings.Contains(got, "SANDBOX") {
		t.Error("the page says SANDBOX, want that only of a sandbox")
	}
	if !strings.Contains(pageOf(t, desk.Preview{}, true), "SANDBOX") {
		t.Error("the page of a sandbox does not say so")
	}
}

func TestNotePageWritesTheNoteAnew(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{
			"the tags of a note",
			`<h1>A</h1><h2>B</h2><p>x<br>y</p><div><b>b</b><i>i</i><u>u</u></div><ul><li>1</li></ul><ol><li>2</li></ol><blockquote>q</blockquote><a href="https://example.com/?a=1&amp;b=2">l</a>`,
			`<h1>A</h1><h2>B</h2><p>x<br>y</p><div><b>b</b><i>i</i><u>u</u></div><ul><li>1</li></ul><ol><li>2</li></ol><blockquote>q</blockquote><a href="https://example.com/?a=1&amp;b=2">l</a>`,
		},
		{"other tags leave their words", `<section><img src="x" onerror="alert(1)"><svg onload="alert(1)"></svg>a</section>`, "a"},
		{"a script is words", "<script>alert(1)</script>", "alert(1)"},
		{"attributes go", `<p style="color:red" onclick="alert(1)" class="x">a</p>`, "<p>a</p>"},
		{"addresses that run", `<a href="javascript:alert(1)">a</a><a href=" java&#9;script:alert(1)">b</a><a href="data:text/html,x">c</a>`, "<a>a</a><a>b</a><a>c</a>"},
		{"addresses that lead somewhere", `<a href="tel:1">a</a><a href="MAILTO:a@example.com">b</a>`, `<a href="tel:1">a</a><a href="MAILTO:a@example.com">b</a>`},
		{"addresses of no kind", `<a href="x.html">a</a>`, "<a>a</a>"},
		{"escaped signs stay escaped", "<p>&lt;script&gt; &amp;amp;</p>", "<p>&lt;script&gt; &amp;amp;</p>"},
		{"comments go", "a<!-- <p> -->b", "ab"},
		{"the end of the article", "</article></main><p>a</p>", "<p>a</p>"},
	} {
		got := pageOf(t, desk.Preview{HTML: tt.body}, false)
		if body := between(got, "<article>", "</article>"); body != tt.want {
			t.Errorf("%s: %q is written as %q, want %q", tt.name, tt.body, body, tt.want)
		}
	}
	if got := pageOf(t, desk.Preview{Title: "<script>alert(1)</script>"}, false); strings.Contains(got, "<script>") {
		t.Errorf("the note's title is not escaped:\n%s", got)
	}
}
