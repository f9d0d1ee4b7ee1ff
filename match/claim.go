package match

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"carryover"
)

// A claimed name is free text in any order and form: "Webb, Miss Tarshya
// (review)", "Dante Campbell 19/03/1982", "Tues 3pm", "David & Madeleine
// Kentsch", "Baby of Mia". This file finds the name in it, and says when there
// is none, or more than one.

// claimed is what a typed name says.
type claimed struct {
	words  []string // the name's words, folded, titles gone
	comma  int      // how many of them stood before a comma; 0: no comma
	aside  []string // words in brackets, in quotes or after a dash
	born   saidDates
	ages   []aged // of the person, as 72yo or 72M
	nobody bool   // says nothing: empty, a placeholder, a room, a day
	others bool   // says more than one person, or somebody's relative
	// hyphened are the words that a hyphen joins to the one before: Inkpen-Wren
	// is one name, however often Wren is a first name.
	hyphened map[string]bool
	suffix   string // jr, sr, ii, iii, iv: which of two of one name
}

// maxWords is the longest name worth comparing; whatever is longer is prose.
const maxWords = 8

var (
	titles = set("mr", "mrs", "ms", "miss", "mx", "mstr", "master", "dr", "doctor", "prof", "professor", "rev",
		"reverend", "fr", "sir", "dame", "hon", "madam", "mme", "mister", "missus", "assoc")
	// chatter are words that stand around a name: placeholders, kinds of visit,
	// funders, parts of the body, days. A word counts as chatter only where the
	// record's own name does not need it: there are people called Hand.
	chatter = set("unnamed", "untitled", "unknown", "session", "consult", "consultation", "appointment", "appt",
		"patient", "pt", "px", "client", "new", "test", "testing", "tbc", "tba", "na", "nil", "none", "blank", "temp", "demo",
		"dummy", "sample", "no", "name", "xx", "xxx", "walk", "in", "walkin", "room", "rm", "bed", "couple", "family", "group",
		"class", "initial", "review", "follow", "up", "fu", "followup", "first", "second", "visit", "assessment", "ax", "ix",
		"rv", "reassessment", "discharge", "telehealth", "tele", "phone", "video", "zoom", "home", "hv", "interpreter",
		"dva", "ndis", "epc", "cdm", "wc", "tac", "wcover", "workcover", "workers", "comp", "private", "pte", "medicare",
		"ctp", "hcf", "bupa", "gp", "physio", "physiotherapy", "ot", "pilates", "hydro", "shoulder", "neck", "back",
		"lbp", "knee", "hip", "ankle", "foot", "elbow", "wrist", "hand", "head", "spine", "acl", "tkr", "thr", "left", "right",
		"lt", "rt", "post", "op", "postop", "pre", "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "am", "pm", "today", "dob", "born",
		"jr", "jnr", "junior", "sr", "snr", "senior", "ii", "iii", "iv", "phd", "oam", "esq", "the", "and", "of", "copy", "note", "notes",
		"pain", "rehab", "late", "urgent", "yo", "yrs", "male", "female")
	// kin are words for somebody who is not the patient, or not yet named.
	kin = `mum|mom|mummy|mother|dad|daddy|father|parents?|wife|husband|partner|spouse|son|daughter|brother|sister|twins?|child|children|kids?|carer|guardian|grand\w+|nan|aunt\w*|uncle`
)

var (
	joined   = regexp.MustCompile(`&|\+|/|;|\n|\b(?:and|und|with|plus|or|et)\b`)
	careOf   = regexp.MustCompile(`(?i)\b[cb]\s*/\s*o\b`)
	slashed  = regexp.MustCompile(`(?i)\b(?:f/u|w/c|n/a|h/v|r/v|p/o)\b`)
	relative = regexp.MustCompile(`\b(?:(?:` + kin + `|baby|bub|infant)\s+(?:of|to|for)|on behalf|attending for)\b|['’]s\s+(?:` + kin + `|baby|bub)\b|s\s+(?:mum|mom|mummy|dad|daddy|mother|wife|husband|daughter|partner|carer|baby|bub)\b|['’]s\W*$|^\W*(?:baby|bub|bubba|babe|infant|newborn|twins?)\b`)
	// company is more than the patient, though each word of it is chatter; a
	// number is company only after a plus, since C5/6 is a part of a spine.
	company  = regexp.MustCompile(`\b(?:family|couple|group|x ?[2-9])\b`)
	plusOne  = regexp.MustCompile(`^(?:&|\+|and|with|plus)\W*[1-9]\b`)
	kinAside = regexp.MustCompile(`\b(?:` + kin + `|baby|bub|with|and)\b`)
	bracket  = regexp.MustCompile(`[(\[{<]([^)\]}>]*)[)\]}>]?|"([^"]*)"|“([^”]*)”`)
	dashTail = regexp.MustCompile(`\s[-–—|:]+\s.*$|\s[-–—|]+$`)
)

