package heidi

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// The errors of net/http may quote what the server sent, and a server may send
// a patient's name. So the cause of a failed exchange is said in words of our
// own, and only errors that hold no text of others are wrapped.
var (
	errTimeout  = errors.New("timed out")
	errReset    = errors.New("connection reset")
	errCut      = errors.New("connection closed early")
	errRefused  = errors.New("connection refused")
	errNoName   = errors.New("host name not found")
	errNoRoute  = errors.New("host not reachable")
	errTLS      = errors.New("secure connection failed")
	errProtocol = errors.New("not readable as HTTP")
	errTooLong  = errors.New("answer too long")
	errNoAnswer = errors.New("no answer")
)

// causes maps what may go wrong on the way to words. The first that fits counts.
var causes = []struct {
	fits func(error) bool
	say  error
}{
	{is(context.Canceled), context.Canceled},
	{is(context.DeadlineExceeded), context.DeadlineExceeded},
	{is(os.ErrDeadlineExceeded), errTimeout},
	{as[*net.DNSError], errNoName},
	{is(syscall.ECONNREFUSED), errRefused},
	{is(syscall.ECONNRESET), errReset},
	{is(syscall.EPIPE), errReset},
	{is(syscall.EHOSTUNREACH), errNoRoute},
	{is(syscall.ENETUNREACH), errNoRoute},
	{is(io.ErrUnexpectedEOF), errCut},
	{is(io.EOF), errCut},
	{is(errTooLong), errTooLong},
	{is(errNoAnswer), errNoAnswer},
	{timedOut, errTimeout},
	{as[*tls.CertificateVerificationError], errTLS},
	{as[tls.RecordHeaderError], errTLS},
	{as[tls.AlertError], errTLS},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func timedOut(err error) bool {
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}

// cause returns err in words that are safe to print.
func cause(err error) error {
	for _, c := range causes {
		if c.fits(err) {
			return c.say
		}
	}
	return errProtocol
}

// notAllowed finds the refusal of a transport that guards where connections
// go: nothing left this machine. The guard is met by its method, not its type,
// as this package knows no transport.
func notAllowed(err error) (error, bool) {
	r, ok := errors.AsType[interface {
		error
		Refused() bool
	}](err)
	if !ok || !r.Refused() {
		return nil, false
	}
	return r, true
}
