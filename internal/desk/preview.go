package desk

import (
	"context"

	"carryover"
	"carryover/audit"
	"carryover/ledger"
)

// A Composer says everything about what would be filed. An Engine may be one
// too; without it, a preview has its title and HTML alone.
type Composer interface {
	// Compose makes what would be filed for a version. With draw it comes as a PDF
	// too where that can be, whatever its route makes of it.
	Compose(ctx context.Context, id carryover.VersionID, draw bool) (Composition, error)
}

// A Composition is a version as it would be filed.
type Composition struct {
	To        carryover.Destination
	Reference carryover.Reference
	Title     carryover.Text
	HTML      carryover.Text // what is read: a note's answers, or a file's words as a note would have them
	// Of a note by a note template: its answers, and a sentence that says how many
	// there are, or why the template is not used. The sentence holds no words of
	// the document.
	NoteTemplate carryover.NoteTemplateID
	Sections     []carryover.Section
	Filled       string
	// Of a file, or where a drawing was asked for.
	PDF      carryover.Text
	FileName string
}

// Preview implements Desk. It shows clinical text, so it is an entry.
func (d *Local) Preview(ctx context.Context, r ShowRequest) (Preview, error) {
	if d.Engine == nil {
		return Preview{}, noEngine("preview " + printable(r.ID))
	}
	var out Preview
	var v ledger.Version
	err := d.Ledger.Update(ctx, func(tx *ledger.Tx) (err error) {
		if v, err = find(ctx, tx, r.ID); err != nil {
			return err
		}
		if out.Item, err = itemOf(ctx, tx, v); err != nil {
			return err
		}
		return d.enter(ctx, tx, v.Session, audit.Entry{Actor: r.Actor, Action: audit.Previewed, Subject: string(v.ID)})
	})
	if err != nil {
		return Preview{}, err
	}
	c, err := d.compose(ctx, v.ID, r.PDF)
	if err != nil {
		return Preview{}, err
	}
	out.Title, out.HTML, out.To, out.Filled = c.Title.Reveal(), c.HTML.Reveal(), string(c.To), c.Filled
	out.NoteTemplate, out.Sections = string(c.NoteTemplate), sectionsOf(c.Sections)
	out.FileName = c.FileName
	if out.Reference == "" {
		out.Reference = string(c.Reference)
	}
	if r.PDF {
		out.PDF = []byte(c.PDF.Reveal())
	}
	return out, nil
}

// compose asks the engine for as much as it can tell.
func (d *Local) compose(ctx context.Context, id carryover.VersionID, draw bool) (Composition, error) {
	composer, ok := d.Engine.(Composer)
	switch {
	case !ok && draw:
		return Composition{}, unable("draw " + string(id) + " as a PDF")
	case !ok:
		title, html, err := d.Engine.Preview(ctx, id)
		return Composition{Title: title, HTML: html}, err
	}
	c, err := composer.Compose(ctx, id, draw)
	if err == nil && draw && c.PDF.Reveal() == "" {
		err = refused("draw "+string(id)+" as a PDF", "it becomes a treatment note, not a file",
			"A rule with to: attachment makes a PDF. Leave --pdf away to see the note.")
	}
	return c, err
}

// sectionsOf are a form's answers on the socket.
func sectionsOf(all []carryover.Section) []Section {
	var out []Section
	for _, s := range all {
		w := Section{Name: s.Name.Reveal(), Questions: []Question{}}
		for _, q := range s.Questions {
			one := Question{Name: q.Name.Reveal(), Type: string(q.Type), Answer: q.Answer.Reveal()}
			for _, c := range q.Choices {
				one.Choices = append(one.Choices, Choice{Value: c.Value.Reveal(), Selected: c.Selected})
			}
			if q.Other.Enabled || q.Other.Selected {
				one.Choices = append(one.Choices, Choice{Value: q.Other.Value.Reveal(), Selected: q.Other.Selected, Other: true})
			}
			w.Questions = append(w.Questions, one)
		}
		out = append(out, w)
	}
	return out
}
