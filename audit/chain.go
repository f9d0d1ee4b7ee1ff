package audit

import (
	"fmt"
	"regexp"
	"strconv"

	"carryover"
)

// macPurpose keeps the chain's MACs apart from every other digest.
const macPurpose = "carryover/v1/audit"

// mac is the MAC of an entry that follows one with the MAC before.
func (l Log) mac(before []byte, e Entry) []byte {
	return l.Keys.Digest(macPurpose,
		string(before), strconv.FormatInt(e.N, 10), strconv.FormatInt(e.At.UnixMicro(), 10),
		e.Actor, string(e.Action), e.Subject, string(e.Session), string(e.From), string(e.To),
		string(e.Reason), e.Note, string(e.RemarkDigest),
	)
}

// The closed forms of an entry's strings. None has room for a space, an @ or a
// letter outside ASCII, so that a name, a sentence or an e-mail address cannot
// slip into the one table that is never cleaned.
var (
	actorForm = regexp.MustCompile(`^(carryover|(cli|user|api|web):[A-Za-z0-9._-]{1,64})$`)
	wordForm  = regexp.MustCompile(`^[A-Za-z0-9._:/+=~-]{0,128}$`)
)

// check refuses what is not of a closed form. The error does not repeat it.
func (e Entry) check() error {
	switch {
	case e.At.IsZero():
		return fmt.Errorf("entry has no time: %w", carryover.ErrInvalid)
	case !actions[e.Action]:
		return fmt.Errorf("action is not in the list: %w", carryover.ErrInvalid)
	case !actorForm.MatchString(e.Actor):
		return fmt.Errorf("actor is not of a known form: %w", carryover.ErrInvalid)
	case e.Reason != carryover.NoReason && e.Reason.Sentence() == "":
		return fmt.Errorf("reason is not in the list: %w", carryover.ErrInvalid)
	case len(e.RemarkDigest) != 0 && len(e.RemarkDigest) != 32:
		return fmt.Errorf("remark digest has %d bytes, not 32: %w", len(e.RemarkDigest), carryover.ErrInvalid)
	}
	for _, field := range []struct{ name, value string }{
		{"subject", e.Subject},
		{"session", string(e.Session)},
		{"note", e.Note},
		{"from", string(e.From)},
		{"to", string(e.To)},
	} {
		if !wordForm.MatchString(field.value) {
			return fmt.Errorf("%s is not an identifier: %w", field.name, carryover.ErrInvalid)
		}
	}
	return nil
}
