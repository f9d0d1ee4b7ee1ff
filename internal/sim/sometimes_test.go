package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"carryover"
	"carryover/sandbox"
)

// Sometimes counts which misfortune met a document in which state. A pair that
// is never reached is a promise that was never tried.
type Sometimes struct {
	mu   sync.Mutex // guards hits
	hits map[pair]int
}

// A pair is one cell of the table.
type pair struct {
	state carryover.State
	what  string
}

func newSometimes() *Sometimes { return &Sometimes{hits: map[pair]int{}} }

// add counts one meeting.
func (s *Sometimes) add(state carryover.State, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits[pair{state, what}]++
}

// Add puts another world's counts in; a world that came to nothing has none.
func (s *Sometimes) Add(o *Sometimes) {
	if o == nil {
		return
	}
	for p, n := range o.hits {
		s.hits[p] += n
	}
}

// MarshalJSON writes the counts for another process.
func (s *Sometimes) MarshalJSON() ([]byte, error) {
	m := map[carryover.State]map[string]int{}
	for p, n := range s.hits {
		if m[p.state] == nil {
			m[p.state] = map[string]int{}
		}
		m[p.state][p.what] = n
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Sometimes) UnmarshalJSON(b []byte) error {
	var m map[carryover.State]map[string]int
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	s.hits = map[pair]int{}
	for state, counts := range m {
		for what, n := range counts {
			s.hits[pair{state, what}] = n
		}
	}
	return nil
}

// met counts a trouble of one document.
func (w *World) met(what, name string) {
	w.mu.Lock()
	state := w.oracle.states[name]
	w.mu.Unlock()
	if state == "" {
		state = carryover.Seen // what is seen first makes no event
	}
	w.reached.add(state, what)
}

// metSession counts a trouble of all documents of a session.
func (w *World) metSession(what, session string) {
	for document := range w.script.scenes[session].expect {
		w.met(what, session+"/"+document)
	}
}

// metAll counts a trouble that comes to all documents at once, each state once.
func (w *World) metAll(what string) {
	w.mu.Lock()
	states := map[carryover.State]bool{}
	for _, s := range w.oracle.states {
		states[s] = true
	}
	w.mu.Unlock()
	for s := range states {
		w.reached.add(s, what)
	}
}

// fromJournal counts the requests that went wrong. One that names a session or
// carries a text concerns its documents; a listing or a search concerns all
// that are not at an end.
func (s *Sometimes) fromJournal(w *World) {
	for _, e := range w.journal.Entries(func(e sandbox.Entry) bool { return e.Fault != "" }) {
		what := e.Method + " " + e.Fault
		if e.Status >= 300 && e.Status < 500 && e.Fault == string(sandbox.FaultStatus) {
			what += fmt.Sprint(" ", e.Status)
		}
		if e.Method == http.MethodPost {
			if name, word := w.script.about(e.Body); name != "" {
				if e.Fault == string(sandbox.FaultLate) && w.oracle.beyondGrace(word) {
					what += " beyond grace"
				}
				s.add(w.oracle.stateAt(name, e), what)
			}
			continue
		}
		what = e.API + " " + what
		session, about := strings.CutPrefix(e.Path, "/sessions/")
		about = about && session != "linked-user" // the listing
		session, _, _ = strings.Cut(session, "/")
		found := map[carryover.State]bool{}
		for name := range w.oracle.life {
			if state := w.oracle.stateAt(name, e); about && strings.HasPrefix(name, session+"/") || !about && state.Waiting() {
				found[state] = true
			}
		}
		for state := range found {
			s.add(state, what)
		}
	}
}

// stateAt returns where a document stood when a request came.
func (o *oracle) stateAt(name string, e sandbox.Entry) carryover.State {
	state := carryover.Seen
	for _, s := range o.life[name] {
		if s.from.After(e.At) {
			break
		}
		state = s.state
	}
	return state
}

// rows are the states that a misfortune can meet.
var rows = []carryover.State{
	carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt,
	carryover.Filed, carryover.Proven, carryover.Held, carryover.Refused,
}

// String is the table: a line for each misfortune, a column for each state.
func (s *Sometimes) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-33s", "")
	for _, r := range rows {
		fmt.Fprintf(&b, "%9s", r)
	}
	b.WriteByte('\n')
	lines := map[string]bool{}
	for p := range s.hits {
		lines[p.what] = true
	}
	for _, what := range sortedKeys(lines) {
		fmt.Fprintf(&b, "%-33s", what)
		for _, r := range rows {
			n := s.hits[pair{r, what}]
			if n == 0 {
				fmt.Fprintf(&b, "%9s", excuse(r, what))
				continue
			}
			fmt.Fprintf(&b, "%9d", n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// excuse marks an empty cell: "-" where it cannot be, or hardly, and the reason
// is written down; "?" where nobody has said why.
func excuse(state carryover.State, what string) string {
	for _, e := range excuses {
		if strings.HasPrefix(what, e.what) && slices.Contains(e.states, state) {
			return "-"
		}
	}
	return "?"
}

// excuses are the reasons for empty cells, by the beginning of the misfortune.
var excuses = []struct {
	what   string
	states []carryover.State
	why    string
}{
	{
		"POST ",
		[]carryover.State{
			carryover.Seen, carryover.Ripe, carryover.Ready, carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Held, carryover.Refused,
		},
		"whatever is posted is sending; only a second daemon posts what the first sees elsewhere",
	},
	{
		"person_",
		[]carryover.State{carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.Refused},
		"people find a note once it is there; before that only by a restored ledger or a later text",
	},
	{
		"undone", []carryover.State{
			carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Held, carryover.Refused,
		}, "the simulated desk takes back what is proven; pipeline tests the others",
	},
	{
		"person_races_undo",
		[]carryover.State{carryover.InDoubt, carryover.Filed, carryover.Held},
		"what is taken back is proven until its note is out of sight",
	},
	{
		"released", []carryover.State{
			carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Refused,
		}, "only what is held is released",
	},
	{
		"dismissed", []carryover.State{
			carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Refused,
		}, "the simulated desk dismisses what is held",
	},
	{
		"retried", []carryover.State{
			carryover.Seen, carryover.Ripe, carryover.Ready, carryover.Sending, carryover.InDoubt, carryover.Filed, carryover.Proven,
		}, "only what is held or refused is tried again",
	},
	{
		"",
		[]carryover.State{carryover.Ripe, carryover.Ready, carryover.Sending},
		"these states last as long as some answers of Cliniko do: what comes by the clock seldom meets them, crashes lie in wait for them",
	},
	{
		"",
		[]carryover.State{carryover.Refused},
		"Cliniko refuses one note in some hundreds, and the desk tries it again the same day",
	},
	{
		"heidi GET",
		[]carryover.State{carryover.InDoubt, carryover.Filed, carryover.Proven, carryover.Held},
		"a listing concerns what is not at an end; one session is read when its turn comes",
	},
	{
		"cliniko GET",
		[]carryover.State{carryover.Proven, carryover.Held},
		"a search or a listing concerns what is not at an end",
	},
	{
		"person_archives_file",
		[]carryover.State{carryover.Held},
		"a file is proven within minutes, and people find few",
	},
}

// missing returns the empty cells that have no excuse, of all that was met at
// least once.
func (s *Sometimes) missing() (empty []pair) {
	lines := map[string]bool{}
	for p := range s.hits {
		lines[p.what] = true
	}
	for _, what := range sortedKeys(lines) {
		for _, r := range rows {
			if s.hits[pair{r, what}] == 0 && excuse(r, what) == "?" {
				empty = append(empty, pair{r, what})
			}
		}
	}
	return empty
}
