package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"fmt"
)

// A Change moves a keyring from its master key to another one. The ciphertexts
// and the digest key stay as they are: only what wraps their keys is made anew.
//
// The order is the caller's: begin, store what Rewrap and DigestKey return in
// one transaction, then Keep when it holds or Drop when it does not. From the
// beginning on the keyring opens what either master key wraps, since a snapshot
// of the ledger may be of before or of after; it seals under the new one only
// after Keep. Nothing may be sealed between the beginning and the end.
type Change struct {
	k    *Keyring
	next cipher.AEAD
}

// Change begins a change to master. A keyring changes once at a time.
func (k *Keyring) Change(master []byte) (*Change, error) {
	next, err := newAEAD(master)
	if err != nil {
		return nil, fmt.Errorf("change master key: %w", err)
	}
	k.wraps.mu.Lock()
	defer k.wraps.mu.Unlock()
	k.wraps.other = next
	return &Change{k: k, next: next}, nil
}

// DigestKey returns the digest key, wrapped by the new master key.
func (c *Change) DigestKey() []byte {
	return c.next.Seal(nil, nil, c.k.digest, associated(forDigestKey))
}

// Rewrap returns the wrapped key of an item, wrapped by the new master key. The
// error is ErrDamaged when the old one does not open it where it stands.
func (c *Change) Rewrap(wrapped []byte, where ...string) ([]byte, error) {
	key, err := c.k.wraps.unwrap(wrapped, where)
	if err != nil {
		return nil, err
	}
	return c.next.Seal(nil, nil, key, associated(forItemKey, where...)), nil
}

// Keep ends the change: the keyring seals under the new master key. What the
// old one wraps can be read until the process ends, for snapshots that began
// before.
func (c *Change) Keep() {
	w := c.k.wraps
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.other = c.next, w.now
}

// Drop gives the change up.
func (c *Change) Drop() {
	w := c.k.wraps
	w.mu.Lock()
	defer w.mu.Unlock()
	w.other = nil
}

// Fits says whether a wrapped digest key is this change's: what a ledger holds
// when nobody knows whether the transaction took effect.
func (c *Change) Fits(wrappedDigestKey []byte) bool {
	_, err := c.next.Open(nil, nil, wrappedDigestKey, associated(forDigestKey))
	return err == nil
}

// Wrapped says whether a wrapped digest key is this keyring's, wrapped by its
// master key.
func (k *Keyring) Wrapped(digestKey []byte) bool {
	k.wraps.mu.RLock()
	defer k.wraps.mu.RUnlock()
	digest, err := k.wraps.now.Open(nil, nil, digestKey, associated(forDigestKey))
	return err == nil && hmac.Equal(digest, k.digest)
}
