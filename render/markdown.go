package render

import (
	"regexp"

	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown parses CommonMark with GitHub's extensions and footnotes, bent where
// the standard would make something vanish that a clinician typed. The bends
// are in signs.go, gfmtable.go and notes.go; docs/rendering.md lists them.
var markdown = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(setext{parser.NewSetextHeadingParser()}, 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(listItem{parser.NewListItemParser()}, 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(quote{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(htmlBlock{parser.NewHTMLBlockParser()}, 900),
		util.Prioritized(extension.NewFootnoteBlockParser(), 950),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(sign{}, 10),
		util.Prioritized(taskBox{}, 20),
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(extension.NewFootnoteParser(), 101),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewLinkifyParser(
			extension.WithLinkifyURLRegexp(regexp.MustCompile(`^(?:http|https|ftp)://`+host+`(?::\d+)?`+path)),
			extension.WithLinkifyWWWRegexp(regexp.MustCompile(`^www\.`+host+path)),
		), 999),
	),
	parser.WithParagraphTransformers(
		util.Prioritized(parser.LinkReferenceParagraphTransformer, 100),
		util.Prioritized(tableRows{}, 200),
	),
)

// What a bare address consists of, letters of every language among them.
const (
	host = `[-\pL\pN@:%._\+~#=]{1,256}\.\pL+`
	path = `(?:[/#?][-\pL\pM\pN@:%_+.~#$!?&/=\(\);,'">\^{}\[\]` + "`" + `]*)?`
)

// markdownMarkup returns Markdown as clean markup.
func markdownMarkup(src string) string {
	source := []byte(src)
	doc := markdown.Parse(text.NewReader(source))
	w := &markdownWriter{markup: newMarkup(false), source: source}
	w.document(doc)
	return w.b.String()
}
