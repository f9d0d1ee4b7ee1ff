package cli

import (
	"strings"
	"testing"

	"carryover/internal/desk"
)

// A file in a record is neither a note nor a draft, and is not called so.
func TestAttachmentsAreCalledSo(t *testing.T) {
	for destination, want := range map[string]string{"treatment_note": "note 71", "attachment": "attachment 71"} {
		i := desk.Item{Mark: "HD-7Q4K2MXA", Reference: "HD-7Q4K2MXA-2C7P", State: "proven", Destination: destination, Note: "71", Patient: "5"}
		v := desk.Detail{Item: i, Deliveries: []desk.Delivery{{Number: 1, State: "proven", Destination: destination, Note: "71"}}}
		for name, print := range map[string]func(a *app, w *strings.Builder){
			"held":           func(a *app, w *strings.Builder) { a.item(w, i) },
			"show":           func(a *app, w *strings.Builder) { a.heading(w, i) },
			"show, delivery": func(a *app, w *strings.Builder) { a.delivery(w, v.Deliveries[0]) },
			"file":           func(a *app, w *strings.Builder) { filed{Item: i}.print(a, w) },
			"file, again":    func(a *app, w *strings.Builder) { filed{Item: i, Already: true}.print(a, w) },
		} {
			var out strings.Builder
			print(&app{}, &out)
			if !strings.Contains(out.String(), " "+want) {
				t.Errorf("%s says of a %s %q, want %q in it", name, destination, out.String(), want)
			}
			if destination == "attachment" && strings.Contains(out.String(), "draft") {
				t.Errorf("%s calls an attachment a draft: %q", name, out.String())
			}
		}
	}
}

func TestStatusTellsOfFewTags(t *testing.T) {
	var out strings.Builder
	(&app{}).status(&out, desk.Status{FewTags: []string{"t1", "all"}})
	for _, want := range []string{"Notes of Heidi template t1 are written in few tags", "Notes of every template are written"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("status printed\n%s\nwant %q in it", out.String(), want)
		}
	}
}

func TestShowTellsOfDifferenceAndFallback(t *testing.T) {
	var out strings.Builder
	(&app{}).detail(&out, desk.Detail{
		Difference: "missing: right\x1b[2J", Deliveries: []desk.Delivery{{Number: 1, Fallback: "Filed as one paragraph: it is archived."}},
	})
	for _, want := range []string{"\n  Filed as one paragraph: it is archived.\n", "\nWhere Cliniko's note differs from what was sent\nmissing: right\uFFFD[2J\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("show printed\n%s\nwant %q in it", out.String(), want)
		}
	}
}
