package ledger

import (
	"context"
	"time"

	"carryover"
	"carryover/ledger/internal/query"
)

// A Factor is how a person shows that it is they: a password's hash, the secret
// that their telephone shares, and codes for when the telephone is lost.
type Factor struct {
	PasswordHash  carryover.Secret
	TOTP          carryover.Secret // base32, as authenticators take it
	TOTPStep      int64            // whose code was shown: it does not work again
	RecoveryCodes []carryover.Secret
}

// Activate lets an invited person in with a new password and second factor, in
// place of any they had. Sessions and links they had are ended.
func (tx *Tx) Activate(ctx context.Context, id carryover.PersonID, f Factor, now time.Time) error {
	if !f.PasswordHash.IsSet() || !f.TOTP.IsSet() {
		return wrap(carryover.ErrInvalid, "activate person %s", id)
	}
	if err := tx.dropAccess(ctx, id, now); err != nil {
		return err
	}
	n, err := tx.q.ActivatePerson(ctx, query.ActivatePersonParams{
		PasswordHash: f.PasswordHash.Reveal(), TotpStep: f.TOTPStep, ActiveAt: micros(now), ID: id,
	})
	if err := changed(n, err); err != nil {
		return wrap(err, "activate person %s", id)
	}
	if err := tx.SealText(ctx, string(id), sealedTOTP, carryover.NewText(f.TOTP.Reveal())); err != nil {
		return err
	}
	return tx.SetRecoveryCodes(ctx, id, f.RecoveryCodes)
}

// TOTP returns the secret that a person's telephone shares; ErrGone when there
// is none.
func (tx *Tx) TOTP(ctx context.Context, id carryover.PersonID) (carryover.Secret, error) {
	t, err := tx.OpenText(ctx, string(id), sealedTOTP)
	return carryover.NewSecret(t.Reveal()), err
}

// TakeTOTPStep notes that the code of a time step was shown. The error is
// ErrConflict when that code, or a later one, was shown before.
func (tx *Tx) TakeTOTPStep(ctx context.Context, id carryover.PersonID, step int64) error {
	n, err := tx.q.TakeTOTPStep(ctx, query.TakeTOTPStepParams{TotpStep: step, ID: id})
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return wrap(err, "take a code of person %s", id)
}

// SetRecoveryCodes replaces the recovery codes of a person.
func (tx *Tx) SetRecoveryCodes(ctx context.Context, id carryover.PersonID, codes []carryover.Secret) error {
	if err := tx.q.DropRecoveryCodes(ctx, id); err != nil {
		return wrap(err, "replace the recovery codes of person %s", id)
	}
	for _, c := range codes {
		if err := tx.q.AddRecoveryCode(ctx, query.AddRecoveryCodeParams{Person: id, Digest: tx.keys.Digest(forRecovery, c.Reveal())}); err != nil {
			return wrap(err, "add a recovery code of person %s", id)
		}
	}
	return nil
}

// UseRecoveryCode uses one up; ErrGone when it is none of the person's, or used.
func (tx *Tx) UseRecoveryCode(ctx context.Context, id carryover.PersonID, code carryover.Secret, now time.Time) error {
	n, err := tx.q.UseRecoveryCode(ctx, query.UseRecoveryCodeParams{
		UsedAt: micros(now), Person: id, Digest: tx.keys.Digest(forRecovery, code.Reveal()),
	})
	return wrap(changed(n, err), "use a recovery code of person %s", id)
}

// RecoveryCodes counts those a person has left.
func (tx *Tx) RecoveryCodes(ctx context.Context, id carryover.PersonID) (int, error) {
	n, err := tx.q.CountRecoveryCodes(ctx, id)
	return int(n), wrap(err, "count the recovery codes of person %s", id)
}
