package web_test

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"testing"
)

// maxWeight is what a page may weigh with all that it fetches, compressed.
const maxWeight = 60_000

// TestWeight adds up each page with its assets, as a browser that comes for the
// first time fetches them.
func TestWeight(t *testing.T) {
	t.Parallel()
	p := demoDay(t)
	v := visit(t, site(t, p), "admin")
	assets := map[string]int{}
	for at, page := range everyPage(t, v) {
		sum := compressed(t, page)
		fetched := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(fetched) == 0 {
			t.Errorf("%s fetches nothing, want its style at least", at)
		}
		for _, m := range fetched {
			if assets[m[1]] == 0 {
				assets[m[1]] = compressed(t, v.get(m[1]))
			}
			sum += assets[m[1]]
		}
		if sum > maxWeight {
			t.Errorf("%s weighs %d bytes with its assets, want no more than %d", at, sum, maxWeight)
		}
	}
}

func compressed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
