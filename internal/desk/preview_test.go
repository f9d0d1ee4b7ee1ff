package desk

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
)

// composing is an engine that says everything about what would be filed.
type composing struct {
	byHand
	what  Composition
	drawn bool
}

func (e *composing) Compose(_ context.Context, _ carryover.VersionID, draw bool) (Composition, error) {
	e.drawn = draw
	return e.what, nil
}

// A PDF is bytes, not text: none may change on the socket. It comes only when
// asked for, and each look is one entry.
func TestPreviewPDF(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.ReviewMode, nil)
	engine := &composing{byHand: byHand{table: tb}, what: Composition{
		To: carryover.ToAttachment, Reference: "HD-AAAAAAAA-BBBB", Title: carryover.NewText("Letter"), HTML: carryover.NewText("<p>x</p>"),
		PDF: carryover.NewText("%PDF-1.7\xff\x00"), FileName: "letter.pdf",
	}}
	tb.Engine = engine
	c := serve(t, t.TempDir(), tb.Local)
	before := tb.actions(v.ID)
	got, err := c.Preview(t.Context(), ShowRequest{ID: string(v.ID), PDF: true})
	if err != nil || string(got.PDF) != "%PDF-1.7\xff\x00" || !engine.drawn {
		t.Errorf("Preview(PDF) = %q, %v, want the same bytes", got.PDF, err)
	}
	got, err = c.Preview(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil || got.PDF != nil || engine.drawn {
		t.Errorf("Preview = %q, %v, want no PDF unless asked", got.PDF, err)
	}
	if got.HTML != "<p>x</p>" || got.To != "attachment" || got.FileName != "letter.pdf" || got.Reference != "HD-AAAAAAAA-BBBB" {
		t.Errorf("Preview = %+v, want the whole composition", got)
	}
	engine.what.To, engine.what.PDF = carryover.ToTreatmentNote, carryover.Text{}
	if _, err := c.Preview(t.Context(), ShowRequest{ID: string(v.ID), PDF: true}); !errors.Is(err, carryover.ErrRefused) || carryover.HintOf(err) == "" {
		t.Errorf("Preview(PDF of a note) = %v, want it refused with a hint", err)
	}
	if d := cmp.Diff(append(before, me+" previewed", me+" previewed", me+" previewed"), tb.actions(v.ID)); d != "" {
		t.Errorf("entries (-want +got):\n%s", d)
	}
}

func TestPreviewOfAForm(t *testing.T) {
	tb := newTable(t)
	v := tb.held(carryover.ReviewMode, nil)
	text := carryover.NewText
	tb.Engine = &composing{byHand: byHand{table: tb}, what: Composition{
		To: carryover.ToTreatmentNote, NoteTemplate: "71", Filled: "2 of 3 questions are answered.",
		Sections: []carryover.Section{{Name: text("Today"), Questions: []carryover.Question{
			{Name: text("History"), Type: carryover.ParagraphQuestion, Answer: text("<p>x</p>")},
			{Name: text("Side"), Type: carryover.RadioQuestion, Choices: []carryover.Choice{{Value: text("left"), Selected: true}, {Value: text("right")}}},
			{
				Name: text("Aids"), Type: carryover.CheckboxQuestion, Choices: []carryover.Choice{{Value: text("stick")}},
				Other: carryover.Other{Enabled: true, Selected: true, Value: text("frame")},
			},
		}}},
	}}
	got, err := serve(t, t.TempDir(), tb.Local).Preview(t.Context(), ShowRequest{ID: string(v.ID)})
	if err != nil {
		t.Fatal(err)
	}
	want := []Section{{Name: "Today", Questions: []Question{
		{Name: "History", Type: "paragraph", Answer: "<p>x</p>"},
		{Name: "Side", Type: "radiobuttons", Choices: []Choice{{Value: "left", Selected: true}, {Value: "right"}}},
		{Name: "Aids", Type: "checkboxes", Choices: []Choice{{Value: "stick"}, {Value: "frame", Selected: true, Other: true}}},
	}}}
	if d := cmp.Diff(want, got.Sections); d != "" {
		t.Errorf("sections over the socket (-want +got):\n%s", d)
	}
	if got.NoteTemplate != "71" || got.Filled != "2 of 3 questions are answered." {
		t.Errorf("Preview = template %q, %q, want what the engine said", got.NoteTemplate, got.Filled)
	}
}
