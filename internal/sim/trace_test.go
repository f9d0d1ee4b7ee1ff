package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
	"time"
)

// A Trace is what happened, a line each, in the order of the bubble's time. It
// keeps a digest of all lines, and the lines unless told otherwise.
type Trace struct {
	Keep int // of the newest lines; 0: all

	mu    sync.Mutex // guards what follows
	lines []string
	all   hash.Hash
	n     int
}

// add writes one line with the time before it.
func (t *Trace) add(format string, args ...any) {
	line := time.Now().UTC().Format("0102 150405.000000000 ") + fmt.Sprintf(format, args...)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = sha256.New()
	}
	_, _ = t.all.Write([]byte(line + "\n"))
	t.n++
	if t.lines = append(t.lines, line); t.Keep > 0 && len(t.lines) > 2*t.Keep {
		t.lines = append(t.lines[:0], t.lines[len(t.lines)-t.Keep:]...)
	}
}

// Lines returns the lines that were kept.
func (t *Trace) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.lines...)
}

// Len returns how many lines there were.
func (t *Trace) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

// Digest names the whole trace in sixteen digits.
func (t *Trace) Digest() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		return ""
	}
	return hex.EncodeToString(t.all.Sum(nil))[:16]
}
