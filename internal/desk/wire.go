package desk

import "time"

// The types below cross the socket and become the JSON that commands print.
// They hold plain strings, deliberately: carryover.Text refuses to be encoded.
// Fields marked "when asked" are empty unless the request asked for names or
// text, and asking is an entry of the audit chain.

// An Item is one version of a document and where it stands.
type Item struct {
	ID           string    `json:"id"` // the version's id
	Session      string    `json:"session"`
	Document     string    `json:"document"`
	Template     string    `json:"template,omitempty"`
	Number       int       `json:"number"` // of the version, from 1
	Mark         string    `json:"mark"`   // HD-XXXXXXXX, the document's part of every reference
	State        string    `json:"state"`
	Reason       string    `json:"reason,omitempty"`
	Sentence     string    `json:"sentence,omitempty"`  // the reason in plain words
	NextStep     string    `json:"next_step,omitempty"` // what helps, with commands to copy
	Practitioner string    `json:"practitioner,omitempty"`
	Patient      string    `json:"patient,omitempty"` // decided; empty while nobody knows
	Booking      string    `json:"booking,omitempty"`
	ByPerson     bool      `json:"by_person,omitempty"` // the patient was chosen by a person
	Empty        bool      `json:"empty,omitempty"`     // there is no text yet
	Delivery     string    `json:"delivery,omitempty"`
	Reference    string    `json:"reference,omitempty"`
	Destination  string    `json:"destination,omitempty"` // of the delivery: treatment_note or attachment
	Note         string    `json:"note,omitempty"`        // the note's id in Cliniko, or the attachment's
	Started      time.Time `json:"started,omitzero"`      // when the recording began; zero: not known
	FirstSeen    time.Time `json:"first_seen,omitzero"`
	Changed      time.Time `json:"changed,omitzero"` // when it last changed its state
	Due          time.Time `json:"due,omitzero"`     // when it moves on by itself
	Name         string    `json:"name,omitempty"`   // the document's name, when asked
}

// A Status is the state of the whole practice at one moment.
type Status struct {
	Counts        map[string]int       `json:"counts"` // documents by the shown state; every state is there
	Documents     int                  `json:"documents"`
	Held          int                  `json:"held"`
	OldestHeld    time.Time            `json:"oldest_held,omitzero"`
	Paused        bool                 `json:"paused"`
	Practitioners []PractitionerStatus `json:"practitioners"`
	Alarms        []Alarm              `json:"alarms"`
	// Removals are notes that a person must remove in Cliniko, or bring back.
	Removals []Removal `json:"removals,omitempty"`
	// FewTags are the Heidi templates whose notes are written in as few tags as
	// possible because Cliniko lost words of one; "all" stands for all documents.
	FewTags []string `json:"few_tags,omitempty"`
	Daemon  bool     `json:"daemon"` // a daemon answered, not the ledger alone
	// KnownUntil is there in the week after a restore: what people decided between
	// this moment and the restore is lost.
	KnownUntil time.Time `json:"known_until,omitzero"`
}

// A PractitionerStatus is one practitioner's part of a Status.
type PractitionerStatus struct {
	ID       string    `json:"id"`
	Paused   bool      `json:"paused"`
	Since    time.Time `json:"since,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	LastPoll time.Time `json:"last_poll,omitzero"`
	NextPoll time.Time `json:"next_poll,omitzero"`
	Budget   *Budget   `json:"budget,omitempty"` // of requests to Cliniko, while a daemon runs
}

// A Budget is how many requests a practitioner's Cliniko user may be sent, and
// what this daemon has sent.
type Budget struct {
	Most       int `json:"most"` // in any minute, as configured
	Now        int `json:"now"`  // the same, halved for a while after a refusal
	LastMinute int `json:"last_minute"`
	LastHour   int `json:"last_hour"`
	ForOthers  int `json:"for_others"` // a minute, left to other programs of the user
	// Starved is when Cliniko last refused for the limit, which another program
	// must have used up.
	Starved time.Time `json:"starved,omitzero"`
}

// An Alarm is something a person must be told, with what to do.
type Alarm struct {
	Kind     string    `json:"kind"`
	Subject  string    `json:"subject,omitempty"`
	Sentence string    `json:"sentence"`
	NextStep string    `json:"next_step,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	// More is how many more there are of the kind, where one line stands for all of
	// them because `held` lists each.
	More int `json:"more,omitempty"`
}

// A Detail is everything the ledger knows about one version.
type Detail struct {
	Item
	Digest string `json:"digest"` // of what is shown; a release may carry it
	Grade  string `json:"grade,omitempty"`
	// Evident is the patient whom a release takes when it names none; empty where
	// the evidence leaves that to a person.
	Evident    string      `json:"evident,omitempty"`
	Candidates []Candidate `json:"candidates,omitempty"`
	Bookings   []Booking   `json:"bookings,omitempty"` // around the session's start, when asked, while a daemon runs
	Versions   []Item      `json:"versions,omitempty"` // other versions of the document
	Deliveries []Delivery  `json:"deliveries,omitempty"`
	History    []Event     `json:"history,omitempty"`
	Sealed     string      `json:"sealed,omitempty"` // "kept" or "destroyed": whether the text is still here
	Text       string      `json:"text,omitempty"`   // when asked
	// Difference says in which words Cliniko's note differs from what was sent,
	// when the text was asked for and the note could not be proven.
	Difference string `json:"difference,omitempty"`
	Claim      *Claim `json:"claim,omitempty"` // when asked
}

