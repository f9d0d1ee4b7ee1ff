package heidisim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Values of the switches that are words. The first of each group is what an
// empty string means.
const (
	ListingB = "B" // {"sessions":[…],"count","has_next_page"} [observed: WhatsApp assistant]
	ListingA = "A" // {"data":[…],"count","total_count","has_next","has_previous"} [third-party spec]
	ListingC = "C" // a bare array without any hint [observed: accepted by one client]

	OrderUnsorted    = "unsorted"     // by a hash of seed and id: no order to lean on
	OrderNewestFirst = "newest_first" // by created_at, descending
	OrderOldestFirst = "oldest_first" // by created_at, ascending

	PagingPage    = "page"    // 1-based page parameter
	PagingIgnored = "ignored" // the page parameter does nothing: every page is the first
	PagingCursor  = "cursor"  // next_cursor in the answer, cursor in the request; not with profile C

	WrapperDocuments = "documents" // {"documents":[…]} [official]
	WrapperData      = "data"      // {"data":[…]} [third-party spec]
	WrapperBare      = "bare"      // […] [observed: fixtures]

	NoDocumentsEmpty    = "empty"     // an empty list
	NoDocumentsNull     = "null"      // null in the wrapper's place: {"documents":null}, {"data":null} or null
	NoDocumentsNotFound = "not_found" // 404

	TemplatesAsSheet = "as_documented" // older path: templates; newer path: data
	TemplatesNamed   = "templates"     // {"templates":[…]} on both paths
	TemplatesData    = "data"          // {"data":[…]} on both paths
	TemplatesBare    = "bare"          // […] on both paths

	ScopeUser = "user" // an API user reads its own and its clinician's sessions
	ScopeKey  = "key"  // an API user reads every session under its key

	StampMixed   = "mixed"   // 0, 3 or 6 decimals, by a hash of the record and field
	StampSeconds = "seconds" // 2026-11-03T22:47:31
	StampMillis  = "millis"  // 2026-11-03T22:47:31.120
	StampMicros  = "micros"  // 2026-11-03T22:47:31.120000
	StampSpace   = "space"   // 2026-11-03 22:47:31.120000

	ExpiryISO     = "iso"     // 2026-11-03T22:47:31.120Z [official]
	ExpirySeconds = "seconds" // Unix seconds as a number [observed: tolerated by one client]
	ExpiryMillis  = "millis"  // Unix milliseconds as a number [observed: tolerated by one client]
	ExpiryMissing = "missing" // no expiration_time at all

	FilterEHR   = "ehr_provider" // profiles are filtered by ehr_provider [observed: WhatsApp assistant]
	FilterPlain = "provider"     // profiles are filtered by provider [third-party spec]
)

