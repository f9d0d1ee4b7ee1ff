package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"carryover"
)

// A Client is a Desk at the other end of a daemon's socket.
type Client struct {
	http http.Client
}

var _ Desk = (*Client)(nil)

// Dial returns the desk of the daemon that serves a data folder, as Door.Dial.
func Dial(data string) (*Client, error) { return Door{Data: data}.Dial() }

// Dial returns the desk of the daemon behind the door. The error is ErrNoDaemon
// when none answers, or a problem of kind ErrUnauthorized when this user may not
// ask it.
func (d Door) Dial() (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	_ = conn.Close() // it answers; each question opens its own
	return &Client{http: http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.dial(ctx)
		},
	}}}, nil
}

// Status implements Desk.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return ask[Status](ctx, c, "status", struct{}{})
}

// Held implements Desk.
func (c *Client) Held(ctx context.Context) ([]Item, error) {
	return ask[[]Item](ctx, c, "held", struct{}{})
}

// List implements Desk.
func (c *Client) List(ctx context.Context, r ListRequest) ([]Item, error) {
	return ask[[]Item](ctx, c, "list", r)
}

// Show implements Desk.
func (c *Client) Show(ctx context.Context, r ShowRequest) (Detail, error) {
	return ask[Detail](ctx, c, "show", r)
}

// Release implements Desk.
func (c *Client) Release(ctx context.Context, r ReleaseRequest) (Item, error) {
	return ask[Item](ctx, c, "release", r)
}

// Dismiss implements Desk.
func (c *Client) Dismiss(ctx context.Context, r DismissRequest) (Item, error) {
	return ask[Item](ctx, c, "dismiss", wireDismiss{ID: r.ID, Reason: r.Reason, Remark: r.Remark.Reveal()})
}

// Retry implements Desk.
func (c *Client) Retry(ctx context.Context, r RetryRequest) (Item, error) {
	return ask[Item](ctx, c, "retry", r)
}

// Undo implements Desk.
func (c *Client) Undo(ctx context.Context, r UndoRequest) (Reversal, error) {
	return ask[Reversal](ctx, c, "undo", r)
}

// Move implements Desk.
func (c *Client) Move(ctx context.Context, r MoveRequest) (Reversal, error) {
	return ask[Reversal](ctx, c, "move", r)
}

// Pause implements Desk.
func (c *Client) Pause(ctx context.Context, r PauseRequest) (Status, error) {
	return ask[Status](ctx, c, "pause", r)
}

// Sync implements Desk.
func (c *Client) Sync(ctx context.Context, r SyncRequest) (SyncResult, error) {
	return ask[SyncResult](ctx, c, "sync", r)
}

// Backfill implements Desk.
func (c *Client) Backfill(ctx context.Context, r BackfillRequest) (Backfill, error) {
	return ask[Backfill](ctx, c, "backfill", r)
}

// Preview implements Desk.
func (c *Client) Preview(ctx context.Context, r ShowRequest) (Preview, error) {
	return ask[Preview](ctx, c, "preview", r)
}

// File implements Desk.
func (c *Client) File(ctx context.Context, r FileRequest) (Item, error) {
	return ask[Item](ctx, c, "file", newWireFile(r))
}

// Rules implements Desk.
func (c *Client) Rules(ctx context.Context) (Rules, error) {
	return ask[Rules](ctx, c, "rules", struct{}{})
}

// RouteOf implements Desk.
func (c *Client) RouteOf(ctx context.Context, r RouteRequest) (RouteResult, error) {
	return ask[RouteResult](ctx, c, "route", r)
}

// Audit implements Desk.
func (c *Client) Audit(ctx context.Context, r AuditRequest) (AuditResult, error) {
	w, err := ask[wireAudit](ctx, c, "audit", r)
	w.AuditResult.Export = w.Export
	return w.AuditResult, err
}

// Backup implements Desk.
func (c *Client) Backup(ctx context.Context, r BackupRequest) (BackupResult, error) {
	return ask[BackupResult](ctx, c, "backup", r)
}

// Rekey implements Desk.
func (c *Client) Rekey(ctx context.Context, r RekeyRequest) (RekeyResult, error) {
	return ask[RekeyResult](ctx, c, "rekey", r)
}

// AdminLink implements Desk.
func (c *Client) AdminLink(ctx context.Context, r AdminLinkRequest) (AdminLink, error) {
	return ask[AdminLink](ctx, c, "admin-link", r)
}

