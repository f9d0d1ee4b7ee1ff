package clinikosim

import "net/http"

// routes is the whole surface of the simulated API.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	on := func(pattern string, h handler) {
		method, path := splitPattern(pattern)
		mux.Handle(method+" /v1"+path, s.serve(h))
	}
	s.peopleRoutes(on)
	s.diaryRoutes(on)
	s.noteRoutes(on)
	s.attachmentRoutes(on)
	s.missingRoutes(on)
	mux.Handle("/", s.serve(func(c *call) *reply { return c.notFound() }))
	return mux
}

// Collections of the real API that are not here: those that can be written to,
// and those that can only be read.
var (
	missingWritable = []string{
		"/appointment_type_billable_items", "/appointment_type_products", "/availability_blocks", "/billable_items",
		"/communications", "/concession_types", "/contacts", "/medical_alerts", "/patient_cases",
		"/patient_forms", "/patient_form_templates", "/practitioner_reference_numbers", "/products", "/product_suppliers",
		"/relationships", "/stock_adjustments", "/taxes", "/unavailable_blocks", "/unavailable_block_types",
	}
	missingReadOnly = []string{
		"/concession_prices", "/daily_availabilities", "/invoices", "/invoice_items", "/referral_sources",
		"/referral_source_types", "/services",
	}
)

// missingRoutes answers 501 for what exists in the real API and not here, so
// that nobody takes a 404 for the API's own.
func (s *Server) missingRoutes(on registrar) {
	missing := func(*call) *reply { return notSimulated() }
	for _, path := range missingReadOnly {
		on("GET "+path, missing)
		on("GET "+path+"/{id}", missing)
	}
	for _, path := range missingWritable {
		on("GET "+path, missing)
		on("POST "+path, missing)
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			on(method+" "+path+"/{id}", missing)
		}
		on("POST "+path+"/{id}/archive", missing)
	}
	for _, path := range []string{"/businesses", "/appointment_types"} {
		on("POST "+path, missing)
		on("PATCH "+path+"/{id}", missing)
	}
	for _, nested := range []string{"invoices", "medical_alerts"} {
		on("GET /patients/{id}/"+nested, missing)
	}
	on("GET /patient_cases/{id}/patient_attachments", missing)
}

// splitPattern parts "GET /patients" into its method and its path.
func splitPattern(pattern string) (method, path string) {
	for i := range pattern {
		if pattern[i] == ' ' {
			return pattern[:i], pattern[i+1:]
		}
	}
	return "", pattern
}

type registrar func(pattern string, h handler)

// onArchive registers the two ways to archive a record.
func onArchive(on registrar, path string, h handler) {
	on("POST "+path+"/{id}/archive", h)
	on("DELETE "+path+"/{id}", h)
}

func (s *Server) peopleRoutes(on registrar) {
	on("GET /user", getOwnUser)
	on("GET /users", listUsers)
	on("GET /users/{id}", getUser)
	for _, below := range []string{"", "/businesses/{business}", "/appointment_types/{type}"} {
		on("GET "+below+"/practitioners", listPractitioners(true))
		on("GET "+below+"/practitioners/inactive", listPractitioners(false))
	}
	on("GET /practitioners/{id}", func(c *call) *reply { return get(c, c.res.practitioners) })
	on("GET /businesses", func(c *call) *reply { return list(c, c.res.businesses, nil) })
	on("GET /businesses/{id}", func(c *call) *reply { return get(c, c.res.businesses) })
	onArchive(on, "/businesses", func(c *call) *reply { return archive(c, c.res.businesses) })
	on("POST /businesses/{id}/unarchive", unarchiveBusiness)
	on("GET /appointment_types", listTypes)
	on("GET /practitioners/{practitioner}/appointment_types", listTypes)
	on("GET /appointment_types/{id}", func(c *call) *reply { return get(c, c.res.types) })
	onArchive(on, "/appointment_types", func(c *call) *reply { return archive(c, c.res.types) })
	on("GET /settings/public", getPublicSettings)
	on("GET /settings", getSettings)

	on("GET /patients", func(c *call) *reply { return list(c, c.res.patients, nil) })
	on("POST /patients", createPatient)
	on("GET /patients/{id}", func(c *call) *reply { return get(c, c.res.patients) })
	on("PATCH /patients/{id}", updatePatient)
	on("PUT /patients/{id}", asPatch(updatePatient))
	onArchive(on, "/patients", archivePatient)
	on("POST /patients/{id}/unarchive", unarchivePatient)
	on("GET /patients/archived", legacy(func(c *call) *reply {
		return listRemoved(c, c.res.patients, "archived_at")
	}))
}

