package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"carryover"
)

// Security is how a mail server is spoken to.
type Security string

// The ways. The last is for a relay on this machine alone, which the
// configuration makes sure of.
const (
	StartTLS Security = "starttls" // TLS after the greeting, or not at all
	Implicit Security = "tls"      // TLS from the first byte
	InClear  Security = "none"
)

// mailWithin bounds a conversation with a mail server.
const mailWithin = 30 * time.Second

// Mail is the channel by SMTP.
type Mail struct {
	Host     string
	Port     int
	Security Security
	User     string // empty: the server asks for none
	Password carryover.Secret
	From     string
	To       []string
	// Dial opens a connection: the guard's, which knows where we may go.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are who may vouch for the server; nil: whom the machine trusts.
	Roots *x509.CertPool
}

// Name implements Channel.
func (Mail) Name() string { return "mail" }

// Send implements Channel.
func (m Mail) Send(ctx context.Context, message Message) error {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.From(m.From); err != nil {
		return errors.New("the sender's address is not one")
	}
	if err := letter.To(m.To...); err != nil {
		return errors.New("a receiver's address is not one")
	}
	letter.Subject(message.Title())
	letter.SetMessageIDWithValue(message.ID + "@carryover.invalid")
	letter.SetDate()
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers
	letter.SetBodyString(mail.TypeTextPlain, message.Text())
	return m.deliver(ctx, letter)
}

// deliver hands a letter to the server. Once it has taken it, nothing that goes
// wrong with the goodbye is worth a second one.
func (m Mail) deliver(ctx context.Context, letter *mail.Msg) error {
	dial := func(dialling context.Context, network, address string) (net.Conn, error) {
		conn, err := m.Dial(dialling, network, address)
		if err == nil { // the library hears of a stop while it dials, and not after
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	c, err := m.client(dial)
	if err != nil {
		return fmt.Errorf("prepare to speak to %s: %w", m.address(), err)
	}
	session, err := c.DialToSMTPClientWithContext(ctx)
	if err == nil {
		defer func() { _ = c.CloseWithSMTPClient(session) }()
		err = c.SendWithSMTPClient(session, letter)
	}
	if err != nil {
		return fmt.Errorf("mail by %s: %w", m.address(), withoutAddresses(err))
	}
	return nil
}

func (m Mail) address() string { return net.JoinHostPort(m.Host, strconv.Itoa(m.Port)) }

func (m Mail) client(dial mail.DialContextFunc) (*mail.Client, error) {
	secure := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12, RootCAs: m.Roots}
	options := []mail.Option{
		mail.WithPort(m.Port), mail.WithTimeout(mailWithin), mail.WithTLSConfig(secure), mail.WithHELO("carryover.invalid"),
		mail.WithDialContextFunc(dial),
	}
	auth := mail.SMTPAuthAutoDiscover
	switch m.Security {
	case Implicit:
		// The library leaves TLS to a dialer that it is given, and then does not
		// know of it: PLAIN is what every server takes inside TLS.
		auth = mail.SMTPAuthPlain
		options = append(options, mail.WithSSL(), mail.WithDialContextFunc(
			func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dial(ctx, network, address)
				if err != nil {
					return nil, err
				}
				return tls.Client(conn, secure), nil
			}))
	case InClear:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.User != "" {
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(m.User), mail.WithPassword(m.Password.Reveal()))
	}
	return mail.NewClient(m.Host, options...)
}

// withoutAddresses keeps of an error what kind it is and the server's number, not
// the server's words, which repeat addresses and user names.
func withoutAddresses(err error) error {
	if sending, ok := errors.AsType[*mail.SendError](err); ok {
		return fmt.Errorf("not taken: %s (answer %d)", sending.Reason.String(), sending.ErrorCode())
	}
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("the server answered %d", answer.Code)
	}
	return err
}