// MakeToken implements Desk.
func (c *Client) MakeToken(ctx context.Context, r TokenRequest) (NewToken, error) {
	return ask[NewToken](ctx, c, "token", wireToken{Scope: r.Scope, Name: r.Name.Reveal(), Expires: r.Expires})
}

// Support implements Desk.
func (c *Client) Support(ctx context.Context, r SupportRequest) (Support, error) {
	return ask[Support](ctx, c, "support", r)
}

// Tokens implements Desk.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	return ask[[]Token](ctx, c, "tokens", struct{}{})
}

// RevokeToken implements Desk.
func (c *Client) RevokeToken(ctx context.Context, r RevokeRequest) (Token, error) {
	return ask[Token](ctx, c, "revoke", r)
}

// ask sends one question and returns its answer.
func ask[A any](ctx context.Context, c *Client, question string, q any) (A, error) {
	var a A
	body, err := json.Marshal(q)
	if err != nil {
		return a, fmt.Errorf("ask the daemon for %s: %w", question, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://carryover/"+question, bytes.NewReader(body))
	if err != nil {
		return a, fmt.Errorf("ask the daemon for %s: %w", question, err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return a, lost(question, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		var p wireProblem
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
			return a, lost(question, fmt.Errorf("status %d", res.StatusCode))
		}
		return a, p.problem()
	}
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return a, lost(question, err)
	}
	return a, nil
}

// lost is the error of a question whose answer did not come. A decision may or
// may not have been recorded; asking again is safe, because it moves by
// compare-and-set.
func lost(question string, err error) error {
	hint := "The daemon stopped while it answered. Look with `carryover status` what holds now."
	if errors.Is(err, ErrNoDaemon) {
		hint = "The daemon stopped just now. Try again."
	}
	return &carryover.Problem{Op: "ask the daemon for " + question, Kind: carryover.ErrTransient, Hint: hint, Err: err}
}

func (p wireProblem) problem() error {
	e := &carryover.Problem{Op: p.Op, Kind: p.Kind, Hint: p.Hint}
	if p.Cause != "" {
		e.Err = crossed{text: p.Cause, meaning: meanings[p.Is]}
	}
	return e
}

// crossed is a cause that came over the socket: its words, and which of this
// package's errors it is, if any.
type crossed struct {
	text    string
	meaning error
}

// Error returns the words.
func (c crossed) Error() string { return c.text }

// Unwrap returns what it is.
func (c crossed) Unwrap() error { return c.meaning }

// wireDismiss is a DismissRequest on the socket.
type wireDismiss struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	Remark string `json:"remark,omitempty"`
}

func (w wireDismiss) request(who string) DismissRequest {
	return DismissRequest{ID: w.ID, Reason: w.Reason, Remark: carryover.NewText(w.Remark), Actor: who}
}

// wireFile is a FileRequest on the socket.
type wireFile struct {
	Text         string                   `json:"text"`
	Format       carryover.Format         `json:"format,omitempty"`
	Name         string                   `json:"name,omitempty"`
	PatientName  string                   `json:"patient_name,omitempty"`
	BirthDate    string                   `json:"birth_date,omitempty"`
	Patient      carryover.PatientID      `json:"patient,omitempty"`
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"`
	At           time.Time                `json:"at,omitzero"`
}

func newWireFile(r FileRequest) wireFile {
	return wireFile{
		Text: r.Text.Reveal(), Format: r.Format, Name: r.Name.Reveal(), PatientName: r.PatientName.Reveal(),
		BirthDate: r.BirthDate.Reveal(), Patient: r.Patient, Practitioner: r.Practitioner, At: r.At,
	}
}

func (w wireFile) request(who string) (FileRequest, error) {
	born, err := carryover.ParseDate(w.BirthDate)
	if err != nil {
		return FileRequest{}, invalid("file document", "birth date is not a day", "Write it as YYYY-MM-DD.")
	}
	return FileRequest{
		Text: carryover.NewText(w.Text), Format: w.Format, Name: carryover.NewText(w.Name),
		PatientName: carryover.NewText(w.PatientName), BirthDate: born,
		Patient: w.Patient, Practitioner: w.Practitioner, At: w.At, Actor: who,
	}, nil
}

// wireAudit carries an export, which AuditResult keeps out of printed JSON.
type wireAudit struct {
	AuditResult
	Export string `json:"export,omitempty"`
}
