package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"carryover"
)

// Where the pages are served: an address of this machine alone, a socket in the
// file system behind a proxy, or the network, and then never in the clear.

// unixPrefix marks an address that is a path.
const unixPrefix = "unix:"

// CheckAddress says in an error why the pages cannot be served at an address.
// secure says that they are served under TLS.
func CheckAddress(address string, secure bool) error {
	if path, is := strings.CutPrefix(address, unixPrefix); is {
		if path == "" {
			return errors.New("the path of the socket is missing")
		}
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return errors.New("that is not a host and a port")
	}
	if secure || host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		return nil
	}
	return errors.New("others could reach it there, and read along")
}

// Listen opens an address that CheckAddress admits; certificate nil means
// without TLS.
func Listen(ctx context.Context, address string, certificate *tls.Certificate) (net.Listener, error) {
	op := "serve the review page"
	if err := CheckAddress(address, certificate != nil); err != nil {
		return nil, &carryover.Problem{
			Op: op, Kind: carryover.ErrInvalid, Err: err,
			Hint: "Serve it on 127.0.0.1, on a unix socket, or with a certificate (tls_cert_file and tls_key_file).",
		}
	}
	network := "tcp"
	if path, is := strings.CutPrefix(address, unixPrefix); is {
		network, address = "unix", path
		if err := forsaken(path); err != nil {
			return nil, err
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, network, address)
	if err != nil {
		return nil, &carryover.Problem{
			Op: op, Kind: carryover.ErrInvalid, Err: err,
			Hint: "Another program may be using the address. Stop it, or choose another one under web: listen in the configuration.",
		}
	}
	if network == "unix" { // for the proxy, whose group the folder says
		if err := os.Chmod(address, 0o660); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", op, err), l.Close())
		}
	}
	if certificate == nil {
		return l, nil
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	}), nil
}

// forsaken removes a socket that a run that was killed has left; anything else
// at its path stays where it is.
func forsaken(path string) error {
	is, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && is.Mode().Type() != fs.ModeSocket {
		err = errors.New("something else is at the path of the socket")
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return &carryover.Problem{
			Op: "serve the review page", Kind: carryover.ErrInvalid, Err: err,
			Hint: "Name another path under web: listen in the configuration, or remove what is there.",
		}
	}
	return nil
}

// How long a browser may take. A page is small, and so is what a form sends.
const (
	headerWait = 10 * time.Second
	readWait   = time.Minute
	writeWait  = time.Minute
	idleWait   = 2 * time.Minute
	stopWait   = 5 * time.Second
	maxHeader  = 32 << 10
)

// Serve answers on l until ctx ends, then finishes what is under way. It closes
// l. What net/http has to say, which may quote what a stranger sent, is for the
// debug log alone.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerWait, ReadTimeout: readWait, WriteTimeout: writeWait, IdleTimeout: idleWait,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		if err := s.Shutdown(within); err != nil {
			stopped <- s.Close()
			return
		}
		stopped <- nil
	})
	err := s.Serve(l)
	if stop() { // it ended by itself
		return fmt.Errorf("serve the review page: %w", err)
	}
	return <-stopped
}
