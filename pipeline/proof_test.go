package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/pipeline"
)

// TestProofWantsAll: what was filed is proven by its words, its record, its
// author, and by being a draft that is part of the chart. What a person has
// worked on since is theirs in its words and its state, not in its place.
func TestProofWantsAll(t *testing.T) {
	lose := func(n *carryover.Note) {
		n.Body = carryover.NewText(strings.Replace(n.Body.Reveal(), "Squats", "", 1))
	}
	touch := func(n *carryover.Note) { n.UpdatedAt = n.CreatedAt.Add(time.Minute) }
	finalise := func(n *carryover.Note) { n.Draft, n.FinalizedAt = false, n.CreatedAt.Add(time.Minute) }
	tests := []struct {
		why    string
		change []func(*carryover.Note)
		want   carryover.State
	}{
		{"as it was sent", nil, carryover.Proven},
		{"a word is missing", []func(*carryover.Note){lose}, carryover.Held},
		{"a word more", []func(*carryover.Note){func(n *carryover.Note) { n.Body = carryover.NewText(n.Body.Reveal() + "<p>more</p>") }}, carryover.Held},
		{"in another record", []func(*carryover.Note){func(n *carryover.Note) { n.Patient = otto }}, carryover.Held},
		{"by another author", []func(*carryover.Note){func(n *carryover.Note) { n.Practitioner = physio2 }}, carryover.Held},
		{"archived", []func(*carryover.Note){func(n *carryover.Note) { n.ArchivedAt = n.CreatedAt.Add(time.Minute) }}, carryover.Held},
		{"final, though nobody has touched it", []func(*carryover.Note){func(n *carryover.Note) { n.Draft = false }}, carryover.Held},
		{"finalised by a person", []func(*carryover.Note){finalise}, carryover.Proven},
		{"edited by a person", []func(*carryover.Note){lose, touch}, carryover.Proven},
		{"edited and in another record", []func(*carryover.Note){touch, func(n *carryover.Note) { n.Patient = otto }}, carryover.Held},
		{"finalised and by another author", []func(*carryover.Note){finalise, func(n *carryover.Note) { n.Practitioner = physio2 }}, carryover.Held},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCounting(t)
			h.until(carryover.Filed)
			h.show(physio, func(n *carryover.Note) {
				for _, f := range tt.change {
					f(n)
				}
			})
			v := h.until(tt.want)
			if tt.want == carryover.Held && (v.Reason != carryover.NotProven || h.alarms() != "not_proven") {
				t.Errorf("held as %q with alarms %q, want %q and one alarm", v.Reason, h.alarms(), carryover.NotProven)
			}
			if h.posts() != 1 {
				t.Errorf("%d POSTs, want 1: a proof sends nothing", h.posts())
			}
		})
	}
}

// TestProofOfAFileWantsAll is the same of a file, whose bytes are nobody's to
// change.
func TestProofOfAFileWantsAll(t *testing.T) {
	for _, tt := range []struct {
		why    string
		change func(*carryover.Attachment)
		want   carryover.State
	}{
		{"as it was sent", func(*carryover.Attachment) {}, carryover.Proven},
		{"in another record", func(a *carryover.Attachment) { a.Patient = otto }, carryover.Held},
		{"archived", func(a *carryover.Attachment) { a.ArchivedAt = a.CreatedAt.Add(time.Minute) }, carryover.Held},
		{"described anew", func(a *carryover.Attachment) { a.Description = carryover.NewText("For the GP") }, carryover.Proven},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			h := newCountingFiles(t)
			h.until(carryover.Filed)
			side := h.line.Sides[physio]
			side.Files = alteredFiles{side.Files, tt.change}
			h.line.Sides[physio] = side
			v := h.until(tt.want)
			if tt.want == carryover.Held && (v.Reason != carryover.NotProven || h.alarms() != "not_proven") {
				t.Errorf("held as %q with alarms %q, want %q and one alarm", v.Reason, h.alarms(), carryover.NotProven)
			}
		})
	}
}

// TestProofNeedsAListing: what no listing shows is told of after the grace
// period, and not before.
func TestProofNeedsAListing(t *testing.T) {
	t.Parallel()
	h := newCounting(t)
	h.line.Timing.Grace = time.Hour
	h.until(carryover.Filed)
	note := h.notes()[0].ID
	h.show(physio, func(n *carryover.Note) {
		if string(n.ID) == note {
			n.ID = "1968645883121649998" // as if it were another one
		}
	})
	for range 5 {
		h.cycle()
	}
	if v, _ := h.version(session1, document1); v.State != carryover.Filed {
		t.Fatalf("%s (%s) within the grace period, want filed", v.State, v.Reason)
	}
	h.line.Timing.Grace = time.Nanosecond
	if v := h.until(carryover.Held); v.Reason != carryover.NotProven {
		t.Errorf("held as %q, want %q", v.Reason, carryover.NotProven)
	}
}

// Files that look otherwise than they are.
type alteredFiles struct {
	pipeline.Files
	change func(*carryover.Attachment)
}

func (f alteredFiles) Attachments(ctx context.Context, user carryover.UserID, since time.Time) ([]carryover.Attachment, error) {
	all, err := f.Files.Attachments(ctx, user, since)
	for i := range all {
		f.change(&all[i])
	}
	return all, err
}
