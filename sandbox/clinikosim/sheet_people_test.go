package clinikosim_test

import (
	"io"
	"log/slog"
	"slices"
	"testing"
)

// textLog is a logger that writes lines to w.
func textLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Section 9: GET /user is the key's own user, with its role and zone.
func TestSheetUser(t *testing.T) {
	d := openDesk(t)
	for _, c := range []struct{ key, id, role, first string }{
		{piaKey, piaUser, "practitioner", "Pia"},
		{adaKey, adaUser, "administrator", "Ada"},
		{rheaKey, rheaUser, "receptionist", "Rhea"},
		{oscarKey, oscarUser, "administrator", "Oscar"},
		{idaKey, idaUser, "practitioner", "Ida"},
	} {
		got := d.sits(c.key).get("/user").is(200)
		if got.id() != c.id || got.str("role") != c.role || got.str("first_name") != c.first {
			t.Errorf("GET /user = %s %s %s, want %s %s %s", got.id(), got.str("role"), got.str("first_name"), c.id, c.role, c.first)
		}
		for _, field := range []string{"active", "user_active", "created_at", "email", "last_name", "links", "phone_numbers", "time_zone", "time_zone_identifier", "title", "updated_at"} {
			if _, ok := got.obj[field]; !ok {
				t.Errorf("GET /user has no %s", field)
			}
		}
		if got.str("time_zone_identifier") != "Australia/Hobart" || got.str("time_zone") != "Hobart" {
			t.Errorf("zone = %q, %q, want Hobart, Australia/Hobart", got.str("time_zone"), got.str("time_zone_identifier"))
		}
	}
}

// Section 9: users of others are 403 for all but administrators.
func TestSheetOtherUsers(t *testing.T) {
	d := openDesk(t)
	d.get("/users/" + paulUser).is(403)
	d.sits(rheaKey).get("/users/" + paulUser).is(403)
	for _, key := range []string{adaKey, oscarKey} {
		who := d.sits(key)
		if got := who.get("/users/" + paulUser).is(200); got.str("first_name") != "Paul" {
			t.Errorf("GET /users/%s = %s", paulUser, got.raw)
		}
		if got := who.get("/users").list("users"); len(got) != 6 {
			t.Errorf("GET /users = %v, want six", got)
		}
	}
}

// Section 9: to learn whom a key can write as, look for the practitioner of its
// user; those out of use are listed apart.
func TestSheetPractitioners(t *testing.T) {
	d := openDesk(t)
	for user, want := range map[string][]string{piaUser: {piaSheet}, adaUser: {adaSheet}, rheaUser: {}, oscarUser: {}, idaUser: {}} {
		if got := d.get("/practitioners", "user_id:="+user).list("practitioners"); !slices.Equal(got, want) {
			t.Errorf("practitioners of user %s = %v, want %v", user, got, want)
		}
	}
	if got := d.get("/practitioners/inactive", "user_id:="+idaUser).list("practitioners"); !slices.Equal(got, []string{idaSheet}) {
		t.Errorf("inactive practitioners of Ida = %v, want %s", got, idaSheet)
	}
	if got := d.get("/practitioners/inactive").list("practitioners"); !slices.Equal(got, []string{idaSheet}) {
		t.Errorf("inactive practitioners = %v, want %s", got, idaSheet)
	}
	if got := d.get("/practitioners").sorted("practitioners"); !slices.Equal(got, []string{piaSheet, paulSheet, adaSheet}) {
		t.Errorf("practitioners = %v, want Pia, Paul and Ada", got)
	}
	pia := d.get("/practitioners/" + piaSheet).is(200)
	if tail(pia.obj["user"]) != piaUser || pia.obj["active"] != true || pia.str("first_name") != "Pia" || pia.str("last_name") != "Pretendova" {
		t.Errorf("GET /practitioners/%s = %s", piaSheet, pia.raw)
	}
	for _, field := range []string{"appointment_types", "appointments", "created_at", "description", "designation", "display_name", "invoices", "label", "links", "practitioner_reference_numbers", "show_in_online_bookings", "title", "updated_at"} {
		if _, ok := pia.obj[field]; !ok {
			t.Errorf("a practitioner has no %s", field)
		}
	}
	if err := d.server.SetPractitionerActive(piaSheet, false); err != nil {
		t.Fatal(err)
	}
	if got := d.get("/practitioners", "user_id:="+piaUser).list("practitioners"); len(got) != 0 {
		t.Errorf("practitioners of Pia after her profile ended = %v, want none", got)
	}
	if got := d.get("/practitioners/inactive").sorted("practitioners"); !slices.Equal(got, []string{piaSheet, idaSheet}) {
		t.Errorf("inactive practitioners = %v, want Pia and Ida", got)
	}
}

// Section 9 (A.1): practitioners under a business.
func TestSheetPractitionersOfABusiness(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/businesses/"+northSheet+"/practitioners", "user_id:="+piaUser).list("practitioners"); !slices.Equal(got, []string{piaSheet}) {
		t.Errorf("practitioners of a business = %v, want %s", got, piaSheet)
	}
	if got := d.get("/businesses/" + northSheet + "/practitioners/inactive").list("practitioners"); !slices.Equal(got, []string{idaSheet}) {
		t.Errorf("inactive practitioners of a business = %v, want %s", got, idaSheet)
	}
}

// Section 10: locations have a zone, settings have the account and no links.
func TestSheetBusinessesAndSettings(t *testing.T) {
	d := openDesk(t)
	if got := d.get("/businesses").sorted("businesses"); !slices.Equal(got, []string{northSheet, southSheet}) {
		t.Errorf("businesses = %v", got)
	}
	north := d.get("/businesses/" + northSheet).is(200)
	if north.str("business_name") != "North Sheet" || north.str("time_zone_identifier") != "Australia/Hobart" || north.str("time_zone") != "Hobart" {
		t.Errorf("business = %s", north.raw)
	}
	for _, field := range []string{"display_name", "label", "appointment_type_ids", "practitioners", "appointments", "archived_at", "created_at", "updated_at", "links"} {
		if _, ok := north.obj[field]; !ok {
			t.Errorf("a business has no %s", field)
		}
	}
	for _, key := range []string{piaKey, rheaKey, oscarKey} {
		got := d.sits(key).get("/settings/public").is(200)
		account, _ := got.obj["account"].(map[string]any)
		for _, field := range []string{"id", "name", "subdomain", "country", "country_code", "currency_symbol", "time_zone_support", "has_time_travelers"} {
			if _, ok := account[field]; !ok {
				t.Errorf("settings.account has no %s", field)
			}
		}
		if account["time_zone"] != nil || account["admin"] != nil || got.obj["links"] != nil {
			t.Errorf("settings hold what is gone since 2022: %s", got.raw)
		}
		if subdomain, _ := account["subdomain"].(string); subdomain == "" {
			t.Error("settings.account.subdomain is empty")
		}
	}
	d.sits(oscarKey).get("/settings").is(200)
}
