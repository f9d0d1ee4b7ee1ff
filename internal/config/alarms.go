package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"carryover"
)

// Alarms is who is told when something needs a person (alarms); the block may be
// absent. Every host in it is an operational one: it is spoken to, and never
// hears a name or a word of a document.
type Alarms struct {
	// SMTP sends e-mail (smtp). Nil when the block is absent.
	SMTP *SMTP

	// Ntfy and Webhook are addresses that messages are posted to (ntfy, webhook).
	// Nil when the block is absent.
	Ntfy, Webhook *Post

	// Digest says that a weekly digest goes out, on DigestDay at DigestHour in
	// TimeZone (digest_day, a weekday or never; digest_hour, 0 to 23). Default:
	// monday, 7.
	Digest     bool
	DigestDay  time.Weekday
	DigestHour int

	// PingURL is asked for as long as all is well, every PingEvery (ping_url,
	// ping_every, 1m to 24h), for a watcher outside that notices silence. Default:
	// empty, nobody is asked; 5m.
	PingURL   string
	PingEvery time.Duration

	// HeldAfter is after how long a document that waits for a person is an alarm
	// (held_after), 1h to 14 days. Default: 24h.
	HeldAfter time.Duration
}

// SMTP is a mail server and who is written to.
type SMTP struct {
	Host string // (host)
	// Port is 465, 587 or the server's own (port). Default: 587, or 465 with tls.
	Port int
	// TLS is starttls, tls (from the first byte) or none, which is for this machine
	// alone (tls). Default: tls with port 465, else starttls.
	TLS string
	// User and Password are what the server asks for (user, password_file); both
	// or none.
	User         string
	Password     carryover.Secret
	PasswordFile string
	From         string   // the sender's address (from)
	To           []string // the receivers' (to), at least one
}

// Post is an address that takes messages.
type Post struct {
	URL       string           // (url), https unless it is on this machine
	Token     carryover.Secret // sent as a bearer token, from the file named by token_file; may be absent
	TokenFile string
}

// Hosts lists whom messages go to, each with its port, as package guard wants
// its operational hosts.
func (a Alarms) Hosts() (hosts []string) {
	add := func(h string) {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if a.SMTP != nil {
		add(net.JoinHostPort(a.SMTP.Host, strconv.Itoa(a.SMTP.Port)))
	}
	for _, p := range []*Post{a.Ntfy, a.Webhook, {URL: a.PingURL}} {
		if p != nil && p.URL != "" {
			add(hostOf(p.URL))
		}
	}
	return hosts
}

// hostOf is an address's host and port; the reader has checked it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// never is the day of a digest that does not go out.
const never = "never"

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func defaultAlarms() Alarms {
	return Alarms{Digest: true, DigestDay: time.Monday, DigestHour: 7, PingEvery: 5 * time.Minute, HeldAfter: 24 * time.Hour}
}

func (r *reader) alarms(n ast.Node, at string, a *Alarms) {
	r.mapping(n, at, fields{
		"smtp":    func(n ast.Node, at string) { a.SMTP = r.smtp(n, at) },
		"ntfy":    func(n ast.Node, at string) { a.Ntfy = r.post(n, at) },
		"webhook": func(n ast.Node, at string) { a.Webhook = r.post(n, at) },
		"digest_day": func(n ast.Node, at string) {
			day := r.oneOf(n, at, append(slices.Clone(weekdays), never)...)
			a.Digest, a.DigestDay = day != never, time.Weekday(max(slices.Index(weekdays, day), 0))
		},
		"digest_hour": func(n ast.Node, at string) { r.integer(n, at, 0, 23, &a.DigestHour) },
		"ping_url":    func(n ast.Node, at string) { a.PingURL = r.address(n, at) },
		"ping_every":  func(n ast.Node, at string) { r.duration(n, at, time.Minute, 24*time.Hour, &a.PingEvery) },
		"held_after":  func(n ast.Node, at string) { r.duration(n, at, time.Hour, 14*24*time.Hour, &a.HeldAfter) },
	})
}

func (r *reader) smtp(n ast.Node, at string) *SMTP {
	s := &SMTP{}
	r.mapping(n, at, fields{
		"host":          func(n ast.Node, at string) { s.Host = r.host(n, at) },
		"port":          func(n ast.Node, at string) { r.integer(n, at, 1, 65535, &s.Port) },
		"tls":           func(n ast.Node, at string) { s.TLS = r.oneOf(n, at, "starttls", "tls", "none") },
		"user":          func(n ast.Node, at string) { s.User, _ = r.text(n, at) },
		"password_file": func(n ast.Node, at string) { s.Password = r.secret(n, at, &s.PasswordFile, password) },
		"from":          func(n ast.Node, at string) { s.From = r.email(n, at) },
		"to": func(n ast.Node, at string) {
			r.sequence(n, at, func(n ast.Node, at string) { s.To = append(s.To, r.email(n, at)) })
		},
	})
	r.required(at, "host", "from", "to")
	switch {
	case s.TLS == "" && s.Port == 465:
		s.TLS = "tls"
	case s.TLS == "":
		s.TLS = "starttls"
	}
	switch {
	case s.Port == 0 && s.TLS == "tls":
		s.Port = 465
	case s.Port == 0:
		s.Port = 587
	}
	return s
}

func (r *reader) post(n ast.Node, at string) *Post {
	p := &Post{}
	r.mapping(n, at, fields{
		"url":        func(n ast.Node, at string) { p.URL = r.address(n, at) },
		"token_file": func(n ast.Node, at string) { p.Token = r.secret(n, at, &p.TokenFile, apiKey) },
	})
	r.required(at, "url")
	return p
}

// host reads the name of a server, without scheme and port.
func (r *reader) host(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if ok && (strings.ContainsAny(s, "/@ ") || (!isLoopback(s) && (!strings.Contains(s, ".") || net.ParseIP(s) != nil))) {
		r.wrong(n, at, "that is not the name of a server", "Write the name alone, like mail.example.com; the port has a key of its own.")
		return ""
	}
	return strings.ToLower(s)
}

// address reads where something is posted to. The mistake does not repeat it:
// some carry a secret in their path.
func (r *reader) address(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) ||
		!isLoopback(u.Hostname()) && (!strings.Contains(u.Hostname(), ".") || net.ParseIP(u.Hostname()) != nil) {
		r.wrong(n, at, "that is not an address that can be posted to", "Write it like https://ntfy.example.com/topic, with the server's name. Only on this machine may it begin with http.")
		return ""
	}
	return s
}

