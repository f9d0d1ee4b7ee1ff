// Package notifytest receives what Carryover sends about alarms: a mail server
// and an HTTP receiver on this machine, both real sockets, which keep every byte.
package notifytest

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// A MailServer takes mail. Its fields are set before the first connection.
type MailServer struct {
	Port int
	// Roots vouch for its certificate, which is for 127.0.0.1.
	Roots *x509.CertPool
	// Implicit speaks TLS from the first byte; Plain offers no STARTTLS.
	Implicit, Plain bool
	// User and Password are asked for when User is set.
	User, Password string

	certificate tls.Certificate

	mu     sync.Mutex // guards what follows
	letter []Letter
	raw    strings.Builder
	refuse string // the answer to RCPT, instead of yes
}

// A Letter is one mail that was taken.
type Letter struct {
	From, To string
	Header   mail.Header
	Body     string // decoded
	TLS      bool   // it came under TLS
}

// NewMailServer listens on 127.0.0.1 until the test ends.
func NewMailServer(t testing.TB, change func(*MailServer)) *MailServer {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	web.Close()
	s := &MailServer{Roots: x509.NewCertPool(), certificate: web.TLS.Certificates[0]}
	s.Roots.AddCert(web.Certificate())
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	var open sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); open.Wait() })
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.serve(conn) })
		}
	})
	return s
}

// Refuse answers every receiver so, such as "451 4.3.0 try later"; "" takes mail
// again.
func (s *MailServer) Refuse(answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = answer
}

// Letters are those taken so far.
func (s *MailServer) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letter...)
}

// Raw is every line that was received, as it came.
func (s *MailServer) Raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

func (s *MailServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	secure := s.Implicit
	if secure {
		conn = tls.Server(conn, s.tls())
	}
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	var from, to string
	allowed := s.User == ""
	say("220 test ready")
	for {
		line, err := s.read(in)
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-test")
			if !secure && !s.Plain {
				say("250-STARTTLS")
			}
			if s.User != "" {
				say("250-AUTH PLAIN LOGIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, s.tls())
			in, secure = bufio.NewReader(conn), true
		case "AUTH":
			allowed = s.knows(rest)
			if !allowed {
				say("535 5.7.8 no such user " + s.User)
				continue
			}
			say("235 welcome")
		case "MAIL":
			from = rest
			if !allowed {
				say("530 5.7.0 who are you")
				continue
			}
			say("250 ok")
		case "RCPT":
			s.mu.Lock()
			no := s.refuse
			s.mu.Unlock()
			if no != "" {
				say(no)
				continue
			}
			to += rest + " "
			say("250 ok")
		case "DATA":
			say("354 go on")
			if err := s.take(in, from, to, secure); err != nil {
				say("554 not a mail")
				continue
			}
			from, to = "", ""
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *MailServer) tls() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12}
}

func (s *MailServer) read(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	s.mu.Lock()
	s.raw.WriteString(line)
	s.mu.Unlock()
	return strings.TrimRight(line, "\r\n"), err
}

func (s *MailServer) knows(rest string) bool {
	_, proof, _ := strings.Cut(rest, " ")
	b, err := base64.StdEncoding.DecodeString(proof)
	return err == nil && string(b) == "\x00"+s.User+"\x00"+s.Password
}

// take reads one mail up to the line with a dot.
func (s *MailServer) take(in *bufio.Reader, from, to string, secure bool) error {
	var text strings.Builder
	for {
		line, err := s.read(in)
		if err != nil {
			return err
		}
		if line == "." {
			break
		}
		fmt.Fprintf(&text, "%s\r\n", strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(strings.NewReader(text.String()))
	if err != nil {
		return err
	}
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	decoded, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letter = append(s.letter, Letter{From: from, To: to, Header: m.Header, Body: strings.ReplaceAll(string(decoded), "\r\n", "\n"), TLS: secure})
	return err
}
