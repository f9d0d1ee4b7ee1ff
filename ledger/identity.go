package ledger

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// newID returns a UUIDv7 of the moment now: ids sort by when their rows were
// made. The library's own maker reads the wall clock; here time is always a
// parameter, so that a simulated day replays.
func newID(now time.Time) string {
	var u uuid.UUID
	_, _ = rand.Read(u[6:])
	micros := now.UnixMicro()
	millis, rest := uint64(micros/1000), uint64(micros%1000)
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], millis<<16)
	copy(u[:6], b[:6])
	// The twelve bits after the version hold the fraction of the millisecond
	// (RFC 9562, method 3).
	fraction := uint16(rest * 4096 / 1000)
	binary.BigEndian.PutUint16(u[6:8], 0x7000|fraction)
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// firstID sorts before every identifier made at t or later, and after every
// earlier one.
func firstID(t time.Time) string {
	var u uuid.UUID
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(max(t.UnixMilli(), 0))<<16)
	copy(u[:6], b[:6])
	return u.String()
}