// Switches say how the server behaves wherever the real API is not known, or
// known in two ways. The zero value is the best guess of the fact sheet. Each
// field names the section of the sheet (§) that raises the question;
// docs/divergences-heidi.md holds the whole table.
type Switches struct {
	// Authentication and linking.

	BadKeyStatus        int    `json:"bad_key_status"`        // §11: a wrong key on /jwt: 401 (default) or 403
	NoBearerStatus      int    `json:"no_bearer_status"`      // §11: no Authorization header: 401 (default) or 403
	BadTokenStatus      int    `json:"bad_token_status"`      // §20.8: an expired, revoked or unknown token: 401 (default) or 403
	KeyRequired         bool   `json:"key_required"`          // §20.9: data calls need Heidi-Api-Key as well as the bearer
	Expiry              string `json:"expiry"`                // §2: form of expiration_time
	ReadScope           string `json:"read_scope"`            // §3: what a token may read: its user's sessions or its key's
	UnlinkedStatus      int    `json:"unlinked_status"`       // §3: not linked: 400 (default), 403, or 200 for an empty list
	UnlinkedObject      bool   `json:"unlinked_object"`       // §11: that error's detail is an object, not a string
	AlreadyLinkedStatus int    `json:"already_linked_status"` // §3: of OpenAPIHeidiAccountAlreadyLinkedError: 409 (default) or 400
	ExpiredLinkWorks    bool   `json:"expired_link_works"`    // §19: a link that is no longer valid still reads
	NoAccountField      bool   `json:"no_account_field"`      // §3: the access check of an unlinked user has no account, not null
	UnlinkShowsAccount  bool   `json:"unlink_shows_account"`  // §3: unlink answers {"account":…}, not {"is_success":true}

	// The listing of sessions.

	Listing        string `json:"listing"`         // §5: profile A, B or C
	Order          string `json:"order"`           // §5: unsorted, newest_first or oldest_first
	Paging         string `json:"paging"`          // §5: page, ignored or cursor
	PageSizeCap    int    `json:"page_size_cap"`   // §5: most items on a page, whatever was asked; 0: no cap
	DuplicateItems bool   `json:"duplicate_items"` // §19: a page begins with the last item of the one before
	SummariesOnly  bool   `json:"summaries_only"`  // §19: items are ids, names and times only
	WrappedItems   bool   `json:"wrapped_items"`   // §5: items are {"session":{…}}
	ItemIDAsID     bool   `json:"item_id_as_id"`   // §5: items call their id "id", not "session_id"
	HideShared     bool   `json:"hide_shared"`     // §18: sessions shared with the clinician are not listed
	NoListing      bool   `json:"no_listing"`      // §20.1: linked-user does not exist (404)

	// Sessions.

	EditMovesUpdatedAt bool   `json:"edit_moves_updated_at"` // §15: a document edit moves the session's updated_at
	RetentionDays      int    `json:"retention_days"`        // §18: sessions answer 404 so many days after created_at; 0: never
	SessionIDAsNumber  bool   `json:"session_id_as_number"`  // §19: session ids are bare JSON numbers
	BareSession        bool   `json:"bare_session"`          // §6: no {"session":…} around a session
	CreatedStatus      int    `json:"created_status"`        // §6: POST answers 200 (default) or 201
	PatientNull        bool   `json:"patient_null"`          // §6: an unset patient is null, not an object of nulls
	SessionDocuments   bool   `json:"session_documents"`     // §6: a session's documents is an array, not null
	SessionProfile     bool   `json:"session_profile"`       // §6: sessions carry patient_profile and its id
	SessionStatus      bool   `json:"session_status"`        // §6: sessions carry a status
	SessionConsent     bool   `json:"session_consent"`       // §6: sessions carry consent_obtained
	Timestamps         string `json:"timestamps"`            // §6: form of the naive timestamps

	// Documents and templates.

	Documents         string `json:"documents_wrapper"`    // §7: documents, data or bare
	NoDocuments       string `json:"no_documents"`         // §7: a session without documents: empty, null or not_found
	ExtendedDocuments bool   `json:"extended_documents"`   // §19: documents carry content_type, times and a status
	ContentTypeShown  bool   `json:"content_type_shown"`   // §7: documents carry content_type
	NoteListed        bool   `json:"note_among_documents"` // §20.13: the consult note is listed as a document too
	PostedLate        bool   `json:"posted_document_late"` // §7: a POSTed document is empty at first, its text comes 2 s later
	Templates         string `json:"templates_wrapper"`    // §8: as_documented, templates, data or bare
	OwnHidden         bool   `json:"own_templates_hidden"` // §8: only Heidi's global templates are listed
	StructureObject   bool   `json:"structure_object"`     // §8: structure_template is an object, not a string

	// Profiles and the shape of every answer.

	ProfileFilter     string `json:"profile_filter"`      // §9: profiles are filtered by ehr_provider or by provider
	ProfileLinkSingle bool   `json:"profile_link_single"` // §9: linking a profile answers {"session_id"}, not {"data":[…]}
	ExtraFields       bool   `json:"extra_fields"`        // §19: unknown fields in every object
	NewValidation     bool   `json:"new_validation"`      // §11: 422 in the newer style (type "missing")
}

