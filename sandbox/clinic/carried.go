package clinic

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"sync"

	"carryover/sandbox/heidisim"
)

// Which document a note or a file carries is decided by its words: nine in ten
// words of the document, or of any version it ever showed, stand in it in their
// order, or, where a note answers a form, line by line. The reference line that the program under test writes breaks ties and
// nothing else, for a program that puts the wrong line under a text must not
// talk its way out of it.

// contained is the least share of a document's words that a note or a file must
// have to carry it.
const contained = 0.9

// A version is one text that a document showed.
type version struct {
	document int // index in the documents being judged
	number   int // of the document's versions, from 0
	source   *source
}

// A carriage says which version a note or a file carries, and at what loss.
type carriage struct {
	version *version
	lost    int
}

// A reader keeps what it has read, because the truth is asked for again and
// again while most texts stay the same. It is safe for concurrent use.
type reader struct {
	mu      sync.Mutex // guards what follows
	lexicon lexicon
	names   []string           // spelling of each word
	sources map[string]*source // by a document's text
	notes   map[string][]word  // by a note's content
	files   map[string][]word  // by the digest of a file
	measure measurer
}

func newReader() *reader {
	return &reader{lexicon: lexicon{}, sources: map[string]*source{}, notes: map[string][]word{}, files: map[string][]word{}}
}

// source returns the words of a document's text.
func (r *reader) source(text string) *source {
	s, known := r.sources[text]
	if !known {
		s = r.lexicon.read(text)
		r.sources[text] = s
	}
	return s
}

// note returns the words of a note's content.
func (r *reader) note(contentJSON string) []word {
	ws, known := r.notes[contentJSON]
	if !known {
		ws = r.lexicon.words(noteText(contentJSON))
		r.notes[contentJSON] = ws
	}
	return ws
}

// file returns the words of a PDF with that digest; data gives its bytes.
func (r *reader) file(digest string, data func() []byte) []word {
	ws, known := r.files[digest]
	if !known {
		ws = r.lexicon.words(PDFText(data()))
		r.files[digest] = ws
	}
	return ws
}

// spelling brings the names of words up to date and returns them.
func (r *reader) spelling() []string {
	if len(r.names) < len(r.lexicon) {
		r.names = make([]string, len(r.lexicon))
		for s, w := range r.lexicon {
			r.names[w] = s
		}
	}
	return r.names
}

// An index finds the versions that a note may carry without comparing it to
// all of them.
type index struct {
	versions   []version
	shingles   map[shingle][]int32 // indexes of versions
	references map[string][]int32  // first part of the reference → indexes of versions
	short      bool                // there is a version of fewer than three words
	hits       []int32             // scratch space of candidates, all zero between calls
}

// A shingle is three words in a row.
type shingle [3]word

// crowd is how many versions a shingle leads to at most. Those of a practice's
// own templates stand in a thousand documents and say little; where documents
// have nothing else, their references tell them apart.
const crowd = 60

func (r *reader) index(documents []heidisim.DocumentRecord) *index {
	x := &index{shingles: map[shingle][]int32{}, references: map[string][]int32{}}
	for i, d := range documents {
		ref := referenceOf(d.SessionID, d.DocumentID)
		for n, text := range d.Versions {
			s := r.source(text)
			if len(s.ordered) == 0 {
				continue
			}
			at := int32(len(x.versions))
			x.versions = append(x.versions, version{document: i, number: n, source: s})
			x.references[ref] = append(x.references[ref], at)
			x.short = x.short || len(s.ordered) < 3
			for sh := range shinglesOf(s.ordered) {
				if have := x.shingles[sh]; len(have) < crowd && (len(have) == 0 || have[len(have)-1] != at) {
					x.shingles[sh] = append(have, at)
				}
			}
		}
	}
	x.hits = make([]int32, len(x.versions))
	return x
}

// shinglesOf yields every three words in a row; a text of fewer words gives
// one shingle, filled up.
func shinglesOf(ws []word) func(yield func(shingle) bool) {
	return func(yield func(shingle) bool) {
		if n := len(ws); n > 0 && n < 3 {
			yield(shingle{ws[0], ws[n-1], -1})
			return
		}
		for i := 0; i+3 <= len(ws); i++ {
			if !yield(shingle{ws[i], ws[i+1], ws[i+2]}) {
				return
			}
		}
	}
}

// mostCandidates is how many versions are compared to a note word by word.
const mostCandidates = 24

// candidates returns the versions that share most shingles with the note, and
// before them those of documents whose reference stands in it.
func (x *index) candidates(note []word, references []string) []int32 {
	var found []int32
	count := func(sh shingle) {
		for _, v := range x.shingles[sh] {
			if x.hits[v] == 0 {
				found = append(found, v)
			}
			x.hits[v]++
		}
	}
	for i := range note {
		if i+2 < len(note) {
			count(shingle{note[i], note[i+1], note[i+2]})
		}
		if x.short {
			count(shingle{note[i], note[i], -1})
			if i+1 < len(note) {
				count(shingle{note[i], note[i+1], -1})
			}
		}
	}
	for _, ref := range references {
		for _, v := range x.references[ref] {
			if x.hits[v] == 0 {
				found = append(found, v)
			}
			x.hits[v] += 1 << 20
		}
	}
	slices.SortFunc(found, func(a, b int32) int { return cmp.Or(int(x.hits[b]-x.hits[a]), int(a-b)) })
	for _, v := range found {
		x.hits[v] = 0
	}
	return found[:min(len(found), mostCandidates)]
}

// A carrier is a note or a file in which words of documents are looked for.
type carrier struct {
	words      []word
	references []string // first parts of those that stand in it
	form       bool     // it answers a form, in the form's order
}

// carried returns what a carrier carries, or nil: of the versions whose words
// are contained, the one that explains most of it and misses least; of two that
// do so equally, the one whose reference stands in it, and of one document's
// the later.
func (r *reader) carried(x *index, in carrier) *carriage {
	present := make(map[word]bool, len(in.words))
	for _, w := range in.words {
		present[w] = true
	}
	var best *version
	bestScore, bestRef := 0, false
	for _, at := range x.candidates(in.words, in.references) {
		v := &x.versions[at]
		found := r.measure.found(v.source, in)
		if float64(found) < contained*float64(len(v.source.ordered)) {
			continue
		}
		for _, w := range v.source.labels {
			if present[w] {
				found++
			}
		}
		score := 2*found - v.source.size()
		ref := slices.ContainsFunc(in.references, func(s string) bool { return slices.Contains(x.references[s], at) })
		tie := best != nil && score == bestScore
		later := tie && v.document == best.document && v.number > best.number
		if best == nil || score > bestScore || tie && ref && !bestRef || later {
			best, bestScore, bestRef = v, score, ref
		}
	}
	if best == nil {
		return nil
	}
	if in.form {
		return &carriage{version: best, lost: r.measure.lostInForm(best.source, in.words, r.spelling())}
	}
	return &carriage{version: best, lost: r.measure.lost(best.source, in.words, r.spelling())}
}

var referencePattern = regexp.MustCompile(`HD-([A-Z2-7]{8})-[A-Z2-7]{4}`)

// referencesIn returns the first parts of the references in a text.
func referencesIn(text string) []string {
	var found []string
	for _, m := range referencePattern.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

// referenceOf returns the first part of a document's reference: eight
// characters of base32 of a digest of the two ids.
func referenceOf(session, document string) string {
	sum := sha256.Sum256([]byte(session + "\x00" + document))
	return base32.StdEncoding.EncodeToString(sum[:])[:8]
}
