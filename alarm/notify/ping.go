package notify

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// A Pinger asks an address for nothing, again and again, as long as all is well.
// A watcher outside, which misses it, is what notices a machine that is off: a
// program that has stopped cannot send a mail that says so.
type Pinger struct {
	URL   string
	Every time.Duration
	// Transport is the guard's way out for what is read.
	Transport http.RoundTripper
	// Well says whether documents are seen and notes go out.
	Well func(ctx context.Context) (bool, error)
	Log  *slog.Logger

	next  time.Time // when the next ping is due
	quiet bool      // the last one was left out
}

// Round pings when it is time and all is well. What is due and not well is
// looked at again in the next round, so that the first moment of health counts.
func (p *Pinger) Round(ctx context.Context) {
	now := time.Now()
	if now.Before(p.next) {
		return
	}
	well, err := p.Well(ctx)
	if !well || err != nil {
		if !p.quiet {
			p.Log.Warn("no sign of life is given, because not all is well", "err", err)
		}
		p.quiet = true
		return
	}
	p.next, p.quiet = now.Add(p.Every), false
	if err := p.ping(ctx); err != nil && ctx.Err() == nil {
		p.Log.Warn("sign of life not given", "err", err)
		p.next = now.Add(p.Every / 5) // the watcher waits for one
	}
}

func (p *Pinger) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, http.NoBody)
	if err != nil {
		return errors.New("the ping's address in the configuration is not one") // the cause repeats it
	}
	return exchange(p.Transport, r)
}
