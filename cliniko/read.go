package cliniko

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"carryover"
)

// tries is how often a GET is attempted in all.
const tries = 3

// errUnreadable says that an answer was not what the reference sheet describes.
// It quotes nothing: a decoder's own error repeats values.
var errUnreadable = errors.New("answer is not in the form described")

// get reads path into v, which is decoded tolerantly. Hiccups are tried again;
// the error that remains has its kind.
func (c *Client) get(ctx context.Context, op, path string, query url.Values, v any) error {
	return c.again(ctx, op, func() error { return c.getOnce(ctx, op, path, query, v) })
}

// again makes one attempt after another at a read, within the policy of
// patience.
func (c *Client) again(ctx context.Context, op string, once func() error) error {
	denied := 0
	_, err := failsafe.With(c.patience(ctx, &denied)).WithContext(ctx).Get(func() (struct{}, error) {
		err := once()
		if p, ok := errors.AsType[*carryover.Problem](err); ok && p.Status == http.StatusUnauthorized {
			denied++
		}
		return struct{}{}, err
	})
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*carryover.Problem](err); !ok {
		err = &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: cause(err)} // ctx ended between tries
	}
	return err
}

// patience is the policy of retries for one read: transient failures, waits
// for the limit that are short and end within ctx, and the first 401, because
// one-off 401s occur.
func (c *Client) patience(ctx context.Context, denied *int) retrypolicy.RetryPolicy[struct{}] {
	again := func(_ struct{}, err error) bool {
		switch {
		case ctx.Err() != nil:
			return false
		case errors.Is(err, carryover.ErrUnauthorized):
			return *denied == 1
		case errors.Is(err, carryover.ErrTransient):
			return soon(ctx, carryover.RetryAt(err))
		}
		return false
	}
	return retrypolicy.NewBuilder[struct{}]().
		HandleIf(again).
		WithMaxAttempts(tries).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[struct{}]) time.Duration { return delayed(c.backoff, e.Retries()) }).
		ReturnLastFailure().
		Build()
}

// soon says that at, if known, is near enough to wait for. The budget does the
// waiting.
func soon(ctx context.Context, at time.Time) bool {
	if at.IsZero() {
		return true
	}
	end, limited := ctx.Deadline()
	return time.Until(at) < patience && (!limited || at.Before(end))
}

// getOnce makes one attempt.
func (c *Client) getOnce(ctx context.Context, op, path string, query url.Values, v any) error {
	if err := c.budget.Wait(ctx, priorityOf(ctx)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.readTimeout)
	defer cancel()
	a, err := c.exchange(c.read, c.request(ctx, http.MethodGet, path, query))
	if err != nil {
		return unsent(op, err, carryover.ErrTransient)
	}
	if a.status != http.StatusOK || a.form != jsonBody {
		return c.rejected(classifyRead(op, a, time.Now()))
	}
	if err := decode(a.body, v); err != nil {
		return &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Status: a.status, Err: errUnreadable}
	}
	return nil
}

// exchange sends one request and reads the whole answer.
func (c *Client) exchange(rt http.RoundTripper, req *http.Request) (answer, error) {
	sent := time.Now()
	resp, err := rt.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoAnswer
	}
	if err != nil {
		c.log.Debug("cliniko did not answer", "endpoint", c.endpoint(req), "took", time.Since(sent), "err", cause(err))
		return answer{}, err
	}
	c.clock.learn(resp.Header, sent, time.Now())
	a := readAnswer(resp)
	c.log.Debug("cliniko answered", "endpoint", c.endpoint(req), "status", a.status, "took", time.Since(sent))
	return a, nil
}

// endpoint names a request for the log: no query, no ids.
func (c *Client) endpoint(req *http.Request) string {
	path := strings.TrimPrefix(req.URL.Path, c.base.Path)
	return req.Method + " " + digits.ReplaceAllString(path, "{id}")
}

var digits = regexp.MustCompile(`[0-9]+`)

// rejected tells the budget of a 429 before the error goes on.
func (c *Client) rejected(p *carryover.Problem) *carryover.Problem {
	if p.Status == http.StatusTooManyRequests && !p.RetryAt.IsZero() {
		c.budget.limited(p.RetryAt)
	}
	return p
}

// unsent makes an error of a failed round trip, of the given kind unless the
// transport refused to connect.
func unsent(op string, err error, kind carryover.Kind) *carryover.Problem {
	if refusal, ok := notAllowed(err); ok {
		return &carryover.Problem{Op: op, Kind: carryover.ErrNotHere, Hint: hintHost, Err: refusal}
	}
	return &carryover.Problem{Op: op, Kind: kind, Err: cause(err)}
}

// decode reads JSON without turning numbers into floats.
func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v)
}
