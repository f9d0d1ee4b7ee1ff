package heidi

import (
	"context"
	"net/url"
	"strings"

	"carryover"
)

// linkHost is where a practitioner signs in and confirms (reference sheet §3,
// observed). A browser goes there; this client never does.
const linkHost = "scribe.heidihealth.com"

const linkPath = "/integration/widget/auth"

// Accepted asks whether Heidi takes the API key, by exchanging it for a token of
// this practitioner. The error of a key that is not taken is ErrUnauthorized.
func (c *Client) Accepted(ctx context.Context) error {
	_, err := c.bearer(ctx, carryover.Secret{})
	return err
}

// LinkAddress returns the page on which the practitioner, signed in to Heidi,
// lets product read their sessions. The address holds a token that opens them:
// it is for one redirect of the practitioner's own browser, never for a log, a
// mail or a screen, and dies with the token. Nothing but the token is asked of
// Heidi for it.
func (c *Client) LinkAddress(ctx context.Context, region, product string) (carryover.Secret, error) {
	token, err := c.bearer(ctx, carryover.Secret{})
	if err != nil {
		return carryover.Secret{}, err
	}
	at := url.URL{Scheme: "https", Host: linkHost, Path: linkPath}
	if loopback(c.base) {
		at.Scheme, at.Host = c.base.Scheme, c.base.Host
	}
	at.RawQuery = url.Values{
		"reset": {"true"}, "region": {strings.ToUpper(region)}, "t": {token.Reveal()}, "productName": {product},
	}.Encode()
	return carryover.NewSecret(at.String()), nil
}
