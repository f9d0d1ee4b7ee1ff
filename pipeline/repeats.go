package pipeline

import (
	"sync"

	"carryover"
	"carryover/render"
)

// mostCompared bounds what repeats remembers, some hundred bytes each.
const mostCompared = 10_000

// repeats remembers which documents have the words of their session's consult
// note. A session is read some hundred times while nothing in it changes, and
// to compare two texts takes longer than to read them.
type repeats struct {
	mu    sync.Mutex
	known map[string]bool // by the keyed digest of both texts
}

// repeatsNote says whether a document has the words of its session's consult
// note; one without words is repeated by nothing.
func (p *Pipeline) repeatsNote(d carryover.Document, note carryover.Text) bool {
	if note.IsBlank() {
		return false
	}
	pair := string(p.Ledger.Keys().Digest("repeats", note.Reveal(), string(d.Format), d.Content.Reveal()))
	p.repeats.mu.Lock()
	same, known := p.repeats.known[pair]
	p.repeats.mu.Unlock()
	if known {
		return same
	}
	same = render.SameText(d, carryover.Document{Content: note})
	p.repeats.mu.Lock()
	defer p.repeats.mu.Unlock()
	if p.repeats.known == nil || len(p.repeats.known) >= mostCompared {
		p.repeats.known = map[string]bool{}
	}
	p.repeats.known[pair] = same
	return same
}
