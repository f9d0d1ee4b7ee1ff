package notify

import (
	"fmt"
	"strings"
	"time"
)

// Title is the message in a few words: a mail's subject, a push message's head.
func (m Message) Title() string {
	raised := m.count(Raised)
	switch {
	case len(m.Matters) == 0:
		return titleIs + "the week"
	case raised > 1:
		return titleIs + fmt.Sprintf("%d things need somebody", raised)
	case raised == 1:
		return titleIs + "something needs somebody"
	}
	return titleIs + "well again"
}

// Urgent says that somebody should look, rather than know.
func (m Message) Urgent() bool { return m.count(Raised) > 0 }

func (m Message) count(a About) (n int) {
	for _, one := range m.Matters {
		if one.About == a {
			n++
		}
	}
	return n
}

// Text is the whole message in plain words.
func (m Message) Text() string {
	var b strings.Builder
	for _, about := range []About{Raised, Cleared} {
		for _, g := range m.groups(about) {
			g.write(&b, m.Zone)
		}
	}
	if m.Digest != nil {
		m.Digest.write(&b, m.Zone)
	}
	if m.Page != "" {
		fmt.Fprintf(&b, "The review page: %s\n", m.Page)
	}
	fmt.Fprintf(&b, "`carryover status` says more. This message holds no names and no text of a document.\n")
	return b.String()
}

// A group is what several matters have in common: the kind, and what became of
// it. Ten documents that wait too long are one paragraph.
type group struct {
	Matter

	n          int
	references []string
}

func (m Message) groups(about About) (all []*group) {
	of := map[string]*group{}
	for _, one := range m.Matters {
		if one.About != about {
			continue
		}
		g := of[string(one.Kind)]
		if g == nil {
			g = &group{Matter: one}
			of[string(one.Kind)], all = g, append(all, g)
		}
		g.n++
		if one.Reference != nowhere && len(g.references) < mostLine {
			g.references = append(g.references, one.Reference)
		}
	}
	return all
}

func (g *group) write(b *strings.Builder, zone *time.Location) {
	if g.About == Cleared {
		fmt.Fprintf(b, "Well again since %s: ", when(g.At, zone))
	}
	b.WriteString(g.Kind.Sentence())
	if g.n > 1 {
		fmt.Fprintf(b, " (%d of them)", g.n)
	}
	b.WriteString("\n")
	if len(g.references) > 0 {
		fmt.Fprintf(b, "  %s\n", strings.Join(g.references, ", "))
	}
	if g.About == Raised {
		fmt.Fprintf(b, "  Since %s.\n  %s\n", when(g.At, zone), g.Kind.NextStep())
	}
	b.WriteString("\n")
}

// when writes a time as people of the practice read it.
func when(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04")
}
