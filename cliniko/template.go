package cliniko

import (
	"context"

	"carryover"
)

// NoteTemplates returns the treatment note templates in use, oldest first. All
// pages, or an error: a list that lacks one would pass for a clinic that
// deleted it.
func (c *Client) NoteTemplates(ctx context.Context) ([]carryover.NoteTemplate, error) {
	const op = "list note templates"
	rows, err := list(ctx, c, op, "treatment_note_templates", where("created_at:asc"), func(r templateRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	var found []carryover.NoteTemplate
	for _, r := range rows {
		t, ok := r.template()
		if !ok {
			return nil, unreadableAnswer(op)
		}
		if t.Live() { // whether the list leaves archived ones out is not written down (reference sheet §6.5)
			found = append(found, t)
		}
	}
	return found, nil
}

// NoteTemplate returns one treatment note template as it is now, archived ones
// too, with ArchivedAt; ErrGone when there is none.
func (c *Client) NoteTemplate(ctx context.Context, t carryover.NoteTemplateID) (carryover.NoteTemplate, error) {
	const op = "read note template"
	if !isID(t) {
		return carryover.NoteTemplate{}, gone(op)
	}
	r, err := one(ctx, c, op+" "+string(t), "treatment_note_templates", id(t), func(r templateRecord) id { return r.ID }, "archived_at:*")
	if err != nil {
		return carryover.NoteTemplate{}, err
	}
	found, ok := r.template()
	if !ok {
		return carryover.NoteTemplate{}, unreadableAnswer(op)
	}
	return found, nil
}
