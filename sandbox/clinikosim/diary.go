package clinikosim

import "time"

// The diary: individual and group appointments, and the read-only view over
// them and over unavailable blocks that the API calls bookings (section 12). A
// booking's id is the appointment's id.

// diaryColumns are the columns that all three lists share.
func (s *Server) diaryColumns() []column[*booking] {
	return append(headColumns[*booking](),
		column[*booking]{"appointment_type_id", numeric, func(b *booking) any { return idOrNil(b.typeID) }},
		archivedColumn[*booking](), deletedColumn[*booking](s),
		column[*booking]{"business_id", numeric, func(b *booking) any { return idOrNil(b.businessID) }},
		column[*booking]{"starts_at", datetime, func(b *booking) any { return b.startsAt }},
		column[*booking]{"ends_at", datetime, func(b *booking) any { return b.endsAt }},
		column[*booking]{"practitioner_id", numeric, func(b *booking) any { return idOrNil(b.practitionerID) }},
		column[*booking]{"repeated_from_id", numeric, never[*booking]},
	)
}

var (
	columnCancelled = column[*booking]{"cancelled_at", datetime, func(b *booking) any { return atOrNil(b.cancelledAt) }}
	columnNoShow    = column[*booking]{"did_not_arrive", boolean, func(b *booking) any {
		if b.kind != individual {
			return nil
		}
		return b.didNotArrive
	}}
	veilCancelled = cancelVeil(func(b *booking) time.Time { return b.cancelledAt })
)

// ofKind hides the diary entries of other kinds; nothing lifts it.
func ofKind(k bookingKind) veil[*booking] {
	return veil[*booking]{hides: func(b *booking) bool { return b.kind != k }}
}

func (s *Server) individualResource() *resource[*booking] {
	return &resource[*booking]{
		plural: "individual_appointments", table: func() *table[*booking] { return s.books.bookings },
		columns: append(s.diaryColumns(), columnCancelled, columnNoShow,
			column[*booking]{"patient_id", numeric, func(b *booking) any { return idOrNil(b.patientID) }}),
		single: []string{"archived_at", "cancelled_at", "deleted_at"},
		veils:  []veil[*booking]{ofKind(individual), archiveVeil[*booking](), veilCancelled},
		show: func(v view, b *booking) map[string]any {
			return s.showIndividual(v, b, "individual_appointments")
		},
	}
}

func (s *Server) groupResource() *resource[*booking] {
	return &resource[*booking]{
		plural: "group_appointments", table: func() *table[*booking] { return s.books.bookings },
		columns: append(s.diaryColumns(),
			column[*booking]{"patient_ids", array, func(b *booking) any { return s.patientIDs(b) }}),
		single: []string{"archived_at", "deleted_at"},
		veils:  []veil[*booking]{ofKind(group), archiveVeil[*booking]()},
		show: func(v view, b *booking) map[string]any {
			return s.showGroup(v, b, "group_appointments")
		},
	}
}

// bookingResource is the mixed view; each row looks like its own kind but for
// its own link.
func (s *Server) bookingResource() *resource[*booking] {
	return &resource[*booking]{
		plural: "bookings", table: func() *table[*booking] { return s.books.bookings },
		columns: append(s.diaryColumns(), columnCancelled, columnNoShow,
			column[*booking]{"email_reminder_sent", boolean, never[*booking]},
			column[*booking]{"sms_reminder_sent", boolean, never[*booking]},
			column[*booking]{"invoice_status", numeric, never[*booking]},
			column[*booking]{"patient_ids", array, s.searchedPatientIDs},
			column[*booking]{"treatment_note_status", numeric, func(b *booking) any {
				if b.kind != individual {
					return nil
				}
				return s.bookingNoteStatus(b.id)
			}},
		),
		single: []string{"archived_at", "cancelled_at", "deleted_at"},
		veils:  []veil[*booking]{archiveVeil[*booking](), veilCancelled},
		show: func(v view, b *booking) map[string]any {
			switch b.kind {
			case group:
				return s.showGroup(v, b, "bookings")
			case block:
				return s.showBlock(v, b)
			default:
				return s.showIndividual(v, b, "bookings")
			}
		},
	}
}

// patientIDs lists the patients of a booking whose attendance stands.
func (s *Server) patientIDs(b *booking) []string {
	var ids []string
	for _, t := range s.books.attendeesOf[b.id] {
		if t.cancelledAt.IsZero() && !t.isArchived() {
			ids = append(ids, t.patientID)
		}
	}
	return ids
}

