package sim

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// A stream is one direction of a connection: what is written arrives later, in
// order. The reader waits on timers and channels alone, which lets a bubble's
// time pass. Writing never waits: a window of TCP is larger than our requests.
type stream struct {
	mu       sync.Mutex // guards what follows
	chunks   []chunk
	ended    time.Time // when the end of the stream arrives; zero: not yet
	reset    bool      // nothing more can be read or written
	deadline time.Time // of reading; zero: none
	changed  chan struct{}
}

// A chunk is bytes that arrive together.
type chunk struct {
	at    time.Time
	bytes []byte
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

// tell wakes the reader. s.mu is held.
func (s *stream) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// write adds bytes that arrive at a time, not before those ahead of them.
func (s *stream) write(b []byte, at time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reset {
		return 0, syscall.ECONNRESET
	}
	if !s.ended.IsZero() {
		return 0, syscall.EPIPE
	}
	if n := len(s.chunks); n > 0 && s.chunks[n-1].at.After(at) {
		at = s.chunks[n-1].at
	}
	s.chunks = append(s.chunks, chunk{at, append([]byte(nil), b...)})
	s.tell()
	return len(b), nil
}

// read returns what has arrived, and waits for the first byte.
func (s *stream) read(b []byte) (int, error) {
	for {
		s.mu.Lock()
		n, next, err := s.take(b)
		changed := s.changed
		s.mu.Unlock()
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
		wait(changed, next)
	}
}

// take returns what can be read now; without it, when there may be something:
// the zero time says that only a change can bring it. s.mu is held.
func (s *stream) take(b []byte) (n int, next time.Time, err error) {
	now := time.Now()
	if s.reset {
		return 0, next, syscall.ECONNRESET
	}
	if !s.deadline.IsZero() && !s.deadline.After(now) {
		return 0, next, os.ErrDeadlineExceeded
	}
	next = s.deadline
	if len(s.chunks) > 0 {
		c := &s.chunks[0]
		if !c.at.After(now) {
			n = copy(b, c.bytes)
			if c.bytes = c.bytes[n:]; len(c.bytes) == 0 {
				s.chunks = s.chunks[1:]
			}
			return n, next, nil
		}
		return 0, sooner(next, c.at), nil
	}
	if !s.ended.IsZero() {
		if !s.ended.After(now) {
			return 0, next, io.EOF
		}
		return 0, sooner(next, s.ended), nil
	}
	return 0, next, nil
}

// sooner returns the earlier of two times, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// wait returns when changed is closed or at a time, zero being never.
func wait(changed <-chan struct{}, at time.Time) {
	if at.IsZero() {
		<-changed
		return
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}

// end lets the reader see the end after what was written, at a time.
func (s *stream) end(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.IsZero() {
		if n := len(s.chunks); n > 0 && s.chunks[n-1].at.After(at) {
			at = s.chunks[n-1].at
		}
		s.ended = at
	}
	s.tell()
}

// cut ends the stream at once, with a reset; what is on its way is lost.
func (s *stream) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset, s.chunks = true, nil
	s.tell()
}

func (s *stream) setDeadline(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadline = t
	s.tell()
}