// A Candidate is a patient who may be meant.
type Candidate struct {
	Patient   string    `json:"patient"`
	Grade     string    `json:"grade"`
	Findings  []Finding `json:"findings,omitempty"`
	Name      string    `json:"name,omitempty"`       // when asked, while a daemon runs
	BirthDate string    `json:"birth_date,omitempty"` // when asked, while a daemon runs
	Archived  bool      `json:"archived,omitempty"`   // when asked, while a daemon runs
}

// A Booking is an entry of the diary around a session.
type Booking struct {
	ID           string     `json:"id"`
	Practitioner string     `json:"practitioner"`
	Kind         string     `json:"kind"` // appointment, group or unavailable
	Starts       time.Time  `json:"starts"`
	Ends         time.Time  `json:"ends,omitzero"`
	Stands       bool       `json:"stands"` // neither cancelled nor missed
	Patients     []Attendee `json:"patients,omitempty"`
}

// An Attendee is a patient of a booking.
type Attendee struct {
	Patient string `json:"patient"`
	Name    string `json:"name,omitempty"` // when asked for names
}

// A Finding is one line of a candidate's evidence.
type Finding struct {
	Field   string `json:"field"`
	Outcome string `json:"outcome"`
	Note    string `json:"note,omitempty"`
}

// A Claim is what Heidi's session says about its patient.
type Claim struct {
	Title     string `json:"title,omitempty"`
	Name      string `json:"name,omitempty"`
	BirthDate string `json:"birth_date,omitempty"`
	Provider  string `json:"provider,omitempty"`
	Patient   string `json:"patient,omitempty"`
	Booking   string `json:"booking,omitempty"`
}

// A Delivery is one way of a version into a patient's file.
type Delivery struct {
	ID        string `json:"id"`
	Number    int    `json:"number"`
	State     string `json:"state"`
	Reference string `json:"reference"`
	Patient   string `json:"patient"`
	Note      string `json:"note,omitempty"`
	// Destination is treatment_note or attachment: what the id in Note is of.
	Destination string `json:"destination"`
	// Fallback says why the note template of its rule was not used.
	Fallback string    `json:"fallback,omitempty"`
	Intent   time.Time `json:"intent,omitzero"`
	Filed    time.Time `json:"filed,omitzero"`
	Proven   time.Time `json:"proven,omitzero"`
	// Archived is when the note left the record, as far as Cliniko tells.
	Archived     time.Time `json:"archived,omitzero"`
	Practitioner string    `json:"practitioner"` // its author
	Attempts     []Attempt `json:"attempts,omitempty"`
	// TakenBack is there when somebody decided to take it back or to move it.
	TakenBack *TakenBack `json:"taken_back,omitempty"`
}

// TakenBack are the facts of a filing that was reversed: with those of its
// Delivery, what an assessment under Australia's notifiable data breaches scheme
// asks of the record. Ids and times alone.
type TakenBack struct {
	State   string    `json:"state"`
	Asked   time.Time `json:"asked"`
	Touched string    `json:"touched,omitempty"` // what somebody did to it, a word
	Says    string    `json:"says,omitempty"`    // the same as a sentence
	Read    time.Time `json:"read,omitzero"`     // when the note was last read
	Ended   time.Time `json:"ended,omitzero"`    // when it was seen to be out of the record
	Into    string    `json:"into,omitempty"`    // in whose record the document goes instead
	Refiled time.Time `json:"refiled,omitzero"`  // when it was sent on its way there
	// VisibleFrom and VisibleTo say when the note could be seen in the record: from
	// the request that made it at the earliest. No VisibleTo: it still can be.
	VisibleFrom time.Time `json:"visible_from,omitzero"`
	VisibleTo   time.Time `json:"visible_to,omitzero"`
}

// An Attempt is one request of a delivery.
type Attempt struct {
	Number   int       `json:"number"`
	Kind     string    `json:"kind,omitempty"` // what it was to do
	Started  time.Time `json:"started"`
	Answered time.Time `json:"answered,omitzero"`
	Status   int       `json:"status,omitempty"`
	Outcome  string    `json:"outcome,omitempty"`
}

