package clinikosim

import "carryover/sandbox"

// Switches turn behaviours that nobody has confirmed. The zero value is the
// best guess from the public sources; each field names what happens instead
// when it is set, with the section of the reference sheet on the Cliniko API
// and the class of the fact in brackets. A client should pass its tests under
// both settings of every switch. docs/divergences.md lists them too.
type Switches struct {
	// Transport.

	RefuseUserAgent  bool      `json:"refuse_user_agent"` // no name with a contact address in User-Agent: 403 instead of a log line (3) [docs-current: "may be blocked later"]
	AcceptAnything   bool      `json:"accept_anything"`   // an Accept header without JSON is served instead of 406 (3) [inferred]
	RetryAfter       bool      `json:"retry_after"`       // 429 carries Retry-After too (4) [observed, unverified]
	SlidingWindow    bool      `json:"sliding_window"`    // the rate limit looks back 60 s instead of counting in fixed minutes (4) [unknown]
	UnauthorizedBody ErrorBody `json:"unauthorized_body"` // body of 401; default the text "HTTP Basic: Access denied." (5) [observed, old]
	ForbiddenBody    ErrorBody `json:"forbidden_body"`    // body of 403; default empty (5) [observed]
	NotFoundBody     ErrorBody `json:"not_found_body"`    // body of 404; default JSON with a message (5) [observed, wording unknown]
	RateLimitBody    ErrorBody `json:"rate_limit_body"`   // body of 429; default JSON (5) [unknown]
	NullErrors       bool      `json:"null_errors"`       // the value for content in a 422 is null instead of a sentence (5) [observed]
	ArrayErrors      bool      `json:"array_errors"`      // values in a 422 are arrays of sentences (5) [inferred]
	RefusePut        bool      `json:"refuse_put"`        // PUT on a record is 404 instead of working as PATCH (6.5) [observed: works]
	IDsAsNumbers     bool      `json:"ids_as_numbers"`    // ids are JSON numbers as in the documents of 2022 (6.1) [docs-2022]
	StampStyle       Stamp     `json:"stamp_style"`       // how timestamps are written; default whole seconds with Z (6.3) [docs-current]
	Absent           Absent    `json:"absent_relations"`  // an absent relation; default left out (6.2) [observed]
	PlainFields      bool      `json:"plain_fields"`      // patients lack the undocumented extra fields (11) [observed: present]
	StripArchived    bool      `json:"strip_archived"`    // archived and merged patients lose their names in answers (11) [observed: cloudbroker]
	DeletedTwin      bool      `json:"deleted_twin"`      // archiving sets deleted_at as well (6.5) [inferred]
	TotalAsString    bool      `json:"total_as_string"`   // total_entries is a string (7) [docs-2022 samples]
	LegacyLists      bool      `json:"legacy_lists"`      // /patients/archived and its like still answer (6.5) [observed: talkaflow]

	// Lists.

	RefuseLongPages     bool             `json:"refuse_long_pages"`    // per_page over 100 is 400 instead of clamped (7) [inferred]
	RefusePastEnd       bool             `json:"refuse_past_end"`      // a page past the end is 404 instead of empty (7) [inferred]
	IgnoreBadSort       bool             `json:"ignore_bad_sort"`      // an unusable sort is ignored instead of 400 (7) [observed: rejected]
	RefuseBareQ         bool             `json:"refuse_bare_q"`        // q= without brackets is ignored instead of read as one filter (8) [docs-2022]
	ArchivedLeak        bool             `json:"archived_leak"`        // searches by name return archived patients too (6.5) [observed: cloudbroker]
	Comparison          Comparing        `json:"comparison"`           // how = and ~ compare strings; default ignoring case (8) [unknown]
	ArchivedUnreachable bool             `json:"archived_unreachable"` // GET by id with archived_at:* is 404 all the same (6.5) [inferred: found]
	CancelledByID       bool             `json:"cancelled_by_id"`      // GET by id finds a cancelled appointment without asking (22, 14) [inferred: 404]
	GroupsOnly          bool             `json:"groups_only"`          // patient_ids on /bookings finds group appointments only (12) [unknown]
	ListLag             sandbox.Duration `json:"list_lag"`             // a note is listed only so long after it was made (18) [inferred: at once]

	// Treatment notes.

	TitleFromTemplate   bool `json:"title_from_template"`   // a missing title is the template's name instead of 422 (14.2) [docs-2022 against observed]
	ContentFromTemplate bool `json:"content_from_template"` // a POST with a template and no content copies its default answers (22, 4) [unknown]
	DraftOptional       bool `json:"draft_optional"`        // a missing draft means a draft instead of 422 (14.2) [schema against observed]
	PlainContent422     bool `json:"plain_content_422"`     // content that is a plain string is 422 instead of 500 (14.3) [observed: 500]
	KeepNewlines        bool `json:"keep_newlines"`         // \n \r \t stay in answers instead of being stripped (14.6) [docs-2022: stripped]
	StrictTags          bool `json:"strict_tags"`           // a < that opens no tag cuts the rest of the answer off instead of becoming &lt; (14.6) [inferred]
	DivBrOnly           bool `json:"div_br_only"`           // only div and br survive, as in 2022 (14.6) [docs-2022]
	StripPlainText      bool `json:"strip_plain_text"`      // tags are stripped from titles and text answers too (14.5) [unknown]
	SelectedFalse       bool `json:"selected_false"`        // selected:false is accepted (14.5) [docs-current type against docs-2022]
	ShortDescriptions   bool `json:"short_descriptions"`    // a section's description over 10 000 characters is 422 (14.5) [docs-2022]
	FinalStaysPut       bool `json:"final_stays_put"`       // archiving a final note is 403 (14.4) [unknown]
	ArchiveByAnyone     bool `json:"archive_by_anyone"`     // any practitioner may archive another's note (14.4) [unknown]
	AdminEditsDrafts    bool `json:"admin_edits_drafts"`    // an administrator may change another's draft (22, 10) [unknown]
	OwnNotesOnly        bool `json:"own_notes_only"`        // a practitioner reads own notes only (22, 10) [unknown]
	FixedRelations      bool `json:"fixed_relations"`       // PATCH ignores patient, booking, attendee and template ids (14.2) [unknown]
	UnknownRelation404  bool `json:"unknown_relation_404"`  // an id that names nothing is 404 instead of 422 (14.3) [inferred]
	AnyBooking          bool `json:"any_booking"`           // a booking of another patient is accepted (14.3) [inferred: refused]
	NoCancelledBooking  bool `json:"no_cancelled_booking"`  // a cancelled booking is 422 (22, 11) [unknown]
	ArchivedPatientNote bool `json:"archived_patient_note"` // a note for an archived patient is accepted (14.3) [inferred: refused]
	FillLinks           bool `json:"fill_links"`            // booking and attendee each bring the other's link along (14.7) [unknown]
	NotesStayOnMerge    bool `json:"notes_stay_on_merge"`   // a merge leaves notes and bookings with the archived record (22, 15) [unknown]
	QuietStamps         bool `json:"quiet_stamps"`          // archiving does not move updated_at (22, 20) [unknown]
}

// An ErrorBody is the form of an error's body.
type ErrorBody string

// The forms of an error's body. The empty value is the default of its switch.
const (
	BodyEmpty ErrorBody = "empty"
	BodyText  ErrorBody = "text"
	BodyJSON  ErrorBody = "json"
	BodyHTML  ErrorBody = "html"
)

// A Stamp is a way to write a moment.
type Stamp string

// The ways to write a moment. The default is 2026-03-02T01:00:00Z.
const (
	StampZ        Stamp = ""
	StampOffset   Stamp = "offset"   // 2026-03-02T11:00:00+10:00
	StampCompact  Stamp = "compact"  // 2026-03-02T11:00:00+1000
	StampFraction Stamp = "fraction" // 2026-03-02T01:00:00.000Z
)

// Absent says how a relation that is not there is shown.
type Absent string

// The ways to show an absent relation.
const (
	AbsentOmitted Absent = ""
	AbsentNull    Absent = "null"
	AbsentEmpty   Absent = "empty" // {}
)

// Comparing says what string filters take for equal.
type Comparing string

// The ways to compare strings.
const (
	CompareFoldCase    Comparing = ""
	CompareExact       Comparing = "exact"
	CompareFoldAccents Comparing = "fold_accents" // case and accents
)
