package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"carryover"
	"carryover/alarm"
	"carryover/alarm/notify"
	"carryover/alarm/notify/notifytest"
)

func TestNtfy(t *testing.T) {
	t.Parallel()
	r := notifytest.NewReceiver(t)
	n := notify.Ntfy{URL: r.URL + "/topic", Token: carryover.NewSecret("tk-1"), Transport: &http.Transport{}}
	if err := n.Send(t.Context(), twoHeld()); err != nil {
		t.Fatal(err)
	}
	got := r.Requests()
	if len(got) != 1 {
		t.Fatalf("%d requests, want one", len(got))
	}
	q := got[0]
	if q.Method != http.MethodPost || q.Path != "/topic" || !strings.Contains(q.Body, alarm.HeldLong.Sentence()) {
		t.Errorf("%s %s: %s", q.Method, q.Path, q.Body)
	}
	for k, want := range map[string]string{
		"Title": "Carryover: 3 things need somebody", "Priority": "high", "Authorization": "Bearer tk-1", "Click": "https://records.example.com",
	} {
		if got := q.Header.Get(k); got != want {
			t.Errorf("header %s = %q, want %q", k, got, want)
		}
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	r := notifytest.NewReceiver(t)
	w := notify.Webhook{URL: r.URL, Transport: &http.Transport{}}
	if err := w.Send(t.Context(), twoHeld()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID      string
		Urgent  bool
		Matters []struct{ About, Kind, Sentence, Reference string }
	}
	if err := json.Unmarshal([]byte(r.Requests()[0].Body), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "f00d" || !got.Urgent || len(got.Matters) != 4 || got.Matters[0].Kind != "held_long" ||
		got.Matters[0].Reference != "HD-7Q4K2MXA" || got.Matters[3].About != "cleared" {
		t.Errorf("the webhook received %+v", got)
	}
}

// TestPostRefused: what is not a success is an error, a redirect is not followed,
// and no error repeats the path, in which some servers have a secret.
func TestPostRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 307, 308, 401, 404, 500} {
		r := notifytest.NewReceiver(t)
		r.Answer(status)
		err := notify.Webhook{URL: r.URL + "/zebra-secret", Transport: &http.Transport{}}.Send(t.Context(), twoHeld())
		if err == nil || strings.Contains(err.Error(), "zebra") || len(r.Requests()) != 1 {
			t.Errorf("status %d: %v after %d requests, want an error without the path after one", status, err, len(r.Requests()))
		}
	}
}

// counted is a way out that counts and may fail.
type counted struct {
	n      int
	broken bool
}

func (c *counted) RoundTrip(*http.Request) (*http.Response, error) {
	if c.n++; c.broken {
		return nil, errors.New("no")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// TestPinger: signs of life come at their interval while all is well, never when
// it is not, and at once when it is again.
func TestPinger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		well, out := true, &counted{}
		p := notify.Pinger{
			URL: "https://watch.example.com/x", Every: 5 * time.Minute, Transport: out, Log: slog.New(slog.DiscardHandler),
			Well: func(context.Context) (bool, error) { return well, nil },
		}
		minutes := func(n int) int {
			before := out.n
			for range n * 6 {
				p.Round(t.Context())
				time.Sleep(10 * time.Second)
			}
			return out.n - before
		}
		if n := minutes(60); n != 12 {
			t.Errorf("%d signs of life in an hour, want 12", n)
		}
		well = false
		if n := minutes(60); n != 0 {
			t.Errorf("%d signs of life in an hour without health, want none", n)
		}
		well = true
		if n := minutes(1); n != 1 {
			t.Errorf("%d signs of life in the first healthy minute, want 1", n)
		}
		out.broken = true
		if n := minutes(30); n < 10 {
			t.Errorf("%d attempts in half an hour without an answer, want more often than usual", n)
		}
	})
}
