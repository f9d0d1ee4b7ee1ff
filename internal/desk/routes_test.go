package desk

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

// routing is an engine that knows rules: what it says of a session is what the
// test put there.
type routing struct {
	byHand
	of map[carryover.SessionID][]Explanation
}

func (e *routing) Rules(context.Context) (Rules, error) {
	return Rules{
		Rules:    []Rule{{TemplateName: "Plan", To: "treatment_note", Mode: "auto", NoteTemplate: "71", Fill: map[string]string{"Plan": "Treatment"}}},
		Unmapped: []Unmapped{{Template: "t9", Documents: 2, Suggestion: &Rule{Template: "t9", To: "attachment", Mode: "review"}, Why: "A letter."}}, NamesKnown: true,
	}, nil
}

func (e *routing) RouteOf(_ context.Context, id carryover.SessionID) ([]Explanation, error) {
	return e.of[id], nil
}

// routed is a table with one document in the ledger and one that only Heidi has.
func routed(t *testing.T) (*table, ledger.Version) {
	t.Helper()
	tb := newTable(t)
	v := tb.held(carryover.ReviewMode, nil)
	tb.Engine = &routing{byHand: byHand{table: tb}, of: map[carryover.SessionID][]Explanation{v.Session: {
		{
			Routed: Routed{
				ID: string(v.ID), Document: string(v.Document), Mark: carryover.DocumentMark(v.Session, v.Document), To: "treatment_note", Mode: "review",
				Rule: 2, Steps: []RouteStep{{Rule: 1, Misfit: "template"}, {Rule: 2, Fits: true}, {Rule: 3, Unread: true}},
			},
			Name: carryover.NewText("Letter about Canaryname"), Title: carryover.NewText("Letter about Canaryname (from Heidi)"),
		},
		{Routed: Routed{Document: "d2", Mark: "HD-BBBBBBBB", To: "skip", Mode: "review"}, Name: carryover.NewText("Consent of Canaryname")},
	}}}
	return tb, v
}

