package heidi

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"carryover"
)

// A Client reads Heidi for one practitioner. It is safe for concurrent use.
type Client struct {
	base         *url.URL
	key          carryover.Secret
	email        carryover.Text
	internalID   string
	practitioner carryover.PractitionerID
	read         http.RoundTripper
	pace         *Pace
	pageSize     int
	timeout      time.Duration
	backoff      time.Duration
	log          *slog.Logger
	token        tokenCache
}

// New makes a client. Mistakes in cfg are reported together, of kind
// ErrInvalid; the hint says what to change. Nothing is sent.
func New(cfg Config) (*Client, error) {
	base, err := cfg.check()
	if err != nil {
		return nil, err
	}
	c := &Client{
		base:         base,
		key:          cfg.Key,
		email:        cfg.Email,
		internalID:   cfg.InternalID,
		practitioner: cfg.Practitioner,
		read:         cfg.Read,
		pace:         cfg.Pace,
		pageSize:     cmp.Or(cfg.PageSize, DefaultPageSize),
		timeout:      cmp.Or(cfg.Timeout, DefaultTimeout),
		backoff:      cmp.Or(cfg.Backoff, defaultBackoff),
		log:          cfg.Log,
		token:        newTokenCache(),
	}
	perSecond, inFlight := cmp.Or(cfg.PerSecond, DefaultPerSecond), DefaultInFlight
	if loopback(base) {
		c.timeout = cmp.Or(cfg.Timeout, loopbackTimeout)
		c.backoff = cmp.Or(cfg.Backoff, loopbackBackoff)
		perSecond, inFlight = cfg.PerSecond, loopbackInFlight
	}
	if c.pace == nil {
		c.pace = NewPace(perSecond, inFlight)
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// String keeps the key, which the client holds, out of every %v.
func (c *Client) String() string { return "heidi client" }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// A call is one endpoint to read. Its name goes into errors and logs; the
// query and the path, which may hold more, do not.
type call struct {
	op    string // "list sessions"
	path  string
	query url.Values
}

// request builds the one kind of request there is, a GET.
func (c *Client) request(ctx context.Context, k call) *http.Request {
	u := *c.base
	u.Path = strings.TrimRight(u.Path, "/") + "/" + k.path
	u.RawQuery = k.query.Encode()
	req := (&http.Request{
		Method:     http.MethodGet,
		URL:        &u,
		Host:       u.Host,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
	}).WithContext(ctx)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Carryover")
	return req
}

// idForm is what may stand in a path as an id: digits, or the hexadecimal of a
// document store.
var idForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func isID[T ~string](s T) bool { return idForm.MatchString(string(s)) }
