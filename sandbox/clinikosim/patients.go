package clinikosim

import (
	"strings"
	"time"
)

func (s *Server) patientResource() *resource[*patient] {
	textOf := func(value func(*patient) string) func(*patient) any {
		return func(p *patient) any { return idOrNil(value(p)) }
	}
	return &resource[*patient]{
		plural: "patients", table: func() *table[*patient] { return s.books.patients },
		columns: append(headColumns[*patient](),
			column[*patient]{"accepted_privacy_policy", boolean, never[*patient]},
			archivedColumn[*patient](),
			column[*patient]{"date_of_birth", date, textOf(func(p *patient) string { return p.BirthDate })},
			column[*patient]{"email", text, textOf(func(p *patient) string { return p.Email })},
			column[*patient]{"first_name", text, textOf(func(p *patient) string { return p.FirstName })},
			column[*patient]{"last_name", text, textOf(func(p *patient) string { return p.LastName })},
			column[*patient]{"old_reference_id", text, never[*patient]},
			column[*patient]{"preferred_first_name", text, textOf(func(p *patient) string { return p.PreferredName })},
		),
		single: []string{"archived_at"},
		veils:  []veil[*patient]{archiveVeil[*patient]()},
		show:   s.showPatient,
	}
}

// blankPatientFields are free-text fields that nobody fills in here.
var blankPatientFields = []string{
	"address_1", "address_2", "address_3", "appointment_notes", "city", "country", "country_code", "emergency_contact",
	"gender_identity", "invoice_default_to", "invoice_extra_information", "medicare", "medicare_reference_number",
	"notes", "occupation", "old_reference_id", "post_code", "referral_source", "state", "title",
}

func (s *Server) showPatient(v view, p *patient) map[string]any {
	shown := v.stamp(map[string]any{}, &p.record, "patients")
	v.archive(shown, &p.record, true)
	for _, field := range blankPatientFields {
		shown[field] = v.blank(p.id, field, "")
	}
	shown["first_name"], shown["last_name"] = p.FirstName, p.LastName
	shown["preferred_first_name"] = v.blank(p.id, "preferred_first_name", p.PreferredName)
	shown["label"] = strings.TrimSpace(p.FirstName + " " + p.LastName)
	shown["date_of_birth"] = orNull(p.BirthDate)
	shown["sex"] = orNull(p.Sex)
	shown["gender"] = orNull(p.Sex)
	shown["email"] = orNull(p.Email)
	shown["merged_at"] = v.at(p.MergedAt)
	shown["patient_phone_numbers"] = phoneNumbers(p.Phone)
	for _, field := range []string{
		"invoice_email", "dva_card_number", "pronouns", "custom_fields", "time_zone", "reminder_type", "accepted_privacy_policy",
		"accepted_email_marketing", "accepted_sms_marketing", "receives_confirmation_emails", "receives_cancellation_emails",
	} {
		shown[field] = nil
	}
	s.linkPatient(v, shown, p)
	if !v.sw.PlainFields { // seen live and not described: a client must not mind
		shown["reminders_communication_channels"] = []any{}
		shown["reminders_communication_channels_description"] = "None"
		shown["follow_ups_communication_channels"] = []any{}
		shown["follow_ups_communication_channels_description"] = "None"
	}
	if v.sw.StripArchived && p.isArchived() {
		stripNames(shown)
	}
	return shown
}

func (s *Server) linkPatient(v view, shown map[string]any, p *patient) {
	for _, nested := range []string{"appointments", "invoices", "medical_alerts", "patient_attachments"} {
		shown[nested] = v.to("patients", p.id, nested)
	}
	shown["attendees"] = v.toFilter("attendees", "patient_id", p.id)
	shown["relationships"] = v.toFilter("relationships", "patient_id", p.id)
	v.relate(shown, "concession_type", "concession_types", "")
	v.relate(shown, "referring_doctor", "contacts", "")
	v.relate(shown, "merged_with_patient", "patients", p.MergedInto)
	v.relate(shown, "latest_booking", "bookings", s.latestBookingLocked(p.id))
}

// latestBookingLocked is the patient's last booking that began before now.
func (s *Server) latestBookingLocked(patientID string) string {
	now := s.clock.Now()
	latest, at := "", time.Time{}
	for _, b := range s.books.bookingsOfPatient[patientID] {
		if !b.startsAt.After(now) && b.startsAt.After(at) && b.cancelledAt.IsZero() && !b.isArchived() {
			latest, at = b.id, b.startsAt
		}
	}
	return latest
}

func phoneNumbers(number string) []any {
	if number == "" {
		return []any{}
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if rest, local := strings.CutPrefix(digits, "0"); local {
		digits = "61" + rest
	}
	return []any{map[string]any{"number": number, "normalized_number": digits, "phone_type": "Mobile"}}
}

// stripNames takes out what says who an archived patient was.
func stripNames(shown map[string]any) {
	for _, field := range []string{"first_name", "last_name", "label"} {
		shown[field] = ""
	}
	for _, field := range []string{"preferred_first_name", "date_of_birth", "email"} {
		shown[field] = nil
	}
	shown["patient_phone_numbers"] = []any{}
}
