package ledger_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover"
	"carryover/ledger"
)

func TestFallbackIsWhatFollowsTheProfile(t *testing.T) {
	for _, why := range []string{ledger.TemplateGone, ledger.TemplateArchived, ledger.TemplateUnfit, ledger.TemplateRefused} {
		if got := (ledger.Delivery{Profile: ledger.ProfileStandard + " " + why}).Fallback(); got != why {
			t.Errorf("Fallback = %q, want %q", got, why)
		}
		if said := ledger.FallbackSentence(why); !strings.HasPrefix(said, "Filed as one paragraph: ") || !strings.HasSuffix(said, ".") {
			t.Errorf("FallbackSentence(%s) = %q", why, said)
		}
	}
	if got := (ledger.Delivery{Profile: ledger.ProfileFilled}).Fallback(); got != "" || ledger.FallbackSentence(got) != "" {
		t.Errorf("a filled note has fallback %q", got)
	}
}

func TestMinimalIsSaidOfATemplateOrOfAll(t *testing.T) {
	l, ctx := open(t), t.Context()
	uses := func(id carryover.TemplateID) (yes bool) {
		view(t, l, func(tx *ledger.Tx) (err error) {
			yes, err = tx.UsesMinimal(ctx, id)
			return err
		})
		return yes
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.UseMinimal(ctx, "t1") })
	if !uses("t1") || uses("t2") || uses("") {
		t.Errorf("of t1: t1 %t, t2 %t, none %t; want t1 alone", uses("t1"), uses("t2"), uses(""))
	}
	update(t, l, func(tx *ledger.Tx) error { return tx.UseMinimal(ctx, "") })
	if !uses("t2") || !uses("") {
		t.Errorf("of all: t2 %t, none %t; want both", uses("t2"), uses(""))
	}
	view(t, l, func(tx *ledger.Tx) error {
		all, err := tx.MinimalTemplates(ctx)
		if d := cmp.Diff([]string{"all", "t1"}, all); d != "" {
			t.Errorf("MinimalTemplates (-want +got):\n%s", d)
		}
		return err
	})
}
