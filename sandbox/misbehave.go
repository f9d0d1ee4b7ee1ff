package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// requestCap bounds what the middleware reads of one request.
const requestCap = 64 << 20

// Wrap returns next with f's misbehaviour around it and every request written
// to j. Api is "heidi" or "cliniko"; a nil journal records nothing.
//
// The request's body is read whole before anything is decided, and the answer
// is kept whole before anything is sent. That makes "before the effect" and
// "after the effect" exact: next has either not run or has finished.
func (f *Faults) Wrap(api string, j *Journal, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, requestCap))
		if err != nil {
			refuseBody(w, err)
			return
		}
		ctx, who := withWho(r.Context())
		e := exchange{
			faults: f, journal: j, next: next, w: w, r: r.WithContext(ctx), body: body, who: who, start: start,
			entry: Entry{
				At: f.clock.Now(), API: api, Method: r.Method, Path: underBase(api, r.URL.Path),
				Query: r.URL.RawQuery, Body: body[:min(len(body), bodyCap)],
			},
		}
		rule := f.decide(api, r, body)
		if rule == nil {
			e.answer(e.effect())
			return
		}
		e.entry.Fault = string(rule.Fault)
		e.misbehave(rule)
	})
}

func refuseBody(w http.ResponseWriter, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		http.Error(w, "request body too large", http.StatusRequestEntityTooLarge)
	} // otherwise the client has gone: there is nobody to answer
}

// An exchange is one request on its way through the middleware. It belongs to
// the goroutine that serves the request.
type exchange struct {
	faults  *Faults
	journal *Journal
	next    http.Handler
	w       http.ResponseWriter
	r       *http.Request
	body    []byte
	who     *string
	start   time.Time
	entry   Entry
}

// misbehave carries out what rule asks for.
func (e *exchange) misbehave(rule *Rule) {
	delay := time.Duration(rule.Delay)
	switch rule.Fault {
	case FaultStatus:
		e.answer(faultJSON(rule.status()))
	case FaultHTML:
		e.answer(faultHTML(rule.status()))
	case FaultStall:
		e.faults.wait(context.Background(), delay) // a server does not notice that its client gave up
		e.answer(e.effect())
	case FaultCutBefore:
		e.cut(0)
	case FaultCutAfter:
		e.effect()
		e.cut(0)
	case FaultRequestLost:
		e.cut(delay)
	case FaultAnswerLost:
		e.effect()
		e.cut(delay)
	case FaultLate:
		e.effectLater(delay)
	case FaultTruncated:
		e.truncate(e.effect())
	case FaultSlow:
		e.drip(e.effect(), delay)
	case FaultRateLimited:
		a := faultJSON(http.StatusTooManyRequests)
		reset := e.faults.clock.Now().Add(delay + time.Second - 1).Unix() // whole seconds, never too early
		a.header.Set("X-RateLimit-Reset", strconv.FormatInt(reset, 10))
		if e.entry.API == "heidi" { // which publishes no limit and no header of its own
			a.header.Del("X-RateLimit-Reset")
			a.header.Set("Retry-After", strconv.Itoa(int((delay+time.Second-1)/time.Second)))
		}
		e.answer(a)
	case FaultUnauthorized:
		e.answer(faultJSON(http.StatusUnauthorized))
	case FaultStatusAfter:
		e.effect()
		e.answer(faultJSON(rule.status()))
	case FaultHTMLAfter:
		e.effect()
		e.answer(faultHTML(rule.status()))
	default: // an unknown kind in a plan made in code
		e.answer(e.effect())
	}
}

// effect lets the simulator serve the request and returns its answer. The
// request's context does not end with the client's patience: a server goes on
// with what it has begun.
func (e *exchange) effect() *answer {
	r := e.r.Clone(context.WithoutCancel(e.r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(e.body))
	a := newAnswer()
	e.next.ServeHTTP(a, r)
	e.entry.Effect = a.status()
	return a
}

// record writes the entry; status is what the client saw.
func (e *exchange) record(status int) int {
	e.entry.Status, e.entry.Who, e.entry.Took = status, *e.who, time.Since(e.start)
	if e.journal == nil {
		return 0
	}
	return e.journal.Add(e.entry)
}

// answer sends a as it is.
func (e *exchange) answer(a *answer) {
	e.record(a.status()) // first, so that a client that has its answer finds it in the journal
	a.sendHeader(e.w)
	_, _ = e.w.Write(a.body.Bytes()) // a client that hung up has nothing to be told
}

// cut keeps silent for a while and then resets the connection.
func (e *exchange) cut(silence time.Duration) {
	e.record(0)
	e.faults.wait(e.r.Context(), silence)
	e.hangUp(true)
}

// effectLater cuts the connection now and serves the request after delay.
func (e *exchange) effectLater(delay time.Duration) {
	n := e.record(0)
	f := e.faults
	f.mu.Lock()
	if !f.closed { // Close waits for what was begun before it
		f.late.Go(func() {
			if f.wait(context.Background(), delay) {
				status := e.effect().status()
				if e.journal != nil {
					e.journal.tookEffect(n, status)
				}
			}
		})
	}
	f.mu.Unlock()
	e.hangUp(true)
}

// truncate promises the whole body and sends half of it.
func (e *exchange) truncate(a *answer) {
	e.record(a.status())
	body := a.body.Bytes()
	a.header.Set("Content-Length", strconv.Itoa(len(body)))
	a.sendHeader(e.w)
	_, _ = e.w.Write(body[:len(body)/2])
	_ = http.NewResponseController(e.w).Flush()
	e.hangUp(false)
}

// drip sends the body in pieces, spread over d.
func (e *exchange) drip(a *answer, d time.Duration) {
	const pieces = 10
	e.record(a.status())
	body := a.body.Bytes()
	a.header.Set("Content-Length", strconv.Itoa(len(body)))
	a.sendHeader(e.w)
	for i := range pieces {
		e.faults.wait(e.r.Context(), d/pieces)
		if _, err := e.w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces]); err != nil {
			return // the client has gone
		}
		_ = http.NewResponseController(e.w).Flush()
	}
}

// hangUp ends the connection without finishing the answer: with a reset, or
// with a plain close after what was sent. Where the connection cannot be taken
// over it makes the server abort.
func (e *exchange) hangUp(reset bool) {
	conn, _, err := http.NewResponseController(e.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the documented way to abort; net/http closes the connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// wait returns true after d, and false if ctx or f ends first.
func (f *Faults) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-f.stop:
	}
	return false
}
