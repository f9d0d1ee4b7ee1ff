package clinic

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
)

// A PDF is read here as far as it takes to know its words: the objects that
// stand one by one in the file, plain or deflated. It is a second opinion on
// what a file says, written without a look at the program that made it. What
// newer files pack into object streams, or encrypt, is not read; their text is
// then empty, and they carry nothing.

// mostInflated bounds what one stream may grow to.
const mostInflated = 32 << 20

// pdfObjects are a file's objects by number, each as its text between obj and
// endobj.
type pdfObjects map[int][]byte

var objectStart = regexp.MustCompile(`(?m)(?:^|[\r\n ])(\d+)[ \r\n]+\d+[ \r\n]+obj\b`)

// objectsOf returns the objects of a file; a later one replaces an earlier of
// the same number, as an update at the end of a file does.
func objectsOf(file []byte) pdfObjects {
	objects := pdfObjects{}
	if !bytes.HasPrefix(file, []byte("%PDF-")) {
		return objects
	}
	for at := 0; ; {
		m := objectStart.FindSubmatchIndex(file[at:])
		if m == nil {
			return objects
		}
		number, err := strconv.Atoi(string(file[at+m[2] : at+m[3]]))
		body := file[at+m[1]:]
		size := objectSize(body)
		if err == nil {
			objects[number] = body[:size]
		}
		at += m[1] + size
	}
}

// objectSize returns how far an object reaches. The bytes of a stream may say
// anything, endobj too, so a stream of stated length is stepped over.
func objectSize(body []byte) int {
	from := 0
	if stream, after := streamStart(body); stream >= 0 {
		if n, known := lengthOf(body[:stream]); known && n <= len(body)-after {
			from = after + n
		}
	}
	if end := bytes.Index(body[from:], []byte("endobj")); end >= 0 {
		return from + end
	}
	return len(body)
}

// streamStart returns where the dictionary of a stream object ends and where
// its bytes begin; -1 when the object has no stream.
func streamStart(body []byte) (dictionary, data int) {
	at := bytes.Index(body, []byte("stream"))
	if end := bytes.Index(body, []byte("endobj")); at < 0 || end >= 0 && end < at {
		return -1, 0
	}
	data = at + len("stream")
	if bytes.HasPrefix(body[data:], []byte("\r\n")) {
		return at, data + 2
	}
	return at, min(data+1, len(body))
}

var lengthEntry = regexp.MustCompile(`/Length[ \r\n]+(\d+)(?:[ \r\n]+(\d+)[ \r\n]+R)?`)

// lengthOf returns the length that a dictionary states directly.
func lengthOf(dictionary []byte) (int, bool) {
	m := lengthEntry.FindSubmatch(dictionary)
	if m == nil || m[2] != nil {
		return 0, false
	}
	n, err := strconv.Atoi(string(m[1]))
	return n, err == nil
}

// stream returns the bytes of a stream object, inflated; nil when there are
// none that can be read.
func (o pdfObjects) stream(number int) []byte {
	body := o[number]
	at, data := streamStart(body)
	if at < 0 {
		return nil
	}
	raw := body[data:]
	if n, known := lengthOf(body[:at]); known && n <= len(raw) {
		raw = raw[:n]
	} else if end := bytes.LastIndex(raw, []byte("endstream")); end >= 0 {
		raw = raw[:end]
	}
	switch dictionary := body[:at]; {
	case !bytes.Contains(dictionary, []byte("/Filter")):
		return raw
	case !onlyFlate.Match(dictionary):
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	out, err := io.ReadAll(io.LimitReader(z, mostInflated))
	if err != nil && len(out) == 0 {
		return nil
	}
	return out
}

var onlyFlate = regexp.MustCompile(`/Filter[ \r\n]*\[?[ \r\n]*/FlateDecode[ \r\n]*[\]/>]`)

// reference matches the entry of that name that refers to an object.
func reference(name string) *regexp.Regexp {
	return regexp.MustCompile(`/` + name + `[ \r\n]+(\d+)[ \r\n]+\d+[ \r\n]+R`)
}

var (
	pagesEntry     = reference("Pages")
	resourcesEntry = reference("Resources")
	fontsEntry     = reference("Font")
	unicodeEntry   = reference("ToUnicode")
	kidsEntry      = regexp.MustCompile(`/Kids[ \r\n]*\[([^\]]*)\]`)
	contentsEntry  = regexp.MustCompile(`/Contents[ \r\n]*(\[[^\]]*\]|\d+[ \r\n]+\d+[ \r\n]+R)`)
	fontsHere      = regexp.MustCompile(`/Font[ \r\n]*<<([^>]*)>>`)
	namedReference = regexp.MustCompile(`/([^\s/\[\]<>()]+)[ \r\n]+(\d+)[ \r\n]+\d+[ \r\n]+R`)
	anyReference   = regexp.MustCompile(`(\d+)[ \r\n]+\d+[ \r\n]+R`)
	catalogue      = regexp.MustCompile(`/Type[ \r\n]*/Catalog\b`)
)

// referred returns the object that an entry of body refers to, 0 when none.
func referred(entry *regexp.Regexp, body []byte) int {
	m := entry.FindSubmatch(body)
	if m == nil {
		return 0
	}
	return atoi(m[1])
}

// allReferred returns every object that text refers to, in order.
func allReferred(text []byte) []int {
	var numbers []int
	for _, m := range anyReference.FindAllSubmatch(text, -1) {
		numbers = append(numbers, atoi(m[1]))
	}
	return numbers
}

// atoi reads digits that a pattern has found; too many of them name nothing.
func atoi(digits []byte) int {
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return n
}

// A pdfPage is what a page draws and where its fonts are named.
type pdfPage struct {
	contents  []int  // streams, read as one
	resources []byte // of the page, or of the pages above it
}

// pages returns the pages in their order.
func (o pdfObjects) pages() []pdfPage {
	var found []pdfPage
	seen := map[int]bool{}
	var walk func(number int, resources []byte)
	walk = func(number int, resources []byte) {
		if seen[number] {
			return // a tree that bites its tail
		}
		seen[number] = true
		body := o[number]
		if own := o.resources(body); own != nil {
			resources = own
		}
		if kids := kidsEntry.FindSubmatch(body); kids != nil {
			for _, kid := range allReferred(kids[1]) {
				walk(kid, resources)
			}
			return
		}
		if m := contentsEntry.FindSubmatch(body); m != nil {
			found = append(found, pdfPage{contents: allReferred(m[1]), resources: resources})
		}
	}
	for number, body := range o {
		if catalogue.Match(body) {
			walk(referred(pagesEntry, o[number]), nil)
		}
	}
	return found
}

// resources returns the resources that a page's dictionary names or holds.
func (o pdfObjects) resources(body []byte) []byte {
	if n := referred(resourcesEntry, body); n != 0 {
		return o[n]
	}
	if bytes.Contains(body, []byte("/Resources")) {
		return body
	}
	return nil
}

// fonts returns the character maps of the fonts that resources name.
func (o pdfObjects) fonts(resources []byte) map[string]characterMap {
	named := resources
	if n := referred(fontsEntry, resources); n != 0 {
		named = o[n]
	} else if m := fontsHere.FindSubmatch(resources); m != nil {
		named = m[1]
	}
	fonts := map[string]characterMap{}
	for _, m := range namedReference.FindAllSubmatch(named, -1) {
		if n := referred(unicodeEntry, o[atoi(m[2])]); n != 0 {
			fonts[string(m[1])] = readCharacterMap(o.stream(n))
		}
	}
	return fonts
}
