package match

import (
	"slices"
	"strings"

	"carryover"
)

// nameFit is how a claimed name compares with a person's names.
type nameFit int

// The fits, from worst to best. nameSaidNothing is apart: no name was given.
const (
	nameOther   nameFit = iota // somebody else's name: a contradiction
	nameCould                  // near, but it may well be somebody else's: a twin's, a cousin's
	nameSilent                 // nothing was said
	namePart                   // a part that fits: a last name, a short form, two slips
	nameMost                   // all but an initial, or the first name alone
	nameChanged                // the first name with another last name, as after a wedding
	nameSlip                   // whole, with one slip, or with half of a double name
	nameAkin                   // whole, by a short form or another spelling
	nameWhole                  // first (or preferred) and last name, every letter
)

// a naming is one record's names, folded.
type naming struct {
	firsts [][]string // first and preferred name, each as words
	last   []string
}

// fitted is a nameFit with what was noticed on the way.
type fitted struct {
	fit       nameFit
	note      string
	reversed  bool   // last name first, without a comma to say so
	firstOnly bool   // nothing but a first name was said
	lastSlip  string // what was said for a last name that is near, not the same
	initialed bool   // the first name in every letter, and the last name's initial
}

// namings folds the names of all of a person's records. What a merged record
// says of names stays true of the person, so any first name goes with any last
// name.
func namings(p person) []naming {
	var firsts, lasts [][]string
	add := func(to [][]string, t carryover.Text) [][]string {
		if w := fold(t.Reveal()); len(w) > 0 && !slices.ContainsFunc(to, func(o []string) bool { return slices.Equal(o, w) }) {
			return append(to, w)
		}
		return to
	}
	for _, r := range p.records {
		firsts = add(add(firsts, r.FirstName), r.PreferredName)
		lasts = add(lasts, r.LastName)
	}
	out := make([]naming, 0, len(lasts))
	for _, l := range lasts {
		out = append(out, naming{firsts: firsts, last: l})
	}
	if len(lasts) == 0 && len(firsts) > 0 { // a single name, kept as the first
		out = append(out, naming{firsts: firsts})
	}
	return out
}

// compareName compares a claimed name with a person's. own says whether a word
// is a name of its own, so that it cannot be taken for a slip.
func compareName(c claimed, names []naming, own func(string) bool) fitted {
	switch {
	case c.nobody:
		return fitted{fit: nameSilent}
	case c.others || len(c.words) == 0:
		return fitted{fit: nameCould, note: "not one person's name"}
	}
	best := fitted{fit: nameOther}
	for _, n := range names {
		f := n.fit(c, own)
		if f.fit >= namePart && !n.explains(c.aside) {
			f = fitted{fit: namePart, note: "more was said beside the name", reversed: f.reversed}
		}
		if f.fit > best.fit {
			best = f
		}
	}
	return best
}

// fit tries every way of cutting the words into a last and a first name, in
// both orders, and takes the best. Middle names neither decide nor veto.
func (n naming) fit(c claimed, own func(string) bool) fitted {
	best := fitted{fit: nameOther}
	try := func(f fitted) {
		if f.fit > best.fit {
			best = f
		}
	}
	w := c.words
	if n.lastTwice(w) {
		return fitted{fit: nameCould, note: "not one person's name"}
	}
	for i := range w {
		for j := i + 1; j <= len(w); j++ {
			last := lastRelation(w[i:j], n.last)
			if last == lastOther {
				continue
			}
			slipped := func(f fitted) fitted {
				if last == lastSlip {
					f.lastSlip = strings.Join(w[i:j], "")
				}
				return f
			}
			if allChatter(w[:i]) && allChatter(w[j:]) {
				try(pair(firstAbsent, last))
			}
			if c.comma == 0 {
				try(slipped(n.firstThenLast(c, i, j, last, own)))
			}
			try(slipped(n.lastThenFirst(w, i, j, last, own, c.comma > 0)))
		}
	}
	if c.comma > 0 {
		try(n.afterComma(w[c.comma:], own))
	} else {
		try(n.withoutLast(w, own))
	}
	return best
}

// lastTwice says that the last name was said twice, as in "Ada Twinfold, Ida
// Twinfold", by somebody whose first name is another word.
func (n naming) lastTwice(w []string) bool {
	times := 0
	for i := 0; i+len(n.last) <= len(w) && len(n.last) > 0; i++ {
		if slices.Equal(w[i:i+len(n.last)], n.last) {
			times++
		}
	}
	return times > 1 && !slices.ContainsFunc(n.firsts, func(f []string) bool { return slices.Contains(f, n.last[len(n.last)-1]) })
}

