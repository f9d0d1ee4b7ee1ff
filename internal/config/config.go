// Package config reads the one configuration file of Carryover: strict YAML,
// checked as a whole, so that whoever writes it gets every mistake at once with
// its line. Keys and passwords are never in the file; it names files that hold
// them. docs/configuration.md shows a complete example.
package config

import (
	"path/filepath"
	"strings"
	"time"

	"carryover"
	"carryover/route"
)

// Config is everything a practice decides about its Carryover, read from
// carryover.yaml. Folders and files are absolute here; in the file they are
// relative to it. Fields that have a default say so; the others are required.
type Config struct {
	// File is the absolute path of the file that was read.
	File string

	// Practice is the practice's name at the head of PDFs (practice), at most
	// maxPractice characters. Default: empty, a PDF without a letterhead.
	Practice carryover.Text

	// Region is where the practice's data stays (region). Only AU for now.
	Region string

	// TimeZone is the practice's zone (time_zone, an IANA name), in which a
	// person reads times and the night is told from the day. Default:
	// Australia/Hobart.
	TimeZone *time.Location

	// Data is the folder of the ledger, the audit head and the socket (data).
	// It is made, 0700, when it is not there. Default: data.
	Data string

	// Socket is where commands reach the daemon (socket), for a daemon whose data
	// folder others cannot enter. Default: empty, a socket in Data for the daemon's
	// own user.
	Socket string

	// SocketGroup may ask and decide through Socket (socket_group), besides the
	// daemon's user and root. Default: empty, nobody.
	SocketGroup string

	// MasterKeyFile holds the key under which texts are sealed
	// (master_key_file): base64 of 32 random bytes, readable by its owner alone.
	MasterKeyFile string

	// Contact is the address that Cliniko may write to about our requests
	// (contact). It is sent in the User-Agent, as Cliniko asks.
	Contact string

	// Heidi is how documents are found (heidi). Nil when the block is absent:
	// then only `carryover file` works, with Cliniko alone.
	Heidi *Heidi

	// Cliniko is how notes are filed (cliniko); the block may be absent.
	Cliniko Cliniko

	// Practitioners are those whose documents are carried (practitioners), at
	// least one.
	Practitioners []Practitioner

	// Routes are the practice's rules, first match wins (routes). Default: every
	// document becomes a treatment note and waits for a click (review).
	Routes []route.Rule

	// ConsultNotes carries documents that equal their session's consult note
	// too (consult_notes). Default: false, because Heidi's own integration
	// pushes the consult note already.
	ConsultNotes bool

	// Matching is when a patient counts as certain (matching); the block may be
	// absent.
	Matching Matching

	// Timing is how often and how long (timing); the block may be absent.
	Timing Timing

	// Web is where the review page is served (web). Nil when the block is absent:
	// then there is no page.
	Web *Web

	// Alarms is who is told when something needs a person (alarms); the block may
	// be absent: then people see it in `carryover status` and on the page.
	Alarms Alarms
}

// Web is the review page's part of the configuration.
type Web struct {
	// Listen is the address (listen): a host and port, or unix: and the path of a
	// socket for a proxy. Without a certificate only an address of this machine
	// is accepted. Default: 127.0.0.1:8480.
	Listen string

	// CertFile and KeyFile hold the certificate and its key (tls_cert_file,
	// tls_key_file), both or none. Default: none, served without TLS.
	CertFile, KeyFile string

	// Origin is how the page's address begins for those who open it (origin), such
	// as https://records.example.com. Needed behind a proxy that has the
	// certificate. Default: empty, as each browser says.
	Origin string

	// WebhookSecrets verify webhooks that name a session, from the files in
	// webhook_secret_files: whsec_ and base64 of 24 to 64 bytes. Several are good
	// at once, so that a sender can go over to a new one. Default: none, and then
	// no webhook is taken.
	WebhookSecrets []carryover.Secret

	// Metrics serves the metrics (metrics): to this machine where the page is
	// served to it directly, and to any holder of a token of scope metrics.
	// Default: false.
	Metrics bool

	// Forwarded says that the proxy at the other end of the socket writes
	// X-Forwarded-For, so that tries to sign in are counted by where they come from
	// (forwarded). Only with a socket. Default: false.
	Forwarded bool

	// Idle and Absolute end a session: without use, 5m to 12h (idle), and at the
	// latest, up to 24h (absolute). Defaults: 30m and 12h.
	Idle, Absolute time.Duration
}

// TLS says that browsers reach the page over https.
func (w Web) TLS() bool { return w.CertFile != "" || strings.HasPrefix(w.Origin, "https://") }

// Heidi is the Heidi side of the configuration.
type Heidi struct {
	// Key is the practice's API key, from the file named by key_file.
	Key carryover.Secret

	// KeyFile is where the key was read from.
	KeyFile string

	// BaseURL replaces the region's address, for the sandbox (base_url). Only a
	// loopback address is accepted. Default: empty, the region's own.
	BaseURL string

	// TrustedProviders are the integrations, in lower case, whose patient and
	// appointment ids in a session count as ids of Cliniko
	// (trusted_providers). Default: cliniko.
	TrustedProviders []string
}

