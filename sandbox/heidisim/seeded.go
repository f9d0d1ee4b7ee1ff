package heidisim

import "slices"

// SeededSwitches returns switches that vary with the number in everything that a
// careful client must not care about: shapes, orders, paging, the forms of
// times and of what is unset. Questions whose answer changes what a bridge can
// do at all (what a token may read, which statuses mean what, a listing that is
// not there, hidden sessions, retention) keep their defaults.
func SeededSwitches(number uint64) Switches {
	s := seed(number)
	var w Switches
	shapes := []string{"listing", "order", "timestamps", "documents_wrapper", "no_documents", "templates_wrapper"}
	for _, sw := range w.words() {
		if slices.Contains(shapes, sw.name) {
			*sw.value = sw.values[s.choice(uint64(len(sw.values)), "switch", sw.name)]
		}
	}
	if w.Listing != ListingC && s.choice(3, "switch", "paging") == 0 {
		w.Paging = PagingCursor
	}
	flags := map[string]*bool{
		"unlinked_object": &w.UnlinkedObject, "no_account_field": &w.NoAccountField,
		"duplicate_items": &w.DuplicateItems, "summaries_only": &w.SummariesOnly,
		"wrapped_items": &w.WrappedItems, "item_id_as_id": &w.ItemIDAsID,
		"edit_moves_updated_at": &w.EditMovesUpdatedAt, "session_id_as_number": &w.SessionIDAsNumber,
		"bare_session": &w.BareSession, "patient_null": &w.PatientNull,
		"session_documents": &w.SessionDocuments, "session_profile": &w.SessionProfile,
		"session_status": &w.SessionStatus, "session_consent": &w.SessionConsent,
		"extended_documents": &w.ExtendedDocuments, "content_type_shown": &w.ContentTypeShown,
		"structure_object": &w.StructureObject, "extra_fields": &w.ExtraFields, "new_validation": &w.NewValidation,
	}
	for name, flag := range flags {
		*flag = s.choice(3, "switch", name) == 0
	}
	return w
}
