package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"carryover"
)

// postWithin bounds one request.
const postWithin = 20 * time.Second

// Ntfy is the channel to a topic of an ntfy server (docs.ntfy.sh/publish, read
// November 2026): the text is the body, the title a header.
type Ntfy struct {
	URL   string // with the topic
	Token carryover.Secret
	// Transport is the guard's way out for what is sent.
	Transport http.RoundTripper
}

// Name implements Channel.
func (Ntfy) Name() string { return "ntfy" }

// Send implements Channel.
func (n Ntfy) Send(ctx context.Context, m Message) error {
	priority, tag := "default", "clipboard"
	switch {
	case m.Urgent():
		priority, tag = "high", "warning"
	case len(m.Matters) > 0:
		tag = "white_check_mark"
	}
	head := map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "Title": m.Title(), "Priority": priority, "Tags": tag,
	}
	if m.Page != "" {
		head["Click"] = m.Page
	}
	return post(ctx, n.Transport, n.URL, n.Token, head, []byte(m.Text()))
}

// Webhook is the channel to any program that takes JSON by POST.
type Webhook struct {
	URL       string
	Token     carryover.Secret
	Transport http.RoundTripper // as of Ntfy
}

// Name implements Channel.
func (Webhook) Name() string { return "webhook" }

// Send implements Channel.
func (w Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(wire(m))
	if err != nil {
		return fmt.Errorf("write the webhook's body: %w", err)
	}
	return post(ctx, w.Transport, w.URL, w.Token, map[string]string{"Content-Type": "application/json"}, body)
}

// A wireMessage is what a webhook receives. docs/alarms.md describes it.
type wireMessage struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Text    string       `json:"text"`
	Urgent  bool         `json:"urgent"`
	Matters []wireMatter `json:"matters"`
	Digest  *wireDigest  `json:"digest,omitempty"`
	Page    string       `json:"page,omitempty"`
}

type wireMatter struct {
	About     About     `json:"about"`
	Kind      string    `json:"kind"`
	Sentence  string    `json:"sentence"`
	NextStep  string    `json:"next_step"`
	Reference string    `json:"reference,omitempty"`
	At        time.Time `json:"at"`
}

type wireDigest struct {
	From          time.Time      `json:"from"`
	To            time.Time      `json:"to"`
	Seen          int            `json:"seen"`
	Filed         int            `json:"filed"`
	Held          int            `json:"held"`
	OldestHeld    time.Time      `json:"oldest_held,omitzero"`
	MedianMinutes float64        `json:"median_minutes"`
	WorstMinutes  float64        `json:"worst_minutes"`
	Open          map[string]int `json:"open"` // alarms by kind
	AuditHead     string         `json:"audit_head"`
	AuditEntries  int64          `json:"audit_entries"`
}

func wire(m Message) wireMessage {
	w := wireMessage{ID: m.ID, Title: m.Title(), Text: m.Text(), Urgent: m.Urgent(), Matters: []wireMatter{}, Page: m.Page}
	for _, one := range m.Matters {
		w.Matters = append(w.Matters, wireMatter{
			About: one.About, Kind: string(one.Kind), Sentence: one.Kind.Sentence(), NextStep: one.Kind.NextStep(),
			Reference: one.Reference, At: one.At,
		})
	}
	if d := m.Digest; d != nil {
		w.Digest = &wireDigest{
			From: d.From, To: d.To, Seen: d.Seen, Filed: d.Filed, Held: d.Held, OldestHeld: d.Oldest,
			MedianMinutes: d.Median.Minutes(), WorstMinutes: d.Worst.Minutes(), Open: map[string]int{},
			AuditHead: d.Head, AuditEntries: d.HeadN,
		}
		for _, a := range d.Open {
			w.Digest.Open[string(a.Kind)]++
		}
	}
	return w
}

// post sends one body. An answer that is not a success is an error, a redirect
// too: who may hear of an alarm is for the configuration to say.
func post(ctx context.Context, out http.RoundTripper, to string, token carryover.Secret, head map[string]string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address in the configuration is not one") // the cause repeats it
	}
	r.GetBody = nil // the guard sends nothing that net/http could send twice
	for k, v := range head {
		r.Header.Set(k, v)
	}
	if token.IsSet() {
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	return exchange(out, r)
}

// exchange sends a request and reads no more of the answer than its status.
func exchange(out http.RoundTripper, r *http.Request) error {
	r.Header.Set("User-Agent", "carryover")
	answer, err := out.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("%s answered %d", r.URL.Host, answer.StatusCode)
	}
	return nil
}
