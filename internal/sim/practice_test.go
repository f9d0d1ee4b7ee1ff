package sim

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"carryover/sandbox"
	"carryover/sandbox/clinic"
)

// A clinic's day of package clinic is told in shares of a day that may pass in
// seconds. Here it passes as it is: sessions show when they are over, texts
// grow in minutes, and several days make one practice.

// morning and workday are when a generated day begins and how long its shares
// stretch.
const (
	morning = 7 * time.Hour
	workday = 13 * time.Hour
)

// A text is one thing that a document said for a while, with a word in it that
// stands nowhere else: whoever finds the word knows where it came from.
type text struct {
	session, document string
	stage             int // of the document, from 0
	words             string
	html              bool
}

// A scene is what the oracle knows of a session beforehand.
type scene struct {
	belongs      string // the patient, before merges; empty: nobody of the register
	practitioner string
	sort         string            // the word of the clinic for what is special
	expect       map[string]string // by document: what should become of it
}

// A script is a practice of several days with all that is known about it.
type script struct {
	practice *sandbox.Practice
	first    time.Time // midnight of the first day
	days     int
	mu       sync.Mutex        // guards texts, once the world runs
	texts    map[string]text   // by the word
	marks    map[string]string // first part of a reference → session/document
	scenes   map[string]*scene // by session
}

// newScript generates a practice of so many days from a first one, with at most
// perDay sessions a day; 0: all.
func newScript(d Dice, day time.Time, days, perDay int) *script {
	s := &script{days: days, texts: map[string]text{}, marks: map[string]string{}, scenes: map[string]*scene{}}
	for n := range days {
		noon := day.AddDate(0, 0, n)
		p := clinic.Generate(d.hash("practice", "", n)>>16, noon)
		if n == 0 {
			zone, err := time.LoadLocation(p.TimeZone)
			if err != nil {
				zone = time.UTC
			}
			y, m, dd := noon.In(zone).Date()
			s.first = time.Date(y, m, dd, 0, 0, 0, 0, zone)
		}
		thin(p, perDay)
		s.add(d, p, n)
	}
	return s
}

// thin leaves every so-maniest session, so that all sorts stay.
func thin(p *sandbox.Practice, most int) {
	if most <= 0 || len(p.Sessions) <= most {
		return
	}
	var kept []sandbox.Session
	for i := range most {
		kept = append(kept, p.Sessions[i*len(p.Sessions)/most])
	}
	p.Sessions = kept
}

// pace is how long all days together take.
func (s *script) pace() time.Duration { return time.Duration(s.days) * 24 * time.Hour }

// share returns a moment as a share of all days.
func (s *script) share(at time.Time) float64 { return float64(at.Sub(s.first)) / float64(s.pace()) }

// add puts another day into the practice, worked by the staff of the first.
func (s *script) add(d Dice, p *sandbox.Practice, n int) {
	if s.practice == nil {
		s.practice = &sandbox.Practice{
			Name: p.Name, TimeZone: p.TimeZone, Shard: p.Shard, Region: p.Region, Businesses: p.Businesses,
			Practitioners: p.Practitioners, NoteTemplates: p.NoteTemplates, Templates: p.Templates,
		}
	}
	same := map[string]string{"": ""}
	for i, who := range p.Practitioners {
		same[who.ID] = s.practice.Practitioners[i].ID
	}
	for i, b := range p.Businesses {
		same[b.ID] = s.practice.Businesses[i].ID
	}
	for i := range p.Appointments {
		a := &p.Appointments[i]
		a.PractitionerID, a.BusinessID = same[a.PractitionerID], same[a.BusinessID]
	}
	for i := range p.Notes {
		p.Notes[i].PractitionerID = same[p.Notes[i].PractitionerID]
	}
	for i := range p.Sessions {
		x := &p.Sessions[i]
		x.PractitionerID = same[x.PractitionerID]
		for j := range x.SharedWith {
			x.SharedWith[j] = same[x.SharedWith[j]]
		}
		s.stretch(d, x)
		s.mark(d, x, p)
	}
	if n > 0 {
		s.practice.Templates = append(s.practice.Templates, p.Templates...)
	}
	s.practice.Patients = append(s.practice.Patients, p.Patients...)
	s.practice.Appointments = append(s.practice.Appointments, p.Appointments...)
	s.practice.Notes = append(s.practice.Notes, p.Notes...)
	s.practice.Sessions = append(s.practice.Sessions, p.Sessions...)
}

