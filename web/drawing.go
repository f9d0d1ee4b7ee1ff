package web

import (
	"fmt"
	"time"
)

// A drawing is the last weeks as bars: what is in Cliniko, what waits, what was
// left out. It is placed with attributes alone, because no page may have a style
// of its own; the colours are those of the style sheet's classes.
type drawing struct {
	Width, Height int
	Bars          []bar
	Lines         []line // of the scale
	Summary       string // the same in words
}

type bar struct {
	X, Width int
	Parts    []part
	Label    string // below every seventh
	LabelX   int
	Words    string // what a pointer is told
}

type part struct {
	Y, Height int
	Tone      string
}

type line struct {
	Y     int
	Value string
}

// The measures of a drawing, in its own units.
const (
	barWidth, barGap        = 16, 6
	barsHigh, labelsHigh    = 120, 22
	scaleWide, drawingRight = 34, 4
)

// draw makes bars of days.
func draw(days []dayCount) drawing {
	most, filed, total := 1, 0, 0
	for _, d := range days {
		most, filed, total = max(most, d.Total), filed+d.Filed, total+d.Total
	}
	most = ceiling(most)
	g := drawing{
		Width: scaleWide + len(days)*(barWidth+barGap) + drawingRight, Height: barsHigh + labelsHigh,
		Summary: fmt.Sprintf("The last %d days: %s, %d of them in Cliniko.", len(days), plural(total, "document"), filed),
	}
	for _, v := range []int{most, most / 2, 0} {
		g.Lines = append(g.Lines, line{Y: barsHigh - v*(barsHigh-10)/most, Value: fmt.Sprint(v)})
	}
	for i, d := range days {
		b := bar{X: scaleWide + i*(barWidth+barGap), Width: barWidth, Words: dayWords(d)}
		y := barsHigh
		for _, p := range []struct {
			n    int
			tone string
		}{{d.Filed, good}, {d.Moving, moving}, {d.Held, ask}, {d.Left, quiet}} {
			if p.n == 0 {
				continue
			}
			high := max(2, p.n*(barsHigh-10)/most)
			y -= high
			b.Parts = append(b.Parts, part{Y: y, Height: high, Tone: p.tone})
		}
		if d.Day.Weekday() == time.Monday {
			b.Label, b.LabelX = d.Day.Format("2 Jan"), b.X+barWidth/2
		}
		g.Bars = append(g.Bars, b)
	}
	return g
}

func dayWords(d dayCount) string {
	return fmt.Sprintf("%s: %s, %d in Cliniko, %d on the way, %d waiting for someone, %d left out",
		d.Day.Format("Mon 2 Jan"), plural(d.Total, "document"), d.Filed, d.Moving, d.Held, d.Left)
}

// ceiling rounds up to a number that halves well.
func ceiling(n int) int {
	for _, c := range []int{4, 10, 20, 40, 60, 80, 100, 150, 200, 300, 400} {
		if n <= c {
			return c
		}
	}
	return (n + 199) / 200 * 200
}
