package clinic

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"regexp"
	"strconv"
)

// The forms that ids have at the two APIs (cliniko-api §6.1, heidi-api §6, §7).
var (
	clinikoForm = regexp.MustCompile(`^[1-9][0-9]{4,18}$`)
	sessionForm = regexp.MustCompile(`^[1-9][0-9]{0,38}$`)
	hexForm     = regexp.MustCompile(`^[0-9a-f]{24}$`)
)

// Ids that do not have the API's form are replaced by one that has, made from
// the id alone: the same directory gives the same ids on every machine, and a
// session's id does not depend on the lines around it.

// asClinikoID returns id, or 19 digits made from it.
func asClinikoID(sort, id string) string {
	if clinikoForm.MatchString(id) {
		if _, err := strconv.ParseInt(id, 10, 64); err == nil {
			return id
		}
	}
	sum := sha256.Sum256([]byte(sort + "\x00" + id))
	const low, span = 1_000_000_000_000_000_000, 1_000_000_000_000_000_000
	return strconv.FormatUint(low+binary.BigEndian.Uint64(sum[:8])%span, 10)
}

// asSessionID returns id, or a 128-bit number in decimal made from it.
func asSessionID(id string) string {
	if sessionForm.MatchString(id) {
		if n, ok := new(big.Int).SetString(id, 10); ok && n.BitLen() <= 128 {
			return id
		}
	}
	sum := sha256.Sum256([]byte("session\x00" + id))
	sum[0] |= 0x10 // never short
	return new(big.Int).SetBytes(sum[:16]).String()
}

// asHexID returns id, or 24 hexadecimal digits made from it and its session.
func asHexID(session, id string) string {
	if hexForm.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte("document\x00" + session + "\x00" + id))
	return hex.EncodeToString(sum[:12])
}

// keyFor returns the Cliniko key of a practitioner who was given none.
func keyFor(name, shard string) string {
	sum := sha256.Sum256([]byte("key\x00" + name))
	return "SANDBOX" + base32.StdEncoding.EncodeToString(sum[:15]) + "-" + shard
}
