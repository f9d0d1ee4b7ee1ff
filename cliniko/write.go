package cliniko

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"carryover"
)

// post sends one POST, once, and returns the answer if it is a success. All
// else is an error of the kind that the table in classify.go gives; when it
// cannot be known whether Cliniko took the request, that is ErrInDoubt.
//
// The wait for the budget is limited to half the deadline, so that the whole
// call ends within one and a half deadlines of the intent; whoever settles a
// lost answer counts on it.
func (c *Client) post(ctx context.Context, op, path string, body []byte) (answer, error) {
	if err := c.turn(ctx); err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.deadline)
	defer cancel()
	var seen traces
	a, err := c.exchange(c.write, c.postRequest(seen.watch(ctx), path, body, &seen))
	switch {
	case err != nil && seen.neverConnected():
		return a, unsent(op, err, carryover.ErrTransient)
	case err != nil:
		return a, unsent(op, err, carryover.ErrInDoubt)
	case a.status < 200 || a.status > 299 || !a.plain():
		return a, c.rejected(classifyWrite(op, a, time.Now()))
	}
	return a, nil
}

// Reserve waits for the turn of the next write, however long that takes
// within ctx, so that the wait is over before an intent is recorded. The next
// POST of this client does not wait again. A turn that was not used is kept:
// then there is nothing to wait for.
func (c *Client) Reserve(ctx context.Context) error {
	if c.reserved.Load() > 0 {
		return nil
	}
	if err := c.budget.Wait(ctx, priorityOf(ctx)); err != nil {
		return err
	}
	c.reserved.Add(1)
	return nil
}

// turn takes a reserved turn, or waits for one.
func (c *Client) turn(ctx context.Context) error {
	for {
		switch n := c.reserved.Load(); {
		case n == 0:
			waiting, cancel := context.WithTimeout(ctx, c.deadline/2)
			defer cancel()
			return c.budget.Wait(waiting, priorityOf(ctx))
		case c.reserved.CompareAndSwap(n, n-1):
			return nil
		}
	}
}

// postRequest builds a request that net/http can send only once: it has no
// GetBody and no Idempotency-Key, with either of which a transport would send
// it again by itself and say nothing.
func (c *Client) postRequest(ctx context.Context, path string, body []byte, seen *traces) *http.Request {
	req := c.request(ctx, http.MethodPost, path, nil)
	req.Header.Set("Accept-Encoding", "identity") // so that the announced length shows a cut body
	req.Close = true
	if body == nil {
		return req
	}
	req.Header.Set("Content-Type", "application/json")
	req.ContentLength = int64(len(body))
	req.Body = &onceBody{Reader: bytes.NewReader(body), read: &seen.bodyRead}
	return req
}

// traces are what was seen of a request on its way out.
type traces struct {
	asked, connected, bodyRead atomic.Bool
}

// watch returns a context through which the transport reports connections.
func (t *traces) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	})
}

// neverConnected says that no connection was ever obtained, so that nothing
// can have left. It needs positive evidence: a transport that reports nothing
// proves nothing.
func (t *traces) neverConnected() bool {
	return t.asked.Load() && !t.connected.Load() && !t.bodyRead.Load()
}

// A onceBody notes that somebody began to read it.
type onceBody struct {
	io.Reader
	read *atomic.Bool
}

func (b *onceBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.Reader.Read(p)
}

// Close does nothing: there is nothing to let go of.
func (b *onceBody) Close() error { return nil }
