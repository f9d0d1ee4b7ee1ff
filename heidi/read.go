package heidi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"carryover"
)

const (
	// tries is how often a GET is attempted in all.
	tries = 3
	// patience is the longest wait that a 429 may ask for before the caller is
	// told to come back later.
	patience = 30 * time.Second
)

// get reads one endpoint with the practitioner's token. A token that is refused
// is replaced once: it may have been withdrawn before its time.
func (c *Client) get(ctx context.Context, k call) (answer, error) {
	var stale carryover.Secret
	for {
		token, err := c.bearer(ctx, stale)
		if err != nil {
			return answer{}, err
		}
		a, err := c.patiently(ctx, k, func(ctx context.Context) (answer, error) {
			req := c.request(ctx, k)
			req.Header.Set("Authorization", "Bearer "+token.Reveal())
			return c.exchange(k, req)
		})
		if !staleToken(err) || stale.IsSet() {
			return a, err
		}
		stale = token
	}
}

// staleToken says that a new token may help: 401, or a 403 that is not about
// linking, since nobody has said which of the two an expired token gets.
func staleToken(err error) bool {
	p, ok := errors.AsType[*carryover.Problem](err)
	return ok && p.Kind == carryover.ErrUnauthorized && p.Hint != hintLink
}

// patiently makes up to three attempts. Each has its own time limit.
func (c *Client) patiently(ctx context.Context, k call, attempt func(context.Context) (answer, error)) (answer, error) {
	a, err := failsafe.With(c.retries(ctx)).WithContext(ctx).Get(func() (answer, error) {
		leave, err := c.pace.enter(ctx)
		if err != nil {
			return answer{}, err
		}
		defer leave()
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		return attempt(ctx)
	})
	if err == nil {
		return a, nil
	}
	if _, ok := errors.AsType[*carryover.Problem](err); !ok {
		err = &carryover.Problem{Op: k.op, Kind: carryover.ErrTransient, Err: cause(err)} // ctx ended between tries
	}
	return answer{}, err
}

// retries is the policy for one read: transient failures are tried again, if
// the wait they ask for is short and ends within ctx.
func (c *Client) retries(ctx context.Context) retrypolicy.RetryPolicy[answer] {
	again := func(_ answer, err error) bool {
		return ctx.Err() == nil && errors.Is(err, carryover.ErrTransient) && soon(ctx, carryover.RetryAt(err))
	}
	return retrypolicy.NewBuilder[answer]().
		HandleIf(again).
		WithMaxAttempts(tries).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[answer]) time.Duration { return delayed(c.backoff, e.Retries()) }).
		ReturnLastFailure().
		Build()
}

// soon says that at, if known, is near enough to wait for. The pace does the
// waiting.
func soon(ctx context.Context, at time.Time) bool {
	if at.IsZero() {
		return true
	}
	end, limited := ctx.Deadline()
	return time.Until(at) < patience && (!limited || at.Before(end))
}

// exchange sends one request and reads the whole answer. Anything but a
// complete 200 of JSON is an error.
func (c *Client) exchange(k call, req *http.Request) (answer, error) {
	sent := time.Now()
	resp, err := c.read.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoAnswer
	}
	if err != nil {
		c.log.Debug("heidi did not answer", "endpoint", k.op, "took", time.Since(sent), "err", cause(err))
		return answer{}, unsent(k.op, err)
	}
	a := readAnswer(resp)
	c.log.Debug("heidi answered", "endpoint", k.op, "status", a.status, "took", time.Since(sent))
	if a.status == http.StatusOK && a.form == jsonBody {
		return a, nil
	}
	p := classify(k.op, a, time.Now(), 4*c.backoff)
	if !p.RetryAt.IsZero() {
		c.pace.hold(p.RetryAt)
	}
	return answer{}, p
}

// unsent makes an error of a failed round trip.
func unsent(op string, err error) *carryover.Problem {
	if refusal, ok := notAllowed(err); ok {
		return &carryover.Problem{Op: op, Kind: carryover.ErrNotHere, Hint: hintHost, Err: refusal}
	}
	return &carryover.Problem{Op: op, Kind: carryover.ErrTransient, Err: cause(err)}
}