// readClaim takes a typed name apart, as it stood at that time; the time is for
// years of two digits.
func readClaim(name carryover.Text, now time.Time) claimed {
	raw := name.Reveal()
	c := claimed{}
	if r := []rune(raw); len(r) > maxName {
		raw, c.others = string(r[:maxName]), true // who knows what the rest says
	}
	raw, c.born = takeDates(raw, now)
	raw, c.ages = takeAges(raw)
	low := strings.ToLower(slashed.ReplaceAllString(raw, " "))
	if careOf.MatchString(low) || relative.MatchString(low) {
		c.others = true
		return c
	}
	var asides []string
	main := bracket.ReplaceAllStringFunc(low, func(m string) string { asides = append(asides, m); return " " })
	main = dashTail.ReplaceAllStringFunc(main, func(m string) string { asides = append(asides, m); return " " })
	for _, a := range asides {
		words := fold(a)
		if !allChatter(words) {
			c.others = c.others || kinAside.MatchString(a) || joined.MatchString(a)
			c.aside = append(c.aside, words...)
		}
	}
	if at := joined.FindStringIndex(main); at != nil && (!allChatter(fold(main[at[1]:])) || plusOne.MatchString(main[at[0]:])) {
		c.others = true
		return c
	}
	c.suffix = suffixOf(fold(low))
	c.split(main)
	if c.nobody && !allChatter(c.aside) { // "New patient - Ada Wren": the name stands in the remark
		c.nobody, c.words, c.comma = false, nil, 0
		rest := c.aside
		c.aside = nil
		c.split(strings.Join(rest, " "))
	}
	c.others = c.others || !c.nobody && company.MatchString(low)
	return c
}

// split fills the words of a name that is one person's.
func (c *claimed) split(main string) {
	for i, piece := range strings.Split(main, ",") {
		words := slices.DeleteFunc(fold(piece), func(w string) bool { return titles[w] })
		if i > 0 && allChatter(words) {
			continue // "Samira Haddad, new": a remark, not a given name
		}
		if i == 1 {
			c.comma = len(c.words)
		}
		c.others = c.others || i > 1 // "Tran, Mia, Jayden": two people
		c.words = append(c.words, words...)
	}
	c.hyphened = hyphened(main)
	if len(c.words) > maxWords {
		c.words, c.others = nil, true
		return
	}
	if allChatter(c.words) || !slices.ContainsFunc(c.words, sayable) && !initials(c.words) {
		c.nobody, c.words = true, nil
	}
}

// hyphened are the folded words of a name that stand behind a hyphen.
func hyphened(name string) map[string]bool {
	words := map[string]bool{}
	for field := range strings.FieldsSeq(name) {
		for i, half := range strings.Split(field, "-") {
			if w := fold(half); i > 0 && len(w) == 1 && !strings.HasPrefix(field, "-") {
				words[w[0]] = true
			}
		}
	}
	return words
}

// suffixes tell a parent and a child of one name apart.
var suffixes = map[string]string{
	"jr": "jr", "jnr": "jr", "junior": "jr", "younger": "jr", "sr": "sr", "snr": "sr", "senior": "sr", "elder": "sr",
	"ii": "ii", "iii": "iii", "iv": "iv",
}

// suffixOf is what a name says of which of two it means; "" when nothing. As a
// first word, Junior is a name.
func suffixOf(words []string) string {
	for i, w := range words {
		if s := suffixes[w]; s != "" && (i > 0 || w == "jr" || w == "jnr") {
			return s
		}
	}
	return ""
}

// initials says that words are one letter to three, which fit somebody or not;
// x alone is what people type for nobody.
func initials(words []string) bool {
	letter := func(w string) bool { r := []rune(w); return len(r) == 1 && unicode.IsLetter(r[0]) }
	return len(words) <= 3 && !slices.Equal(words, []string{"x"}) && !slices.ContainsFunc(words, func(w string) bool { return !letter(w) })
}

// sayable says that a word can be part of a name: it has a letter, and more
// than one sign, unless one sign is a name in its script (王).
func sayable(w string) bool {
	r := []rune(w)
	return strings.ContainsFunc(w, unicode.IsLetter) && (len(r) > 1 || caseless(r[0]))
}

// isChatter says that a word need not belong to a name.
func isChatter(w string) bool {
	return chatter[w] || strings.ContainsFunc(w, unicode.IsDigit)
}

// allChatter says that no word needs to belong to a name.
func allChatter(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !isChatter(w) })
}
