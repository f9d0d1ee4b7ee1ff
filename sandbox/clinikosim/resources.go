package clinikosim

import "time"

// resources are all kinds of record, described once per server. The filterable
// columns are exactly those of Appendix A.1 of the sheet.
type resources struct {
	users         *resource[*user]
	practitioners *resource[*practitioner]
	businesses    *resource[*business]
	types         *resource[*appointmentType]
	templates     *resource[*template]
	patients      *resource[*patient]
	individuals   *resource[*booking]
	groups        *resource[*booking]
	bookings      *resource[*booking]
	attendees     *resource[*attendee]
	notes         *resource[*note]
	attachments   *resource[*attachment]
}

func (s *Server) describe() resources {
	return resources{
		users: s.userResource(), practitioners: s.practitionerResource(), businesses: s.businessResource(),
		types: s.typeResource(), templates: s.templateResource(), patients: s.patientResource(),
		individuals: s.individualResource(), groups: s.groupResource(), bookings: s.bookingResource(),
		attendees: s.attendeeResource(), notes: s.noteResource(),
		attachments: s.attachmentResource(),
	}
}

// headColumns are the columns that every kind can be filtered by.
func headColumns[R row]() []column[R] {
	return []column[R]{
		{"id", numeric, func(r R) any { return r.stamps().id }},
		{"created_at", datetime, func(r R) any { return r.stamps().createdAt }},
		{"updated_at", datetime, func(r R) any { return r.stamps().updatedAt }},
	}
}

// archivedColumn is the column of kinds that can be archived.
func archivedColumn[R row]() column[R] {
	return column[R]{"archived_at", datetime, func(r R) any { return atOrNil(r.stamps().archivedAt) }}
}

// deletedColumn is archived_at's legacy twin.
func deletedColumn[R row](s *Server) column[R] {
	return column[R]{"deleted_at", datetime, func(r R) any {
		return atOrNil(view{sw: s.switches}.deletedAt(r.stamps()))
	}}
}

// archiveVeil hides archived records unless archived_at or its twin is asked
// about.
func archiveVeil[R row]() veil[R] {
	return veil[R]{lifts: []string{"archived_at", "deleted_at"}, hides: func(r R) bool { return r.stamps().isArchived() }}
}

// cancelVeil hides cancelled records unless cancelled_at is asked about.
func cancelVeil[R row](cancelledAt func(R) time.Time) veil[R] {
	return veil[R]{lifts: []string{"cancelled_at"}, hides: func(r R) bool { return !cancelledAt(r).IsZero() }}
}

// never is the value of columns that no record here ever fills.
func never[R row](R) any { return nil }

// idOrNil makes a relation's id a column's value.
func idOrNil(id string) any {
	if id == "" {
		return nil
	}
	return id
}
