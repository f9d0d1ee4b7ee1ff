package heidisim

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"strconv"
)

// A seed decides whatever the API leaves open, so that the same seed gives the
// same server again.
type seed uint64

// digest is a hash of the seed and parts.
func (s seed) digest(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(s)))
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// choice is a number from 0 to n-1 that the seed and parts decide.
func (s seed) choice(n uint64, parts ...string) int {
	sum := s.digest(parts...)
	return int(binary.BigEndian.Uint64(sum[:8]) % n)
}

// hexID is an id as Heidi's document store prints them: 24 hex digits.
func (s seed) hexID(parts ...string) string {
	sum := s.digest(parts...)
	return hex.EncodeToString(sum[:12])
}

// nextID is a new 24-digit id for a record that a call makes.
func (s *Server) nextID(kind string) string {
	s.made++
	return s.seed.hexID("made", kind, strconv.Itoa(s.made))
}

// nextSessionID is a new session id: a number below 2^128 in decimal, with 36
// to 39 digits (§6, observed). It fits no integer type.
func (s *Server) nextSessionID() string {
	for {
		s.made++
		sum := s.seed.digest("made", "session", strconv.Itoa(s.made))
		number := new(big.Int).SetBytes(sum[:16])
		number.Rsh(number, uint(sum[16]%10)) // fewer bits give the shorter ids
		id := number.String()
		if len(id) >= 36 && s.sessions[id] == nil {
			return id
		}
	}
}
