package pipeline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
	"carryover/route"
	"carryover/sandbox"
)

const letterTemplate = "64b0000000000000000000a1"

// named is a practice whose document is of a Heidi template called GP letter.
func named(p *sandbox.Practice) {
	p.Templates = []sandbox.Template{
		{ID: letterTemplate, Name: "GP letter"},
		{ID: "64b0000000000000000000a2", Name: "WorkCover certificate"},
	}
	p.Sessions[0].Documents[0].TemplateID = letterTemplate
}

func byName() []route.Rule {
	return []route.Rule{
		{TemplateName: "gp  Letter", To: carryover.ToAttachment, Mode: route.Auto},
		{To: carryover.ToTreatmentNote, Mode: route.Review},
	}
}

// TestRuleByTemplateName: the name decides once Heidi has told it, and goes on
// to decide in a later process to which Heidi does not answer.
func TestRuleByTemplateName(t *testing.T) {
	t.Parallel()
	h := newFiling(t, only(named))
	h.line.Rules = byName()
	if h.line.NamesKnown() {
		t.Error("names are known before Heidi was asked")
	}
	must(t, h.line.LearnTemplates(t.Context()))
	h.strike(sandbox.Rule{API: "heidi", Path: "/templates/**", Fault: sandbox.FaultStatus, Status: 500, Again: 1 << 20})
	h.reopen("ledger.db")
	if err := h.line.LearnTemplates(t.Context()); err == nil || strings.Contains(err.Error(), "letter") {
		t.Errorf("LearnTemplates while Heidi is out of order = %v, want an error without names", err)
	}
	h.until(carryover.Proven)
	if len(h.files()) != 1 || len(h.notes()) != 0 {
		t.Errorf("%d files and %d notes, want a file: the rule names its template", len(h.files()), len(h.notes()))
	}
	var plain int
	must(t, h.ledger.View(t.Context(), func(tx *ledger.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM setting WHERE value LIKE '%letter%'").Scan(&plain)
	}))
	if plain != 0 {
		t.Errorf("%d settings hold a template's name in plain", plain)
	}
}

// TestRouteOf explains without changing anything.
func TestRouteOf(t *testing.T) {
	t.Parallel()
	h := newFiling(t, only(named))
	h.line.Rules = byName()
	must(t, h.line.LearnTemplates(t.Context()))
	got, err := h.line.RouteOf(t.Context(), session1)
	must(t, err)
	if len(got) != 1 {
		t.Fatalf("RouteOf = %d documents, want 1", len(got))
	}
	r := got[0]
	if d := cmp.Diff([]route.Step{{Rule: 1, Fits: true}, {Rule: 2, Unread: true}}, r.Steps); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
	if r.Version != "" || r.TemplateName != "GP letter" || r.Decision.To != carryover.ToAttachment || r.Why != nil ||
		!strings.HasPrefix(r.Preview.PDF.Reveal(), "%PDF-") || r.Author != physio {
		t.Errorf("RouteOf = %+v, want a file by rule 1 that nobody has in the ledger", r)
	}
	if _, known := h.version(session1, document1); known || len(h.files()) != 0 {
		t.Error("asking where a document goes put it on its road")
	}
	if _, err := h.line.RouteOf(t.Context(), "31415"); !errors.Is(err, carryover.ErrGone) {
		t.Errorf("RouteOf(no such session) = %v, want %v", err, carryover.ErrGone)
	}
	h.until(carryover.Proven)
	must(t, h.heidi.RemoveDocument(session1, document1))
	got, err = h.line.RouteOf(t.Context(), session1)
	must(t, err)
	if len(got) != 1 || !got[0].Wordless || got[0].Version == "" || got[0].Decision.Rule != 1 {
		t.Errorf("RouteOf(proven, gone from Heidi) = %+v, want its template to decide without words", got)
	}
}

// TestUnmapped lists what no rule names, with a rule that may be wanted.
func TestUnmapped(t *testing.T) {
	t.Parallel()
	h := newFiling(t, only(named))
	h.line.Rules = byName()[1:]
	must(t, h.line.LearnTemplates(t.Context()))
	h.until(carryover.Held) // review
	got, err := h.line.Unmapped(t.Context())
	must(t, err)
	if len(got) < 2 || got[0].Template != letterTemplate || got[0].Documents != 1 || got[0].Name != "GP letter" || got[0].Suggestion.Rule.To != carryover.ToAttachment {
		t.Errorf("Unmapped = %+v, want the letter first, as a file, then the certificate", got)
	}
	h.line.Rules = byName()
	got, err = h.line.Unmapped(t.Context())
	must(t, err)
	for _, u := range got {
		if u.Template == letterTemplate {
			t.Error("a template that a rule names is among those that none names")
		}
	}
}
