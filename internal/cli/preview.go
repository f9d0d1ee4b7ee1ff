package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"carryover/internal/config"
	"carryover/internal/desk"
	"carryover/web/paper"
)

// previewCmd shows what would be filed.
type previewCmd struct {
	ID    string `arg:"" help:"A reference (HD-…), a version's id, or the beginning of one."`
	HTML  string `name:"html" placeholder:"FILE" help:"Write a page to open in a browser instead, readable by this user alone."`
	PDF   string `name:"pdf" placeholder:"FILE" help:"Write the PDF that an attachment is, readable by this user alone."`
	Force bool   `help:"Replace files that are there."`
}

// Help is kong's long help.
func (previewCmd) Help() string {
	return `Shows the note as Cliniko will show it, clinical text included. This is audited. Nothing is sent.
A file holds clinical text: delete it when you have read it.

Example:

  carryover preview HD-7Q4K2MXA
  carryover preview HD-7Q4K2MXA --pdf letter.pdf`
}

// previewed is what the command answers when it wrote files.
type previewed struct {
	desk.Item
	HTMLFile string `json:"html_file,omitempty"`
	PDFFile  string `json:"pdf_file,omitempty"`
}

// Run implements the command.
func (c previewCmd) Run(a *app) error {
	for _, path := range []string{c.HTML, c.PDF} { // before anybody looks at a document
		if path == "" {
			continue
		}
		if err := vacant(path, c.Force); err != nil {
			return err
		}
	}
	if c.HTML != "" && c.HTML == c.PDF {
		return badUsage("--html and --pdf: name two files")
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return a.withRoadOf(cfg, func(ctx context.Context, d desk.Desk) error {
		p, err := d.Preview(ctx, desk.ShowRequest{ID: c.ID, Text: true, Names: true, PDF: c.PDF != "", Actor: a.actor()})
		if err != nil {
			return err
		}
		a.note("patient %s, practitioner %s, state %s", or(p.Patient, "not decided"), or(p.Practitioner, "not known"), p.State)
		if c.HTML+c.PDF != "" {
			return c.write(a, cfg, p)
		}
		var shown error
		err = a.answer(p, func(w io.Writer) { shown = notice(w, p) })
		if err == nil {
			err = shown
		}
		return err
	})
}

// write writes the files that were asked for and says where they are.
func (c previewCmd) write(a *app, cfg *config.Config, p desk.Preview) error {
	if c.HTML != "" {
		page, err := notePage(p, isSandbox(cfg))
		if err != nil {
			return err
		}
		if err := writePrivate(c.HTML, page, c.Force); err != nil {
			return err
		}
	}
	if c.PDF != "" {
		if err := writePrivate(c.PDF, p.PDF, c.Force); err != nil {
			return err
		}
	}
	return a.answer(previewed{Item: p.Item, HTMLFile: c.HTML, PDFFile: c.PDF}, func(w io.Writer) {
		for _, path := range []string{c.HTML, c.PDF} {
			if path != "" {
				fmt.Fprintf(w, "%s is written, readable by this user alone. It holds clinical text: delete it when you have read it.\n", path)
			}
		}
	})
}

// isSandbox says that the configuration speaks to simulators.
func isSandbox(cfg *config.Config) bool {
	return cfg.Cliniko.BaseURL != "" || cfg.Heidi != nil && cfg.Heidi.BaseURL != ""
}

// becomes says what a document becomes in Cliniko; empty when nobody said.
func becomes(p desk.Preview) string {
	if p.To == "" {
		return ""
	}
	what := destination(p.To, p.NoteTemplate)
	if p.FileName != "" {
		what += " " + p.FileName
	}
	if p.Filled != "" {
		what += ": " + p.Filled
	}
	return what
}

// notice prints a note between two lines, its title above.
func notice(w io.Writer, p desk.Preview) error {
	s := newScreen(w)
	line := strings.Repeat("─", s.wide)
	s.strong++
	s.say(p.Mark + " " + p.Title)
	s.strong--
	s.flush()
	if what := becomes(p); what != "" {
		s.say(what)
		s.flush()
	}
	s.write(line)
	s.empty = true // a heading needs no blank line below it
	if err := s.show(paper.Form(p)); err != nil {
		return err
	}
	s.write(line)
	return s.err
}
