package guard

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

const sydney = "cliniko-files-example-ap-southeast-2.s3.ap-southeast-2.amazonaws.com"

// practice is a policy as a practice in Australia has it, with the file store.
func practice(more ...string) Policy {
	return Policy{Region: "AU", Clinical: append([]string{"api.au1.cliniko.com"}, more...), Files: true}
}

// offline answers every look-up with an address and lets no connection out.
func offline(g *Guard, ip string) *[]string {
	var asked []string
	g.lookup = func(_ context.Context, name string) ([]netip.Addr, error) {
		asked = append(asked, name)
		if ip == "" {
			return nil, errors.New("no network in tests")
		}
		return []netip.Addr{netip.MustParseAddr(ip)}, nil
	}
	return &asked
}

func TestFilesPolicy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy Policy
		ok     bool // New accepts it
		admits bool // the bucket may be dialled
	}{
		{"Australia", practice(), true, true},
		{"Australia in small letters", Policy{Region: " au ", Clinical: []string{"api.au3.cliniko.com"}, Files: true}, true, true},
		{"not asked for", Policy{Region: "AU", Clinical: []string{"api.au1.cliniko.com"}}, true, false},
		{"Canada", Policy{Region: "CA", Clinical: []string{"api.ca1.cliniko.com"}, Files: true}, false, false},
		{"the UK", Policy{Region: "UK", Clinical: []string{"api.uk1.cliniko.com"}, Files: true}, false, false},
		{"a shard elsewhere", Policy{Region: "AU", Clinical: []string{"api.us1.cliniko.com"}, Files: true}, false, false},
		{"a sandbox", Policy{Region: "AU", Clinical: []string{"127.0.0.1:80"}, Files: true}, true, false},
		{"a sandbox without a region", Policy{Clinical: []string{"127.0.0.1:80"}, Files: true}, true, false},
		{"Heidi alone", Policy{Region: "AU", Clinical: []string{"au.api.heidihealth.com"}, Files: true}, true, false},
		{"Cliniko as an operational host", Policy{Region: "AU", Operational: []string{"api.au1.cliniko.com"}, Files: true}, true, false},
		{"the bucket as a clinical host", Policy{Region: "AU", Clinical: []string{sydney}}, false, false},
	} {
		g, err := New(tt.policy)
		if (err == nil) != tt.ok {
			t.Errorf("%s: New = %v, want ok %v", tt.name, err, tt.ok)
		}
		if err != nil {
			if r, is := errors.AsType[*Refusal](err); !is || r.Why == "" {
				t.Errorf("%s: New = %v, want a refusal that says why", tt.name, err)
			}
			continue
		}
		if _, got := g.find(sydney + ":443"); got != tt.admits {
			t.Errorf("%s: the bucket is admitted %v, want %v", tt.name, got, tt.admits)
		}
		g.Close()
	}
}

// Only buckets in Sydney, by their exact form; nothing is dialled or looked up
// for any other.
func TestBucketHosts(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://" + sydney + "/":                                            true,
		"https://" + sydney + ":443/":                                        true,
		"https://" + strings.ToUpper(sydney) + "/x":                          true,
		"https://s3.ap-southeast-2.amazonaws.com/bucket/":                    true,
		"https://abc.s3.ap-southeast-2.amazonaws.com/":                       true,
		"https://abc.s3.us-east-1.amazonaws.com/":                            false,
		"https://abc.s3.ap-southeast-1.amazonaws.com/":                       false,
		"https://abc.s3.ap-southeast-4.amazonaws.com/":                       false,
		"https://abc.s3.ap-southeast-22.amazonaws.com/":                      false,
		"https://abc.s3.eu-west-2.amazonaws.com/":                            false,
		"https://s3.us-east-1.amazonaws.com/bucket/":                         false,
		"https://abc.s3.amazonaws.com/":                                      false,
		"https://s3.amazonaws.com/bucket/":                                   false,
		"https://abc.s3-ap-southeast-2.amazonaws.com/":                       false,
		"https://xs3.ap-southeast-2.amazonaws.com/":                          false,
		"https://abc.xs3.ap-southeast-2.amazonaws.com/":                      false,
		"https://abc.s3x.ap-southeast-2.amazonaws.com/":                      false,
		"https://ap-southeast-2.amazonaws.com/":                              false,
		"https://ec2.ap-southeast-2.amazonaws.com/":                          false,
		"https://abc.s3-website.ap-southeast-2.amazonaws.com/":               false,
		"https://abc.s3-accesspoint.ap-southeast-2.amazonaws.com/":           false,
		"https://123.s3-control.ap-southeast-2.amazonaws.com/":               false,
		"https://abc.mrap.accesspoint.s3-global.amazonaws.com/":              false,
		"https://abc.s3.ap-southeast-2.amazonaws.com.cn/":                    false,
		"https://abc.s3.ap-southeast-2.amazonaws.com.evil.example/":          false,
		"https://s3.ap-southeast-2.amazonaws.com.evil.example/":              false,
		"https://ap-southeast-2.amazonaws.com.evil.example/":                 false,
		"https://abc.s3.ap-southeast-2.amazonaws.com@evil.example/":          false,
		"https://abc.s3.ap-southeast-2.amazonaws-com.example/":               false,
		"https://abc.s3.ap-southeast-2xamazonaws.com/":                       false,
		"https://evil.example/abc.s3.ap-southeast-2.amazonaws.com":           false,
		"https://evil.example#abc.s3.ap-southeast-2.amazonaws.com":           false,
		"https://abc.s3.ap-southeast-2.amazonaws.com./":                      false,
		"https://evil.example.s3.ap-southeast-2.amazonaws.com/":              false, // the certificate covers one label
		"https://-abc.s3.ap-southeast-2.amazonaws.com/":                      false,
		"https://ab.s3.ap-southeast-2.amazonaws.com/":                        false,
		"https://.s3.ap-southeast-2.amazonaws.com/":                          false,
		"https://а" + sydney[1:] + "/":                                       false, // a Cyrillic letter
		"https://abc.s3.ap-southeast-2.amazonaws.com:8443/":                  false,
		"https://abc.s3.ap-southeast-2.amazonaws.com:80/":                    false,
		"http://" + sydney + "/":                                             false,
		"http://" + sydney + ":443/":                                         false,
		"https://52.95.128.1/":                                               false,
		"https://[2001:db8::1]/":                                             false,
		"https://169.254.169.254/":                                           false,
		"https://127.0.0.1/":                                                 false,
		"https://user:word" + "@abc.s3.ap-southeast-2.amazonaws.com/":        false,
		"https://abc.s3.ap-southeast-2.amazonaws.com%2eevil.example/":        false,
		"https://abc%2fs3.ap-southeast-2.amazonaws.com/":                     false,
		"https://" + strings.Repeat("a", 64) + sydney[len(sydney)-33:] + "/": false,
	} {
		g := newGuard(t, practice())
		asked := offline(g, "")
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			if ok {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		_, err = g.Transport().RoundTrip(req)
		_, dialled := errors.AsType[*DialError](err)
		if dialled != ok || errors.Is(err, ErrRefused) == ok {
			t.Errorf("RoundTrip to %s = %v, want allowed %v", address, err, ok)
		}
		if len(*asked) > 0 != ok {
			t.Errorf("RoundTrip to %s looked up %q, want allowed %v", address, *asked, ok)
		}
		if _, err := g.dial(t.Context(), "tcp", req.URL.Host); !ok && !strings.HasPrefix(address, "http:") &&
			req.URL.User == nil && !errors.Is(err, ErrRefused) {
			t.Errorf("dial of %s = %v, want a refusal", req.URL.Host, err)
		}
	}
}

