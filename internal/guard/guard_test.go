package guard

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newGuard(t *testing.T, p Policy) *Guard {
	t.Helper()
	g, err := New(p)
	if err != nil {
		t.Fatalf("New(%+v): %v", p, err)
	}
	t.Cleanup(g.Close)
	return g
}

// hostOf returns host and port of a test server.
func hostOf(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }

func get(t *testing.T, rt http.RoundTripper, address string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	return resp, err
}

func TestPolicy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy Policy
		ok     bool
	}{
		{"Australia", Policy{Region: "AU", Clinical: []string{"au.api.heidihealth.com", "api.au1.cliniko.com", "api.au12.cliniko.com"}}, true},
		{"Australia in small letters", Policy{Region: "au", Clinical: []string{"API.AU3.cliniko.com"}}, true},
		{"a shard in the US", Policy{Region: "AU", Clinical: []string{"api.us1.cliniko.com"}}, false},
		{"Heidi in the UK", Policy{Region: "AU", Clinical: []string{"uk.api.heidihealth.com"}}, false},
		{"registrar", Policy{Region: "AU", Clinical: []string{"registrar.api.heidihealth.com"}}, false},
		{"the host without a shard", Policy{Region: "AU", Clinical: []string{"api.cliniko.com"}}, false},
		{"a look-alike", Policy{Region: "AU", Clinical: []string{"api.au1.cliniko.com.evil.example"}}, false},
		{"anybody", Policy{Region: "AU", Clinical: []string{"example.com"}}, false},
		{"no region", Policy{Clinical: []string{"api.au1.cliniko.com"}}, false},
		{"region registrar", Policy{Region: "registrar", Clinical: []string{"registrar.api.heidihealth.com"}}, false},
		{"loopback", Policy{Clinical: []string{"127.0.0.1:80", "[::1]:80", "localhost:80"}}, true},
		{"loopback without a port", Policy{Clinical: []string{"127.0.0.1"}}, false},
		{"an address", Policy{Operational: []string{"10.0.0.1:25"}}, false},
		{"a URL", Policy{Operational: []string{"https://ntfy.example.com/"}}, false},
		{"a wildcard", Policy{Operational: []string{"*.example.com"}}, false},
		{"a bad port", Policy{Operational: []string{"mail.example.com:0"}}, false},
		{"operational anywhere", Policy{Operational: []string{"mail.example.com:465", "ntfy.example.com"}}, true},
		{"both at once", Policy{Clinical: []string{"127.0.0.1:80"}, Operational: []string{"127.0.0.1:80"}}, false},
		{"nothing", Policy{}, true},
	} {
		_, err := New(tt.policy)
		if (err == nil) != tt.ok {
			t.Errorf("%s: New = %v, want ok %v", tt.name, err, tt.ok)
		}
		if r, is := errors.AsType[*Refusal](err); err != nil && (!is || r.Why == "" || !errors.Is(err, ErrRefused)) {
			t.Errorf("%s: New = %v, want a refusal that says why", tt.name, err)
		}
	}
}

func TestUSShardIsExplained(t *testing.T) {
	err := Admits("AU", "api.us1.cliniko.com")
	for _, part := range []string{"us1", "region AU", "begins with au"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Admits(AU, us1) = %v, want it to say %q", err, part)
		}
	}
}

