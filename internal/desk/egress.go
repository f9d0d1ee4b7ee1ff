package desk

import "context"

// An Egress is what the running daemon sent to one host since it began.
type Egress struct {
	Host     string `json:"host"` // and port
	Requests int    `json:"requests"`
	Refused  int    `json:"refused"` // stopped before a connection was opened
}

// A Gatekeeper counts what leaves. An Engine may be one.
type Gatekeeper interface {
	Egress() []Egress
}

// Egress returns the daemon's counts; nil without a daemon.
func (d *Local) Egress(context.Context) ([]Egress, error) {
	if g, ok := d.Engine.(Gatekeeper); ok {
		return g.Egress(), nil
	}
	return nil, nil
}

// Egress asks the daemon at the other end of the socket for its counts.
func (c *Client) Egress(ctx context.Context) ([]Egress, error) {
	return ask[[]Egress](ctx, c, "egress", struct{}{})
}
