package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAlarms(t *testing.T) {
	p := newPractice(t)
	p.secret("smtp", "four words, <one> changeme")
	p.secret("ntfy", "tk-zebra")
	got, err := p.load(smallest + `alarms:
  smtp:
    host: Mail.example.com
    user: box-7
    password_file: secrets/smtp
    from: carryover@example.com
    to: [desk@example.com, owner@example.com]
  ntfy: {url: "https://ntfy.example.com/zebra-topic", token_file: secrets/ntfy}
  webhook: {url: "http://127.0.0.1:9000/hook"}
  digest_day: Friday
  digest_hour: 16
  ping_url: https://watch.example.com:8443/zebra-check
  ping_every: 10m
  held_after: 4h
`)
	if err != nil {
		t.Fatal(err)
	}
	a := got.Alarms
	want := []string{"mail.example.com:587", "ntfy.example.com:443", "127.0.0.1:9000", "watch.example.com:8443"}
	if diff := cmp.Diff(want, a.Hosts()); diff != "" {
		t.Errorf("Hosts (-want +got):\n%s", diff)
	}
	if a.SMTP.TLS != "starttls" || a.SMTP.Password.Reveal() != "four words, <one> changeme" || len(a.SMTP.To) != 2 || a.Ntfy.Token.Reveal() != "tk-zebra" {
		t.Errorf("smtp %+v, ntfy %+v", a.SMTP, a.Ntfy)
	}
	if !a.Digest || a.DigestDay != time.Friday || a.DigestHour != 16 || a.PingEvery != 10*time.Minute || a.HeldAfter != 4*time.Hour {
		t.Errorf("Alarms = %+v", a)
	}
	for _, secret := range []string{"zebra", "words", "box-7", "@example.com"} {
		if shown := got.Redacted(); strings.Contains(shown, secret) {
			t.Errorf("Redacted holds %q:\n%s", secret, shown)
		}
	}
}

func TestAlarmsDefaults(t *testing.T) {
	got, err := newPractice(t).load(smallest)
	if err != nil {
		t.Fatal(err)
	}
	want := Alarms{Digest: true, DigestDay: time.Monday, DigestHour: 7, PingEvery: 5 * time.Minute, HeldAfter: 24 * time.Hour}
	if diff := cmp.Diff(want, got.Alarms); diff != "" {
		t.Errorf("Alarms without the block (-want +got):\n%s", diff)
	}
	if len(got.Alarms.Hosts()) != 0 {
		t.Errorf("Hosts = %v, want none", got.Alarms.Hosts())
	}
}

func TestAlarmsMistakes(t *testing.T) {
	p := newPractice(t)
	const to = "from: a@example.com, to: [b@example.com]"
	for _, tt := range []struct{ name, block, mistake string }{
		{"no receiver", "smtp: {host: mail.example.com, from: a@example.com}", "required"},
		{"an address as the host", "smtp: {host: 10.0.0.1, " + to + "}", "not the name of a server"},
		{"a URL as the host", "smtp: {host: \"smtp://mail.example.com\", " + to + "}", "not the name of a server"},
		{"in the clear", "smtp: {host: mail.example.com, tls: none, " + to + "}", "in the clear"},
		{"a user without a password", "smtp: {host: mail.example.com, user: box, " + to + "}", "a user needs a password"},
		{"no address", "ntfy: {url: ntfy.example.com/zebra}", "not an address"},
		{"posting in the clear", "webhook: {url: \"http://hooks.example.com/zebra\"}", "not an address"},
		{"a user in the address", "webhook: {url: \"https://zebra:x@hooks.example.com/\"}", "not an address"},
		{"a message to Cliniko", "webhook: {url: \"https://api.au3.cliniko.com/zebra\"}", "do not go to Heidi or Cliniko"},
		{"no such day", "digest_day: someday", "is expected here"},
		{"no such hour", "digest_hour: 24", "from 0 to 23"},
		{"held for too short", "held_after: 1m", "outside the range"},
		{"an unknown key", "sms: 1", "not known"},
	} {
		_, err := p.load(smallest + "alarms:\n  " + tt.block + "\n")
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "is missing", "required"), tt.mistake) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.mistake)
		}
	}
	if got, err := p.load(smallest + "alarms:\n  digest_day: never\n"); err != nil || got.Alarms.Digest {
		t.Errorf("digest_day: never = %+v, %v, want no digest", got, err)
	}
	got, err := p.load(smallest + "alarms:\n  smtp: {host: mail.example.com, port: 465, " + to + "}\n")
	if err != nil || got.Alarms.SMTP.TLS != "tls" {
		t.Errorf("port 465 = %+v, %v, want tls", got, err)
	}
}