// searchedPatientIDs are what patient_ids:~ID on /bookings looks at; whether
// that includes individual appointments is not stated anywhere.
func (s *Server) searchedPatientIDs(b *booking) any {
	switch {
	case b.kind == group:
		return s.patientIDs(b)
	case b.kind == individual && !s.switches.GroupsOnly:
		return []string{b.patientID}
	}
	return nil
}

// showDiaryEntry is what the three kinds share. Plural is the path by which the
// record was reached, and specific the one its nested links keep.
func (s *Server) showDiaryEntry(v view, b *booking, plural, specific string) map[string]any {
	shown := v.stamp(map[string]any{}, &b.record, plural)
	v.archive(shown, &b.record, true)
	shown["starts_at"] = v.at(b.startsAt)
	shown["ends_at"] = v.at(b.endsAt)
	shown["notes"] = v.blank(b.id, "notes", "")
	shown["repeat_rule"] = nil
	if hashText(v.seed, b.id)%2 == 0 {
		shown["repeat_rule"] = map[string]any{} // both stand for none
	}
	shown["repeats"] = map[string]any{"links": map[string]any{"self": v.url(specific) + "?q[]=repeated_from_id:=" + b.id}}
	shown["conflicts"] = v.to(specific, b.id, "conflicts")
	v.relate(shown, "business", "businesses", b.businessID)
	v.relate(shown, "practitioner", "practitioners", b.practitionerID)
	v.relate(shown, "repeated_from", specific, "")
	return shown
}

func (s *Server) showIndividual(v view, b *booking, plural string) map[string]any {
	shown := s.showDiaryEntry(v, b, plural, "individual_appointments")
	shown["attendees"] = v.to("individual_appointments", b.id, "attendees")
	shown["booking_ip_address"] = nil
	v.cancellation(shown, b.cancelledAt, b.cancelReason, b.cancelNote)
	shown["did_not_arrive"] = b.didNotArrive
	shown["patient_arrived"] = !b.didNotArrive && b.cancelledAt.IsZero() && b.startsAt.Before(s.clock.Now())
	shown["email_reminder_sent"] = false
	shown["sms_reminder_sent"] = false
	shown["has_patient_appointment_notes"] = false
	shown["invoice_status"] = nil
	shown["online_booking_policy_accepted"] = nil
	shown["telehealth_url"] = "https://sandbox.example.com/appointments/" + b.id + "/connect"
	shown["treatment_note_status"] = s.bookingNoteStatus(b.id)
	shown["patient_name"] = nil
	if p, known := s.books.patients.get(b.patientID); known {
		shown["patient_name"] = p.FirstName + " " + p.LastName
	}
	v.relate(shown, "patient", "patients", b.patientID)
	v.relate(shown, "patient_case", "patient_cases", "")
	v.relate(shown, "appointment_type", "appointment_types", b.typeID)
	return shown
}

func (s *Server) showGroup(v view, b *booking, plural string) map[string]any {
	shown := s.showDiaryEntry(v, b, plural, "group_appointments")
	shown["attendees"] = v.to("group_appointments", b.id, "attendees")
	shown["max_attendees"] = max(10, len(s.books.attendeesOf[b.id]))
	shown["patient_ids"] = v.ids(s.patientIDs(b))
	shown["telehealth_url"] = "https://sandbox.example.com/appointments/" + b.id + "/connect"
	v.relate(shown, "appointment_type", "appointment_types", b.typeID)
	return shown
}

func (s *Server) showBlock(v view, b *booking) map[string]any {
	shown := s.showDiaryEntry(v, b, "bookings", "unavailable_blocks")
	shown["unavailable_block_type"] = v.to("unavailable_block_types", "1000000000000002")
	return shown
}

// bookingNoteStatus is the state of the notes at an individual appointment.
func (s *Server) bookingNoteStatus(bookingID string) any {
	return noteStatus(s.books.notesOfBooking[bookingID])
}

// The codes of treatment_note_status; no note is null (section 12).
const (
	statusDraft = int64(10)
	statusFinal = int64(90)
)

// noteStatus is draft while any live note is one, final when all are.
func noteStatus(notes []*note) any {
	var status any
	for _, n := range notes {
		switch {
		case n.isArchived():
		case n.draft:
			return statusDraft
		default:
			status = statusFinal
		}
	}
	return status
}
