package clinic

import (
	"slices"
	"strings"
	"time"

	"carryover/sandbox"
)

// Adversary invents a day on which everything that could mislead a matcher
// happens at once: namesakes, twins, merges under way, ids of others, recordings
// under the wrong patient, names that nobody could have meant. The same seed and
// day give the same plot, byte for byte.
//
// Each sort of session is a lure (lures*.go), played once, with people and
// bookings of its own; ordinary visits fill what is left of the diary, so that
// holding everything is no answer. The day is the one of Generate.
func Adversary(seed uint64, day time.Time) *Plot {
	b, registrar := newBuilder(seed^0xADE, day)
	a := &adversary{
		builder: b, registrar: registrar, casting: b.casting,
		surnames: slices.Clone(lureNames), plot: &Plot{Practice: b.practice, Reasons: map[string][]string{}},
	}
	a.Shuffle(len(a.surnames), func(i, j int) { a.surnames[i], a.surnames[j] = a.surnames[j], a.surnames[i] })
	for _, group := range lures() {
		for i := range group {
			a.set(&group[i])
		}
	}
	a.visitors()
	b.finish()
	a.hours()
	inOrder(a.plot.Happenings)
	return a.plot
}

// A lure is one misleading session.
type lure struct {
	name    string
	expect  string   // proven, held, or either
	why     string   // for people
	reasons []string // for which it may be held; none where it must be filed
	// set brings the people, books them, and fills the session. It says false
	// when the diary has no place left.
	set func(a *adversary, s *sandbox.Session) bool
}

// An adversary sets the lures of one day.
type adversary struct {
	*builder
	*casting  // the dice too: what the lures throw comes from here
	registrar *registrar
	plot      *Plot
	surnames  []string // not used yet
	line      string   // a patient line for the document of the session in hand
	late      []happens
}

// A happens is a happening whose time depends on when a session shows.
type happens struct {
	session string
	after   float64 // share of the day after the document's last stage; negative: before
	what    Happening
}

// set plays a lure, if there is a place for it.
func (a *adversary) set(l *lure) {
	s := sandbox.Session{ID: a.sessionID(), Name: "SANDBOX session", Case: l.name}
	a.line = ""
	if !l.set(a, &s) {
		return
	}
	a.document(&s, l)
	a.plot.Reasons[s.ID] = l.reasons
	a.practice.Sessions = append(a.practice.Sessions, s)
}

// document gives a session its one document, which names nobody but in a line
// that the lure asked for.
func (a *adversary) document(s *sandbox.Session, l *lure) {
	d := a.texts
	by := slices.IndexFunc(a.diary.staff, func(p sandbox.Practitioner) bool { return p.ID == s.PractitionerID })
	about := newSubject(d, sandbox.Patient{FirstName: "Somebody", LastName: "Here", Sex: "Female"}, a.diary.staff[by], a.day, false)
	w := write(d, pick(d, []string{"Assessment", "Progress report", "Screening form", "Exercise programme"}), about)
	if a.line == "" && d.chance(0.3) { // a file, where no name has signs that a page may not have
		w = writing{kind: letterKind, contentType: "MARKDOWN", text: writeLetter(d, about)}
	}
	s.ConsultNote = []sandbox.Stage{{Text: consultNote(d, about), Status: "CREATED"}}
	s.Documents = []sandbox.Document{{
		ID: d.hexID(), Name: w.kind, TemplateID: a.template(w.kind), ContentType: w.contentType, Expect: l.expect, Why: l.why,
		Stages: []sandbox.Stage{{Text: a.line + w.text}},
	}}
}

// visitors fill the diary's next places with people who are easy to file.
func (a *adversary) visitors() {
	sure := &lure{expect: expectProven}
	for i := range ordinaryVisits {
		sc := ordinaryScenes[i%len(ordinaryScenes)]
		v := &visit{scene: &sc, patient: a.ordinary()}
		if !a.place(v) {
			return
		}
		s := a.session(v)
		a.line = ""
		a.document(&s, sure)
		a.practice.Sessions = append(a.practice.Sessions, s)
	}
}

// hours lets the sessions show one after the other, oldest first, and puts the
// happenings beside the sessions that they are about.
func (a *adversary) hours() {
	all := a.practice.Sessions
	slices.SortStableFunc(all, func(x, y sandbox.Session) int { return x.StartedAt.Compare(y.StartedAt) })
	shown := map[string]float64{}
	for i := range all {
		s := &all[i]
		s.At = listedBy * float64(i) / float64(len(all))
		at := s.At + a.texts.share(0.001, 0.05)
		s.ConsultNote[0].At = at
		s.Documents[0].Stages = pick(a.texts, lives)(a.texts, at, s.Documents[0].Stages[0].Text)
		for j := range s.Corrections {
			s.Corrections[j].At = at
		}
		shown[s.ID] = s.Documents[0].Stages[len(s.Documents[0].Stages)-1].At
	}
	for _, h := range a.late {
		h.what.At = max(0.001, shown[h.session]+h.after)
		a.plot.Happenings = append(a.plot.Happenings, h.what)
	}
}

// happen lets something happen so much of the day after (or before) the
// session's document has its final text.
func (a *adversary) happen(s *sandbox.Session, after float64, h Happening) {
	a.late = append(a.late, happens{session: s.ID, after: after, what: h})
}

