package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"carryover"
	"carryover/internal/desk"
	"carryover/internal/guard"
)

// A balance is how the demo's day ended: the documents by the ledger's states,
// and, from the clinic's own books alone, what went wrong.
type balance struct {
	Documents      documents `json:"documents"`
	NotesInCliniko int       `json:"notes_in_cliniko"`
	FilesInCliniko int       `json:"attachments_in_cliniko"`
	Duplicates     int       `json:"duplicates"`
	WrongPatient   int       `json:"wrong_patient"`
	WrongAuthor    int       `json:"wrong_author"`
	FiledButHeld   int       `json:"filed_but_held"`
	Unreferenced   int       `json:"unreferenced"`
	WordsLost      int       `json:"words_lost"`
	Requests       requests  `json:"requests"`
	Reads          reads     `json:"cliniko_reads"`
	ElapsedMS      int64     `json:"elapsed_ms"`

	held   []desk.Item
	routes map[string]int // requests by "api METHOD /route"
}

// documents are the documents by where they stand at the end. Seen is the sum
// of all but Missing, which is the clinic's word, not the ledger's.
type documents struct {
	Seen       int `json:"seen"`
	Waiting    int `json:"waiting"` // seen, ripe, ready or sending
	Held       int `json:"held"`
	Skipped    int `json:"skipped"`
	Dismissed  int `json:"dismissed"`
	Superseded int `json:"superseded"`
	Refused    int `json:"refused"`
	InDoubt    int `json:"in_doubt"`
	Filed      int `json:"filed"`
	Proven     int `json:"proven"`
	Undone     int `json:"undone"`
	Missing    int `json:"missing"` // should be proven, and nothing in Cliniko carries it
}

// count sorts the ledger's counts into the balance's.
func count(by map[string]int) documents {
	of := func(s carryover.State) int { return by[string(s)] }
	d := documents{
		Waiting: of(carryover.Seen) + of(carryover.Ripe) + of(carryover.Ready) + of(carryover.Sending),
		Held:    of(carryover.Held), Skipped: of(carryover.Skipped), Dismissed: of(carryover.Dismissed),
		Superseded: of(carryover.Superseded), Refused: of(carryover.Refused), InDoubt: of(carryover.InDoubt),
		Filed: of(carryover.Filed), Proven: of(carryover.Proven), Undone: of(carryover.Undone),
	}
	for _, n := range by {
		d.Seen += n
	}
	return d
}

func (s *story) balance(ctx context.Context, d desk.Desk) (balance, error) {
	b := balance{ElapsedMS: time.Since(s.began).Milliseconds()}
	status, err := d.Status(ctx)
	if err != nil {
		return b, err
	}
	b.Documents = count(status.Counts)
	if err := s.judged(ctx, &b); err != nil {
		return b, err
	}
	s.cost(&b)
	b.held, err = d.List(ctx, desk.ListRequest{
		States: []carryover.State{carryover.Held, carryover.Refused}, OldestFirst: true, Names: s.cmd.Names, Actor: s.app.actor(),
	})
	return b, err
}