// afterComma reads the words after a comma as the first name, and those before
// it as another last name.
func (n naming) afterComma(w []string, own func(string) bool) fitted {
	for b := 1; b <= len(w); b++ {
		if n.firstFit(w[:b], nil, own) == firstSame {
			return fitted{fit: nameChanged, note: "another last name"}
		}
	}
	return fitted{fit: nameOther}
}

// firstThenLast reads c as first name, middle names, last name w[i:j]. One
// word after the last name makes it half of a double name: not chatter, not a
// relative, and not another first name, unless a hyphen joins the two.
func (n naming) firstThenLast(c claimed, i, j int, last lastFit, own func(string) bool) fitted {
	best, w := fitted{fit: nameOther}, c.words
	if after := w[j:]; !allChatter(after) {
		if len(after) > 1 || last != lastSame || noLastName(after[0]) && !c.hyphened[after[0]] {
			return best
		}
		last = lastHalf
	}
	for a := 0; a < i && allChatter(w[:a]); a++ {
		for b := a + 1; b <= i; b++ {
			if f := pair(n.firstFit(w[a:b], w[b:i], own), last); f.fit > best.fit {
				best = f
			}
		}
	}
	return best
}

// lastThenFirst reads w as last name w[i:j], then the first name, at once or
// after middle names (Nguyễn Thị Mai).
func (n naming) lastThenFirst(w []string, i, j int, last lastFit, own func(string) bool, comma bool) fitted {
	best := fitted{fit: nameOther}
	if !allChatter(w[:i]) {
		return best
	}
	try := func(first, middle []string) {
		if len(first) == 0 {
			return
		}
		f := pair(n.firstFit(first, middle, own), last)
		f.reversed = !comma
		f.initialed = f.initialed && comma // "G George" is an initial of the first name
		if f.fit > best.fit {
			best = f
		}
	}
	rest := trimChatter(w[j:])
	for k := 1; k <= len(rest); k++ {
		try(rest[:k], rest[k:])
		try(rest[len(rest)-k:], rest[:len(rest)-k])
	}
	return best
}

// withoutLast reads w as a first name with no last name that fits: alone, with
// the last name's initial, or with another last name.
func (n naming) withoutLast(w []string, own func(string) bool) fitted {
	best := fitted{fit: nameOther}
	all := len(w)
	w = trimChatter(w)
	for b := 1; b <= len(w); b++ {
		first, rest := n.firstFit(w[:b], nil, own), w[b:]
		var f fitted
		switch {
		case len(rest) == 0 && (first == firstSlip || first == firstGarbled):
			f = fitted{fit: namePart, note: "a first name that is near"}
		case len(rest) == 0 && first == firstCould:
			f = fitted{fit: nameCould, note: "a first name that is near"}
		case first != firstSame && first != firstShort && first != firstSpelt:
			continue
		case len(rest) == 0 && len(n.last) == 0 && first == firstSame:
			f = fitted{fit: nameWhole, note: "single name"}
		case len(rest) == 0:
			f = partOrMost(first, "first name only")
			f.firstOnly = first == firstSame
			if len(w) < all { // the remark may be a last name: Hand, Post
				f = fitted{fit: namePart, note: "first name only"}
			}
		case len(rest) == 1 && len(rest[0]) == 1 && len(n.last) > 0 && strings.HasPrefix(n.last[0], rest[0]):
			f = partOrMost(first, "an initial")
			f.initialed = first == firstSame
		case first == firstSame && len(n.last) > 0 && len(stem(rest)) <= 2:
			f = fitted{fit: nameChanged, note: "another last name"}
		}
		if f.fit > best.fit {
			best = f
		}
	}
	return best
}

// partOrMost is most of a name when the first name was said in every letter.
func partOrMost(first firstFit, note string) fitted {
	if first == firstSame {
		return fitted{fit: nameMost, note: note}
	}
	return fitted{fit: namePart, note: note}
}

// explains says whether words beside a name belong to it: a preferred name, a
// former name, a remark.
func (n naming) explains(aside []string) bool {
	for _, w := range aside {
		first := n.firstFit([]string{w}, nil, isGiven)
		if !isChatter(w) && !formerly[w] && first < firstHalf && lastRelation([]string{w}, n.last) < lastHalf {
			return false
		}
	}
	return true
}

// formerly are words before a former or preferred name in brackets.
var formerly = set("nee", "was", "formerly", "aka", "prefers", "goes", "by", "known", "as", "called", "prev", "previously", "ne", "maiden")

// trimChatter leaves out chatter at the end of a name, but never all of it.
func trimChatter(w []string) []string {
	for len(w) > 1 && isChatter(w[len(w)-1]) && len(w[len(w)-1]) > 1 {
		w = w[:len(w)-1]
	}
	return w
}
