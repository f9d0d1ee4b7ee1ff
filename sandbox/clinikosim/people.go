package clinikosim

import "strings"

// Users, practitioners and who may look at them (section 9).

func (s *Server) userResource() *resource[*user] {
	return &resource[*user]{
		plural: "users", table: func() *table[*user] { return s.books.users },
		columns: headColumns[*user](), show: s.showUser,
	}
}

func (s *Server) showUser(v view, u *user) map[string]any {
	shown := v.stamp(map[string]any{}, &u.record, "users")
	shown["active"] = u.active
	shown["user_active"] = u.active
	shown["email"] = u.email
	shown["first_name"] = u.firstName
	shown["last_name"] = u.lastName
	shown["title"] = v.blank(u.id, "title", u.title)
	shown["phone_numbers"] = []any{}
	shown["role"] = orNull(u.role)
	shown["time_zone"] = zoneLabel(s.books.practice.zone)
	shown["time_zone_identifier"] = orNull(s.books.practice.zone)
	return shown
}

// zoneLabel is a zone as Rails names it, e.g. Hobart for Australia/Hobart.
func zoneLabel(zone string) string {
	if zone == "" {
		return "UTC"
	}
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}

// getOwnUser answers /user: the user whose key it is.
func getOwnUser(c *call) *reply {
	return c.shown(c.showUser(c.view, c.user), &c.user.record)
}

// listUsers answers /users, which only an administrator may read.
func listUsers(c *call) *reply {
	if c.user.role != roleAdministrator {
		return c.forbidden()
	}
	return list(c, c.res.users, nil)
}

// getUser answers /users/{id}: anyone's for an administrator, else one's own.
func getUser(c *call) *reply {
	u, refusal := fetch(c, c.res.users)
	if refusal != nil {
		return refusal
	}
	if u != c.user && c.user.role != roleAdministrator {
		return c.forbidden()
	}
	return c.shown(c.showUser(c.view, u), &u.record)
}

func (s *Server) practitionerResource() *resource[*practitioner] {
	return &resource[*practitioner]{
		plural: "practitioners", table: func() *table[*practitioner] { return s.books.practitioners },
		columns: append(headColumns[*practitioner](),
			column[*practitioner]{"active", boolean, func(p *practitioner) any { return p.active }},
			column[*practitioner]{"show_in_online_bookings", boolean, func(p *practitioner) any { return p.active }},
			column[*practitioner]{"user_id", numeric, func(p *practitioner) any { return p.user.id }},
		),
		show: s.showPractitioner,
	}
}

func (s *Server) showPractitioner(v view, p *practitioner) map[string]any {
	shown := v.stamp(map[string]any{}, &p.record, "practitioners")
	shown["active"] = p.active
	shown["description"] = v.blank(p.id, "description", "")
	shown["designation"] = v.blank(p.id, "designation", "")
	shown["display_name"] = strings.TrimSpace(p.user.title + " " + p.name())
	shown["first_name"] = p.user.firstName
	shown["label"] = p.name()
	shown["last_name"] = p.user.lastName
	shown["show_in_online_bookings"] = p.active
	shown["title"] = v.blank(p.id, "title", p.user.title)
	shown["user"] = v.to("users", p.user.id)
	for _, nested := range []string{"appointment_types", "appointments", "invoices", "practitioner_reference_numbers"} {
		shown[nested] = v.to("practitioners", p.id, nested)
	}
	v.relate(shown, "default_appointment_type", "appointment_types", s.typeIDLocked(0))
	return shown
}

// listPractitioners answers for the active or the inactive ones; a path that
// names a business or an appointment type that does not exist is 404, and
// otherwise every practitioner works everywhere and does everything.
func listPractitioners(active bool) handler {
	return func(c *call) *reply {
		if refusal := c.parentMissing(); refusal != nil {
			return refusal
		}
		return list(c, c.res.practitioners, func(p *practitioner) bool { return p.active == active })
	}
}

// parentMissing refuses a nested list whose parent does not exist.
func (c *call) parentMissing() *reply {
	found := true
	if id := c.r.PathValue("business"); id != "" {
		_, found = c.books.businesses.get(id)
	}
	if id := c.r.PathValue("type"); id != "" {
		_, found = c.books.types.get(id)
	}
	if id := c.r.PathValue("practitioner"); id != "" {
		_, found = c.books.practitioners.get(id)
	}
	if !found {
		return c.notFound()
	}
	return nil
}