// judged fills in what the clinic's books say, asked over the control interface
// as any other program would ask: the ledger has no part in it.
func (s *story) judged(ctx context.Context, b *balance) error {
	u, err := url.Parse(s.clinic.ControlURL)
	if err != nil {
		return fmt.Errorf("ask the clinic for the truth: %w", err)
	}
	g, err := guard.New(guard.Policy{Clinical: []string{u.Host}, Region: "AU"})
	if err != nil {
		return fmt.Errorf("ask the clinic for the truth: %w", err)
	}
	defer g.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.clinic.ControlURL+"/truth", nil)
	if err != nil {
		return fmt.Errorf("ask the clinic for the truth: %w", err)
	}
	res, err := guard.Client(g.Transport()).Do(req)
	if err != nil {
		return fmt.Errorf("ask the clinic for the truth: %w", guard.Bare(err))
	}
	defer func() { _ = res.Body.Close() }()
	var truth struct {
		Summary struct {
			Missing        int `json:"missing"`
			NotesInCliniko int `json:"notes_in_cliniko"`
			FilesInCliniko int `json:"attachments_in_cliniko"`
			Duplicates     int `json:"duplicates"`
			WrongPatient   int `json:"wrong_patient"`
			WrongAuthor    int `json:"wrong_author"`
			FiledButHeld   int `json:"filed_but_held"`
			Unreferenced   int `json:"unreferenced"`
			WordsLost      int `json:"words_lost"`
		} `json:"summary"`
	}
	if err := json.NewDecoder(res.Body).Decode(&truth); err != nil {
		return fmt.Errorf("ask the clinic for the truth: %w", err)
	}
	t := truth.Summary
	b.Documents.Missing, b.NotesInCliniko = t.Missing, t.NotesInCliniko
	b.FilesInCliniko = t.FilesInCliniko
	b.Duplicates, b.WrongPatient, b.WordsLost = t.Duplicates, t.WrongPatient, t.WordsLost
	b.WrongAuthor, b.FiledButHeld, b.Unreferenced = t.WrongAuthor, t.FiledButHeld, t.Unreferenced
	return nil
}

// wrong is the error of a day that did not go well; late says that something
// still moved when the waiting ended.
func (b balance) wrong(late bool) error {
	why := ""
	switch {
	case b.Documents.Missing+b.Duplicates+b.WrongPatient+b.WrongAuthor+b.FiledButHeld+b.Unreferenced+b.WordsLost > 0:
		why = "the clinic's books do not agree with what should be there"
	case late:
		why = "something still moved when the waiting ended"
	default:
		return nil
	}
	return &carryover.Problem{Op: "demo", Kind: carryover.ErrInvalid, Err: errors.New(why), Hint: "This should not happen. Please report it with the seed and the plan of faults."}
}

func (s *story) print(w io.Writer, b balance) {
	fmt.Fprintf(w, "The balance, after %s\n", time.Duration(b.ElapsedMS*int64(time.Millisecond)).Round(100*time.Millisecond))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(n int, text string) { fmt.Fprintf(t, "  %d\t %s\n", n, text) }
	d := b.Documents
	row(d.Seen, "documents that Heidi showed, of these:")
	for _, r := range []struct {
		n    int
		text string
	}{
		{d.Proven, meaning[carryover.Proven]},
		{d.Held, meaning[carryover.Held]},
		{d.Refused, meaning[carryover.Refused]},
		{d.Skipped, meaning[carryover.Skipped]},
		{d.Superseded, meaning[carryover.Superseded]},
		{d.Dismissed, meaning[carryover.Dismissed]},
		{d.InDoubt, meaning[carryover.InDoubt]},
		{d.Filed, meaning[carryover.Filed]},
		{d.Undone, meaning[carryover.Undone]},
		{d.Waiting, "waiting, because there is no text yet"},
	} {
		if r.n > 0 {
			row(r.n, r.text)
		}
	}
	_ = t.Flush()
	fmt.Fprintln(w, "\nJudged by the clinic's own books, which Carryover never sees")
	row(b.NotesInCliniko, "notes in Cliniko")
	row(b.FilesInCliniko, "attachments in Cliniko")
	row(b.Documents.Missing, "documents missing")
	row(b.Duplicates, "notes or attachments twice")
	row(b.WrongPatient, "notes or attachments in another patient's file")
	row(b.WrongAuthor, "by another practitioner than the session's")
	row(b.FiledButHeld, "filed that a person had to decide about")
	row(b.WordsLost, "words lost")
	_ = t.Flush()
	s.printCost(w, b)
	s.printHeld(w, b)
	s.next(w)
}

func (s *story) printHeld(w io.Writer, b balance) {
	if len(b.held) == 0 {
		return
	}
	fmt.Fprintln(w, "\nHeld for a person")
	for _, i := range b.held {
		fmt.Fprintf(w, "  %s  %s\n", i.Mark, i.Sentence)
		if i.Name != "" {
			fmt.Fprintf(w, "               %s\n", visible(i.Name))
		}
	}
}
