package clinikosim

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

func (s *Server) attendeeResource() *resource[*attendee] {
	return &resource[*attendee]{
		plural: "attendees", table: func() *table[*attendee] { return s.books.attendees },
		columns: append(headColumns[*attendee](),
			column[*attendee]{"appointment_id", numeric, func(t *attendee) any { return idOrNil(t.bookingID) }},
			column[*attendee]{"booking_id", numeric, func(t *attendee) any { return idOrNil(t.bookingID) }},
			archivedColumn[*attendee](), deletedColumn[*attendee](s),
			column[*attendee]{"cancelled_at", datetime, func(t *attendee) any { return atOrNil(t.cancelledAt) }},
			column[*attendee]{"patient_case_id", numeric, never[*attendee]},
			column[*attendee]{"patient_id", numeric, func(t *attendee) any { return idOrNil(t.patientID) }},
		),
		single: []string{"archived_at", "cancelled_at", "deleted_at"},
		veils: []veil[*attendee]{
			archiveVeil[*attendee](),
			cancelVeil(func(t *attendee) time.Time { return t.cancelledAt }),
		},
		show: s.showAttendee,
	}
}

func (s *Server) showAttendee(v view, t *attendee) map[string]any {
	shown := v.stamp(map[string]any{}, &t.record, "attendees")
	v.archive(shown, &t.record, true)
	shown["arrived"] = nil
	v.cancellation(shown, t.cancelledAt, t.cancelReason, t.cancelNote)
	for _, field := range []string{"booking_ip_address", "cancellation_url", "invoice_status", "online_booking_policy_accepted"} {
		shown[field] = nil
	}
	for _, field := range []string{"sent_email_follow_ups_count", "sent_email_reminders_count", "sent_sms_follow_ups_count", "sent_sms_reminders_count"} {
		shown[field] = 0
	}
	shown["email_reminder_sent"], shown["sms_reminder_sent"] = false, false
	shown["notes"] = v.blank(t.id, "notes", "")
	shown["telehealth_url"] = "https://sandbox.example.com/attendees/" + t.id + "/connect"
	shown["treatment_note_status"] = s.attendeeNoteStatus(t)
	shown["invoices"] = v.to("attendees", t.id, "invoices")
	shown["patient_forms"] = v.to("attendees", t.id, "patient_forms")
	v.relate(shown, "booking", "bookings", t.bookingID)
	v.relate(shown, "patient", "patients", t.patientID)
	v.relate(shown, "patient_case", "patient_cases", "")
	return shown
}

// attendeeNoteStatus looks at the notes of this patient at the booking: those
// that name the attendee and, since an individual appointment has one, those
// that only name the booking.
func (s *Server) attendeeNoteStatus(t *attendee) any {
	b, known := s.books.bookings.get(t.bookingID)
	alone := known && b.kind == individual
	return noteStatus(slices.DeleteFunc(slices.Clone(s.books.notesOfBooking[t.bookingID]), func(n *note) bool {
		return n.attendeeID != t.id && (n.attendeeID != "" || !alone)
	}))
}

// cancelledOther is the reason "Other".
const cancelledOther = 50

// cancelReasons are the reasons one may give (section 12).
var cancelReasons = map[int]string{
	10: "Feeling Better", 20: "Condition Worse", 30: "Sick", 40: "Away", cancelledOther: "Other", 60: "Work",
}

// cancellation fills in what appointments and attendees say about it.
func (v view) cancellation(shown map[string]any, at time.Time, reason int, note string) {
	shown["cancelled_at"] = v.at(at)
	shown["cancellation_note"] = orNull(note)
	shown["cancellation_reason"], shown["cancellation_reason_description"] = nil, nil
	if reason != 0 {
		shown["cancellation_reason"] = reason
		shown["cancellation_reason_description"] = cancelReasons[reason]
	}
}

// listAttendeesOf answers the nested lists below an appointment of kind k.
func listAttendeesOf(k bookingKind) handler {
	return func(c *call) *reply {
		id := c.r.PathValue("booking")
		if b, known := c.books.bookings.get(id); !known || b.kind != k {
			return c.notFound()
		}
		return list(c, c.res.attendees, func(t *attendee) bool { return t.bookingID == id })
	}
}

// conflicts answers whether an appointment overlaps another one of the same
// practitioner.
func conflicts(res func(*resources) *resource[*booking]) handler {
	return func(c *call) *reply {
		b, refusal := fetch(c, res(&c.res))
		if refusal != nil {
			return refusal
		}
		overlap := slices.ContainsFunc(c.books.bookings.rows, func(o *booking) bool {
			return o != b && o.practitionerID == b.practitionerID && o.cancelledAt.IsZero() && !o.isArchived() &&
				o.startsAt.Before(b.endsAt) && b.startsAt.Before(o.endsAt)
		})
		return ok(map[string]any{"conflicts": map[string]any{"exist": overlap}})
	}
}

// cancelAppointment answers PATCH /individual_appointments/{id}/cancel.
func cancelAppointment(c *call) *reply {
	b, refusal := fetch(c, c.res.individuals)
	if refusal != nil {
		return refusal
	}
	reason, note, refusal := c.readCancellation()
	if refusal != nil {
		return refusal
	}
	c.cancelLocked(b, reason, note, c.now)
	return noContent()
}

// cancelLocked cancels every attendee of an appointment and, if it is an
// individual one, the appointment: a group has no cancelled state of its own.
func (s *Server) cancelLocked(b *booking, reason int, note string, now time.Time) {
	at := now.UTC().Truncate(time.Second)
	if b.kind == individual {
		b.cancelledAt, b.cancelReason, b.cancelNote = at, reason, note
		b.touch(now)
	}
	for _, t := range s.books.attendeesOf[b.id] {
		t.cancelledAt, t.cancelReason, t.cancelNote = at, reason, note
		t.touch(now)
	}
}

// cancelAttendee answers PATCH /attendees/{id}/cancel; only attendees of groups
// can be cancelled so.
func cancelAttendee(c *call) *reply {
	t, refusal := fetch(c, c.res.attendees)
	if refusal != nil {
		return refusal
	}
	if b, known := c.books.bookings.get(t.bookingID); !known || b.kind != group {
		return &reply{status: http.StatusUnprocessableEntity, body: message("Only attendees of group appointments can be cancelled.")}
	}
	reason, note, refusal := c.readCancellation()
	if refusal != nil {
		return refusal
	}
	t.cancelledAt, t.cancelReason, t.cancelNote = c.now, reason, note
	t.touch(c.now)
	return noContent()
}

// readCancellation reads the reason, which must be given, and the note.
func (c *call) readCancellation() (reason int, note string, refusal *reply) {
	number, isNumber := c.body["cancellation_reason"].(json.Number)
	code, err := number.Int64()
	if !isNumber || err != nil || cancelReasons[int(code)] == "" {
		return 0, "", c.invalid(problems{"cancellation_reason": notInList})
	}
	note, _ = c.body["cancellation_note"].(string)
	return int(code), note, nil
}
