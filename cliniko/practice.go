package cliniko

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"carryover"
)

// This file reads what a page for people needs and no decision rests on: what
// the practitioners are called, and where the practice's own pages are.

// Practitioners returns what the active practitioners are called, by their ids.
func (c *Client) Practitioners(ctx context.Context) (map[carryover.PractitionerID]carryover.Text, error) {
	rows, err := list(ctx, c, "list practitioners", "practitioners", where(""),
		func(r practitionerRecord) id { return r.ID })
	if err != nil {
		return nil, err
	}
	names := map[carryover.PractitionerID]carryover.Text{}
	for _, r := range rows {
		name := string(r.DisplayName)
		if name == "" {
			name = strings.TrimSpace(string(r.FirstName) + " " + string(r.LastName))
		}
		if isID(r.ID) && name != "" {
			names[carryover.PractitionerID(r.ID)] = carryover.NewText(name)
		}
	}
	return names, nil
}

// Businesses returns the practice's locations by their ids.
func (c *Client) Businesses(ctx context.Context) (map[string]string, error) {
	type record struct {
		ID          id    `json:"id"`
		DisplayName words `json:"display_name"`
		Name        words `json:"business_name"`
	}
	rows, err := list(ctx, c, "list businesses", "businesses", where(""), func(r record) id { return r.ID })
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, r := range rows {
		names[string(r.ID)] = cmp.Or(string(r.DisplayName), string(r.Name))
	}
	return names, nil
}

// MayRead asks for one treatment note of the author's and one attachment of the
// user's, and returns what refuses them; nil when both answer. Whether a key may
// write cannot be asked without writing, but a role that may not write notes may
// not read them either.
func (c *Client) MayRead(ctx context.Context, author carryover.PractitionerID, user carryover.UserID) error {
	for _, one := range []struct{ op, path, filter string }{
		{"ask cliniko for the author's notes", "treatment_notes", "practitioner_id:=" + string(author)},
		{"ask cliniko for the user's attachments", "patient_attachments", "user_id:=" + string(user)},
	} {
		query := where("", one.filter)
		query.Set("per_page", "1")
		var p page
		if err := c.get(ctx, one.op, one.path, query, &p); err != nil {
			return err
		}
	}
	return nil
}

// subdomainForm is that of a name of a host.
var subdomainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Address returns where the practice's pages in Cliniko begin, such as
// https://example.au3.cliniko.com, without a slash at the end. It is for a link
// that a person follows; nothing here connects to it. Empty for a sandbox, which
// has no pages.
func (c *Client) Address(ctx context.Context) (string, error) {
	const op = "ask cliniko for the practice's address"
	var r struct {
		Account struct {
			Subdomain words `json:"subdomain"`
		} `json:"account"`
	}
	host, is := strings.CutPrefix(c.base.Hostname(), "api.")
	if !is || !strings.HasSuffix(host, ".cliniko.com") {
		return "", nil
	}
	if err := c.get(ctx, op, "settings/public", nil, &r); err != nil {
		return "", err
	}
	name := strings.ToLower(string(r.Account.Subdomain))
	if !subdomainForm.MatchString(name) {
		return "", unreadableAnswer(op)
	}
	return "https://" + name + "." + host, nil
}