func TestRouteOfNamesNobodyUnlessAsked(t *testing.T) {
	tb, v := routed(t)
	c := serve(t, t.TempDir(), tb.Local)
	before := tb.actions(v.ID)
	got, err := c.RouteOf(t.Context(), RouteRequest{Session: string(v.Session)})
	if err != nil || len(got.Documents) != 2 {
		t.Fatalf("RouteOf = %+v, %v, want two documents", got, err)
	}
	for _, one := range got.Documents {
		if one.Name+one.Title != "" {
			t.Errorf("RouteOf shows %q and %q, want no name unless asked", one.Name, one.Title)
		}
	}
	want := []RouteStep{{Rule: 1, Misfit: "template"}, {Rule: 2, Fits: true}, {Rule: 3, Unread: true}}
	if d := cmp.Diff(want, got.Documents[0].Steps); d != "" {
		t.Errorf("steps over the socket (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, tb.actions(v.ID)); d != "" {
		t.Errorf("entries after a look without names (-want +got):\n%s", d)
	}

	got, err = c.RouteOf(t.Context(), RouteRequest{Session: string(v.Session), Names: true, Actor: "cli:0000"})
	if err != nil || got.Documents[0].Name != "Letter about Canaryname" || got.Documents[0].Title != "Letter about Canaryname (from Heidi)" {
		t.Errorf("RouteOf(names) = %+v, %v, want name and title", got, err)
	}
	if d := cmp.Diff(append(before, me+" shown_names"), tb.actions(v.ID)); d != "" {
		t.Errorf("entries after a look with names (-want +got):\n%s", d)
	}
	chain, err := tb.Audit(t.Context(), AuditRequest{Export: true, Actor: somebody})
	if err != nil || !strings.Contains(chain.Export, `"subject":"HD-BBBBBBBB"`) {
		t.Errorf("the chain says nothing of a document that is not in the ledger, %v:\n%s", err, chain.Export)
	}
}

func TestRouteOfFindsWhatIsMeant(t *testing.T) {
	tb, v := routed(t)
	mark := carryover.DocumentMark(v.Session, v.Document)
	for _, tt := range []struct {
		name  string
		ask   RouteRequest
		marks []string
	}{
		{"a session", RouteRequest{Session: string(v.Session)}, []string{mark, "HD-BBBBBBBB"}},
		{"the address of its page", RouteRequest{Session: "https://scribe.example.com/scribe/session/" + string(v.Session)}, []string{mark, "HD-BBBBBBBB"}},
		{"one document", RouteRequest{Session: string(v.Session), Document: "d2"}, []string{"HD-BBBBBBBB"}},
		{"a document's mark", RouteRequest{Session: strings.ToLower(mark)}, []string{mark}},
	} {
		got, err := tb.RouteOf(t.Context(), tt.ask)
		var marks []string
		for _, one := range got.Documents {
			marks = append(marks, one.Mark)
		}
		if d := cmp.Diff(tt.marks, marks); d != "" || err != nil {
			t.Errorf("RouteOf(%s): %v (-want +got):\n%s", tt.name, err, d)
		}
	}
	for _, tt := range []struct {
		name string
		ask  RouteRequest
		kind error
	}{
		{"no such document", RouteRequest{Session: string(v.Session), Document: "d9"}, carryover.ErrGone},
		{"no such session", RouteRequest{Session: "31415"}, carryover.ErrGone},
		{"no such mark", RouteRequest{Session: "HD-99999999"}, carryover.ErrGone},
		{"a name for a session", RouteRequest{Session: "Cana Canaryname"}, carryover.ErrInvalid},
		{"a name for a document", RouteRequest{Session: string(v.Session), Document: "Cana Canaryname"}, carryover.ErrGone},
	} {
		_, err := tb.RouteOf(t.Context(), tt.ask)
		if !errors.Is(err, tt.kind) || carryover.HintOf(err) == "" || strings.Contains(err.Error(), "Canary") {
			t.Errorf("RouteOf(%s) = %v, want %v with a hint, and no name", tt.name, err, tt.kind)
		}
	}
}

func TestRulesCrossTheSocket(t *testing.T) {
	tb, _ := routed(t)
	want, err := tb.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := serve(t, t.TempDir(), tb.Local).Rules(t.Context())
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("Rules over the socket: %v (-local +socket):\n%s", err, d)
	}
}

func TestWithoutARouterADaemonIsNeeded(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.ReviewMode, nil)
	for _, tt := range []struct {
		name     string
		engine   Engine
		noDaemon bool
	}{
		{"no engine", nil, true},
		{"an engine that knows no rules", &byHand{table: tb}, false},
	} {
		tb.Engine = tt.engine
		_, rules := tb.Rules(t.Context())
		_, route := tb.RouteOf(t.Context(), RouteRequest{Session: string(v.Session)})
		_, preview := tb.Preview(t.Context(), ShowRequest{ID: string(v.ID), PDF: true, Actor: somebody})
		for question, err := range map[string]error{"Rules": rules, "RouteOf": route, "Preview as PDF": preview} {
			if !errors.Is(err, carryover.ErrRefused) || errors.Is(err, ErrNoDaemon) != tt.noDaemon || carryover.HintOf(err) == "" {
				t.Errorf("%s(%s) = %v, want it refused with a hint, for want of a daemon %t", question, tt.name, err, tt.noDaemon)
			}
		}
	}
	known := &routing{of: map[carryover.SessionID][]Explanation{v.Session: {{Routed: Routed{Document: "d1", To: "skip"}}}}}
	tb.Router = known
	if got, err := tb.RouteOf(t.Context(), RouteRequest{Session: string(v.Session)}); err != nil || got.Documents[0].To != "skip" {
		t.Errorf("RouteOf(with a router of its own) = %+v, %v, want its answer", got, err)
	}
}