func TestHosts(t *testing.T) {
	for in, want := range map[string]string{"AU": "au.api.heidihealth.com", " uk ": "uk.api.heidihealth.com", "registrar": "", "": "", "NZ": ""} {
		if got, err := HeidiHost(in); got != want || (err == nil) != (want != "") {
			t.Errorf("HeidiHost(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"au3": "api.au3.cliniko.com", "UK12": "api.uk12.cliniko.com", "au": "", "au123": "", "x.example/": "", "": ""} {
		if got, err := ClinikoHost(in); got != want || (err == nil) != (want != "") {
			t.Errorf("ClinikoHost(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

// Nothing is dialled for a request that is refused.
func TestRefusedRequests(t *testing.T) {
	var hits atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer s.Close()
	g := newGuard(t, Policy{Region: "AU", Clinical: []string{hostOf(s), "api.au1.cliniko.com"}})
	g.lookup = func(context.Context, string) ([]netip.Addr, error) {
		t.Error("a name was looked up")
		return nil, errors.New("no")
	}
	_, port, _ := net.SplitHostPort(hostOf(s))
	for _, tt := range []struct{ name, method, url, host string }{
		{"another host", "GET", "https://example.com/", ""},
		{"another port", "GET", "http://127.0.0.1:1/", ""},
		{"another name of the same machine", "GET", "http://localhost:" + port, ""},
		{"no TLS", "GET", "http://api.au1.cliniko.com/", ""},
		{"no TLS on the TLS port", "GET", "http://api.au1.cliniko.com:443/", ""},
		{"odd port", "GET", "https://api.au1.cliniko.com:8443/", ""},
		{"dot at the end", "GET", "https://api.au1.cliniko.com./", ""},
		{"name as user", "GET", "https://api.au1.cliniko.com@evil.example/", ""},
		{"another Host header", "GET", s.URL, "evil.example"},
		{"write through the reading way", "POST", s.URL, ""},
		{"delete through the reading way", "DELETE", s.URL, ""},
		{"another scheme", "GET", "ftp://" + hostOf(s), ""},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.host != "" {
			req.Host = tt.host
		}
		_, err = g.Transport().RoundTrip(req)
		if r, ok := errors.AsType[*Refusal](err); !ok || !r.Refused() {
			t.Errorf("%s: RoundTrip = %v, want a refusal", tt.name, err)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("%d requests arrived, want none", n)
	}
}

func TestAllowedRequestAndJournal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	g := newGuard(t, Policy{Clinical: []string{hostOf(s)}})
	for range 3 {
		if _, err := get(t, g.Transport(), s.URL+"/path?q=1"); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = get(t, g.Transport(), "https://evil.example/")
	j := g.Journal()
	if got := j[hostOf(s)]; got != (Count{Requests: 3}) {
		t.Errorf("Journal of the server = %+v, want 3 requests", got)
	}
	if got := j["evil.example:443"]; got != (Count{Refused: 1}) {
		t.Errorf("Journal of evil.example = %+v, want 1 refused", got)
	}
}

// DNS is not believed: what a name resolves to must fit the kind of host.
func TestResolvedAddresses(t *testing.T) {
	g := newGuard(t, Policy{
		Region: "AU", Clinical: []string{"api.au1.cliniko.com", "localhost:80"}, Operational: []string{"mail.example.com"},
	})
	public := netip.MustParseAddr("203.0.113.7")
	for _, tt := range []struct {
		name, host string
		answer     []string
		refused    bool
	}{
		{"public", "api.au1.cliniko.com:443", []string{"203.0.113.7"}, false},
		{"loopback", "api.au1.cliniko.com:443", []string{"127.0.0.1"}, true},
		{"loopback 6", "api.au1.cliniko.com:443", []string{"::1"}, true},
		{"loopback 4 in 6", "api.au1.cliniko.com:443", []string{"::ffff:127.0.0.1"}, true},
		{"private", "api.au1.cliniko.com:443", []string{"10.1.2.3"}, true},
		{"private 6", "api.au1.cliniko.com:443", []string{"fd00::1"}, true},
		{"link-local", "api.au1.cliniko.com:443", []string{"169.254.169.254"}, true},
		{"shared", "api.au1.cliniko.com:443", []string{"100.64.0.1"}, true},
		{"unspecified", "api.au1.cliniko.com:443", []string{"0.0.0.0"}, true},
		{"multicast", "api.au1.cliniko.com:443", []string{"224.0.0.1"}, true},
		{"one bad among good", "api.au1.cliniko.com:443", []string{"203.0.113.7", "127.0.0.1"}, true},
		{"loopback host elsewhere", "localhost:80", []string{"203.0.113.7"}, true},
		{"loopback host at home", "localhost:80", []string{"127.0.0.1"}, false},
		{"mail in the clinic", "mail.example.com:443", []string{"10.1.2.3"}, false},
		{"mail on this machine", "mail.example.com:443", []string{"127.0.0.1"}, true},
	} {
		g.lookup = func(context.Context, string) ([]netip.Addr, error) {
			var out []netip.Addr
			for _, a := range tt.answer {
				out = append(out, netip.MustParseAddr(a))
			}
			return out, nil
		}
		h := g.hosts[tt.host]
		_, err := g.resolve(t.Context(), h)
		if got := errors.Is(err, ErrRefused); got != tt.refused {
			t.Errorf("%s: resolve = %v, want refused %v", tt.name, err, tt.refused)
		}
		last := netip.AddrPortFrom(netip.MustParseAddr(tt.answer[len(tt.answer)-1]), 443).String()
		if got := g.checkActual(h, last) != nil; got != tt.refused {
			t.Errorf("%s: at the socket refused %v, want %v", tt.name, got, tt.refused)
		}
	}
	if private(public) {
		t.Error("private(203.0.113.7) = true, want false")
	}
}

// An answer of DNS that changes between two looks ends at the socket.
func TestRebinding(t *testing.T) {
	g := newGuard(t, Policy{Region: "AU", Clinical: []string{"api.au1.cliniko.com"}})
	g.lookup = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	_, err := get(t, g.Transport(), "https://api.au1.cliniko.com/v1/user")
	if !errors.Is(err, ErrRefused) {
		t.Errorf("RoundTrip to a rebound name = %v, want a refusal", err)
	}
	if _, err := g.dial(t.Context(), "tcp", "evil.example:443"); !errors.Is(err, ErrRefused) {
		t.Errorf("dial of another host = %v, want a refusal", err)
	}
}

func TestDialError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	g := newGuard(t, Policy{Clinical: []string{closed}})
	_, err = get(t, g.FreshTransport(), "http://"+closed)
	d, ok := errors.AsType[*DialError](err)
	if !ok || d.Host != closed {
		t.Errorf("RoundTrip to a closed port = %v, want a DialError of %s", err, closed)
	}
	g.lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, context.DeadlineExceeded }
	g.hosts["slow.example:443"] = host{name: "slow.example", port: "443"}
	if _, err := g.dial(t.Context(), "tcp", "slow.example:443"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrRefused) {
		t.Errorf("dial without an answer of DNS = %v, want its timeout", err)
	}
}

// Proxies from the environment are ignored.
func TestNoProxy(t *testing.T) {
	var proxied atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Store(true) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	g := newGuard(t, Policy{Region: "AU", Clinical: []string{"api.au1.cliniko.com"}})
	g.lookup = func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("no network in tests") }
	_, err := get(t, g.Transport(), "https://api.au1.cliniko.com/v1/user")
	if _, ok := errors.AsType[*DialError](err); !ok || proxied.Load() {
		t.Errorf("RoundTrip = %v, proxy used %v, want a dial of our own", err, proxied.Load())
	}
	if g.read.Proxy != nil || g.write.Proxy != nil {
		t.Error("a transport has a proxy function, want none")
	}
}

func TestJournalIsBounded(t *testing.T) {
	g := newGuard(t, Policy{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range 500 {
				g.count(strings.Repeat("x", i*500+k+1), true)
			}
		})
	}
	wg.Wait()
	j := g.Journal()
	if len(j) > maxJournal+1 || j["others"].Refused != 4*500-maxJournal {
		t.Errorf("Journal has %d hosts, %d others, want %d and %d", len(j), j["others"].Refused, maxJournal, 4*500-maxJournal)
	}
}
