package web_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carryover"
	"carryover/web"
)

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address       string
		clear, secure bool // whether it is admitted without and with a certificate
	}{
		{"127.0.0.1:8480", true, true},
		{"[::1]:0", true, true},
		{"localhost:8480", true, true},
		{"unix:/run/page.sock", true, true},
		{"unix:", false, false},
		{"0.0.0.0:80", false, true},
		{":80", false, true},
		{"192.0.2.1:80", false, true},
		{"[::]:80", false, true},
		{"records.example.com:80", false, true},
		{"localhost.example.com:80", false, true},
		{"8480", false, false},
		{"127.0.0.1", false, false},
	} {
		if err := web.CheckAddress(c.address, false); (err == nil) != c.clear {
			t.Errorf("%s in the clear: %v, want it admitted: %v", c.address, err, c.clear)
		}
		if err := web.CheckAddress(c.address, true); (err == nil) != c.secure {
			t.Errorf("%s under TLS: %v, want it admitted: %v", c.address, err, c.secure)
		}
	}
	if _, err := web.Listen(t.Context(), "0.0.0.0:0", nil); !errors.Is(err, carryover.ErrInvalid) || carryover.HintOf(err) == "" {
		t.Errorf("Listen for everybody in the clear = %v, want it refused with a hint", err)
	}
}

// TestServeOnASocket: a socket that a killed run left is no hindrance, a file in
// its place is, and a stop ends the service.
func TestServeOnASocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "s") // a socket's path may not be long
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "page.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	l, err := web.Listen(t.Context(), "unix:"+path, nil)
	if err != nil {
		t.Fatalf("Listen over a forsaken socket = %v", err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o660 {
		t.Errorf("the socket's mode is %v, %v; want 0660", st.Mode(), err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- web.Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }), nil)
	}()
	client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	res, err := client.Get("http://page/")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if string(body) != "here" {
		t.Errorf("the socket answers %q", body)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve after a stop = %v, want nil", err)
	}
	other := filepath.Join(dir, "letter")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := web.Listen(t.Context(), "unix:"+other, nil); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("Listen where a file is = %v, want it refused", err)
	}
	if kept, err := os.ReadFile(other); string(kept) != "mine" {
		t.Errorf("the file is %q, %v afterwards; want it as it was", kept, err)
	}
}
