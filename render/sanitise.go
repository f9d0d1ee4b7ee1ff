package render

import (
	"html"
	"strings"
)

// Cliniko passes a paragraph answer through a sanitiser whose rules are
// published in outline only (reference sheet §14.6). This is a model of it. A
// rendering must read the same whichever way the open points are settled.

// A sanitiser is one way to settle them.
type sanitiser struct {
	tags  map[string]bool // the tags that stay
	harsh bool            // what stands between any "<" and the next ">" goes
}

var (
	listedTags = set("p div br ul ol li blockquote h1 h2 b i u a")
	olderTags  = set("div br")
)

// sanitisers returns the models that a rendering of profile p must survive. A
// standard rendering too keeps its words where only div and br are kept.
func sanitisers() []sanitiser {
	return []sanitiser{{listedTags, false}, {listedTags, true}, {olderTags, false}, {olderTags, true}}
}

// droppedWhole are the elements that go with their content.
var droppedWhole = set("script style iframe template title textarea noembed noframes xmp object svg math select")

// clean returns what is kept of src.
func (z sanitiser) clean(src string) string {
	src = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(src)
	var b strings.Builder
	for {
		i := strings.IndexByte(src, '<')
		if i < 0 {
			b.WriteString(src)
			return b.String()
		}
		b.WriteString(src[:i])
		kept, length := z.mark(src[i:])
		b.WriteString(kept)
		src = src[i+length:]
	}
}

// mark reads what begins with "<": what is kept of it, and its length.
func (z sanitiser) mark(s string) (kept string, length int) {
	switch {
	case strings.HasPrefix(s, "<!--"):
		return "", through(s, "-->")
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		return "", through(s, ">")
	}
	at := 1
	closing := len(s) > 1 && s[1] == '/'
	if closing {
		at++
	}
	if at >= len(s) || !isLetter(s[at]) {
		if z.harsh {
			return "", through(s, ">")
		}
		return "&lt;", 1
	}
	m := &markup{absent: map[string]int{}}
	name, attrs, length, ok := m.lexTag(s, 0)
	if closing {
		length = through(s, ">")
		name, ok = strings.ToLower(strings.Trim(s[2:min(length, len(s))], "/> ")), strings.Contains(s, ">")
	}
	switch {
	case !ok:
		return "", len(s) // an unfinished tag swallows the rest
	case droppedWhole[name] && !closing:
		if end := m.closeOf(s, length, name); end > 0 {
			return "", end
		}
		return "", len(s)
	case !z.tags[name]:
		return "", length
	case name == "br":
		return "<br>", length
	case closing:
		return "</" + name + ">", length
	case name == "a":
		return "<a" + keptAddress(attrs) + ">", length
	}
	return "<" + name + ">", length
}

func keptAddress(attrs []attribute) string {
	for _, a := range attrs {
		if a.name == "href" && addressPattern.MatchString(a.value) {
			return ` href="` + html.EscapeString(a.value) + `"`
		}
	}
	return ""
}

// through is the length of s up to the end of mark, or all of it.
func through(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}
