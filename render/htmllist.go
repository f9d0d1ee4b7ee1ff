package render

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"carryover/render/tree"
)

// list reads a list with the numbers that a browser would show, or that were
// typed in Markdown. What stands in it outside of any item belongs to the item
// before.
func (b *builder) list(n *html.Node) {
	ordered := n.DataAtom == atom.Ol
	count := newCounter(n)
	var items []tree.Item
	stray := &builder{marks: b.marks, address: b.address, level: b.level}
	settle := func() {
		blocks := stray.done()
		stray = &builder{marks: b.marks, address: b.address, level: b.level}
		switch {
		case len(blocks) == 0:
		case len(items) > 0:
			items[len(items)-1].Blocks = append(items[len(items)-1].Blocks, blocks...)
		default:
			items = append(items, tree.Item{Blocks: blocks})
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			stray.node(c)
			continue
		}
		settle()
		item := tree.Item{Blocks: b.inner(c)}
		takeBox(&item)
		if typed, ok := strings.CutPrefix(attr(c, "label"), typedNumber); ok {
			item.Number = typed
		} else if ordered {
			item.Number = count.next(c)
		}
		if len(item.Blocks) > 0 || item.Box != tree.NoBox || item.Number != "" {
			items = append(items, item)
		}
	}
	settle()
	if len(items) > 0 {
		b.blocks = append(b.blocks, tree.Block{Kind: tree.List, Items: items})
	}
}

// A counter numbers the items of an ordered list.
type counter struct {
	value, step int
	kind        string
}

func newCounter(list *html.Node) *counter {
	c := &counter{value: 1, step: 1, kind: attr(list, "type")}
	if hasAttr(list, "reversed") {
		c.value, c.step = 0, -1
		for li := list.FirstChild; li != nil; li = li.NextSibling {
			if li.DataAtom == atom.Li {
				c.value++
			}
		}
	}
	if v, err := strconv.Atoi(strings.TrimSpace(attr(list, "start"))); err == nil {
		c.value = v
	}
	return c
}

func (c *counter) next(li *html.Node) string {
	if v, err := strconv.Atoi(strings.TrimSpace(attr(li, "value"))); err == nil {
		c.value = v
	}
	kind := c.kind
	if k := attr(li, "type"); k != "" {
		kind = k
	}
	c.value += c.step
	return numeral(c.value-c.step, kind) + "."
}

// numeral writes n as HTML's list types do: 1, a, A, i, I.
func numeral(n int, kind string) string {
	switch kind {
	case "a", "A":
		if n > 0 {
			return cased(letters(n), kind == "A")
		}
	case "i", "I":
		if n > 0 && n < 4000 {
			return cased(roman(n), kind == "I")
		}
	}
	return strconv.Itoa(n)
}

func cased(s string, upper bool) string {
	if upper {
		return strings.ToUpper(s)
	}
	return s
}

func letters(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}

func roman(n int) string {
	values := []int{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1}
	signs := []string{"m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"}
	var b strings.Builder
	for i, v := range values {
		for ; n >= v; n -= v {
			b.WriteString(signs[i])
		}
	}
	return b.String()
}
