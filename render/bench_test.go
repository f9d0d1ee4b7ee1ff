package render

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"carryover"
)

// BenchmarkNote compares a checked note with goldmark's own HTML: the metric
// "x-goldmark" is how many times as long ours takes.
func BenchmarkNote(b *testing.B) {
	src := strings.Repeat("## Plan\n\n- **Squats** 3 x 10, *slow*\n- Review 1/52\n\n| Joint | R | L |\n|--|--|--|\n| Knee | 120 | 135 |\n\nPain <5/10 & improving.\n\n", 40)
	d := carryover.Document{Content: carryover.NewText(src), Format: carryover.FormatMarkdown}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	var theirs time.Duration
	for b.Loop() {
		b.StopTimer()
		began := time.Now()
		var out bytes.Buffer
		if err := md.Convert([]byte(src), &out); err != nil {
			b.Fatal(err)
		}
		theirs += time.Since(began)
		b.StartTimer()
		if _, err := Note(d, ref, Standard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(theirs), "x-goldmark")
}
