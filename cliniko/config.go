// Package cliniko is a client of the Cliniko REST API v1, as far as filing
// documents needs it: who a key belongs to, patients, the diary, note templates,
// treatment notes, which it files and archives, and files in patients' records,
// which it uploads, attaches and archives.
//
// It is tolerant in what it reads and strict in what it sends. Every error is
// a [carryover.Problem] whose kind says what to do now; the table is in
// classify.go. Reads are tried again by themselves; a write never is, because
// Cliniko has no idempotency key and a repeated POST makes a second note. When
// the answer to a write is lost the error is ErrInDoubt, and Cliniko must be
// read before anything is sent again.
//
// Cliniko allows 200 requests a minute to each user, over all keys of that
// user. Clients of one user share a [Budget].
package cliniko

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"carryover"
)

// Defaults of a Config. Cliniko itself gives up on a request after about 30 s
// (reference sheet §4, observed), so both limits lie above that.
const (
	DefaultPerMinute   = 120 // below the documented 200, which other integrations share
	DefaultDeadline    = 45 * time.Second
	DefaultReadTimeout = 40 * time.Second
	DefaultHalving     = 10 * time.Minute // somebody else uses the same user's allowance
	defaultBackoff     = 500 * time.Millisecond
)

// Config says whose key is used, over which transports, and how patiently.
type Config struct {
	// Key is the API key of one practitioner, with its shard at the end
	// ("…-au3"). Required.
	Key carryover.Secret
	// BaseURL replaces https://api.<shard>.cliniko.com/v1. Only a loopback
	// address is taken, for the sandbox. Empty: the real one.
	BaseURL string
	// Contact is the e-mail address that Cliniko may write to about this
	// client; it goes into the User-Agent. Required.
	Contact string
	// Read carries GETs and may keep connections alive; Write carries POSTs
	// and must open a fresh connection for each. Both required: there is no
	// default, so that nothing goes round the guard by oversight.
	Read, Write http.RoundTripper
	// PerMinute is the ceiling of requests in any minute. 0: DefaultPerMinute.
	// Ignored when Budget is set.
	PerMinute int
	// Halving is how long the ceiling is halved after a 429. 0: DefaultHalving.
	// Ignored when Budget is set.
	Halving time.Duration
	// Budget is shared by all clients of one Cliniko user. nil: an own one.
	Budget *Budget
	// Deadline is how long a POST may take from its first byte to the last of
	// its answer; it waits for the budget at most half as long. 0: DefaultDeadline.
	Deadline time.Duration
	// ReadTimeout limits one try of a GET. 0: DefaultReadTimeout, or Deadline
	// if that is shorter.
	ReadTimeout time.Duration
	// Backoff is the wait before a GET is tried again; it doubles. 0: 500 ms,
	// or a tenth of Deadline if that is shorter.
	Backoff time.Duration
	// Log gets one line for each answer, without queries. nil discards.
	Log *slog.Logger
}

// shardForm is what may become part of a host name. Cliniko advises the same
// pattern without anchors (reference sheet §1); the anchors keep a crafted key
// from choosing another host.
var shardForm = regexp.MustCompile(`^[a-z]{2}[0-9]{1,2}$`)

// keyForm lists the characters seen in keys (reference sheet §2).
var keyForm = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{8,200}$`)

// ShardOf returns the shard at the end of a key, "au3" of "…-au3". It splits
// at the last hyphen, as the part before may hold some. A key without a shard
// is an error of kind ErrInvalid: it may be an old one of au1, but more often
// it was not copied to its end.
func ShardOf(key carryover.Secret) (string, error) {
	const op = "read shard of cliniko key"
	k := key.Reveal()
	if k == "" {
		return "", invalid(op, "no key", "Paste the API key from Cliniko: My Info, Manage API keys.")
	}
	i := strings.LastIndexByte(k, '-')
	shard := strings.ToLower(k[i+1:])
	if i <= 0 || !shardForm.MatchString(shard) {
		return "", invalid(op, "no shard at the end",
			"A Cliniko key ends in its shard, such as -au3. Copy the whole key again; for an old key without one, add -au1.")
	}
	if !keyForm.MatchString(k) {
		return "", invalid(op, "characters that no key has",
			"The Cliniko key holds characters that no key has. Copy it again, without quotes or spaces.")
	}
	return shard, nil
}

// BaseOf returns the address of the API for a shard.
func BaseOf(shard string) string { return "https://api." + shard + ".cliniko.com/v1" }

// check validates cfg as a whole, so that all mistakes show at once, and
// returns the base URL.
func (cfg Config) check() (*url.URL, error) {
	var wrong []error
	base, err := cfg.base()
	wrong = append(wrong, err)
	if !strings.Contains(cfg.Contact, "@") || strings.ContainsAny(cfg.Contact, "()\r\n") {
		wrong = append(wrong, invalid("check cliniko settings", "no contact address",
			"Set contact to an e-mail address: Cliniko asks every client for one."))
	}
	if cfg.Read == nil || cfg.Write == nil {
		wrong = append(wrong, invalid("check cliniko settings", "a transport is missing", ""))
	}
	if cfg.PerMinute < 0 || cfg.Deadline < 0 || cfg.ReadTimeout < 0 || cfg.Backoff < 0 {
		wrong = append(wrong, invalid("check cliniko settings", "a negative limit", "Use positive numbers, or leave the setting out."))
	}
	return base, errors.Join(wrong...)
}

// base returns where the API is: by the key's shard, or an override.
func (cfg Config) base() (*url.URL, error) {
	if cfg.BaseURL == "" {
		shard, err := ShardOf(cfg.Key)
		if err != nil {
			return nil, err
		}
		return url.Parse(BaseOf(shard))
	}
	if !cfg.Key.IsSet() {
		return nil, invalid("check cliniko settings", "no key", "Name the file that holds the Cliniko key.")
	}
	u, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	if err != nil || !loopback(u) {
		return nil, invalid("check cliniko settings", "base address is not on this machine",
			"Leave base_url out: only the sandbox, on this machine, has another address.")
	}
	return u, nil
}

// loopback says that u is a plain address on this machine.
func loopback(u *url.URL) bool {
	if (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

func invalid(op, why, hint string) *carryover.Problem {
	return &carryover.Problem{Op: op, Kind: carryover.ErrInvalid, Hint: hint, Err: errors.New(why)}
}
