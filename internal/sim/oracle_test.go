package sim

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/pipeline"
	"carryover/sandbox"
	"carryover/sandbox/clinikosim"
)

// An oracle knows the promises of the product and looks for one that is broken.
// What is in Cliniko it learns from the simulators' own books, by the words that
// the script put into every text; what the daemon believes, from its ledger.
type oracle struct {
	w       *World
	looking sync.Mutex // guards words, extra and doubles
	// states are the last that events told, by session/document.
	states map[string]carryover.State
	// life is every state of each document, in order.
	life map[string][]stay
	// words are each text's long words, which its note must hold; filled when asked.
	words map[string][]string
	// released are the documents that a person let go, whose patient is theirs.
	released map[string]bool
	// takenBack are the documents whose filing a person took back.
	takenBack map[string]bool
	// extra are texts for which one more note may appear: a request of theirs
	// took effect later than the product promises to bear.
	extra   map[string]bool
	doubles map[string]bool // texts that now have two notes which say whose they are
	told    bool            // somebody was told of a double, ever
	// restored: an old ledger was put back.
	restored bool
	counted  map[string]bool   // doubles that are in the tally
	seen     map[string]bool   // documents that a ledger has had
	final    map[string]string // where each document stands at rest
}

func newOracle(w *World) *oracle {
	return &oracle{
		life: map[string][]stay{},
		w:    w, states: map[string]carryover.State{}, words: map[string][]string{},
		takenBack: map[string]bool{},
		released:  map[string]bool{}, extra: map[string]bool{}, doubles: map[string]bool{}, counted: map[string]bool{}, seen: map[string]bool{}, final: map[string]string{},
	}
}

// A stay is a state from a moment on.
type stay struct {
	from  time.Time
	state carryover.State
}

// moved keeps the last state of each document.
func (o *oracle) moved(e pipeline.Event) {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	name := string(e.Session) + "/" + string(e.Document)
	o.states[name] = e.To
	o.life[name] = append(o.life[name], stay{time.Now(), e.To})
}

// wrote looks at Cliniko after each request that may have changed it.
func (o *oracle) wrote(e clinikosim.Event) {
	if e.Method != http.MethodPost || e.Status > 299 {
		return
	}
	o.looking.Lock() // two answers may be under way at one time
	defer o.looking.Unlock()
	if word := o.wordOf(e.ID); word != "" && o.w.guests.Load() > 0 {
		o.extra[word] = true // two daemons may well both file it, and must say so
	}
	o.notes()
}

// contentOf returns what a note holds, wordOf the word of its text, referenceOf
// its reference and documentOf its document.
func (o *oracle) contentOf(note string) string {
	for _, n := range o.w.shelf.filed() {
		if n.ID == note {
			return n.Content
		}
	}
	return ""
}

func (o *oracle) wordOf(note string) string { return wordPattern.FindString(o.contentOf(note)) }

func (o *oracle) referenceOf(note string) string { return markPattern.FindString(o.contentOf(note)) }

func (o *oracle) documentOf(note string) string {
	t, _ := o.w.script.text(o.wordOf(note))
	return t.session + "/" + t.document
}

// release lets a document have two notes, as a person said.
func (o *oracle) release(name string) {
	o.looking.Lock()
	defer o.looking.Unlock()
	o.released[name] = true
}

// forget: an older ledger was put back, in which later documents are not yet.
// What it says of refusals may be old too.
func (o *oracle) forget() {
	clear(o.seen)
	o.restored = true
}

// look is the whole inspection while a daemon runs, or lies dead.
func (o *oracle) look(when string) {
	synctest.Wait()
	o.w.trace.add("look: %s", when)
	o.looking.Lock()
	o.notes()
	o.looking.Unlock()
	o.reads()
	if o.w.life != nil {
		o.ledger(o.w.life.data, when)
	}
}

// reads: nothing but GET ever went to Heidi.
func (o *oracle) reads() {
	for call, n := range o.w.heidi.WriteCalls() {
		o.w.broken("reads only: heidi got %d × %s", n, call)
	}
	for _, e := range o.w.journal.Writes("heidi") {
		o.w.broken("reads only: heidi got %s %s", e.Method, e.Path)
	}
}

var (
	wordPattern = regexp.MustCompile(`zq[a-z2-7]{10}`)
	markPattern = regexp.MustCompile(`HD-([A-Z2-7]{8})-[A-Z2-7]{4}`)
	tagPattern  = regexp.MustCompile(`<[^>]*>`)
)

