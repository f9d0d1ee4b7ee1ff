package render

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// addressPattern is what a link may lead to: a host, somebody's mail, a
// telephone. Nothing in it needs a second look by whoever reads the HTML.
var addressPattern = regexp.MustCompile(`^(?i:https?://[^/?#\s]+|mailto:[^\s]+|tel:[^\s]+)`)

// dangerous schemes run or read something when they are followed.
var dangerous = regexp.MustCompile(`^(?i:[\s]*(javascript|data|vbscript|file|blob)[\s]*:)`)

var addressEscapes = strings.NewReplacer(" ", "%20", `\`, "%5C", `"`, "%22", "\t", "", "\n", "", "<", "%3C", ">", "%3E", "`", "%60")

// safeAddress returns an address in the form in which it may stand in a link,
// and whether it may.
func safeAddress(href string) (string, bool) {
	a := addressEscapes.Replace(href)
	if !addressPattern.MatchString(a) {
		return "", false
	}
	return a, true
}

// shownAddress is what stands in words for an address that is no link (policy
// P4): nothing, if it could run something.
func shownAddress(href string) string {
	squeezed := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, href)
	if dangerous.MatchString(squeezed) {
		return ""
	}
	if href = strings.TrimSpace(href); !percentEscape.MatchString(href) {
		return href
	}
	var b strings.Builder // half in escapes is no form of an address
	for _, r := range href {
		if r > unicode.MaxASCII {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var percentEscape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
