package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// The errors of this package that callers tell apart.
var (
	// ErrWrongKey: the master key is not the one that this ledger was made with.
	ErrWrongKey = errors.New("the master key does not fit")
	// ErrDestroyed: the item's wrapped key was removed; nobody can read it again.
	ErrDestroyed = errors.New("sealed text was destroyed")
	// ErrDamaged: an item was altered, or stands where it was not sealed.
	ErrDamaged = errors.New("sealed text is damaged or in another place")
)

// What a ciphertext is for is part of its associated data, so that one sort
// cannot be passed off as another.
const (
	forDigestKey = "carryover/v1/digest key"
	forItemKey   = "carryover/v1/item key"
	forItemText  = "carryover/v1/item text"
)

// A Keyring seals, opens and digests. Only a [Change] of the master key alters
// it. It is safe for concurrent use.
type Keyring struct {
	wraps  *wraps // under the master key
	digest []byte // keys every digest; never changes during a ledger's life
}

// wraps is what wraps item keys, and what else still unwraps them: while the
// master key is being changed, a snapshot of the ledger may hold either's.
type wraps struct {
	mu    sync.RWMutex
	now   cipher.AEAD
	other cipher.AEAD // nil but during a change and after it
}

// A Sealed is one item at rest: its own key, wrapped by the master key, and
// its ciphertext. Both begin with their nonce.
type Sealed struct {
	WrappedKey []byte
	Ciphertext []byte
}

// Create makes the keyring of a new ledger: a fresh digest key, returned
// wrapped by the master key for the ledger to keep.
func Create(master []byte) (k *Keyring, wrappedDigestKey []byte, err error) {
	wrap, err := newAEAD(master)
	if err != nil {
		return nil, nil, fmt.Errorf("create keyring: %w", err)
	}
	digest := make([]byte, KeySize)
	_, _ = rand.Read(digest)
	wrapped := wrap.Seal(nil, nil, digest, associated(forDigestKey))
	return &Keyring{wraps: &wraps{now: wrap}, digest: digest}, wrapped, nil
}

// Open makes the keyring of a ledger whose wrapped digest key exists already.
// The error is ErrWrongKey when master is not the key it was wrapped by.
func Open(master, wrappedDigestKey []byte) (*Keyring, error) {
	wrap, err := newAEAD(master)
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	digest, err := wrap.Open(nil, nil, wrappedDigestKey, associated(forDigestKey))
	if err != nil || len(digest) != KeySize {
		return nil, fmt.Errorf("open keyring: %w", ErrWrongKey)
	}
	return &Keyring{wraps: &wraps{now: wrap}, digest: digest}, nil
}

// Seal encrypts plain under a fresh key. where says where the item will stand
// (table, id, column): it opens nowhere else.
func (k *Keyring) Seal(plain []byte, where ...string) (Sealed, error) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key)
	item, err := newAEAD(key)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal: %w", err)
	}
	return Sealed{
		WrappedKey: k.wraps.wrap(key, where),
		Ciphertext: item.Seal(nil, nil, plain, associated(forItemText, where...)),
	}, nil
}

// Open returns what was sealed at where. The error is ErrDestroyed when the
// wrapped key is gone, and ErrDamaged when anything else is not as it was.
func (k *Keyring) Open(s Sealed, where ...string) ([]byte, error) {
	if len(s.WrappedKey) == 0 {
		return nil, ErrDestroyed
	}
	key, err := k.wraps.unwrap(s.WrappedKey, where)
	if err != nil {
		return nil, err
	}
	item, err := newAEAD(key)
	if err != nil {
		return nil, ErrDamaged
	}
	plain, err := item.Open(nil, nil, s.Ciphertext, associated(forItemText, where...))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// wrap wraps an item key.
func (w *wraps) wrap(key []byte, where []string) []byte {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now.Seal(nil, nil, key, associated(forItemKey, where...))
}

// unwrap returns the item key; ErrDamaged when none of the master keys fits.
func (w *wraps) unwrap(wrapped []byte, where []string) ([]byte, error) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, aead := range []cipher.AEAD{w.now, w.other} {
		if aead == nil {
			continue
		}
		if key, err := aead.Open(nil, nil, wrapped, associated(forItemKey, where...)); err == nil {
			return key, nil
		}
	}
	return nil, ErrDamaged // the cause says "authentication failed" and no more
}

// Digest returns 32 bytes, HMAC-SHA256 under the digest key, over purpose and
// parts. Each is preceded by its length, so that no two lists run together;
// purpose keeps digests of different things apart.
func (k *Keyring) Digest(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, k.digest)
	_, _ = h.Write(associated(purpose, parts...))
	return h.Sum(nil)
}

// newAEAD returns AES-256-GCM that makes a random nonce for every message and
// puts it in front. Each item key seals one message and the master key some
// tens of thousands a year, far from the 2³² where random nonces grow unsafe.
func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("key has %d bytes, not %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// associated joins purpose and parts so that the boundaries cannot move.
func associated(purpose string, parts ...string) []byte {
	size := 8 + len(purpose)
	for _, p := range parts {
		size += 8 + len(p)
	}
	b := make([]byte, 0, size)
	b = appendPart(b, purpose)
	for _, p := range parts {
		b = appendPart(b, p)
	}
	return b
}

func appendPart(b []byte, part string) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(part)))
	return append(b, part...)
}

// String says that there are keys, never which.
func (k Keyring) String() string { return "(set)" }

// GoString is String.
func (k Keyring) GoString() string { return k.String() }

// Format answers every verb with String.
func (k Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue gives slog what String gives.
func (k Keyring) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText keeps the keys out of every encoder.
func (k Keyring) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
