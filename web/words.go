package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
)

// This file has the words of the pages: what the ledger calls a thing, and what
// a person at the front desk does.

// words are the functions that templates may call.
func (s *Server) words() template.FuncMap {
	return template.FuncMap{
		"when": s.when, "clock": s.clock, "day": s.day, "span": s.span, "since": since, "date": birthDate, "stamp": stamp,
		"state": stateWords, "tone": toneOf, "glyph": glyphOf, "waiting": waits,
		"help": helpFor, "field": fieldWords, "outcome": outcomeWords, "mark": outcomeMark, "grade": gradeWords,
		"action": actionWords, "attempt": attemptWords, "destination": destinationWords, "pauseReason": pauseWords,
		"kind": kindWords, "plural": plural, "short": short, "reasonWords": dismissWords,
		"findingTone": func(o string) string { return outcomes[o].tone }, "actor": actorWords, "listed": listed, "plain": plain, "here": here,
	}
}

// A saying is how a state is shown: a few words, and how much it asks of a
// person. The tone is a shape and a word before it is a colour.
type saying struct{ words, tone string }

// The tones: quiet needs nothing, good has arrived, moving moves by itself, ask
// waits for a person, bad went wrong.
const (
	quiet, good, moving, ask, bad = "quiet", "good", "moving", "ask", "bad"
)

var sayings = map[carryover.State]saying{
	carryover.Seen:       {"Still being written in Heidi", moving},
	carryover.Ripe:       {"Finished, patient being looked for", moving},
	carryover.Held:       {"Waiting for someone to check", ask},
	carryover.Ready:      {"On its way to Cliniko", moving},
	carryover.Skipped:    {"Left out by a rule", quiet},
	carryover.Dismissed:  {"Left out by a person", quiet},
	carryover.Superseded: {"Replaced by a later version", quiet},
	carryover.Sending:    {"Being sent to Cliniko", moving},
	carryover.InDoubt:    {"Cliniko’s answer was lost; looking for it", moving},
	carryover.Filed:      {"In Cliniko, being read back", moving},
	carryover.Proven:     {"In Cliniko, checked word for word", good},
	carryover.Refused:    {"Cliniko did not accept it", bad},
	carryover.Undone:     {"Taken out of Cliniko again", quiet},
}

func stateWords(s string) string { return or(sayings[carryover.State(s)].words, s) }

func toneOf(s string) string { return or(sayings[carryover.State(s)].tone, quiet) }

// glyphs are the shapes of the tones.
var glyphs = map[string]string{quiet: "–", good: "✓", moving: "→", ask: "?", bad: "!"}

func glyphOf(tone string) string { return glyphs[tone] }

// forPerson are the states in which nothing moves without a person.
var forPerson = []carryover.State{carryover.Held, carryover.Refused}

// waits says that a document is for a person to decide about.
func waits(state string) bool {
	return carryover.State(state) == carryover.Held || carryover.State(state) == carryover.Refused
}

var fields = map[string]string{
	"name": "Name", "birth_date": "Birth date", "sex": "Sex", "patient_id": "Patient’s number", "booking": "Booking then",
	"age": "Age in the text", "sex_words": "Pronouns in the text", "content": "Names in the document",
}

func fieldWords(f string) string { return or(fields[f], f) }

// outcomes are what comparing a field came to.
var outcomes = map[string]struct{ words, mark, tone string }{
	string(carryover.Agrees):     {"agrees", "✓", "agrees"},
	string(carryover.Differs):    {"differs", "✕", "differs"},
	string(carryover.Absent):     {"not given", "–", "absent"},
	string(carryover.CannotTell): {"cannot be compared", "~", "absent"},
}

func outcomeWords(o string) string { return or(outcomes[o].words, o) }

func outcomeMark(o string) string { return outcomes[o].mark }

var grades = map[string]string{
	"certain": "Certain", "probable": "Likely", "possible": "Possible", "certainly-not": "Not this one",
}

func gradeWords(g string) string { return or(grades[g], g) }

