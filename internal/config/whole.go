package config

import (
	"fmt"
	"time"
)

// sandboxPoll is the poll below which only a sandbox can be meant: its day takes
// seconds and knows no night.
const sandboxPoll = 10 * time.Second

// whole checks what no single line can be wrong about.
func (r *reader) whole(c *Config) {
	r.people(c)
	r.routes(c)
	r.served(c.Web)
	r.told(c)
	if c.SocketGroup != "" && c.Socket == "" {
		r.wrongAt(r.at["socket_group"], "socket_group", "the socket in the data folder is for nobody but Carryover's own user",
			"Name a socket elsewhere with socket, such as /run/carryover/carryover.sock, or remove this line.")
	}
	if c.Matching.Identifiers == 3 && c.Matching.FirstNameAndBooking {
		r.wrongAt(r.at["matching.first_name_and_booking"], "matching.first_name_and_booking",
			"a first name and a booking are never enough where three identifiers must agree",
			"Remove this line, or write identifiers: 2.")
	}
	t := &c.Timing
	if t.PollNight == 0 {
		t.PollNight = time.Hour
		if t.Poll < sandboxPoll {
			t.PollNight = t.Poll
		}
	}
	if t.Grace <= 2*t.Deadline {
		r.wrongAt(r.either("timing.grace", "timing.deadline"), "timing.grace",
			"grace must be more than twice the deadline ("+span(t.Grace)+" is not more than 2 × "+span(t.Deadline)+")",
			"Otherwise a request that was given up could still take effect after Carryover has looked. Leave both lines away to use 10m and 45s.")
	}
	if t.PollNight < t.Poll {
		r.wrongAt(r.either("timing.poll_night", "timing.poll"), "timing.poll_night",
			"the night poll is shorter than the day's", "Make poll_night at least "+span(t.Poll)+".")
	}
	if t.RereadHalfHourlyFor < t.RereadEachPollFor {
		r.wrongAt(r.either("timing.reread_half_hourly_for", "timing.reread_each_poll_for"), "timing.reread_half_hourly_for",
			"re-reading would become more frequent with age", "Make reread_half_hourly_for at least "+span(t.RereadEachPollFor)+".")
	}
}

// people checks the practitioners against each other.
func (r *reader) people(c *Config) {
	if len(c.Practitioners) == 0 {
		r.wrongAt(r.at["practitioners"], "practitioners", "no practitioner is listed", "List at least one, with cliniko_key_file and practitioner_id.")
	}
	ids, emails, internal, keys := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for i, p := range c.Practitioners {
		at := fmt.Sprintf("practitioners[%d]", i+1)
		if c.Heidi != nil {
			r.required(at, "email", "internal_id")
		}
		r.twice(ids, i, string(p.ID), at, "practitioner_id", "Each practitioner is listed once.")
		r.twice(emails, i, fold(p.Email.Reveal()), at, "email", "Each practitioner has a Heidi account of their own.")
		r.twice(internal, i, p.InternalID, at, "internal_id", "Choose another one; it tells the links apart.")
		r.twice(keys, i, p.Key.Reveal(), at, "cliniko_key_file", "Each practitioner needs a key of their own: Cliniko files a note in the name of the key's owner.")
	}
}

func (r *reader) twice(seen map[string]int, i int, value, at, name, hint string) {
	if value == "" {
		return
	}
	if first, ok := seen[value]; ok {
		r.wrongAt(r.at[join(at, name)], join(at, name), fmt.Sprintf("this is the same as practitioner %d's", first+1), hint)
		return
	}
	seen[value] = i
}

// either returns the first of the paths that the file has.
func (r *reader) either(paths ...string) place {
	for _, p := range paths {
		if at, ok := r.at[p]; ok {
			return at
		}
	}
	return place{1, 1}
}
