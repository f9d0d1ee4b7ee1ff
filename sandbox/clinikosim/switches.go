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
	ListLag             sandbox.Duration `json:"list_lag"`             // a note or an attachment is listed only so long after it was made (18) [inferred: at once]

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
	NotesStayOnMerge    bool `json:"notes_stay_on_merge"`   // a merge leaves notes, bookings and attachments with the archived record (22, 15) [unknown]
	QuietStamps         bool `json:"quiet_stamps"`          // archiving does not move updated_at (22, 20) [unknown]

	// Treatment note templates.

	ArchivedTemplateNote bool `json:"archived_template_note"` // a note may name an archived template instead of 422 (13) [inferred: refused]

	// Attachments: the upload.

	PolicyLife     sandbox.Duration `json:"policy_life"`     // how long a presigned upload is good for; 0: 1h, negative: expired when given (15) [not stated]
	UploadLimit    int64            `json:"upload_limit"`    // largest file in bytes; 0: 50 MiB (15) [not stated]
	BareBucketURL  bool             `json:"bare_bucket_url"` // the presigned url does not end in a slash (15) [observed: both]
	SecurityToken  bool             `json:"security_token"`  // the presigned fields hold an x-amz-security-token too (15) [inferred]
	NullPresigned  bool             `json:"null_presigned"`  // the presigned url and fields are null (15) [docs-current: nullable]
	ChunkedUploads bool             `json:"chunked_uploads"` // an upload without a Content-Length is taken instead of 411 (15) [inferred]

	// Attachments: the record.

	OldUploadKey        bool             `json:"old_upload_key"`        // a 422 about the upload is keyed temp_attachment_url instead of upload_url (5) [observed: 2019-21 against 2026]
	AcceptLocation      bool             `json:"accept_location"`       // upload_url may be the upload's percent-encoded Location (15) [docs-2022]
	ReuseUploads        bool             `json:"reuse_uploads"`         // an upload that is still in its temporary place makes a second attachment instead of 422 (15, 18) [inferred]
	StorageLimit        int64            `json:"storage_limit"`         // bytes of all attachments from which a new one is 422; 0: none (15) [docs-2022: trial accounts]
	IgnoreFilename      bool             `json:"ignore_filename"`       // filename in the request has no effect (22, 27) [unknown]
	ArchivedPatientFile bool             `json:"archived_patient_file"` // an archived patient gets attachments instead of 404 and 422 (15) [inferred: refused]
	PractitionerFiles   bool             `json:"practitioner_files"`    // a user without a practitioner profile may not write attachments: 403 (15) [inferred: may]
	OwnFilesOnly        bool             `json:"own_files_only"`        // only the user who made an attachment may change or archive it: 403 (15) [unknown]
	FixedFile422        bool             `json:"fixed_file_422"`        // PATCH with a field other than description is 422 instead of ignored (15) [inferred]
	ProcessingTime      sandbox.Duration `json:"processing_time"`       // from the record to the end of its processing; 0: 1s (15) [docs-2022: depends on size and queue]
	NeverProcessed      bool             `json:"never_processed"`       // processing never ends (15, 22, 19) [inferred]
	QuietProcessing     bool             `json:"quiet_processing"`      // the end of processing does not move updated_at (22, 20) [unknown]
	ContentEarly        bool             `json:"content_early"`         // content is a link from the start instead of null until processed (15) [docs-current: nullable]
	BareContentLink     bool             `json:"bare_content_link"`     // content links to the record, without /content (15) [docs-current sample]
	ContentDirect       bool             `json:"content_direct"`        // the content route answers the bytes instead of a redirect (22, 27) [inferred]
	LinkLife            sandbox.Duration `json:"link_life"`             // how long the redirect's target is good for; 0: 5m, negative: expired when given (22, 27) [inferred]
	ExportsUnlisted     bool             `json:"exports_unlisted"`      // full patient exports are not among the attachments (15) [docs-current: may be]
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
