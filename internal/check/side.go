package check

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carryover"
	"carryover/cliniko"
	"carryover/heidi"
)

// A Side is one practitioner with the clients that speak for them.
type Side struct {
	ID      carryover.PractitionerID
	Cliniko *cliniko.Client
	Heidi   *heidi.Client // nil: Heidi is left out
}

// ClockLimit is how far this machine's clock may be off: more, and what is
// compared with Cliniko's times says nothing.
const ClockLimit = 2 * time.Minute

// clockNotable is when a clock is worth a look, long before the limit.
const clockNotable = 30 * time.Second

// Owner asks whose a practitioner's Cliniko key is and compares that with the
// configuration. The user is returned when the key is the right one. The
// finding's Err is of kind ErrUnauthorized where Cliniko refuses the key, of
// kind ErrInvalid where it is somebody else's.
func Owner(ctx context.Context, s Side) (carryover.UserID, Finding) {
	ctx = cliniko.WithPriority(ctx, cliniko.Person)
	user, who, err := s.Cliniko.Who(ctx)
	switch {
	case err != nil:
		return "", failed(ClinikoKey, "Cliniko does not say whose key this is.", fmt.Errorf("practitioner %s: %w", s.ID, err)).of(s.ID)
	case who != s.ID:
		err := &carryover.Problem{
			Op: fmt.Sprintf("check cliniko key of practitioner %s", s.ID), Kind: carryover.ErrInvalid,
			Hint: fmt.Sprintf("The key in this practitioner's file belongs to practitioner %s. Two key files may be swapped; compare practitioners and cliniko_key_file in the configuration.", who),
		}
		return "", failed(ClinikoKey, fmt.Sprintf("The key is practitioner %s's, so notes would carry the wrong name.", who), err).of(s.ID)
	}
	return user, ok(ClinikoKey, "The key is this practitioner's own, and notes carry their name.").of(s.ID)
}

// Time compares this machine's clock with what Cliniko's last answer said.
func Time(s Side) Finding {
	off, known := s.Cliniko.ClockOffset()
	switch off = off.Abs(); {
	case !known:
		return attention(Clock, "Cliniko did not say what time it is, so the clock was not compared.", "Run the check again when Cliniko answers.")
	case off > ClockLimit:
		return failed(Clock, fmt.Sprintf("The clock is %s away from Cliniko's. Nothing is filed while it is.", off.Round(time.Second)), &carryover.Problem{
			Op: "check the clock", Kind: carryover.ErrInvalid,
			Hint: fmt.Sprintf("This machine's clock is %s away from Cliniko's. Set the clock, best by switching on time synchronisation.", off.Round(time.Minute)),
		})
	case off > clockNotable:
		return attention(Clock, fmt.Sprintf("The clock is %s away from Cliniko's.", off.Round(time.Second)), "Switch on time synchronisation: timedatectl set-ntp true.")
	}
	return ok(Clock, "The clock agrees with Cliniko's.")
}

// Linked asks whether the practitioner's Heidi account is linked. The finding's
// Err is of kind ErrUnauthorized where it is not.
func Linked(ctx context.Context, s Side) Finding {
	linked, err := s.Heidi.Linked(ctx)
	switch {
	case err != nil:
		return failed(Link, "Heidi does not say whether the account is linked.", fmt.Errorf("practitioner %s: %w", s.ID, err)).of(s.ID)
	case !linked:
		return failed(Link, "The Heidi account is not linked, so none of its sessions are seen.", &carryover.Problem{
			Op: fmt.Sprintf("check heidi link of practitioner %s", s.ID), Kind: carryover.ErrUnauthorized,
			Hint: fmt.Sprintf("Link it: carryover link %s. Or take the practitioner out of the configuration.", s.ID),
		}).of(s.ID)
	}
	return ok(Link, "The Heidi account is linked.").of(s.ID)
}

// NotLinked says that a finding is that the account is not linked, rather than
// that Heidi did not say.
func NotLinked(f Finding) bool {
	p, is := errors.AsType[*carryover.Problem](f.Err)
	return is && f.About == Link && p.Status == 0 && p.Kind == carryover.ErrUnauthorized
}

// key asks whether Heidi takes the practice's key for this practitioner.
func key(ctx context.Context, s Side) Finding {
	err := s.Heidi.Accepted(ctx)
	switch {
	case err == nil:
		return ok(HeidiKey, "Heidi takes the key on the host of its region.")
	case errors.Is(err, carryover.ErrUnauthorized):
		return failed(HeidiKey, "Heidi does not take the key on the host of its region. No documents are seen.", err)
	}
	return failed(HeidiKey, "Heidi did not answer whether it takes the key.", err)
}

// permission asks what the key may read, as far as can be asked without writing.
func permission(ctx context.Context, s Side, user carryover.UserID) []Finding {
	ctx = cliniko.WithPriority(ctx, cliniko.Person)
	var out []Finding
	if err := s.Cliniko.MayRead(ctx, s.ID, user); err != nil {
		f := failed(Permission, "The key may not read its own notes and attachments, so nothing can be filed and proven.", err)
		if errors.Is(err, carryover.ErrUnauthorized) {
			f.Next = "Give this user a role in Cliniko that may see treatment notes and files (Settings, Users)."
		}
		out = append(out, f.of(s.ID))
	} else {
		out = append(out, ok(Permission, "The key may read its own notes and attachments. Whether it may write shows at the first note.").of(s.ID))
	}
	places, err := s.Cliniko.Businesses(ctx)
	switch {
	case err != nil:
		out = append(out, failed(Permission, "The key may not read the practice's locations.", err).of(s.ID))
	case len(places) == 0:
		out = append(out, attention(Permission, "The key sees no location of the practice.", "Give this user access to a location in Cliniko (Settings, Users).").of(s.ID))
	default:
		out = append(out, ok(Permission, fmt.Sprintf("The key sees %s of the practice.", counted(len(places), "location"))).of(s.ID))
	}
	return out
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