var actions = map[string]string{
	"moved": "Moved on", "decided": "Patient compared", "viewed": "Text was read", "shown_names": "Names were looked at",
	"previewed": "Preview was looked at", "released": "Filing was allowed", "dismissed": "Left out", "retried": "Sent on the way again",
	"reopened": "Taken back to be checked", "synced": "Read from Heidi again", "filed": "Handed in by a person", "paused": "Paused",
	"backfill_asked": "Past sessions asked for", "backfill_stopped": "Backfill stopped", "backfill_resumed": "Backfill resumed",
	"resumed": "Pause ended", "alarm_raised": "Alarm raised", "alarm_cleared": "Alarm cleared", "archived": "Archived in Cliniko",
	"destroyed": "Stored text destroyed", "undone": "Taken out of Cliniko", "undo_asked": "Undo was asked for", "move_asked": "Move was asked for", "called_off": "Undo or move was called off",
}

func actionWords(a string) string {
	return or(actions[a], strings.ReplaceAll(a, "_", " "))
}

// actorWords says who did something, as the audit chain knows it.
func actorWords(a string) string {
	switch sort, id, _ := strings.Cut(a, ":"); sort {
	case "carryover":
		return "Carryover"
	case "cli":
		return "at the command line"
	case "user", "web":
		return "person " + short(id)
	case "api":
		return "another program"
	}
	return a
}

// A listing is a table of documents, and what it says when there are none.
type listing struct {
	staff
	Items []desk.Item
	Empty string
}

// listed is the table of a page's documents.
func listed(page any) (listing, error) {
	switch v := page.(type) {
	case todayView:
		return listing{v.staff, v.Recent, "Nothing yet. Documents appear here as Heidi shows them."}, nil
	case balanceView:
		return listing{v.staff, v.Items, "None on this day."}, nil
	case activityView:
		return listing{v.staff, v.Items, "No document fits. Leave some of the fields empty."}, nil
	}
	return listing{}, fmt.Errorf("a %T has no documents", page)
}

func attemptWords(o string) string {
	switch ledger.Outcome(o) {
	case ledger.NoOutcome:
		return "no answer yet"
	case ledger.Done:
		return "done"
	case ledger.NotDone:
		return "not done; it took no effect"
	case ledger.InDoubt:
		return "answer lost"
	case ledger.Adopted:
		return "answer lost; found in Cliniko"
	case ledger.Absent:
		return "answer lost; not in Cliniko"
	case ledger.LostAtRestart:
		return "cut off by a restart"
	}
	return o
}

func destinationWords(d string) string {
	switch carryover.Destination(d) {
	case carryover.ToTreatmentNote:
		return "treatment note"
	case carryover.ToAttachment:
		return "attachment (PDF)"
	case carryover.ToNowhere:
		return "nowhere"
	}
	return d
}

func pauseWords(r string) string {
	switch ledger.PauseReason(r) {
	case ledger.PausedByPerson:
		return "by a person"
	case ledger.PausedKeyRefused:
		return "Cliniko refuses the key"
	case ledger.PausedLinkGone:
		return "the link to Heidi is gone"
	case ledger.PausedWrongAuthor:
		return "the key belongs to somebody else"
	case ledger.PausedDuplicateNote:
		return "a note is in Cliniko twice"
	case ledger.PausedImpossibleState:
		return "the ledger and Cliniko disagree"
	case ledger.PausedClockOff:
		return "this machine’s clock is wrong"
	}
	return r
}

func kindWords(k string) string {
	switch k {
	case "group":
		return "group appointment"
	case "unavailable":
		return "not available"
	}
	return k
}

var dismissals = map[string]string{
	desk.NotForCliniko: "It does not belong in Cliniko",
	desk.FiledByHand:   "Somebody has filed it by hand already",
	desk.Duplicate:     "It is a duplicate",
	desk.Test:          "It is a test",
}

func dismissWords(r string) string { return or(dismissals[r], r) }

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// short is the end of a long id, by which two can be told apart.
func short(id string) string {
	if len(id) <= 8 {
		return id
	}
	return "…" + id[len(id)-6:]
}

// birthDate writes YYYY-MM-DD as people here read it.
func birthDate(s string) string {
	d, err := carryover.ParseDate(s)
	if err != nil || d.IsZero() {
		return s
	}
	var year, month, day int
	if _, err := fmt.Sscanf(d.Reveal(), "%d-%d-%d", &year, &month, &day); err != nil {
		return s
	}
	return fmt.Sprintf("%d %s %04d", day, months[month-1], year)
}

var months = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}
