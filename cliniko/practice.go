package cliniko

import (
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
