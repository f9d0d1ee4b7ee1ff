package pipeline_test

import (
	"strings"
	"testing"

	"carryover"
	"carryover/internal/desk"
	"carryover/route"
	"carryover/sandbox/clinikosim"
)

// TestLaterVersionByRule: a document is changed in Heidi after it was filed, and
// a rule says once for all what becomes of that.
func TestLaterVersionByRule(t *testing.T) {
	for _, tt := range []struct {
		why    string
		rule   route.Rule
		do     func(h *harness) error
		want   carryover.State
		reason carryover.Reason
		notes  int
	}{
		{"it says nothing", route.Rule{}, nil, carryover.Held, carryover.LaterVersion, 1},
		{"hold", route.Rule{Later: route.HoldLater}, nil, carryover.Held, carryover.LaterVersion, 1},
		{"file", route.Rule{Later: route.FileLater}, nil, carryover.Proven, "", 2},
		{"file, in review", route.Rule{Later: route.FileLater, Mode: route.Review}, nil, carryover.Held, carryover.ReviewMode, 1},
		{"leave", route.Rule{Later: route.LeaveLater}, nil, carryover.Skipped, carryover.LaterLeft, 1},
		{"file, and the patient was corrected too", route.Rule{Later: route.FileLater}, func(h *harness) error {
			return h.heidi.EditSession(session1, corrected("Otto Elsewhere", "1960-06-06"))
		}, carryover.Held, carryover.LaterVersion, 1},
		{"leave, and the patient was corrected too", route.Rule{Later: route.LeaveLater}, func(h *harness) error {
			return h.heidi.EditSession(session1, corrected("Otto Elsewhere", "1960-06-06"))
		}, carryover.Held, carryover.LaterVersion, 1},
		{"file, and the first was taken back", route.Rule{Later: route.FileLater}, func(h *harness) error {
			h.undo()
			h.until(carryover.Undone)
			return nil
		}, carryover.Held, carryover.TakenBack, 0},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.until(carryover.Proven)
			if tt.rule.To = carryover.ToTreatmentNote; tt.rule.Mode == "" {
				tt.rule.Mode = route.Auto
			}
			h.line.Rules = []route.Rule{tt.rule}
			if tt.do != nil {
				must(t, tt.do(h))
			}
			must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
			h.untilLater(tt.want)
			if v, _ := h.version(session1, document1); v.Reason != tt.reason || len(h.notes()) != tt.notes {
				t.Errorf("%s (%s) with %d notes, want %s and %d", v.State, v.Reason, len(h.notes()), tt.reason, tt.notes)
			}
			if tt.notes == 2 && !titledUpdated(h.notes()) {
				t.Errorf("no note is titled as updated, or the first one is")
			}
		})
	}
}

// untilLater runs rounds until a later version is in a state.
func (h *harness) untilLater(want carryover.State) {
	h.t.Helper()
	h.cycle()
	for range 4000 {
		if v, _ := h.version(session1, document1); v.Number > 1 && v.State == want {
			return
		}
		h.cycle()
	}
	v, _ := h.version(session1, document1)
	h.t.Fatalf("version %d is %s (%s), want a later one in %s; road: %s", v.Number, v.State, v.Reason, want, h.road())
}

func titledUpdated(all []clinikosim.NoteRecord) bool {
	n := 0
	for _, one := range all {
		if strings.HasPrefix(one.Title, "Updated Exercise plan") {
			n++
		}
	}
	return n == 1 && len(all) == 2
}

// TestReleasedLaterVersionIsTitledSo: in the note, and in a PDF with its description.
func TestReleasedLaterVersionIsTitledSo(t *testing.T) {
	for name, make := range map[string]func(*testing.T, ...setup) *harness{"note": newHarness, "file": newFiling} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := make(t)
			h.until(carryover.Proven)
			must(t, h.heidi.EditDocument(session1, document1, text1+"\n\nThanks."))
			v := h.until(carryover.Held)
			seen, err := h.line.Preview(t.Context(), v.ID)
			if must(t, err); !strings.HasPrefix(seen.Title.Reveal(), "Updated ") {
				t.Errorf("the preview is titled %q", seen.Title.Reveal())
			}
			_, err = h.desk().Release(t.Context(), desk.ReleaseRequest{ID: string(v.ID), Actor: "cli:1000"})
			must(t, err)
			h.untilLater(carryover.Proven)
			switch files := h.files(); {
			case name == "note" && !titledUpdated(h.notes()):
				t.Error("no note is titled as updated, or the first one is")
			case name == "file" && (len(files) != 2 || !strings.HasPrefix(files[1].Description, "Updated ") || strings.HasPrefix(files[0].Description, "Updated ")):
				t.Errorf("%d files, want the second described as updated", len(files))
			}
		})
	}
}
