package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"carryover/route"
)

// Redacted writes the configuration as it holds, defaults included, in the form
// of the file. Keys show as (set), addresses too; nothing in it must be kept
// from a log.
func (c *Config) Redacted() string { return c.written(func(s string) string { return s }) }

// Outline is Redacted without what somebody chose freely: no paths, which may
// hold a person's name, no words of rules and no address, so that it may be
// sent to somebody outside the practice.
func (c *Config) Outline() string {
	return c.written(func(s string) string {
		if s == "" {
			return ""
		}
		return "(set)"
	})
}

// written writes the configuration; words is how what somebody chose is shown.
func (c *Config) written(words func(string) string) string {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		fmt.Fprintf(&b, strings.Repeat("  ", indent)+format+"\n", args...)
	}
	line(0, "practice: %s", set(!c.Practice.IsBlank()))
	line(0, "region: %s", c.Region)
	line(0, "time_zone: %s", c.TimeZone)
	line(0, "data: %s", words(c.Data))
	line(0, "socket: %s", words(or(c.Socket, "(in the data folder)")))
	line(0, "socket_group: %s", words(or(c.SocketGroup, "(none)")))
	line(0, "master_key_file: %s", words(c.MasterKeyFile))
	line(0, "contact: (set)")
	if h := c.Heidi; h != nil {
		line(0, "heidi:")
		line(1, "key_file: %s  # key %s", words(h.KeyFile), h.Key)
		line(1, "base_url: %s", or(h.BaseURL, "(the region's)"))
		line(1, "trusted_providers: [%s]", strings.Join(h.TrustedProviders, ", "))
	} else {
		line(0, "heidi: (absent)")
	}
	line(0, "cliniko:")
	line(1, "base_url: %s", or(c.Cliniko.BaseURL, "(the shard's)"))
	line(1, "requests_per_minute: %d", c.Cliniko.RequestsPerMinute)
	line(0, "practitioners:")
	for _, p := range c.Practitioners {
		line(1, "- practitioner_id: %q", p.ID)
		line(1, "  cliniko_key_file: %s  # key %s", words(p.KeyFile), p.Key)
		line(1, "  name: %s", set(!p.Name.IsBlank()))
		line(1, "  email: %s", set(!p.Email.IsBlank()))
		line(1, "  internal_id: %s", set(p.InternalID != ""))
	}
	line(0, "routes:")
	for _, r := range c.Routes {
		line(1, "- {%s}", strings.Join(redactedRule(r, words), ", "))
	}
	line(0, "consult_notes: %t", c.ConsultNotes)
	line(0, "matching:")
	line(1, "identifiers: %d", c.Matching.Identifiers)
	line(1, "first_name_and_booking: %t", c.Matching.FirstNameAndBooking)
	t := c.Timing
	line(0, "timing:")
	for _, d := range []struct {
		name string
		d    time.Duration
	}{
		{"poll", t.Poll},
		{"poll_night", t.PollNight},
		{"quiet", t.Quiet},
		{"grace", t.Grace},
		{"deadline", t.Deadline},
		{"look_back", t.LookBack},
		{"reread_each_poll_for", t.RereadEachPollFor},
		{"reread_half_hourly_for", t.RereadHalfHourlyFor},
	} {
		line(1, "%s: %s", d.name, span(d.d))
	}
	line(1, "reads: %d", t.Reads)
	line(1, "practice_hours: %q", clock(t.DayFrom)+"-"+clock(t.DayTo))
	if w := c.Web; w != nil {
		line(0, "web:")
		line(1, "listen: %s", listening(w.Listen, words))
		line(1, "tls_cert_file: %s", or(words(w.CertFile), "(none)"))
		line(1, "tls_key_file: %s", or(words(w.KeyFile), "(none)"))
		line(1, "origin: %s", or(words(w.Origin), "(as browsers say)"))
		line(1, "webhook_secret_files: %d of them", len(w.WebhookSecrets))
		line(1, "metrics: %t", w.Metrics)
		line(1, "forwarded: %t", w.Forwarded)
		line(1, "idle: %s", span(w.Idle))
		line(1, "absolute: %s", span(w.Absolute))
	} else {
		line(0, "web: (absent)")
	}
	c.Alarms.redacted(line)
	return b.String()
}

// redactedRule lists the keys of a rule that say something.
func redactedRule(r route.Rule, words func(string) string) []string {
	var keys []string
	for _, k := range []struct{ name, value string }{
		{"template", string(r.Template)},
		{"template_name", words(r.TemplateName)},
		{"name", words(r.Name)},
		{"practitioner", string(r.Practitioner)},
		{"title", words(r.Title)},
		{"note_template", string(r.NoteTemplate)},
		{"later", string(r.Later)},
	} {
		if k.value != "" {
			keys = append(keys, fmt.Sprintf("%s: %q", k.name, k.value))
		}
	}
	var fill []string
	for _, heading := range slices.Sorted(maps.Keys(r.Fill)) {
		fill = append(fill, fmt.Sprintf("%q: %q", words(heading), words(r.Fill[heading])))
	}
	if len(fill) > 0 {
		keys = append(keys, "fill: {"+strings.Join(fill, ", ")+"}")
	}
	return append(keys, "to: "+string(r.To), "mode: "+string(r.Mode))
}

// listening is an address, whose path alone somebody chose.
func listening(address string, words func(string) string) string {
	if path, is := strings.CutPrefix(address, unixPrefix); is {
		return unixPrefix + words(path)
	}
	return address
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func set(is bool) string {
	if is {
		return "(set)"
	}
	return "(not set)"
}