// told checks the alarms' block as a whole.
func (r *reader) told(c *Config) {
	for _, h := range c.Alarms.Hosts() {
		name, _, _ := net.SplitHostPort(h)
		if strings.HasSuffix(name, ".heidihealth.com") || strings.HasSuffix(name, ".cliniko.com") {
			r.wrongAt(r.either("alarms"), "alarms", "messages do not go to Heidi or Cliniko", "Name a mail server, an ntfy server or a webhook of your own.")
		}
	}
	s := c.Alarms.SMTP
	if s == nil {
		return
	}
	if (s.User == "") != (s.PasswordFile == "") {
		r.wrongAt(r.either("alarms.smtp.user", "alarms.smtp.password_file"), "alarms.smtp.user",
			"a user needs a password, and a password a user", "Give both user and password_file, or neither.")
	}
	if s.TLS == "none" && !isLoopback(s.Host) {
		r.wrongAt(r.either("alarms.smtp.tls"), "alarms.smtp.tls",
			"mail would leave this machine in the clear", "Write tls: starttls or tls: tls. Without either only a relay on this machine is spoken to.")
	}
}

// redacted writes the block: hosts, and whether keys are there, no more.
func (a Alarms) redacted(line func(indent int, format string, args ...any)) {
	line(0, "alarms:")
	if s := a.SMTP; s != nil {
		line(1, "smtp: {host: %s, port: %d, tls: %s, user: %s, password: %s, from: (set), to: %d}",
			s.Host, s.Port, s.TLS, set(s.User != ""), s.Password, len(s.To))
	}
	for _, p := range []struct {
		name string
		post *Post
	}{{"ntfy", a.Ntfy}, {"webhook", a.Webhook}} {
		if p.post != nil {
			line(1, "%s: {url: %s/…, token: %s}", p.name, hostOf(p.post.URL), p.post.Token)
		}
	}
	day := never
	if a.Digest {
		day = weekdays[a.DigestDay]
	}
	line(1, "digest_day: %s", day)
	line(1, "digest_hour: %d", a.DigestHour)
	if a.PingURL != "" {
		line(1, "ping_url: %s/…", hostOf(a.PingURL))
		line(1, "ping_every: %s", span(a.PingEvery))
	}
	line(1, "held_after: %s", span(a.HeldAfter))
}
