// Package heidi is a client of Heidi's Open API, as far as carrying documents
// needs it: sessions of a linked practitioner, their documents, and templates.
// It only reads: nothing in it can send anything but a GET.
//
// Heidi publishes little about its answers, so decoding takes every shape that
// the reference sheet lists, and refuses to guess: half an answer, or one of an
// unknown shape, is an error and never "no documents". Listings are hints;
// the truth about a session comes from reading it.
//
// Every error is a [carryover.Problem] whose kind says what to do now. Session
// and document ids have up to 39 digits and are strings throughout.
package heidi

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"carryover"
)

// Defaults of a Config (reference sheet §12: no limits are published, so these
// are modest).
const (
	DefaultPerSecond = 1.0 // requests a second with one key
	DefaultInFlight  = 2   // requests at a time with one key
	DefaultTimeout   = 30 * time.Second
	DefaultPageSize  = 50
	defaultBackoff   = 500 * time.Millisecond
)

// A sandbox on this machine compresses the day, so waiting for it is short.
const (
	loopbackInFlight = 8
	loopbackTimeout  = 5 * time.Second
	loopbackBackoff  = 100 * time.Millisecond
)

// basePath is where the API lives on every host.
const basePath = "/api/v2/ml-scribe/open-api"

// Regions are the regions with a production host; AU is Australia and New
// Zealand. Each has a key of its own.
var Regions = []string{"AU", "CA", "EU", "UK", "US"}

// Config says whose sessions are read, from where, and how patiently.
type Config struct {
	// Key is the practice's API key for Region. Required.
	Key carryover.Secret
	// Region is one of Regions, in any case. Required unless BaseURL is set.
	Region string
	// BaseURL replaces the region's address. Only a loopback address is taken,
	// for the sandbox. Empty: the real one.
	BaseURL string
	// Email and InternalID together name the practitioner to Heidi. InternalID
	// must never change: a new one is a new user, and the practitioner's
	// account stays linked to the old one. Both required.
	Email      carryover.Text
	InternalID string
	// Practitioner is stamped on every session, as whose link showed it.
	Practitioner carryover.PractitionerID
	// Read carries the GETs. Required: there is no default, so that nothing
	// goes round the guard by oversight.
	Read http.RoundTripper
	// Pace is shared by all clients of one key. nil: an own one of PerSecond.
	Pace *Pace
	// PerSecond limits requests. 0: DefaultPerSecond, or no limit on loopback.
	PerSecond float64
	// PageSize is how many sessions a page of the listing is asked to hold. 0:
	// DefaultPageSize.
	PageSize int
	// Timeout limits one try of a GET. 0: DefaultTimeout, or 5 s on loopback.
	Timeout time.Duration
	// Backoff is the wait before a GET is tried again; it doubles. 0: 500 ms,
	// or 100 ms on loopback.
	Backoff time.Duration
	// Log gets one line for each answer, without queries. nil discards.
	Log *slog.Logger
}

// BaseOf returns the address of the API for a region.
func BaseOf(region string) (string, error) {
	const op = "choose heidi's host"
	r := strings.ToUpper(strings.TrimSpace(region))
	switch {
	case r == "":
		return "", invalid(op, "no region", "Set region to the one your Heidi key is for, such as AU.")
	case r == "REGISTRAR":
		return "", invalid(op, "registrar is not a region",
			"registrar is Heidi's test environment, and nobody says where it stands. Ask Heidi's partnership team for a production key of your region.")
	case !slices.Contains(Regions, r):
		return "", invalid(op, "unknown region", "Set region to one of "+strings.Join(Regions, ", ")+".")
	}
	return "https://" + strings.ToLower(r) + ".api.heidihealth.com" + basePath, nil
}

// check validates cfg as a whole, so that all mistakes show at once, and
// returns the base URL.
func (cfg Config) check() (*url.URL, error) {
	const op = "check heidi settings"
	base, err := cfg.base()
	wrong := []error{err}
	if !cfg.Key.IsSet() || strings.ContainsAny(cfg.Key.Reveal(), " \t\r\n") {
		wrong = append(wrong, invalid(op, "no usable key", "Name the file that holds the Heidi API key."))
	}
	if !strings.Contains(cfg.Email.Reveal(), "@") {
		wrong = append(wrong, invalid(op, "no e-mail address of the practitioner", "Set the practitioner's email to the one used for Heidi."))
	}
	if strings.TrimSpace(cfg.InternalID) == "" {
		wrong = append(wrong, invalid(op, "no internal id of the practitioner",
			"Set internal_id to any name that will never change; Heidi ties the practitioner's account to it."))
	}
	if cfg.Read == nil {
		wrong = append(wrong, invalid(op, "a transport is missing", ""))
	}
	if cfg.PerSecond < 0 || cfg.PageSize < 0 || cfg.Timeout < 0 || cfg.Backoff < 0 {
		wrong = append(wrong, invalid(op, "a negative limit", "Use positive numbers, or leave the setting out."))
	}
	return base, errors.Join(wrong...)
}

// base returns where the API is: by region, or an override.
func (cfg Config) base() (*url.URL, error) {
	if cfg.BaseURL == "" {
		s, err := BaseOf(cfg.Region)
		if err != nil {
			return nil, err
		}
		return url.Parse(s)
	}
	u, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	if err != nil || !loopback(u) {
		return nil, invalid("check heidi settings", "base address is not on this machine",
			"Leave base_url out: only the sandbox, on this machine, has another address. Heidi's registrar host is for tests and takes no patient's data.")
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
