package config

import (
	"fmt"
	"net/mail"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"carryover"
	"carryover/route"
)

// defaults returns what holds when the file at abs says nothing.
func defaults(abs string) *Config {
	zone, err := time.LoadLocation("Australia/Hobart")
	if err != nil {
		zone = time.UTC // cannot happen: the zones are compiled in
	}
	return &Config{
		File:     abs,
		TimeZone: zone,
		Data:     filepath.Join(filepath.Dir(abs), "data"),
		Cliniko:  Cliniko{RequestsPerMinute: 120},
		Routes:   []route.Rule{{To: carryover.ToTreatmentNote, Mode: route.Review}},
		Matching: Matching{Identifiers: 2},
		Alarms:   defaultAlarms(),
		Timing: Timing{
			Poll:                2 * time.Minute,
			DayFrom:             7 * time.Hour,
			DayTo:               20 * time.Hour,
			Quiet:               15 * time.Minute,
			Reads:               3,
			Grace:               10 * time.Minute,
			Deadline:            45 * time.Second,
			LookBack:            14 * 24 * time.Hour,
			RereadEachPollFor:   2 * time.Hour,
			RereadHalfHourlyFor: 24 * time.Hour,
		},
	}
}

// document reads the whole file into c.
func (r *reader) document(c *Config) {
	body := r.parse()
	if body == nil {
		return
	}
	r.mapping(body, "", fields{
		"practice": func(n ast.Node, at string) {
			r.called(n, at, "It stands at the head of every PDF. Write the practice's name alone.", &c.Practice)
		},
		"region":          func(n ast.Node, at string) { c.Region = r.region(n, at) },
		"time_zone":       func(n ast.Node, at string) { r.zone(n, at, &c.TimeZone) },
		"data":            func(n ast.Node, at string) { r.path(n, at, &c.Data) },
		"socket":          func(n ast.Node, at string) { r.path(n, at, &c.Socket) },
		"socket_group":    func(n ast.Node, at string) { c.SocketGroup, _ = r.text(n, at) },
		"master_key_file": func(n ast.Node, at string) { _ = r.secret(n, at, &c.MasterKeyFile, masterKey) },
		"contact":         func(n ast.Node, at string) { c.Contact = r.email(n, at) },
		"heidi":           func(n ast.Node, at string) { c.Heidi = r.heidi(n, at) },
		"cliniko":         func(n ast.Node, at string) { r.cliniko(n, at, &c.Cliniko) },
		"practitioners": func(n ast.Node, at string) {
			r.sequence(n, at, func(n ast.Node, at string) {
				c.Practitioners = append(c.Practitioners, r.practitioner(n, at))
			})
		},
		"routes": func(n ast.Node, at string) {
			var rules []route.Rule
			r.sequence(n, at, func(n ast.Node, at string) { rules = append(rules, r.route(n, at)) })
			if len(rules) > 0 {
				c.Routes = rules
			}
		},
		"consult_notes": func(n ast.Node, at string) { r.boolean(n, at, &c.ConsultNotes) },
		"matching":      func(n ast.Node, at string) { r.matching(n, at, &c.Matching) },
		"timing":        func(n ast.Node, at string) { r.timing(n, at, &c.Timing) },
		"web":           func(n ast.Node, at string) { c.Web = r.web(n, at) },
		"alarms":        func(n ast.Node, at string) { r.alarms(n, at, &c.Alarms) },
	})
	r.required("", "region", "master_key_file", "contact", "practitioners")
}

func (r *reader) heidi(n ast.Node, at string) *Heidi {
	h := &Heidi{TrustedProviders: []string{"cliniko"}}
	r.mapping(n, at, fields{
		"key_file": func(n ast.Node, at string) { h.Key = r.secret(n, at, &h.KeyFile, apiKey) },
		"base_url": func(n ast.Node, at string) { h.BaseURL = r.loopback(n, at) },
		"trusted_providers": func(n ast.Node, at string) {
			h.TrustedProviders = nil // an empty list means that no ids are trusted
			r.sequence(n, at, func(n ast.Node, at string) {
				if s, ok := r.text(n, at); ok {
					h.TrustedProviders = append(h.TrustedProviders, fold(s))
				}
			})
		},
	})
	r.required(at, "key_file")
	return h
}

func (r *reader) cliniko(n ast.Node, at string, c *Cliniko) {
	r.mapping(n, at, fields{
		"base_url":            func(n ast.Node, at string) { c.BaseURL = r.loopback(n, at) },
		"requests_per_minute": func(n ast.Node, at string) { r.integer(n, at, 20, 195, &c.RequestsPerMinute) },
	})
}

