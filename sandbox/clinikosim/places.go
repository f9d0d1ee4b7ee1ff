package clinikosim

// Businesses, appointment types and settings: what surrounds an appointment.

func (s *Server) businessResource() *resource[*business] {
	return &resource[*business]{
		plural: "businesses", table: func() *table[*business] { return s.books.businesses },
		columns: append(headColumns[*business](),
			column[*business]{"appointment_type_ids", array, func(*business) any { return s.allTypeIDs() }},
			archivedColumn[*business](), deletedColumn[*business](s),
			column[*business]{"show_in_online_bookings", boolean, func(*business) any { return true }},
		),
		single: []string{"archived_at", "deleted_at"}, veils: []veil[*business]{archiveVeil[*business]()},
		show: s.showBusiness,
	}
}

// allTypeIDs lists every appointment type: each is offered at every business.
func (s *Server) allTypeIDs() []string {
	ids := make([]string, 0, len(s.books.types.rows))
	for _, t := range s.books.types.rows {
		ids = append(ids, t.id)
	}
	return ids
}

func (s *Server) showBusiness(v view, b *business) map[string]any {
	shown := v.stamp(map[string]any{}, &b.record, "businesses")
	v.archive(shown, &b.record, true)
	for _, field := range []string{
		"additional_information", "additional_invoice_information", "address_1", "address_2", "business_registration_name",
		"business_registration_value", "city", "contact_information", "email_reply_to", "post_code", "state", "website_address",
	} {
		shown[field] = v.blank(b.id, field, "")
	}
	shown["business_name"] = b.name
	shown["display_name"] = b.name
	shown["label"] = b.name
	shown["country"] = "Australia"
	shown["country_code"] = "AU"
	shown["appointment_reminders_enabled"] = false
	shown["appointment_type_ids"] = v.ids(s.allTypeIDs())
	shown["show_in_online_bookings"] = true
	shown["time_zone"] = zoneLabel(s.books.practice.zone)
	shown["time_zone_identifier"] = orNull(s.books.practice.zone)
	shown["appointments"] = v.to("businesses", b.id, "appointments")
	shown["practitioners"] = v.to("businesses", b.id, "practitioners")
	return shown
}

// unarchiveBusiness answers POST …/unarchive with the record.
func unarchiveBusiness(c *call) *reply {
	b, known := c.books.businesses.get(c.r.PathValue("id"))
	if !known {
		return c.notFound()
	}
	b.unarchive(c.now, c.sw.QuietStamps)
	return c.shown(c.showBusiness(c.view, b), &b.record)
}

func (s *Server) typeResource() *resource[*appointmentType] {
	return &resource[*appointmentType]{
		plural: "appointment_types", table: func() *table[*appointmentType] { return s.books.types },
		columns: append(headColumns[*appointmentType](),
			column[*appointmentType]{"appointment_confirmation_template_ids", array, func(*appointmentType) any { return []string{} }},
			column[*appointmentType]{"appointment_follow_up_template_ids", array, func(*appointmentType) any { return []string{} }},
			column[*appointmentType]{"appointment_reminder_template_ids", array, func(*appointmentType) any { return []string{} }},
			archivedColumn[*appointmentType](),
			column[*appointmentType]{"category", text, never[*appointmentType]},
			column[*appointmentType]{"online_payments_mode", text, never[*appointmentType]},
			column[*appointmentType]{"show_in_online_bookings", boolean, func(*appointmentType) any { return true }},
		),
		single: []string{"archived_at"}, veils: []veil[*appointmentType]{archiveVeil[*appointmentType]()},
		show: s.showType,
	}
}

func (s *Server) showType(v view, t *appointmentType) map[string]any {
	shown := v.stamp(map[string]any{}, &t.record, "appointment_types")
	v.archive(shown, &t.record, false)
	for _, field := range []string{"confirmation", "follow_up", "reminder"} {
		shown["appointment_"+field+"_template_ids"] = []any{}
	}
	shown["name"] = t.name
	shown["category"] = v.blank(t.id, "category", "")
	shown["description"] = v.blank(t.id, "description", "")
	shown["color"] = "#90CAF9"
	shown["duration_in_minutes"] = t.minutes
	shown["max_attendees"] = t.maxAttendee
	shown["show_in_online_bookings"] = true
	shown["telehealth_enabled"] = false
	shown["online_payments_enabled"] = false
	shown["online_payments_mode"] = nil
	shown["practitioners"] = v.to("appointment_types", t.id, "practitioners")
	v.relate(shown, "treatment_note_template", "treatment_note_templates", t.templateID)
	return shown
}

// listTypes answers /appointment_types, also below a practitioner.
func listTypes(c *call) *reply {
	if refusal := c.parentMissing(); refusal != nil {
		return refusal
	}
	return list(c, c.res.types, nil)
}

// getPublicSettings answers /settings/public, open to every user.
func getPublicSettings(c *call) *reply {
	return ok(c.publicSettings())
}

// getSettings answers /settings, for those who may see them.
func getSettings(c *call) *reply {
	if c.user.role != roleAdministrator {
		return c.forbidden()
	}
	settings := c.publicSettings()
	if account, is := settings["account"].(map[string]any); is {
		account["email_from"] = "practice@example.com"
		account["first_name"] = c.user.firstName
		account["last_name"] = c.user.lastName
	}
	return ok(settings)
}

func (c *call) publicSettings() map[string]any {
	practice := c.books.practice
	return map[string]any{
		"account": map[string]any{
			"id": c.view.id("1000000000000001"), "name": practice.name, "subdomain": practice.subdomain,
			"country": "Australia", "country_code": "AU", "currency_symbol": "$",
			"time_zone_support": false, "has_time_travelers": false,
		},
		"terminology": map[string]any{"patient": "patient", "titles": []any{"Mr", "Mrs", "Ms", "Mx", "Dr"}},
	}
}
