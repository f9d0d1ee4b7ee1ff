package pdf

import (
	"strings"
	"unicode"

	"carryover"
)

// kinds are the words that a file's name may take from a document's title: what
// sort of document it is, never whose. People type names into titles, and no
// rule tells every name from every word; a closed list does.
var kinds = wordSet(`
	acc action activities admission advice appointment assessment attendance balance baseline
	capacity care certificate clearance clinical comcare communication compensation consent consult
	consultation consultant continuing coordinator declaration diary discharge document employer
	ergonomic evaluation exercise exercises final fitness follow followup form function functional
	general goals gp group guidelines handout handover health history hospital icare imaging
	information initial injury insurance insurer intake intervention invoice laboratory leave
	letter management measures medical medication medicolegal mobility ndis note notes nursing
	occupational outcome patient physical physio physiotherapist physiotherapy plan postoperative
	preoperative prescription privacy program programme progress questionnaire referral rehab
	rehabilitation report request response return review risk scan schedule screen screening self
	session sheet specialist sports subsequent summary support surgeon surgery surgical tac team
	telehealth test therapy training treatment update vaccination visit wellness work workcover
	worker workers workplace workup xray
`)

// maxKinds bounds the words of a file's name.
const maxKinds = 6

// FileName returns a name for a document's file that says what sort of document
// it is and which, never whose: words of a title that are on a closed list, then
// the reference. It holds [A-Za-z0-9._-] alone.
func FileName(title carryover.Text, ref carryover.Reference) string {
	var parts []string
	for _, w := range strings.FieldsFunc(title.Reveal(), notLetter) {
		w = strings.ToLower(w)
		if kinds[w] && len(parts) < maxKinds {
			parts = append(parts, w)
		}
	}
	if len(parts) == 0 {
		parts = []string{"document"}
	}
	if r := strings.Map(plainSign, string(ref)); r != "" {
		parts = append(parts, r)
	}
	return strings.Join(parts, "-") + ".pdf"
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// plainSign drops what a file's name cannot hold.
func plainSign(r rune) rune {
	if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return -1
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
