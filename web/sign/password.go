package sign

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"carryover"
)

// A password is any words of leastPassword characters: length is what makes it
// hard to guess, and rules about digits and signs only make it hard to
// remember (NIST SP 800-63B, 3.1.1).
const (
	leastPassword = 12
	mostPassword  = 256 // bytes; what is longer is no password but a mistake
)

// commonest lists what is tried first, one a line, in lower case.
//
//go:embed commonest.txt
var commonest string

// weakness says in a sentence what is wrong with a new password; "" for
// nothing. login is the person's own.
func weakness(password, login carryover.Text) string {
	p := strings.ToLower(canonical(password))
	l := strings.ToLower(canonical(login))
	account, _, _ := strings.Cut(l, "@")
	switch {
	case utf8.RuneCountInString(p) < leastPassword:
		return fmt.Sprintf("The password is too short. Take at least %d characters; three or four words are good.", leastPassword)
	case len(p) > mostPassword:
		return "The password is too long."
	case l != "" && (strings.Contains(p, l) || utf8.RuneCountInString(account) >= 4 && strings.Contains(p, account)):
		return "The password must not have your login in it."
	case repeats(p) || strings.Contains("\n"+commonest, "\n"+p+"\n"):
		return "This password is one of the first that anybody would try. Take another."
	}
	return ""
}

// repeats says whether p is a short piece over and over.
func repeats(p string) bool {
	for n := 1; n <= len(p)/3; n++ {
		if len(p)%n == 0 && strings.Repeat(p[:n], len(p)/n) == p {
			return true
		}
	}
	return false
}

// canonical is t in the one form in which two keyboards mean the same.
func canonical(t carryover.Text) string { return norm.NFKC.String(t.Reveal()) }

// A hashing says how much work a guess costs.
type hashing struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// strong is what OWASP's password storage cheat sheet asks for at least
// (Argon2id, 19 MiB, two passes; checked November 2026).
var strong = hashing{memory: 19 * 1024, passes: 2, threads: 1}

func argon2id(keyed, salt []byte, h hashing) []byte {
	return argon2.IDKey(keyed, salt, h.passes, h.memory, h.threads, hashSize)
}

// hashesAtOnce bounds the memory that guesses can take.
const hashesAtOnce = 2

const (
	saltSize = 16
	hashSize = 32
)

// forPassword keeps the digest of a password apart from every other. Being
// keyed, it makes a stolen database worth nothing without the master key.
const forPassword = "carryover/v1/password"

// hashed returns the hash to store for a password, in the usual notation, with
// a fresh salt.
func (g *Gate) hashed(ctx context.Context, password carryover.Text) (carryover.Secret, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt)
	sum, err := g.sum(ctx, g.hash, salt, password)
	if err != nil {
		return carryover.Secret{}, err
	}
	return carryover.NewSecret(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		g.hash.memory, g.hash.passes, g.hash.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))), nil
}

// fits says whether a password is the one that was hashed; outdated, whether it
// should be hashed anew. Without a hash it does the same work for a password
// that nobody has, so that the time taken tells nothing.
func (g *Gate) fits(ctx context.Context, stored carryover.Secret, password carryover.Text) (ok, outdated bool, err error) {
	h, salt, want, known := parseHash(stored.Reveal())
	if !known {
		h, salt, want = g.hash, make([]byte, saltSize), make([]byte, hashSize)
	}
	got, err := g.sum(ctx, h, salt, password)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && known, h != g.hash, nil
}

// sum waits for its turn and hashes.
func (g *Gate) sum(ctx context.Context, h hashing, salt []byte, password carryover.Text) ([]byte, error) {
	select {
	case g.busy <- struct{}{}:
		defer func() { <-g.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return g.derive(g.Ledger.Keys().Digest(forPassword, canonical(password)), salt, h), nil
}

// parseHash reads what hashed wrote.
func parseHash(s string) (h hashing, salt, sum []byte, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hashing{}, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); n != 3 || err != nil {
		return hashing{}, nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return h, salt, sum, err1 == nil && err2 == nil && len(sum) == hashSize && h.passes > 0 && h.threads > 0
}