func (s *Server) diaryRoutes(on registrar) {
	kinds := map[string]struct {
		kind bookingKind
		res  func(*resources) *resource[*booking]
	}{
		"individual_appointments": {individual, func(r *resources) *resource[*booking] { return r.individuals }},
		"group_appointments":      {group, func(r *resources) *resource[*booking] { return r.groups }},
	}
	for plural, k := range kinds {
		on("GET /"+plural, func(c *call) *reply { return list(c, k.res(&c.res), nil) })
		on("POST /"+plural, func(*call) *reply { return notSimulated() })
		on("GET /"+plural+"/{id}", func(c *call) *reply { return get(c, k.res(&c.res)) })
		on("PATCH /"+plural+"/{id}", func(*call) *reply { return notSimulated() })
		onArchive(on, "/"+plural, func(c *call) *reply { return archive(c, k.res(&c.res)) })
		on("GET /"+plural+"/{id}/conflicts", conflicts(k.res))
		on("GET /"+plural+"/{booking}/attendees", listAttendeesOf(k.kind))
	}
	on("PATCH /individual_appointments/{id}/cancel", cancelAppointment)
	on("GET /individual_appointments/cancelled", legacy(func(c *call) *reply {
		return listRemoved(c, c.res.individuals, "cancelled_at")
	}))
	on("GET /bookings", func(c *call) *reply { return list(c, c.res.bookings, nil) })
	on("GET /bookings/{id}", func(c *call) *reply { return get(c, c.res.bookings) })
	on("GET /attendees", func(c *call) *reply { return list(c, c.res.attendees, nil) })
	on("POST /attendees", func(*call) *reply { return notSimulated() })
	on("GET /attendees/{id}", func(c *call) *reply { return get(c, c.res.attendees) })
	on("PATCH /attendees/{id}", func(*call) *reply { return notSimulated() })
	onArchive(on, "/attendees", func(c *call) *reply { return archive(c, c.res.attendees) })
	on("PATCH /attendees/{id}/cancel", cancelAttendee)
}

func (s *Server) noteRoutes(on registrar) {
	on("GET /treatment_notes", listNotes)
	on("GET /patients/{patient}/treatment_notes", listNotesOfPatient)
	on("POST /treatment_notes", createNote)
	on("GET /treatment_notes/{id}", getNote)
	on("PATCH /treatment_notes/{id}", updateNote)
	on("PUT /treatment_notes/{id}", asPatch(updateNote))
	onArchive(on, "/treatment_notes", archiveNote)
	on("POST /treatment_notes/{id}/unarchive", unarchiveNote)
	on("GET /treatment_notes/deleted", legacy(func(c *call) *reply {
		if !c.user.mayReadNotes() {
			return c.forbidden()
		}
		return listRemoved(c, c.res.notes, "archived_at")
	}))
	on("GET /treatment_note_templates", func(c *call) *reply { return list(c, c.res.templates, nil) })
	on("POST /treatment_note_templates", createTemplate)
	on("GET /treatment_note_templates/{id}", func(c *call) *reply { return get(c, c.res.templates) })
	on("PATCH /treatment_note_templates/{id}", updateTemplate)
	on("PUT /treatment_note_templates/{id}", asPatch(updateTemplate))
	onArchive(on, "/treatment_note_templates", func(c *call) *reply { return archive(c, c.res.templates) })
}

func (s *Server) attachmentRoutes(on registrar) {
	on("GET /patients/{id}/attachment_presigned_post", presignPost)
	on("GET /patients/{patient}/patient_attachments", listAttachmentsOfPatient)
	on("GET /patient_attachments", func(c *call) *reply { return list(c, c.res.attachments, c.listsAttachment) })
	on("POST /patient_attachments", createAttachment)
	on("GET /patient_attachments/{id}", func(c *call) *reply { return get(c, c.res.attachments) })
	on("PATCH /patient_attachments/{id}", updateAttachment)
	on("PUT /patient_attachments/{id}", asPatch(updateAttachment))
	onArchive(on, "/patient_attachments", archiveAttachment)
	on("GET /patient_attachments/{id}/content", getContent)
}

// asPatch serves the old verb as the new one, unless a switch retires it.
func asPatch(h handler) handler {
	return func(c *call) *reply {
		if c.sw.RefusePut {
			return c.notFound()
		}
		return h(c)
	}
}

// legacy serves a list of the old API if a switch keeps it. Otherwise its last
// segment is taken for an id that names nothing.
func legacy(h handler) handler {
	return func(c *call) *reply {
		if !c.sw.LegacyLists {
			return c.notFound()
		}
		return h(c)
	}
}

// listRemoved lists only what is archived or cancelled, as the old lists did.
func listRemoved[R row](c *call, res *resource[R], since string) *reply {
	removed := *res
	removed.veils = nil
	for _, v := range res.veils {
		if len(v.lifts) == 0 { // the kind of appointment stays
			removed.veils = append(removed.veils, v)
		}
	}
	of := res.column(since).of
	return list(c, &removed, func(r R) bool { return of(r) != nil })
}
