package sign

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"carryover"
)

// Codes are as every authenticator makes them (RFC 6238): six digits, a new one
// each half minute. One step early or late is taken for a clock that is off.
const (
	codeDigits = 6
	codeStep   = 30 * time.Second
	codeSkew   = 1 // steps
)

var base32NoPadding = base32.StdEncoding.WithPadding(base32.NoPadding)

// issuer is how the authenticator calls us.
const issuer = "Carryover"

// newTOTP makes a secret to share with a telephone.
func newTOTP() (carryover.Secret, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: "somebody", SecretSize: 20})
	if err != nil {
		return carryover.Secret{}, fmt.Errorf("make a second factor: %w", err)
	}
	return carryover.NewSecret(key.Secret()), nil
}

// keyOf is the secret as a telephone scans it, for the account of a login.
func keyOf(secret carryover.Secret, login carryover.Text) (*otp.Key, error) {
	raw, err := base32NoPadding.DecodeString(secret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("read a second factor: %w", carryover.ErrInvalid)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login.Reveal(), Secret: raw})
	if err != nil {
		return nil, fmt.Errorf("draw a second factor: %w", carryover.ErrInvalid) // the cause may quote the login
	}
	return key, nil
}

// stepOf returns the time step whose code was shown, or false. Every step that
// could be is tried, whichever fits.
func stepOf(secret carryover.Secret, code string, now time.Time) (step int64, ok bool) {
	here := now.Unix() / int64(codeStep/time.Second)
	for s := here - codeSkew; s <= here+codeSkew; s++ {
		fits, err := hotp.ValidateCustom(code, uint64(s), secret.Reveal(), hotp.ValidateOpts{
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && fits {
			step, ok = s, true
		}
	}
	return step, ok
}

// recoveryCodes is how many a person gets.
const recoveryCodes = 10

// newRecoveryCodes draws them: ten letters and digits each, fifty random bits.
func newRecoveryCodes() []carryover.Secret {
	codes := make([]carryover.Secret, recoveryCodes)
	for i := range codes {
		codes[i] = carryover.NewSecret(rand.Text()[:10])
	}
	return codes
}

// printed is a recovery code as people copy it.
func printed(code carryover.Secret) string {
	s := strings.ToLower(code.Reveal())
	return s[:5] + "-" + s[5:]
}

// typed is a code as somebody typed it, without blanks and dashes.
func typed(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\t', '\u00a0', '–':
			return -1
		}
		return r
	}, strings.ToUpper(s))
}