// An Event is one line of a version's history, from the audit chain.
type Event struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	From   string    `json:"from,omitempty"`
	To     string    `json:"to,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// A SyncResult is what a session holds after it was read.
type SyncResult struct {
	Session string `json:"session"`
	Items   []Item `json:"documents"`
}

// A Preview is a version as Cliniko would show it.
type Preview struct {
	Item
	Title string `json:"title"`
	HTML  string `json:"html"`
	To    string `json:"to,omitempty"` // treatment_note or attachment
	// NoteTemplate is Cliniko's form, Sections its answers, and Filled a sentence
	// that says how many there are, or why the form is not used.
	NoteTemplate string    `json:"note_template,omitempty"`
	Sections     []Section `json:"sections,omitempty"`
	Filled       string    `json:"filled,omitempty"`
	FileName     string    `json:"file_name,omitempty"` // an attachment's
	PDF          []byte    `json:"pdf,omitempty"`       // when asked
}

// A Section is a part of a note that answers a note template.
type Section struct {
	Name      string     `json:"name,omitempty"`
	Questions []Question `json:"questions"`
}

// A Question is one question with its answer: HTML of a paragraph, plain words
// of a text or a date, or choices.
type Question struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Answer  string   `json:"answer,omitempty"`
	Choices []Choice `json:"choices,omitempty"`
}

// A Choice is one box or button.
type Choice struct {
	Value    string `json:"value,omitempty"`
	Selected bool   `json:"selected,omitempty"`
	Other    bool   `json:"other,omitempty"` // its words are written in by hand
}

// Rules are the practice's rules, with what they leave to the default.
type Rules struct {
	Rules []Rule `json:"rules"`
	// Unmapped are Heidi's templates, as far as they are known, that no rule
	// names: their documents go where a rule for everything sends them.
	Unmapped []Unmapped `json:"unmapped"`
	// NamesKnown says that Heidi has told what its templates are called. While it
	// has not, no rule by template_name fits.
	NamesKnown bool `json:"names_known"`
}

// A Rule is one of the practice's rules, its fields as the configuration calls
// them.
type Rule struct {
	Template     string            `json:"template,omitempty"`
	TemplateName string            `json:"template_name,omitempty"`
	Name         string            `json:"name,omitempty"`
	Practitioner string            `json:"practitioner,omitempty"`
	To           string            `json:"to"`
	Mode         string            `json:"mode"`
	Title        string            `json:"title,omitempty"`
	Later        string            `json:"later,omitempty"` // hold, file or leave
	NoteTemplate string            `json:"note_template,omitempty"`
	Fill         map[string]string `json:"fill,omitempty"`
}

// Unmapped is a template of Heidi's that no rule names, with a rule for it.
type Unmapped struct {
	Template     string `json:"template,omitempty"` // empty: documents without one
	TemplateName string `json:"template_name,omitempty"`
	Documents    int    `json:"documents"` // that the ledger knows of
	Suggestion   *Rule  `json:"suggestion,omitempty"`
	Why          string `json:"why,omitempty"` // why this rule, in a sentence
}

// A RouteResult is where the documents of a session go.
type RouteResult struct {
	Session   string   `json:"session"`
	Documents []Routed `json:"documents"`
}

// Routed is where one document goes, and what each rule said to it.
type Routed struct {
	ID           string      `json:"id,omitempty"` // its newest version's; empty: not in the ledger
	Document     string      `json:"document"`
	Mark         string      `json:"mark"`
	Template     string      `json:"template,omitempty"`
	TemplateName string      `json:"template_name,omitempty"`
	Practitioner string      `json:"practitioner,omitempty"`
	Steps        []RouteStep `json:"steps"`
	Rule         int         `json:"rule"` // which decides, from 1; 0: none, the default does
	Unmapped     bool        `json:"unmapped,omitempty"`
	To           string      `json:"to"`
	Mode         string      `json:"mode"`
	NoteTemplate string      `json:"note_template,omitempty"`
	// Filled says how a note template is answered, or why it cannot be; empty
	// where there is none or nobody asked Cliniko.
	Filled string `json:"filled,omitempty"`
	// Wordless says that the document's words are destroyed, its name with them:
	// rules by name cannot be tried.
	Wordless bool   `json:"wordless,omitempty"`
	Name     string `json:"name,omitempty"`  // when asked
	Title    string `json:"title,omitempty"` // when asked
}

// A RouteStep is what one rule said to a document.
type RouteStep struct {
	Rule   int    `json:"rule"`             // from 1
	Fits   bool   `json:"fits"`             // it decides
	Misfit string `json:"misfit,omitempty"` // the condition that does not fit, as the configuration calls it
	Unread bool   `json:"unread,omitempty"` // a rule before it decides
}

// An AuditResult is what the audit chain came to.
type AuditResult struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head"`              // hex of the newest entry's MAC
	HeadN   int64  `json:"head_n"`            // its number
	NoHead  bool   `json:"no_head,omitempty"` // no head is beside the ledger, so what was cut off does not show
	Export  string `json:"-"`                 // JSON lines, when asked
	Lines   int    `json:"exported,omitzero"` // how many
}

// An AdminLink lets somebody in to the review page once. Code is a secret: it
// crosses the socket and is printed for whoever asked, and is kept nowhere.
type AdminLink struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}