// stretch turns the shares of one day into shares of all: a session shows some
// minutes after its recording ended, and what follows keeps its distance.
func (s *script) stretch(d Dice, x *sandbox.Session) {
	shown := x.StartedAt.Add(x.Duration + d.Between(30*time.Second, 6*time.Minute, "shown", x.ID, 0))
	from := x.At
	at := func(share float64) float64 {
		return s.share(shown.Add(time.Duration((share - from) * float64(workday))))
	}
	if x.GoneAt > 0 {
		x.GoneAt = at(x.GoneAt)
	}
	x.At = at(from)
	for i := range x.ConsultNote {
		x.ConsultNote[i].At = at(x.ConsultNote[i].At)
	}
	for i := range x.Corrections {
		x.Corrections[i].At = at(x.Corrections[i].At)
	}
	for i := range x.Documents {
		for j := range x.Documents[i].Stages {
			x.Documents[i].Stages[j].At = at(x.Documents[i].Stages[j].At)
		}
	}
}

// mark gives every text a word of its own.
func (s *script) mark(d Dice, x *sandbox.Session, p *sandbox.Practice) {
	sc := &scene{belongs: x.Belongs, practitioner: x.PractitionerID, sort: x.Case, expect: map[string]string{}}
	s.scenes[x.ID] = sc
	for i := range x.Documents {
		doc := &x.Documents[i]
		sc.expect[doc.ID] = doc.Expect
		s.marks[markOf(x.ID, doc.ID)] = x.ID + "/" + doc.ID
		if len(x.ConsultNote) > 0 && slices.ContainsFunc(doc.Stages, func(st sandbox.Stage) bool { return st.Text == x.ConsultNote[0].Text }) {
			continue // it is skipped because it equals the note, and must go on doing so
		}
		for j := range doc.Stages {
			st := &doc.Stages[j]
			if strings.TrimSpace(st.Text) == "" {
				continue
			}
			word := s.word(d, x.ID, doc.ID, j)
			line := "Kept under " + word + "."
			if doc.ContentType == "HTML" {
				st.Text += "<p>" + line + "</p>"
			} else {
				st.Text = strings.TrimRight(st.Text, "\n") + "\n\n" + line + "\n"
			}
			s.texts[word] = text{session: x.ID, document: doc.ID, stage: j, words: st.Text, html: doc.ContentType == "HTML"}
			if strings.Contains(doc.Why, "pasted") {
				paste(p, x, line)
			}
		}
	}
}

// paste lets the note that a person pasted hold the line too.
func paste(p *sandbox.Practice, x *sandbox.Session, line string) {
	for i := range p.Notes {
		n := &p.Notes[i]
		if n.PatientID == x.Belongs && n.CreatedAt.After(x.StartedAt) && n.CreatedAt.Before(x.StartedAt.Add(2*time.Hour)) {
			n.Paragraphs = append(n.Paragraphs, line)
		}
	}
}

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// word makes the word of a text.
func (s *script) word(d Dice, session, document string, stage int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s %d", d.Seed, session, document, stage))
	return "zq" + letters.EncodeToString(sum[:])[:10]
}

// markOf returns the first part of a document's reference, made as the
// reference sheet of the product says, by itself.
func markOf(session, document string) string {
	sum := sha256.Sum256([]byte(session + "\x00" + document))
	return strings.ToUpper(letters.EncodeToString(sum[:]))[:8]
}

// text returns the text with that word.
func (s *script) text(word string) (text, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.texts[word]
	return t, known
}

// learn adds a text that was written while the world ran.
func (s *script) learn(word string, t text) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts[word] = t
}

// lastStage returns the number of a document's newest text, -1 when none has a
// word of its own.
func (s *script) lastStage(session, document string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := -1
	for _, t := range s.texts {
		if t.session == session && t.document == document {
			last = max(last, t.stage)
		}
	}
	return last
}

// about returns the document of which a request carries the text, with the word
// of it; for a file it is the reference that tells, and there is no word.
func (s *script) about(body []byte) (name, word string) {
	word = wordPattern.FindString(string(body))
	if t, known := s.text(word); known {
		return t.session + "/" + t.document, word
	}
	if m := markPattern.FindSubmatch(body); m != nil {
		return s.marks[string(m[1])], string(m[0])
	}
	return "", ""
}
