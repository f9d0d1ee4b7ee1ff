package meter

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// APIs that requests go to.
const (
	Heidi   = "heidi"
	Cliniko = "cliniko"
)

// Endpoint classes: the collection that a path is about. Ids, and whatever else
// a path or query holds, fall away; a path that fits none is "other".
var classes = map[string][]string{
	Heidi: {"jwt", "linked-account", "documents", "sessions", "templates", "document-templates", "consult-note-templates", "patient-profiles"},
	Cliniko: {
		"attachment_presigned_post", "patient_attachments", "treatment_notes", "treatment_note_templates",
		"individual_appointments", "group_appointments", "attendees", "bookings", "unavailable_blocks",
		"patients", "practitioners", "businesses", "user", "users", "account", "public_settings", "settings",
	},
}

// other is the class of a path that fits none.
const other = "other"

// classOf is the first class of an API's list that is a part of the path, so
// that what is below a session or a patient goes by what is asked of it.
func classOf(api, path string) string {
	parts := strings.Split(path, "/")
	for _, class := range classes[api] {
		if slices.Contains(parts, class) {
			return class
		}
	}
	return other
}

// Requests counts what goes through next to one of the APIs.
func (m *Meter) Requests(api string, next http.RoundTripper) http.RoundTripper {
	return &counter{m, api, next}
}

// A counter is a transport that counts.
type counter struct {
	meter *Meter
	api   string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	class := classOf(c.api, r.URL.Path) // before: next may not keep r
	res, err := c.next.RoundTrip(r)
	status := "none"
	if err == nil {
		status = strconv.Itoa(res.StatusCode)
	}
	c.meter.requests.WithLabelValues(c.api, class, status).Inc()
	return res, err
}
