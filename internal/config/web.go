package config

import (
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"carryover/internal/disk"
)

// DefaultListen is where the review page is served when nothing is said: this
// machine alone.
const DefaultListen = "127.0.0.1:8480"

// unixPrefix marks an address that is the path of a socket.
const unixPrefix = "unix:"

// web reads where the review page is served. An empty block, web: {}, is
// enough for it to be served to this machine.
func (r *reader) web(n ast.Node, at string) *Web {
	w := &Web{Listen: DefaultListen, Idle: 30 * time.Minute, Absolute: 12 * time.Hour}
	r.mapping(n, at, fields{
		"listen":        func(n ast.Node, at string) { r.listen(n, at, &w.Listen) },
		"tls_cert_file": func(n ast.Node, at string) { r.present(n, at, &w.CertFile, false) },
		"tls_key_file":  func(n ast.Node, at string) { r.present(n, at, &w.KeyFile, true) },
		"origin":        func(n ast.Node, at string) { w.Origin = r.origin(n, at) },
		"webhook_secret_files": func(n ast.Node, at string) {
			r.sequence(n, at, func(n ast.Node, at string) {
				var file string
				w.WebhookSecrets = append(w.WebhookSecrets, r.secret(n, at, &file, webhookSecret))
			})
		},
		"forwarded": func(n ast.Node, at string) { r.boolean(n, at, &w.Forwarded) },
		"metrics":   func(n ast.Node, at string) { r.boolean(n, at, &w.Metrics) },
		"idle":      func(n ast.Node, at string) { r.duration(n, at, 5*time.Minute, 12*time.Hour, &w.Idle) },
		"absolute":  func(n ast.Node, at string) { r.duration(n, at, time.Hour, 24*time.Hour, &w.Absolute) },
	})
	return w
}

// listen reads a host and a port, or unix: and a path relative to the file.
func (r *reader) listen(n ast.Node, at string, into *string) {
	s, ok := r.text(n, at)
	if !ok {
		return
	}
	if path, is := strings.CutPrefix(s, unixPrefix); is && path != "" {
		if !strings.HasPrefix(path, "/") {
			path = r.folder + "/" + path
		}
		*into = unixPrefix + path
		return
	}
	if _, port, err := net.SplitHostPort(s); err != nil || port == "" {
		r.wrong(n, at, "that is not a host and a port", "Write it like "+DefaultListen+", or unix: and the path of a socket.")
		return
	}
	*into = s
}

// present reads the name of a file that must be there and, when it is secret,
// closed to others.
func (r *reader) present(n ast.Node, at string, into *string, secret bool) {
	if !r.private(n, at, into) || r.outline {
		return
	}
	st, err := os.Stat(*into)
	switch {
	case err != nil || !st.Mode().IsRegular():
		r.wrong(n, at, "there is no file "+*into, "Put the file there, in PEM form, or correct its name.")
	case secret && disk.OpenToOthers(st):
		r.wrong(n, at, "others can read the file "+*into, "Close it to everybody else: chmod 600 "+*into)
	}
}

// origin reads how the page's address begins.
func (r *reader) origin(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		r.wrong(n, at, "that is not the beginning of an address", "Write it like https://records.example.com, without a path.")
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// served checks the review page's block as a whole: the page is never served to
// others in the clear.
func (r *reader) served(w *Web) {
	switch {
	case w == nil:
		return
	case (w.CertFile == "") != (w.KeyFile == ""):
		r.wrongAt(r.either("web.tls_cert_file", "web.tls_key_file"), "web.tls_cert_file",
			"a certificate needs its key, and a key its certificate", "Give both tls_cert_file and tls_key_file, or neither.")
	case w.Forwarded && !strings.HasPrefix(w.Listen, unixPrefix):
		r.wrongAt(r.either("web.forwarded", "web.listen"), "web.forwarded", "anybody could write the header that it asks to believe",
			"Leave it away, or serve the page on a unix socket, which only the proxy opens.")
	case w.Idle > w.Absolute:
		r.wrongAt(r.either("web.idle", "web.absolute"), "web.idle", "a session would end before it is idle", "Make idle at most "+span(w.Absolute)+".")
	}
	if host, _, err := net.SplitHostPort(w.Listen); err == nil && !strings.HasPrefix(w.Listen, unixPrefix) && w.CertFile == "" && !isLoopback(host) {
		r.wrongAt(r.either("web.listen"), "web.listen", "others could reach the page there, and read along",
			"Give a certificate with tls_cert_file and tls_key_file, or serve it on 127.0.0.1 or a unix socket.")
	}
}
