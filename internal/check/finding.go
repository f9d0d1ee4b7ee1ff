// Package check looks whether everything that carrying documents needs is in
// order, and says each thing as one line: ok, attention or broken, what it
// means, and what to do. It asks and reads; nothing is written anywhere, and no
// finding holds a key, a name of a patient, or an e-mail address.
//
// A daemon asks part of the same questions when it starts, so that what
// `carryover check` says is what `carryover run` goes by.
package check

import (
	"carryover"
)

// A Grade says how bad a finding is.
type Grade string

// The grades.
const (
	OK        Grade = "ok"
	Attention Grade = "attention" // works, and somebody should look at it
	Broken    Grade = "broken"    // something is not carried until it is mended
)

// A Finding is one thing that was looked at.
type Finding struct {
	About        string                   `json:"about"` // one of the topics
	Practitioner carryover.PractitionerID `json:"practitioner,omitempty"`
	Grade        Grade                    `json:"grade"`
	Says         string                   `json:"says"`           // what was found and what it means
	Next         string                   `json:"next,omitempty"` // what to do; empty when it is ok
	Err          error                    `json:"-"`              // the cause, for a program; may be nil
}

// What findings are about.
const (
	Configuration = "configuration"
	SecretFiles   = "secret files"
	MasterKey     = "master key"
	DataFolder    = "data folder"
	Ledger        = "ledger"
	AuditChain    = "audit chain"
	Alarms        = "alarms"
	OtherRuns     = "other runs"
	Hosts         = "hosts"
	Clock         = "clock"
	HeidiKey      = "heidi key"
	Link          = "heidi link"
	ClinikoKey    = "cliniko key"
	Permission    = "permission"
	Rules         = "routes"
	Page          = "review page"
	Retention     = "retention"
	RateBudget    = "rate budget"
)

// Worst returns the worst grade of all; ok for none.
func Worst(all []Finding) Grade {
	worst := OK
	for _, f := range all {
		switch {
		case f.Grade == Broken:
			return Broken
		case f.Grade == Attention:
			worst = Attention
		}
	}
	return worst
}

func ok(about, says string) Finding { return Finding{About: about, Grade: OK, Says: says} }

func attention(about, says, next string) Finding {
	return Finding{About: about, Grade: Attention, Says: says, Next: next}
}

func broken(about, says, next string) Finding {
	return Finding{About: about, Grade: Broken, Says: says, Next: next}
}

// failed is the finding of a question that was answered with an error.
func failed(about, says string, err error) Finding {
	next := carryover.HintOf(err)
	if next == "" {
		next = "Check that this machine reaches the internet, then run the check again."
	}
	return Finding{About: about, Grade: Broken, Says: says, Next: next, Err: err}
}

// of says whose finding it is.
func (f Finding) of(who carryover.PractitionerID) Finding {
	f.Practitioner = who
	return f
}
