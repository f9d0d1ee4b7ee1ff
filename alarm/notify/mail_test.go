package notify_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/alarm/notify/notifytest"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// twoHeld is a message about three documents of two kinds.
func twoHeld() notify.Message {
	return notify.Message{ID: "f00d", Page: "https://records.example.com", Matters: []notify.Matter{
		{About: notify.Raised, Kind: alarm.HeldLong, Reference: "HD-7Q4K2MXA", At: noon},
		{About: notify.Raised, Kind: alarm.HeldLong, Reference: "HD-AAAABBBB", At: noon},
		{About: notify.Raised, Kind: alarm.PollSilent, At: noon},
		{About: notify.Cleared, Kind: alarm.ClockOff, At: noon},
	}}
}

// by returns the channel to a server, with the connections of this test.
func by(s *notifytest.MailServer, security notify.Security) notify.Mail {
	var d net.Dialer
	return notify.Mail{
		Host: "127.0.0.1", Port: s.Port, Security: security, User: s.User, Password: carryover.NewSecret(s.Password),
		From: "carryover@example.com", To: []string{"desk@example.com", "owner@example.com"}, Dial: d.DialContext, Roots: s.Roots,
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		security notify.Security
		server   func(*notifytest.MailServer)
	}{
		{"starttls", notify.StartTLS, func(s *notifytest.MailServer) { s.User, s.Password = "box-7", "four words in all" }},
		{"tls", notify.Implicit, func(s *notifytest.MailServer) { s.Implicit, s.User, s.Password = true, "box-7", "secret" }},
		{"a relay on this machine", notify.InClear, func(s *notifytest.MailServer) { s.Plain = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := notifytest.NewMailServer(t, tt.server)
			if err := by(s, tt.security).Send(t.Context(), twoHeld()); err != nil {
				t.Fatalf("Send = %v", err)
			}
			got := s.Letters()
			if len(got) != 1 {
				t.Fatalf("%d letters, want one", len(got))
			}
			l := got[0]
			if l.TLS == (tt.security == notify.InClear) {
				t.Errorf("under TLS: %v", l.TLS)
			}
			if strings.Contains(s.Raw(), "secret") || !strings.Contains(l.To, "desk@example.com") || !strings.Contains(l.To, "owner@example.com") {
				t.Errorf("to %s", l.To)
			}
			if got, want := l.Header.Get("Subject"), "Carryover: 3 things need somebody"; got != want {
				t.Errorf("Subject = %q, want %q", got, want)
			}
			if got := l.Header.Get("Auto-Submitted"); got != "auto-generated" {
				t.Errorf("Auto-Submitted = %q", got)
			}
			for _, want := range []string{
				alarm.HeldLong.Sentence() + " (2 of them)", "HD-7Q4K2MXA, HD-AAAABBBB", alarm.PollSilent.NextStep(),
				"Well again since Mon 2 Nov 2026 12:00: " + alarm.ClockOff.Sentence(), "https://records.example.com",
			} {
				if !strings.Contains(l.Body, want) {
					t.Errorf("the letter lacks %q:\n%s", want, l.Body)
				}
			}
		})
	}
}

// TestMailRefuses: no mail goes out in the clear, to whom nobody vouches for, or
// quietly nowhere; and no error repeats a user, a password or an address.
func TestMailRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		server func(*notifytest.MailServer)
		change func(*notifytest.MailServer, *notify.Mail)
	}{
		{"a server without STARTTLS", func(s *notifytest.MailServer) { s.Plain = true }, nil},
		{"a certificate of nobody", nil, func(_ *notifytest.MailServer, m *notify.Mail) { m.Roots = nil }},
		{"TLS where there is none", nil, func(_ *notifytest.MailServer, m *notify.Mail) { m.Security = notify.Implicit }},
		{"another password", func(s *notifytest.MailServer) { s.User, s.Password = "box-7", "right" }, func(_ *notifytest.MailServer, m *notify.Mail) {
			m.Password = carryover.NewSecret("zebra-wrong")
		}},
		{"a receiver whom the server does not know", nil, func(s *notifytest.MailServer, _ *notify.Mail) {
			s.Refuse("550 5.1.1 <desk@example.com> is nobody")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := notifytest.NewMailServer(t, tt.server)
			m := by(s, notify.StartTLS)
			if tt.change != nil {
				tt.change(s, &m)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := m.Send(ctx, twoHeld())
			if err == nil || len(s.Letters()) != 0 {
				t.Fatalf("Send = %v with %d letters, want an error and none", err, len(s.Letters()))
			}
			for _, no := range []string{"box-7", "zebra", "desk@", "HD-"} {
				if strings.Contains(err.Error(), no) {
					t.Errorf("the error holds %q: %v", no, err)
				}
			}
		})
	}
}

// TestMailStops: a server that never answers does not hold up a stop.
func TestMailStops(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m := by(&notifytest.MailServer{Port: l.Addr().(*net.TCPAddr).Port}, notify.StartTLS)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		if conn, err := l.Accept(); err == nil {
			stop() // it has connected, and waits for a greeting
			defer conn.Close()
			<-t.Context().Done()
		}
	}()
	done := make(chan error, 1)
	go func() { done <- m.Send(ctx, twoHeld()) }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("Send = nil")
		}
	case <-time.After(20 * time.Second): // a conversation may take 30
		t.Error("Send goes on after the stop")
	}
}
