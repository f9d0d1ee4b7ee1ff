package cliniko

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"carryover"
)

// A Client speaks to Cliniko with the key of one practitioner. It is safe for
// concurrent use.
type Client struct {
	base        *url.URL
	credentials string // the whole Authorization header
	agent       string
	read, write http.RoundTripper
	budget      *Budget
	deadline    time.Duration
	readTimeout time.Duration
	backoff     time.Duration
	log         *slog.Logger
	clock       clock
	reserved    atomic.Int64 // turns that Reserve has taken for writes to come
}

// New makes a client. Mistakes in cfg are reported together, of kind
// ErrInvalid; the hint says what to change. Nothing is sent.
func New(cfg Config) (*Client, error) {
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:        base,
		credentials: "Basic " + base64.StdEncoding.EncodeToString([]byte(cfg.Key.Reveal()+":")),
		agent:       "Carryover (" + cfg.Contact + ")",
		read:        cfg.Read,
		write:       cfg.Write,
		budget:      cfg.Budget,
		deadline:    cmp.Or(cfg.Deadline, DefaultDeadline),
		log:         cfg.Log,
	}
	c.readTimeout = cmp.Or(cfg.ReadTimeout, min(DefaultReadTimeout, c.deadline))
	c.backoff = cmp.Or(cfg.Backoff, min(defaultBackoff, c.deadline/10))
	if c.budget == nil {
		c.budget = NewBudget(cmp.Or(cfg.PerMinute, DefaultPerMinute))
		c.budget.halving = cmp.Or(cfg.Halving, DefaultHalving)
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Budget returns the budget that the client draws on.
func (c *Client) Budget() *Budget { return c.budget }

// String keeps the key, which the client holds, out of every %v.
func (c *Client) String() string { return "cliniko client" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// request builds a request for a path below the base. Only JSON is served
// (reference sheet §3).
func (c *Client) request(ctx context.Context, method, path string, query url.Values) *http.Request {
	u := *c.base
	u.Path = strings.TrimRight(u.Path, "/") + "/" + path
	u.RawQuery = query.Encode()
	req := (&http.Request{
		Method:     method,
		URL:        &u,
		Host:       u.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
	}).WithContext(ctx)
	req.Header.Set("Authorization", c.credentials)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)
	return req
}

// isID says that s can be an id of Cliniko: a positive 64-bit integer in
// decimal. Ids come from Heidi too, so anything may be in them, and they
// become part of paths and filters.
func isID[T ~string](s T) bool {
	if s == "" || s[0] == '0' {
		return false
	}
	n, err := strconv.ParseInt(string(s), 10, 64)
	return err == nil && n > 0 && s[0] != '+'
}

// gone says that an id names nothing.
func gone(op string) *carryover.Problem {
	return &carryover.Problem{Op: op, Kind: carryover.ErrGone}
}

func isGone(err error) bool { return errors.Is(err, carryover.ErrGone) }
