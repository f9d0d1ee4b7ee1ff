package ledger_test

import (
	"strings"
	"testing"

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