// Cliniko is the Cliniko side of the configuration, as far as it is not per
// practitioner.
type Cliniko struct {
	// BaseURL replaces the address that the key's shard says, for the sandbox
	// (base_url). Only a loopback address is accepted. Default: empty.
	BaseURL string

	// RequestsPerMinute is the most that Carryover asks of Cliniko for each of
	// its users (requests_per_minute), 20 to 195. Cliniko allows 200, which are
	// shared with every other integration of that user. Default: 120.
	RequestsPerMinute int
}

// Practitioner is one person whose documents are carried.
type Practitioner struct {
	// ID is the practitioner's id in Cliniko, the author of the notes
	// (practitioner_id).
	ID carryover.PractitionerID

	// Name is what people call them on the review page (name), at most 100
	// characters. Default: as Cliniko does.
	Name carryover.Text

	// Key is this practitioner's own Cliniko key, from the file named by
	// cliniko_key_file. A key files notes in its owner's name.
	Key carryover.Secret

	// KeyFile is where the key was read from.
	KeyFile string

	// Email is the address of the practitioner's Heidi account (email).
	// Optional when the heidi block is absent.
	Email carryover.Text

	// InternalID is the id under which this practice links the account to Heidi
	// (internal_id). Optional when the heidi block is absent.
	InternalID string
}

// Matching is how much must agree before a document is filed without a person.
// Neither setting lets anything be filed that contradicts, or that fits somebody
// else as well.
type Matching struct {
	// Identifiers is how many must agree (identifiers), 2 or 3. With 2 the name
	// or the birth date and one thing more are enough; with 3 the name, the birth
	// date and a booking or id must all agree, as the RACGP's standard asks of
	// three approved identifiers. Default: 2.
	Identifiers int

	// FirstNameAndBooking lets a first name alone count together with the booking
	// at that time (first_name_and_booking). Default: false: that a stranger in
	// the slot has the same first name is not unlikely enough.
	FirstNameAndBooking bool
}

// Timing is how often Carryover looks and how long it waits. Every duration is
// written with its unit: 45s, 2m, 1h30m.
type Timing struct {
	// Poll is how often each practitioner's sessions are listed by day (poll),
	// 100ms to 1h. Default: 2m.
	Poll time.Duration

	// PollNight is the same outside practice hours (poll_night), from Poll to
	// 12h. Default: 1h; with a Poll under 10s, which only the sandbox has, Poll.
	PollNight time.Duration

	// DayFrom and DayTo are the practice hours as times since midnight in
	// TimeZone (practice_hours, "07:00-20:00"). Default: 07:00 to 20:00.
	DayFrom, DayTo time.Duration

	// Quiet is how long a text must stay the same before it counts as finished
	// (quiet), 200ms to 24h. Default: 15m.
	Quiet time.Duration

	// Reads is how often it must have been read unchanged in that time
	// (reads), 2 to 20. Default: 3.
	Reads int

	// Grace is how long a request that we gave up on may still take effect
	// (grace), more than twice Deadline and at most 2h. Default: 10m.
	Grace time.Duration

	// Deadline is how long filing one note may take (deadline), 200ms to 5m.
	// Default: 45s.
	Deadline time.Duration

	// LookBack is how old a session may be to be looked at (look_back), 1h to ten
	// years. Heidi keeps a session for 90 days at most. Default: 336h.
	LookBack time.Duration

	// RereadEachPollFor is the age up to which a known session is read again at
	// each poll (reread_each_poll_for). Default: 2h.
	RereadEachPollFor time.Duration

	// RereadHalfHourlyFor is the age up to which it is read every half hour
	// (reread_half_hourly_for), at least RereadEachPollFor; after that, every
	// six hours until LookBack ends, then weekly while listed. Default: 24h.
	RereadHalfHourlyFor time.Duration
}

// Practitioner returns the practitioner with that id or, without case, that e-mail
// address; ok is false when there is none.
func (c *Config) Practitioner(idOrEmail string) (p Practitioner, ok bool) {
	for _, p := range c.Practitioners {
		if string(p.ID) == idOrEmail || fold(p.Email.Reveal()) == fold(idOrEmail) {
			return p, idOrEmail != ""
		}
	}
	return Practitioner{}, false
}

// PractitionerIDs returns the ids of all practitioners, in the order of the file.
func (c *Config) PractitionerIDs() []carryover.PractitionerID {
	var ids []carryover.PractitionerID
	for _, p := range c.Practitioners {
		ids = append(ids, p.ID)
	}
	return ids
}

// LedgerPath is the ledger's file, in the data folder.
func (c *Config) LedgerPath() string { return filepath.Join(c.Data, "ledger.db") }