// notes goes through all notes that a key made.
func (o *oracle) notes() {
	live := map[string]string{} // session/document → word of its live note
	count := map[string]int{}   // by word
	own := map[string]int{}     // the same of notes that still say our reference
	clear(o.doubles)
	for _, n := range o.w.shelf.filed() {
		if !n.ByAPI {
			continue
		}
		word := wordPattern.FindString(n.Content)
		t, known := o.w.script.text(word)
		if !known {
			o.w.broken("word for word: note %s carries no text of the clinic", n.ID)
			continue
		}
		name := t.session + "/" + t.document
		o.place(n, t, name)
		o.form(n, word, t)
		if !n.ArchivedAt.IsZero() || byHand(n, "edit", "replace", "describe") && !markPattern.MatchString(n.Content) {
			continue // a person took the reference out: nobody can know whose it was
		}
		if markPattern.MatchString(n.Content) {
			own[word]++
		}
		o.doubles[word] = own[word] > 1
		if count[word]++; count[word] > 1 && !o.excused(word, count[word]) {
			o.w.broken("once: %d live notes of document %s, stage %d", count[word], name, t.stage)
		}
		if other := live[name]; other != "" && other != word && !o.released[name] {
			if !o.excused(word, 2) && !o.excused(other, 2) {
				o.w.broken("once: live notes of two texts of document %s", name)
			}
			o.doubles[word] = true
		}
		live[name] = word
	}
}

// excused says that a second note was beyond what is promised.
func (o *oracle) excused(word string, n int) bool {
	excused := n == 2 && (o.extra[word] || o.beyondGrace(word))
	if excused && !o.counted[word] {
		o.counted[word] = true
		o.w.tally.Doubles++
	}
	return excused
}

// beyondGrace says that a request with this text, told by its word or its
// reference, took effect so late that the product had to think it lost.
func (o *oracle) beyondGrace(word string) bool {
	late := o.w.journal.Entries(func(e sandbox.Entry) bool {
		return e.Method == http.MethodPost && e.Fault == string(sandbox.FaultLate)
	})
	if len(late) == 0 {
		return false
	}
	for _, n := range o.w.shelf.filed() {
		if !n.ByAPI || !strings.Contains(n.Content, word) {
			continue
		}
		reference := markPattern.FindString(n.Content) // of a file no more than this is in the request
		for _, e := range late {
			if n.CreatedAt.Sub(e.At) > lateBeyond-time.Minute && (bytes.Contains(e.Body, []byte(word)) || reference != "" && bytes.Contains(e.Body, []byte(reference))) {
				return true
			}
		}
	}
	return false
}

// place: the right patient and the right author.
func (o *oracle) place(n clinikosim.NoteRecord, t text, name string) {
	sc := o.w.script.scenes[t.session]
	if byHand(n, "move") || o.released[name] {
		return
	}
	is, should := o.w.cliniko.Survivor(n.PatientID), o.w.cliniko.Survivor(sc.belongs)
	switch {
	case sc.belongs == "":
		o.w.broken("right patient: document %s (%s) belongs to nobody of the register and was filed", name, sc.sort)
	case is != should:
		o.w.broken("right patient: document %s (%s) is in the file of %s, want %s", name, sc.sort, n.PatientID, sc.belongs)
	}
	if n.PractitionerID != sc.practitioner {
		o.w.broken("right author: document %s (%s) is by %s, want %s", name, sc.sort, n.PractitionerID, sc.practitioner)
	}
}

// form: a draft that nobody but a person changed, with every word.
func (o *oracle) form(n clinikosim.NoteRecord, word string, t text) {
	if !n.Draft && !byHand(n, "finalise") {
		o.w.broken("drafts only: note %s of document %s/%s is final", n.ID, t.session, t.document)
	}
	for _, e := range n.Edits {
		if e.Through != "UI" && e.What != "create" && e.What != "archive" && e.What != "unarchive" { // for these two see handsOff
			o.w.broken("hands off: note %s was changed by the key: %s", n.ID, e.What)
		}
	}
	if byHand(n, "edit", "replace", "describe") {
		return
	}
	has := strings.ToLower(tagPattern.ReplaceAllString(n.Content, " "))
	if o.words[word] == nil {
		o.words[word] = longWords(t)
	}
	for _, want := range o.words[word] {
		if !strings.Contains(has, want) {
			o.w.broken("word for word: note %s of document %s/%s lacks a word of %d letters", n.ID, t.session, t.document, len(want))
			return
		}
	}
	if m := markPattern.FindStringSubmatch(n.Content); m == nil || o.w.script.marks[m[1]] != t.session+"/"+t.document {
		o.w.broken("reference: note %s of document %s/%s has another's reference, or none", n.ID, t.session, t.document)
	}
}

// byHand says that a person did one of these things to a note.
func byHand(n clinikosim.NoteRecord, what ...string) bool {
	for _, e := range n.Edits {
		for _, w := range what {
			if e.Through == "UI" && strings.Contains(e.What, w) {
				return true
			}
		}
	}
	return false
}

var (
	linkPattern = regexp.MustCompile(`\]\([^)]*\)|<[^>]*>|&[a-z]+;|https?:\S+`)
	longPattern = regexp.MustCompile(`\b[A-Za-z]{5,}\b`)
)

// longWords returns the words of a Markdown text that any rendering keeps as
// they are: five letters or more, outside links and tags. What HTML shows and
// what it hides is for the tests of rendering; here its own word must do.
func longWords(t text) (found []string) {
	if t.html {
		return []string{}
	}
	for _, w := range longPattern.FindAllString(linkPattern.ReplaceAllString(t.words, " "), -1) {
		found = append(found, strings.ToLower(w))
	}
	return found
}
