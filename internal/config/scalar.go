package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// text reads one value as written, without the quotes. Numbers keep their
// digits: Cliniko's ids do not survive a float.
func (r *reader) text(n ast.Node, at string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		if strings.TrimSpace(n.Value) != "" {
			return strings.TrimSpace(n.Value), true
		}
		r.wrong(n, at, "nothing is written here", "Give a value, or remove the line to use the default.")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	default:
		r.wrong(n, at, "one value is expected here", "Write it on the same line, after the colon.")
	}
	return "", false
}

// path reads a file or folder name, relative to the configuration file.
func (r *reader) path(n ast.Node, at string, into *string) bool {
	s, ok := r.text(n, at)
	if !ok {
		return false
	}
	if !filepath.IsAbs(s) {
		s = filepath.Join(r.folder, s)
	}
	*into = filepath.Clean(s)
	return true
}

func (r *reader) boolean(n ast.Node, at string, into *bool) {
	s, ok := r.text(n, at)
	switch {
	case !ok:
	case s == "true" || s == "false":
		*into = s == "true"
	default:
		r.wrong(n, at, "true or false is expected here", "Write true or false, without quotes.")
	}
}

func (r *reader) integer(n ast.Node, at string, least, most int, into *int) {
	s, ok := r.text(n, at)
	if !ok {
		return
	}
	i, err := strconv.Atoi(s)
	if err != nil || i < least || i > most {
		r.wrong(n, at, fmt.Sprintf("a whole number from %d to %d is expected here", least, most), "")
		return
	}
	*into = i
}

func (r *reader) oneOf(n ast.Node, at string, allowed ...string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	if slices.Contains(allowed, fold(s)) {
		return fold(s)
	}
	hint := ""
	if near := nearest(s, allowed); near != "" {
		hint = "Did you mean " + near + "?"
	}
	r.wrong(n, at, "one of "+strings.Join(allowed, ", ")+" is expected here", hint)
	return ""
}

func (r *reader) duration(n ast.Node, at string, least, most time.Duration, into *time.Duration) {
	s, ok := r.text(n, at)
	if !ok {
		return
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		r.wrong(n, at, "a length of time with its unit is expected here", "Write it like 45s, 2m or 1h30m. Days are written as hours: 336h.")
	case d < least || d > most:
		r.wrong(n, at, "that is outside the range "+span(least)+" to "+span(most), "")
	default:
		*into = d
	}
}

// span writes a duration without the zero units that time.Duration prints.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// hours reads "07:00-20:00" as two times since midnight.
func (r *reader) hours(n ast.Node, at string, from, to *time.Duration) {
	s, ok := r.text(n, at)
	if !ok {
		return
	}
	a, b, cut := strings.Cut(s, "-")
	f, err1 := time.Parse("15:04", strings.TrimSpace(a))
	t, err2 := time.Parse("15:04", strings.TrimSpace(b))
	if !cut || err1 != nil || err2 != nil || !f.Before(t) {
		r.wrong(n, at, "the hours of one day are expected here", `Write them in quotes, like "07:00-20:00".`)
		return
	}
	midnight := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	*from, *to = f.Sub(midnight), t.Sub(midnight)
}

// loopback reads the address of a sandbox. Anything else would be a way round
// the allow-list of hosts, so it is refused.
func (r *reader) loopback(n ast.Node, at string) string {
	s, ok := r.text(n, at)
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !isLoopback(u.Hostname()) {
		r.wrong(n, at, "only an address on this machine is accepted here", "It is for the sandbox, like http://127.0.0.1:8082/v1. Remove the line to use the real address, which Carryover knows.")
		return ""
	}
	return strings.TrimRight(s, "/")
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
