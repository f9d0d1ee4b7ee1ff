// Command render runs the renderer over a corpus: JSON lines with an id and
// markdown or html_source on standard input, JSON lines with the id and the
// rendered output on standard output, the speed on standard error.
//
//	go run ./bench/render [-profile standard|minimal] < corpus.jsonl > out.jsonl
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"carryover"
	"carryover/render"
)

// A sourceLine is what a renderer may read of a corpus line.
type sourceLine struct {
	ID       string  `json:"id"`
	Markdown *string `json:"markdown"`
	HTML     *string `json:"html_source"`
	Mode     string  `json:"mode"` // "text": a one-line answer; else a paragraph
}

type resultLine struct {
	ID     string `json:"id"`
	Output string `json:"output"`
	Mode   string `json:"mode,omitempty"`
}

func main() {
	os.Exit(command()) //nolint:forbidigo // this is a main
}

// command is main with an exit code.
func command() int {
	profile := flag.String("profile", string(render.Standard), "the tags that may be used: standard or minimal")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, os.Stderr, render.Profile(*profile)); err != nil {
		fmt.Fprintf(os.Stderr, "render: %v\n", err)
		return 1
	}
	return 0
}

// run renders what in holds.
func run(in io.Reader, out, report io.Writer, p render.Profile) error {
	if p != render.Standard && p != render.Minimal {
		return fmt.Errorf("profile %q: want standard or minimal", p)
	}
	w := bufio.NewWriter(out)
	decode, encode := json.NewDecoder(in), json.NewEncoder(w)
	encode.SetEscapeHTML(false)
	count, plain, size := 0, 0, 0
	var spent time.Duration
	for {
		var line sourceLine
		if err := decode.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("line %d: %w", count+1, err)
		}
		began := time.Now()
		output, fell := rendered(line, p)
		spent += time.Since(began)
		if fell {
			plain++
			fmt.Fprintf(report, "%s: shown as plain lines\n", line.ID)
		}
		count++
		size += len(output)
		if err := encode.Encode(resultLine{line.ID, output, line.Mode}); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	fmt.Fprintf(report, "%d documents, %d as plain lines, %.1f MB/s of output\n",
		count, plain, float64(size)/1e6/max(spent.Seconds(), 1e-9))
	return w.Flush()
}

// rendered is a line's body, without the reference line, and whether it fell
// back to plain lines.
func rendered(line sourceLine, p render.Profile) (string, bool) {
	doc := carryover.Document{Format: carryover.FormatMarkdown}
	switch {
	case line.HTML != nil:
		doc.Format, doc.Content = carryover.FormatHTML, carryover.NewText(*line.HTML)
	case line.Markdown != nil:
		doc.Content = carryover.NewText(*line.Markdown)
	}
	if line.Mode == "text" {
		return render.TextLine(render.Parse(doc).Blocks), false
	}
	return render.Body(doc, p)
}
