package render

import "strings"

// set makes a set of the words in s.
func set(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// The names of HTML's elements, by what becomes of them. A name that stands in
// none of these is no element, and what stands in its angle brackets is text:
// "<GP name>".
var (
	// keptElements reach the tree builder.
	keptElements = set(`p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption
		blockquote pre br hr a b strong i em u ins s strike del sup sub code kbd samp tt var cite dfn q abbr img
		input details summary section article header footer aside nav main address figure figcaption fieldset
		legend center menu dir hgroup span ruby rt`)
	// renamed elements become one of the kept: their own rules in HTML's
	// parser would move or drop text.
	renamed = map[string]string{
		"form": "div", "select": "div", "optgroup": "div", "option": "div", "textarea": "div", "dialog": "div",
		"search": "div", "button": "div", "xmp": "pre", "plaintext": "pre", "listing": "pre", "output": "span",
		"iframe": "div", "video": "div", "audio": "div", "object": "div", "body": "div", "marquee": "div",
		"noscript": "div", "noframes": "div", "noembed": "div", "label": "span", "small": "span", "big": "span",
		"mark": "span", "font": "span", "time": "span", "data": "span", "acronym": "abbr", "bdi": "span",
		"bdo": "span", "blink": "span", "nobr": "span", "meter": "span", "progress": "span", "frameset": "div",
		"image": "img", "canvas": "span", "applet": "div", "map": "span", "math": "span", "svg": "span",
		"strikethrough": "del", "rp": "span", "rb": "span", "rtc": "span", "datalist": "div", "desc": "span",
	}
	// unwrapped elements have no look of their own: the tag goes, the text stays.
	unwrapped = set(`html wbr area base basefont bgsound col colgroup command embed frame isindex keygen link
		menuitem meta param picture portal slot source spacer track multicol nextid head layer ilayer content
		element shadow xml selectedcontent fencedframe`)
	// foreign elements count as elements between <svg> or <math> and its end.
	foreign = set(`g path circle rect line polyline polygon ellipse text tspan textpath use defs symbol image
		foreignobject animate animatetransform animatemotion set mpath desc metadata style script lineargradient
		radialgradient stop clippath mask filter fegaussianblur feimage feoffset feblend pattern marker view switch
		handler listener discard mi mn mo ms mtext mrow mfrac msqrt mroot msub msup msubsup mover munder munderover
		mtable mtr mtd mstyle merror mpadded mphantom maction mglyph malignmark semantics annotation annotation-xml
		maction mspace menclose mfenced font-face font-face-src font-face-uri missing-glyph glyph animatecolor cursor`)
	// unseen elements hold nothing that a reader sees (policy P10).
	unseen = set(`script style head title template`)
	// impliedEnds need no end tag and so do not nest.
	impliedEnds = set(`p li dt dd tr td th thead tbody tfoot option rt`)
	// voids have no content.
	voids = set(`br hr img input`)
)

// elementAttributes are the attributes that HTML's elements have. A tag with a
// bare word that is none of them is text: "a<b then b>c".
var elementAttributes = set(`abbr accept accept-charset accesskey action align alink allow allowfullscreen alt async
	autocapitalize autocomplete autofocus autoplay axis background behavior bgcolor border bordercolor cellpadding
	cellspacing char charoff charset checked cite class clear code codebase codetype color cols colspan compact content
	contenteditable controls coords crossorigin data datetime declare decoding default defer dir direction dirname
	disabled download draggable enctype enterkeyhint face for form formaction formmethod formtarget frame frameborder
	headers height hidden high href hreflang hspace http-equiv id imagesizes imagesrcset inert inputmode integrity is
	ismap itemid itemprop itemref itemscope itemtype kind label lang language link list longdesc loop loading low
	marginheight marginwidth max maxlength media method min minlength multiple muted name nohref nonce noresize noshade
	novalidate nowrap object open optimum part pattern ping placeholder playsinline popover poster preload profile
	prompt readonly referrerpolicy rel required rev reversed role rows rowspan rules sandbox scheme scope scrolling
	selected shape size sizes slot span spellcheck src srcdoc srclang srcset standby start step style summary tabindex
	target text title translate truespeed type typemustmatch usemap valign value valuetype version vlink vspace width
	wrap xmlns`)

// keptAttributes reach the tree builder.
var keptAttributes = set("href title start type value reversed colspan rowspan checked alt src selected label scope")

// isAttribute says whether HTML knows the attribute.
func isAttribute(name string) bool {
	for _, prefix := range []string{"data-", "aria-", "on", "xml:", "xmlns:", "v:", "o:", "w:", "x:", "v-", "ng-", "@", ":"} {
		if strings.HasPrefix(name, prefix) && len(name) > len(prefix) {
			return true
		}
	}
	return elementAttributes[name]
}