// A bucket's name that leads to a private network, or to this machine, is not
// believed.
func TestBucketAddresses(t *testing.T) {
	for ip, refused := range map[string]bool{
		"203.0.113.7": false, "127.0.0.1": true, "::1": true, "::ffff:127.0.0.1": true, "10.1.2.3": true,
		"192.168.1.1": true, "fd00::1": true, "169.254.169.254": true, "100.64.0.1": true, "0.0.0.0": true, "224.0.0.1": true,
	} {
		g := newGuard(t, practice())
		offline(g, ip)
		h, ok := g.find(sydney + ":443")
		if !ok {
			t.Fatalf("find(%s) = none", sydney)
		}
		if _, err := g.resolve(t.Context(), h); errors.Is(err, ErrRefused) != refused {
			t.Errorf("resolve of the bucket to %s = %v, want refused %v", ip, err, refused)
		}
		at := netip.AddrPortFrom(netip.MustParseAddr(ip), 443).String()
		if err := g.checkActual(h, at); (err != nil) != refused {
			t.Errorf("at the socket to %s = %v, want refused %v", ip, err, refused)
		}
		if !refused {
			continue
		}
		if _, err := get(t, g.Transport(), "https://"+sydney+"/"); !errors.Is(err, ErrRefused) {
			t.Errorf("RoundTrip to a bucket at %s = %v, want a refusal", ip, err)
		}
	}
}

// The key is for Cliniko alone, whoever adds it to a request.
func TestNoKeyForTheBucket(t *testing.T) {
	for _, name := range []string{"Authorization", "authorization", "Cookie"} {
		g := newGuard(t, practice())
		asked := offline(g, "203.0.113.7")
		for method, rt := range map[string]http.RoundTripper{http.MethodGet: g.Transport(), http.MethodPost: g.FreshTransport()} {
			req, _ := http.NewRequestWithContext(t.Context(), method, "https://"+sydney+"/", http.NoBody)
			req.GetBody = nil
			req.Header[name] = []string{"Basic eA=="}
			if _, err := rt.RoundTrip(req); !errors.Is(err, ErrRefused) {
				t.Errorf("%s with %s = %v, want a refusal", method, name, err)
			}
		}
		if len(*asked) > 0 {
			t.Errorf("with %s %q was looked up, want nothing", name, *asked)
		}
	}
}

// A redirect to the bucket is handed back like any other: whoever wants to go
// there asks for it by a request of its own.
func TestRedirectToTheBucketIsHandedBack(t *testing.T) {
	s := httptest.NewServer(http.RedirectHandler("https://"+sydney+"/file", http.StatusFound))
	defer s.Close()
	g := newGuard(t, practice(hostOf(s)))
	asked := offline(g, "203.0.113.7")
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	resp, err := Client(g.Transport()).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusFound || len(*asked) > 0 {
		t.Errorf("Client.Do = %d, looked up %q, want 302 and nothing", resp.StatusCode, *asked)
	}
}

func TestBucketInTheJournal(t *testing.T) {
	g := newGuard(t, practice())
	offline(g, "")
	_, _ = get(t, g.Transport(), "https://"+sydney+"/a/patients/1?X-Amz-Signature=s")
	_, _ = get(t, g.Transport(), "https://abc.s3.us-east-1.amazonaws.com/")
	j := g.Journal()
	if got := j[sydney+":443"]; got != (Count{Requests: 1}) {
		t.Errorf("Journal of the bucket = %+v, want 1 request", got)
	}
	if got := j["abc.s3.us-east-1.amazonaws.com:443"]; got != (Count{Refused: 1}) {
		t.Errorf("Journal of another region = %+v, want 1 refused", got)
	}
	for at := range j {
		if strings.ContainsAny(at, "/?") {
			t.Errorf("Journal names %s, want hosts alone", at)
		}
	}
}
