package route

import "carryover"

// A Step is what one rule said to a document.
type Step struct {
	Rule   int    `json:"rule"`             // counted from 1
	Fits   bool   `json:"fits"`             // it decided
	Misfit string `json:"misfit,omitempty"` // the first condition that did not fit, as the configuration calls it
	Unread bool   `json:"unread,omitempty"` // a rule before it decided
}

// Explain goes through the rules as Decide does and says what each came to. It
// holds no words of the document.
func (t Table) Explain(d carryover.Document, author carryover.PractitionerID) []Step {
	decided := false
	steps := make([]Step, 0, len(t.Rules))
	for i, r := range t.Rules {
		s := Step{Rule: i + 1, Unread: decided}
		if !decided {
			s.Misfit = t.misfit(r, d, author)
			s.Fits = s.Misfit == ""
			decided = s.Fits
		}
		steps = append(steps, s)
	}
	return steps
}