func (r *reader) practitioner(n ast.Node, at string) Practitioner {
	var p Practitioner
	r.mapping(n, at, fields{
		"name":             func(n ast.Node, at string) { r.called(n, at, "It is what people read on the review page.", &p.Name) },
		"email":            func(n ast.Node, at string) { p.Email = carryover.NewText(r.email(n, at)) },
		"internal_id":      func(n ast.Node, at string) { p.InternalID, _ = r.text(n, at) },
		"cliniko_key_file": func(n ast.Node, at string) { p.Key = r.secret(n, at, &p.KeyFile, apiKey) },
		"practitioner_id":  func(n ast.Node, at string) { p.ID = carryover.PractitionerID(r.id(n, at, practitionersID)) },
	})
	r.required(at, "cliniko_key_file", "practitioner_id")
	return p
}

func (r *reader) matching(n ast.Node, at string, m *Matching) {
	r.mapping(n, at, fields{
		"identifiers":            func(n ast.Node, at string) { r.integer(n, at, 2, 3, &m.Identifiers) },
		"first_name_and_booking": func(n ast.Node, at string) { r.boolean(n, at, &m.FirstNameAndBooking) },
	})
}

func (r *reader) timing(n ast.Node, at string, t *Timing) {
	duration := func(least, most time.Duration, into *time.Duration) field {
		return func(n ast.Node, at string) { r.duration(n, at, least, most, into) }
	}
	r.mapping(n, at, fields{
		"poll":                   duration(100*time.Millisecond, time.Hour, &t.Poll),
		"poll_night":             duration(100*time.Millisecond, 12*time.Hour, &t.PollNight),
		"practice_hours":         func(n ast.Node, at string) { r.hours(n, at, &t.DayFrom, &t.DayTo) },
		"quiet":                  duration(200*time.Millisecond, 24*time.Hour, &t.Quiet),
		"reads":                  func(n ast.Node, at string) { r.integer(n, at, 2, 20, &t.Reads) },
		"grace":                  duration(500*time.Millisecond, 2*time.Hour, &t.Grace),
		"deadline":               duration(200*time.Millisecond, 5*time.Minute, &t.Deadline),
		"look_back":              duration(time.Hour, 10*365*24*time.Hour, &t.LookBack),
		"reread_each_poll_for":   duration(0, 90*24*time.Hour, &t.RereadEachPollFor),
		"reread_half_hourly_for": duration(0, 90*24*time.Hour, &t.RereadHalfHourlyFor),
	})
}

// region reads the one region there is.
func (r *reader) region(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	if !strings.EqualFold(s, "AU") {
		r.wrong(n, at, "only the region AU is known", "Carryover keeps everything in Australia. Write: region: AU")
		return ""
	}
	return "AU"
}

func (r *reader) zone(n ast.Node, at string, into **time.Location) {
	s, ok := r.text(n, at)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		r.wrong(n, at, "that is not the name of a time zone", "Write it like Australia/Hobart, Australia/Sydney or Australia/Perth.")
		return
	}
	*into = zone
}

// email reads an address; the mistake does not repeat it.
func (r *reader) email(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		r.wrong(n, at, "that is not an e-mail address", "Write the address alone, like frontdesk@example.com.")
		return ""
	}
	return s
}

// called reads a name for people to read; why says where they do.
func (r *reader) called(n ast.Node, at, why string, into *carryover.Text) {
	s, ok := r.text(n, at)
	switch {
	case !ok:
	case utf8.RuneCountInString(s) > maxPractice || strings.ContainsAny(s, "\r\n"):
		r.wrong(n, at, fmt.Sprintf("a name of at most %d characters on one line is expected here", maxPractice), why)
	default:
		*into = carryover.NewText(s)
	}
}

// maxPractice keeps a letterhead on one line or two.
const maxPractice = 100

var idForm = regexp.MustCompile(`^[0-9]{1,20}$`)

// Where people find the ids of Cliniko.
const (
	practitionersID = "It is the number at the end of the practitioner's address in Cliniko."
	templatesID     = "It is the number in the note template's address in Cliniko, under Settings, Treatment note templates."
)

// id reads an identifier of Cliniko, quoted or not; where says where it is found.
func (r *reader) id(n ast.Node, at, where string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	if !idForm.MatchString(s) {
		r.wrong(n, at, "an id of Cliniko is a row of digits", where)
		return ""
	}
	return s
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