// quietShare is the share of the day for which a text is left alone before it
// counts as finished (timingFor): what happens within it after the last stage
// meets a document that has not been matched yet, what happens a little later
// one that is being matched, sent or proven.
const quietShare = 0.08

// surname returns a last name that nobody else of the day has or nearly has.
func (a *adversary) surname() string {
	last := a.surnames[0]
	a.surnames = a.surnames[1:]
	return last
}

// person registers somebody.
func (a *adversary) person(first, last, born string) sandbox.Patient {
	return a.registrar.register.all[a.registrar.add(sandbox.Patient{FirstName: first, LastName: last, BirthDate: born})]
}

// somebody registers somebody with a plain name and a birth date of their own.
func (a *adversary) somebody() sandbox.Patient { return a.person(a.first(), a.surname(), a.born()) }

// first returns a first name; two calls seldom give the same.
func (a *adversary) first() string {
	return pick(a.dice, append(slices.Clone(womensNames), mensNames...))
}

// born returns a birth date that nobody else has, with which day and month can
// be exchanged to give another date.
func (a *adversary) born() string {
	for {
		born := a.registrar.birthDate(a.between(20, 80))
		if !a.registrar.births[born] && born[8:] <= "12" && born[8:] != born[5:7] && turnedDate(born) != "" && !a.registrar.births[turnedDate(born)] {
			a.registrar.births[born], a.registrar.births[turnedDate(born)] = true, true
			return born
		}
	}
}

// turnedDate exchanges day and month.
func turnedDate(born string) string { return born[:5] + born[8:] + born[4:7] }

// update changes a registered patient.
func (a *adversary) update(p sandbox.Patient, change func(*sandbox.Patient)) {
	for i := range a.registrar.register.all {
		if r := &a.registrar.register.all[i]; r.ID == p.ID {
			change(r)
		}
	}
}

// alone makes s a note dictated after hours, in nobody's slot.
func (a *adversary) alone(s *sandbox.Session) bool {
	who := a.IntN(clinicians)
	s.PractitionerID = a.diary.staff[who].ID
	s.StartedAt = a.diary.after(who).Add(time.Duration(a.IntN(60)) * time.Second)
	s.Duration = time.Duration(a.between(180, 400)) * time.Second
	return true
}

// seat books p and makes s a recording in that booking. It returns the
// booking's id, "" when the day is full.
func (a *adversary) seat(s *sandbox.Session, p sandbox.Patient) string {
	at := a.diary.free()
	if at == nil {
		return ""
	}
	id := a.diary.book(at, sandbox.Appointment{PatientID: p.ID})
	a.record(s, at)
	return id
}

// record makes s a recording in a slot.
func (a *adversary) record(s *sandbox.Session, at *slot) {
	s.PractitionerID = a.diary.staff[at.practitioner].ID
	s.StartedAt = at.start.Add(time.Duration(a.between(20, 300)) * time.Second)
	s.Duration = at.end.Sub(at.start) * 6 / 10
}

// following takes two free places of one practitioner that follow each other
// without a gap, and books one patient in each.
func (a *adversary) following(p, q sandbox.Appointment) (first, second *slot) {
	for _, i := range a.Perm(len(a.diary.slots) - 1) {
		one, two := &a.diary.slots[i], &a.diary.slots[i+1]
		if one.taken || two.taken || one.practitioner != two.practitioner || !one.end.Equal(two.start) {
			continue
		}
		one.taken, two.taken = true, true
		a.diary.book(one, p)
		a.diary.book(two, q)
		return one, two
	}
	return nil, nil
}

// says fills what was typed.
func says(s *sandbox.Session, name, born string) {
	s.PatientName, s.PatientDOB = name, born
}

// tied gives the session ids that Heidi believes to be Cliniko's.
func tied(s *sandbox.Session, patient, booking string) {
	s.EHRProvider, s.EHRPatientID, s.EHRApptID = trustedProvider, patient, booking
}

// label is a patient line as templates have it.
func label(p sandbox.Patient) string {
	born := ""
	if day, err := time.Parse(time.DateOnly, p.BirthDate); err == nil {
		born = "  **DOB:** " + day.Format("02/01/2006")
	}
	return "**Patient:** " + p.FirstName + " " + p.LastName + born + "\n\n"
}

// lureNames are last names that begin unlike one another, so that no lure's
// people are near another's. They look invented.
var lureNames = func() []string {
	ends := []string{"ingham", "combe", "shawe", "worth", "bourne", "stead"}
	starts := strings.Fields(`abbern acklet amblec badgert bickle bluebot brackmo burdoc calder catkin chiffer cinder clovert
		cockle comfrey cuttle dabchil dandel dipple dockle dunlin eiderd fallow fescue fieldem finchl flagst furzel gannet
		garlin gentia godwitt grebel hagstone harebel hemlop hernsl hornbil jacksna juncus kestra kippen knapwe lapwin larchm
		linnet lovage mallar marram martlet nuthal osierl ouselt oxlipp pewitt pimpern plovert quillw ragwor ruddoc sallow
		samphi sedgel shrewm siskin skylar sorbus speedwel stoatl tansyb teaselw ternst vetchl viperb whincha willet wrynec
		yaffle zostert ibisley nardool umbelt eglanti orchill ribgras tormenti`)
	var names []string
	for i, start := range starts {
		names = append(names, strings.ToUpper(start[:1])+start[1:]+ends[i%len(ends)], "Nether"+start+ends[(i+1)%len(ends)])
	}
	return names
}()