// A word is a switch with a closed set of values; the first is the default.
type word struct {
	name   string
	value  *string
	values []string
}

// A number is the same for statuses.
type number struct {
	name   string
	value  *int
	values []int
}

func (w *Switches) words() []word {
	return []word{
		{"expiry", &w.Expiry, []string{ExpiryISO, ExpirySeconds, ExpiryMillis, ExpiryMissing}},
		{"read_scope", &w.ReadScope, []string{ScopeUser, ScopeKey}},
		{"listing", &w.Listing, []string{ListingB, ListingA, ListingC}},
		{"order", &w.Order, []string{OrderUnsorted, OrderNewestFirst, OrderOldestFirst}},
		{"paging", &w.Paging, []string{PagingPage, PagingIgnored, PagingCursor}},
		{"timestamps", &w.Timestamps, []string{StampMixed, StampSeconds, StampMillis, StampMicros, StampSpace}},
		{"profile_filter", &w.ProfileFilter, []string{FilterEHR, FilterPlain}},
		{"documents_wrapper", &w.Documents, []string{WrapperDocuments, WrapperData, WrapperBare}},
		{"no_documents", &w.NoDocuments, []string{NoDocumentsEmpty, NoDocumentsNull, NoDocumentsNotFound}},
		{"templates_wrapper", &w.Templates, []string{TemplatesAsSheet, TemplatesNamed, TemplatesData, TemplatesBare}},
	}
}

func (w *Switches) statuses() []number {
	return []number{
		{"bad_key_status", &w.BadKeyStatus, []int{401, 403}},
		{"no_bearer_status", &w.NoBearerStatus, []int{401, 403}},
		{"bad_token_status", &w.BadTokenStatus, []int{401, 403}},
		{"unlinked_status", &w.UnlinkedStatus, []int{400, 403, 200}},
		{"already_linked_status", &w.AlreadyLinkedStatus, []int{409, 400}},
		{"created_status", &w.CreatedStatus, []int{200, 201}},
	}
}

// Check returns every mistake in w at once: a word or status that its switch
// does not know, a negative number. The zero value has none.
func (w Switches) Check() error {
	var mistakes []error
	for _, sw := range w.words() {
		if *sw.value != "" && !slices.Contains(sw.values, *sw.value) {
			mistakes = append(mistakes, fmt.Errorf("switch %s: %q is not one of %s", sw.name, *sw.value, strings.Join(sw.values, ", ")))
		}
	}
	for _, sw := range w.statuses() {
		if *sw.value != 0 && !slices.Contains(sw.values, *sw.value) {
			mistakes = append(mistakes, fmt.Errorf("switch %s: %d is not one of %v", sw.name, *sw.value, sw.values))
		}
	}
	if w.PageSizeCap < 0 {
		mistakes = append(mistakes, fmt.Errorf("switch page_size_cap: %d is negative", w.PageSizeCap))
	}
	if w.RetentionDays < 0 {
		mistakes = append(mistakes, fmt.Errorf("switch retention_days: %d is negative", w.RetentionDays))
	}
	return errors.Join(mistakes...)
}

// settled returns w with every default spelled out and every unknown value
// replaced by its default, so that the handlers compare and never guess.
func (w Switches) settled() Switches {
	for _, sw := range w.words() {
		if !slices.Contains(sw.values, *sw.value) {
			*sw.value = sw.values[0]
		}
	}
	for _, sw := range w.statuses() {
		if !slices.Contains(sw.values, *sw.value) {
			*sw.value = sw.values[0]
		}
	}
	w.PageSizeCap = max(w.PageSizeCap, 0)
	w.RetentionDays = max(w.RetentionDays, 0)
	return w
}
