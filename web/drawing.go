package web

import (
	"fmt"
	"time"
)

// A drawing is the last weeks as bars: how many documents, and where they are, or
// how long they took. It is placed with attributes alone, because no page may have a style
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

// draw makes bars of how many documents each day had, and where they are.
func draw(days []dayCount) drawing {
	most, filed, held, total := 1, 0, 0, 0
	for _, d := range days {
		most, filed, held, total = max(most, d.Total), filed+d.Filed, held+d.Held, total+d.Total
	}
	summary := fmt.Sprintf("The last %d days: %s, %d of them in Cliniko, %d waiting for someone.", len(days), plural(total, "document"), filed, held)
	return bars(days, most, summary, func(d dayCount) ([]amount, string) {
		return []amount{{d.Filed, good}, {d.Moving, moving}, {d.Held, ask}, {d.Left, quiet}}, dayWords(d)
	})
}

// drawMinutes makes bars of each day's middle time from the end of a session to
// its document in the chart, in minutes.
func drawMinutes(days []dayCount) drawing {
	most, worst := 1, time.Duration(0)
	for _, d := range days {
		most, worst = max(most, wholeMinutes(d.Median)), max(worst, d.Median)
	}
	summary := fmt.Sprintf("Minutes to the chart on the last %d days: on the slowest day %s in the middle.", len(days), minutes(worst))
	if worst == 0 {
		summary = fmt.Sprintf("Minutes to the chart on the last %d days: nothing was filed.", len(days))
	}
	return bars(days, most, summary, func(d dayCount) ([]amount, string) {
		return []amount{{wholeMinutes(d.Median), timed}}, fmt.Sprintf("%s: %s in the middle", d.Day.Format("Mon 2 Jan"), d.MedianWords())
	})
}

// wholeMinutes rounds up, so that a day on which something was filed has a bar.
func wholeMinutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

// timed is the tone of bars that are a time.
const timed = "timed"

// An amount is a part of a day's bar.
type amount struct {
	n    int
	tone string
}

// bars draws a bar for each day, on a scale up to about most.
func bars(days []dayCount, most int, summary string, of func(dayCount) ([]amount, string)) drawing {
	most = ceiling(most)
	g := drawing{
		Width: scaleWide + len(days)*(barWidth+barGap) + drawingRight, Height: barsHigh + labelsHigh, Summary: summary,
	}
	for _, v := range []int{most, most / 2, 0} {
		g.Lines = append(g.Lines, line{Y: barsHigh - v*(barsHigh-10)/most, Value: fmt.Sprint(v)})
	}
	for i, d := range days {
		amounts, words := of(d)
		b := bar{X: scaleWide + i*(barWidth+barGap), Width: barWidth, Words: words}
		y := barsHigh
		for _, p := range amounts {
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
