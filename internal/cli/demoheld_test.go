package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carryover"
	"carryover/sandbox"
	"carryover/sandbox/clinic"
	"carryover/web/pagetest"
)

// TestDemoHeldByKeyboard is what `carryover demo` invites to: somebody opens the
// link of the terminal and decides on whatever is held, by keys alone and by what
// the page says, until nothing is left. Which patient each document is about the
// person knows, as the front desk does; here, from the clinic's own books.
func TestDemoHeldByKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("a clinic's day and a browser take some seconds")
	}
	t.Setenv("TMPDIR", t.TempDir())
	ctx, leave := context.WithCancel(t.Context())
	var terminal screenful
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, []string{"demo", "--stay", "--seed", "7", "--pace", "3s", "--faults", "off"}, Streams{In: strings.NewReader(""), Out: &terminal, Err: &terminal})
	}()
	defer func() {
		leave()
		<-ended
	}()
	control := terminal.find(t, `curl (http://\S+)/truth`)
	d := frontDesk{t: t, Page: pagetest.Open(t, terminal.find(t, `http://\S+/enter/\S+`)), control: control, patients: map[string]sandbox.Patient{}}
	for _, p := range clinic.Generate(7, clinic.LastPracticeDay(time.Now())).Patients {
		d.patients[p.ID] = p
	}

	d.TabTo("See what is held")
	d.Follow(pagetest.Enter)
	decided := 0
	for ; !strings.HasPrefix(d.Text("h1"), "Nothing is held"); decided++ {
		if decided == 40 {
			t.Fatalf("after %d decisions the page says %q", decided, d.Text("main"))
		}
		d.Follow("n")
		d.decide()
		d.Wait(`[role="status"]:focus`)
	}
	if decided < 5 {
		t.Errorf("%d documents were held, want a handful to decide on", decided)
	}
	if got := d.Text(".empty"); !strings.Contains(got, "What it is not sure of comes here") {
		t.Errorf("the empty list says %q", got)
	}

	d.TabTo("Balance")
	d.Follow(pagetest.Enter)
	if got := d.Text(".lead"); !strings.Contains(got, " 0 waiting for someone") {
		t.Errorf("after everything was decided on, the balance says %q", got)
	}
	d.arrives()
}

// A frontDesk is somebody at the keyboard who knows the clinic's people.
type frontDesk struct {
	*pagetest.Page
	t        *testing.T
	control  string // the address of the clinic's own books
	patients map[string]sandbox.Patient
	filed    []string // the marks of what was filed
	searched int      // how many of them to a patient who was looked for
}

// notToFile are the reasons, in the page's words, for which this desk files
// nothing: it is there already, or it was taken away on purpose.
var notToFile = []string{"deleted in Heidi", "The same words are in Cliniko already", "could not be laid out"}

// decide decides on the document that is open.
func (d *frontDesk) decide() {
	d.t.Helper()
	mark := regexp.MustCompile(`HD-[A-Z2-7]{8}`).FindString(d.Text(".eyebrow"))
	why := d.Text("h1")
	who, known := d.about(mark)
	switch offer := d.Text(`[data-key="f"]`); {
	case !known, slices.ContainsFunc(notToFile, func(s string) bool { return strings.Contains(why, s) }):
		d.leaveOut()
		return
	case strings.Contains(offer, who.FirstName+" "+who.LastName):
		d.Press("f")
		d.Follow(pagetest.Enter)
	case d.Has("#name"):
		d.search(who)
	default:
		d.t.Fatalf("%s (%s) is about somebody in use, and the page offers no way to file it: %s", mark, why, d.Text("main"))
	}
	d.filed = append(d.filed, mark)
}

// leaveOut leaves it out, for the first of the reasons.
func (d *frontDesk) leaveOut() {
	d.t.Helper()
	d.Press("d")
	d.Wait(`input[name="reason"]:focus`)
	d.Press(pagetest.Space)
	d.TabTo("Leave it out")
	d.Follow(pagetest.Enter)
}

// search looks for a patient, picks them and types who they are.
func (d *frontDesk) search(who sandbox.Patient) {
	d.t.Helper()
	d.TabTo("Name, or number")
	d.Press(who.LastName, pagetest.Tab, who.BirthDate, pagetest.Enter)
	d.Wait("#found:focus")
	d.TabTo("Choose " + who.FirstName)
	d.Follow(pagetest.Enter)
	d.Wait("#initials:focus")
	d.Press(who.FirstName[:1]+who.LastName[:1], pagetest.Tab, who.BirthDate)
	d.Follow(pagetest.Enter)
	d.searched++
}

// books are the clinic's own.
func (d *frontDesk) books() (b clinic.Truth) {
	d.t.Helper()
	local := http.Client{Transport: &http.Transport{}, Timeout: time.Minute} // the default one is the guard's, and locked
	res, err := local.Get(d.control + "/truth")
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&b); err != nil {
		d.t.Fatal(err)
	}
	return b
}

// about returns whom a document is about, when that is somebody whose record is
// in use.
func (d *frontDesk) about(mark string) (who sandbox.Patient, known bool) {
	d.t.Helper()
	for _, one := range d.books().Documents {
		if one.PatientID != nil && carryover.DocumentMark(carryover.SessionID(one.SessionID), carryover.DocumentID(one.DocumentID)) == mark {
			who, known = d.patients[*one.PatientID]
			return who, known && who.ArchivedAt.IsZero()
		}
	}
	return who, false
}

// arrives waits until all that was filed is in Cliniko, and sees that nothing is
// in a wrong file or there twice.
func (d *frontDesk) arrives() {
	d.t.Helper()
	if len(d.filed) == 0 || d.searched == 0 {
		d.t.Errorf("%d documents were filed, %d of them to a patient who was looked for; want some of each", len(d.filed), d.searched)
	}
	look := time.NewTicker(200 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(2 * time.Minute); ; {
		b, there := d.books(), 0
		for _, one := range b.Documents {
			mark := carryover.DocumentMark(carryover.SessionID(one.SessionID), carryover.DocumentID(one.DocumentID))
			if slices.Contains(d.filed, mark) && len(one.Notes)+len(one.Attachments) > 0 {
				there++
			}
		}
		if there == len(d.filed) {
			if b.Summary.WrongPatient+b.Summary.Duplicates != 0 {
				d.t.Errorf("%d notes are in a wrong file and %d are there twice, want none", b.Summary.WrongPatient, b.Summary.Duplicates)
			}
			return
		}
		select {
		case <-look.C:
		case <-limit:
			d.t.Fatalf("%d of %d documents that were filed are in Cliniko", there, len(d.filed))
		}
	}
}

// A screenful is what a terminal shows, while it is written.
type screenful struct {
	mu   sync.Mutex
	text strings.Builder // guarded by mu
}

func (s *screenful) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screenful) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// find waits for something to be on the screen, and returns the first part of it
// that the pattern groups, or all of it.
func (s *screenful) find(t *testing.T, pattern string) string {
	t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(3 * time.Minute); ; {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(s.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("the terminal does not show %s:\n%s", pattern, s.String())
		}
	}
}
