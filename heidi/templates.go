package heidi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"carryover"
)

// A Template is one of the practice's templates in Heidi, as far as the list
// shows them.
type Template struct {
	ID   carryover.TemplateID
	Name carryover.Text
	// Document says that it makes documents rather than the consult note;
	// false when Heidi does not say.
	Document bool
}

// templatePaths are the newer and the older path (reference sheet §8).
var templatePaths = []string{"templates/document-templates", "templates/consult-note-templates"}

// Templates lists templates. Whether a clinic's own ones are among them is not
// known, so a template that is missing here may still appear in documents.
func (c *Client) Templates(ctx context.Context) ([]Template, error) {
	const op = "list heidi templates"
	var last error
	for _, path := range templatePaths {
		a, err := c.get(ctx, call{op: op, path: path})
		if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Status == http.StatusNotFound {
			last = err
			continue
		}
		if err != nil {
			return nil, err
		}
		found, ok := readTemplates(a.body)
		if !ok {
			return nil, unreadableAnswer(op, a)
		}
		return found, nil
	}
	return nil, last
}

func readTemplates(body []byte) ([]Template, bool) {
	items, known := rows(body, "templates", "data")
	if !known {
		return nil, false
	}
	var found []Template
	for _, raw := range items {
		var r templateRecord
		if json.Unmarshal(raw, &r) != nil || templateID(firstID(r.ID, r.MongoID)) == "" {
			return nil, false
		}
		found = append(found, Template{
			ID:       templateID(firstID(r.ID, r.MongoID)),
			Name:     carryover.NewText(string(r.Name)),
			Document: r.Category == "DOCUMENT_TEMPLATE",
		})
	}
	return found, true
}
