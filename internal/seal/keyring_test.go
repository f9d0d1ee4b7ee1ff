package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"carryover/internal/seal"
)

// newKeyring returns a keyring with the master key and wrapped digest key that
// it was made from.
func newKeyring(t testing.TB) (k *seal.Keyring, master seal.MasterKey, wrapped []byte) {
	t.Helper()
	master = seal.NewMasterKey()
	k, wrapped, err := seal.Create(master)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return k, master, wrapped
}

func TestSealOpen(t *testing.T) {
	k, master, wrapped := newKeyring(t)
	again, err := seal.Open(master, wrapped)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	for _, plain := range []string{"", "x", "Reviewed knee flexion 0–135°.", strings.Repeat("long ", 100_000)} {
		s, err := k.Seal([]byte(plain), "sealed", "v1", "text")
		if err != nil {
			t.Fatalf("Seal(%d bytes) = %v", len(plain), err)
		}
		got, err := again.Open(s, "sealed", "v1", "text")
		if err != nil || string(got) != plain {
			t.Errorf("Open(Seal(%d bytes)) = %d bytes, %v, want the same", len(plain), len(got), err)
		}
	}
}

func TestSealIsFreshEachTime(t *testing.T) {
	k, _, _ := newKeyring(t)
	a, _ := k.Seal([]byte("same words"), "t", "1", "c")
	b, _ := k.Seal([]byte("same words"), "t", "1", "c")
	if bytes.Equal(a.WrappedKey, b.WrappedKey) || bytes.Equal(a.Ciphertext, b.Ciphertext) {
		t.Error("Seal of the same words twice is the same, want a fresh key and nonce each time")
	}
}

func TestOpenRefuses(t *testing.T) {
	k, _, _ := newKeyring(t)
	other, _, _ := newKeyring(t)
	s, err := k.Seal([]byte("words"), "sealed", "v1", "text")
	if err != nil {
		t.Fatal(err)
	}
	flip := func(b []byte, i int) []byte {
		b = slices.Clone(b)
		b[i] ^= 1
		return b
	}
	for _, c := range []struct {
		name  string
		keys  *seal.Keyring
		item  seal.Sealed
		where []string
		want  error
	}{
		{"another row", k, s, []string{"sealed", "v2", "text"}, seal.ErrDamaged},
		{"another column", k, s, []string{"sealed", "v1", "name"}, seal.ErrDamaged},
		{"boundaries moved", k, s, []string{"sealed", "v1t", "ext"}, seal.ErrDamaged},
		{"fewer parts", k, s, []string{"sealed", "v1"}, seal.ErrDamaged},
		{"another master key", other, s, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"ciphertext altered", k, seal.Sealed{WrappedKey: s.WrappedKey, Ciphertext: flip(s.Ciphertext, 15)}, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"nonce altered", k, seal.Sealed{WrappedKey: s.WrappedKey, Ciphertext: flip(s.Ciphertext, 0)}, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"key altered", k, seal.Sealed{WrappedKey: flip(s.WrappedKey, 20), Ciphertext: s.Ciphertext}, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"key cut short", k, seal.Sealed{WrappedKey: s.WrappedKey[:5], Ciphertext: s.Ciphertext}, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"ciphertext emptied", k, seal.Sealed{WrappedKey: s.WrappedKey}, []string{"sealed", "v1", "text"}, seal.ErrDamaged},
		{"destroyed", k, seal.Sealed{Ciphertext: s.Ciphertext}, []string{"sealed", "v1", "text"}, seal.ErrDestroyed},
		{"nothing", k, seal.Sealed{}, []string{"sealed", "v1", "text"}, seal.ErrDestroyed},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.keys.Open(c.item, c.where...)
			if !errors.Is(err, c.want) || got != nil {
				t.Errorf("Open = %q, %v, want nothing, %v", got, err, c.want)
			}
		})
	}
}

// TestSortsStayApart proves that one sort of ciphertext cannot be passed off as
// another, although the master key made both.
func TestSortsStayApart(t *testing.T) {
	k, master, wrapped := newKeyring(t)
	s, _ := k.Seal([]byte("words"))
	if _, err := seal.Open(master, s.WrappedKey); !errors.Is(err, seal.ErrWrongKey) {
		t.Errorf("Open with an item's key in place of the digest key = %v, want %v", err, seal.ErrWrongKey)
	}
	if _, err := k.Open(seal.Sealed{WrappedKey: wrapped, Ciphertext: s.Ciphertext}); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("Open with the digest key in place of an item's = %v, want %v", err, seal.ErrDamaged)
	}
}

func TestOpenKeyring(t *testing.T) {
	_, master, wrapped := newKeyring(t)
	for _, c := range []struct {
		name    string
		master  []byte
		wrapped []byte
		want    error
	}{
		{"wrong master key", seal.NewMasterKey(), wrapped, seal.ErrWrongKey},
		{"nothing wrapped", master, nil, seal.ErrWrongKey},
		{"wrapped key cut short", master, wrapped[:len(wrapped)-1], seal.ErrWrongKey},
		{"short master key", master[:16], wrapped, nil},
		{"no master key", nil, wrapped, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := seal.Open(c.master, c.wrapped)
			if k != nil || err == nil || (c.want != nil && !errors.Is(err, c.want)) {
				t.Errorf("Open = %v, %v, want nil and %v", k, err, c.want)
			}
		})
	}
	if k, w, err := seal.Create([]byte("short")); err == nil {
		t.Errorf("Create(short) = %v, %d bytes, nil, want an error", k, len(w))
	}
}

func TestDigest(t *testing.T) {
	k, master, wrapped := newKeyring(t)
	again, err := seal.Open(master, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	base := k.Digest("content", "a", "b")
	if len(base) != 32 {
		t.Errorf("Digest has %d bytes, want 32", len(base))
	}
	if !bytes.Equal(base, again.Digest("content", "a", "b")) {
		t.Error("Digest differs after the ledger was opened again, want the same")
	}
	other, _, _ := newKeyring(t)
	for name, d := range map[string][]byte{
		"another purpose":  k.Digest("evidence", "a", "b"),
		"another key":      other.Digest("content", "a", "b"),
		"boundary moved":   k.Digest("content", "ab", ""),
		"parts joined":     k.Digest("content", "ab"),
		"part added":       k.Digest("content", "a", "b", ""),
		"purpose extended": k.Digest("contenta", "b"),
		"parts swapped":    k.Digest("content", "b", "a"),
	} {
		if bytes.Equal(base, d) {
			t.Errorf("Digest with %s is the same, want another", name)
		}
	}
}

func TestPrintsNothing(t *testing.T) {
	k, master, _ := newKeyring(t)
	type config struct {
		Master seal.MasterKey
		Keys   *seal.Keyring
	}
	for _, v := range []any{k, *k, master, config{master, k}, []seal.MasterKey{master}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c"} {
			out := fmt.Sprintf(verb, v)
			for _, form := range []string{"%v", "%s", "%x", "%X", "%d", "%#v"} {
				if secret := strings.Trim(fmt.Sprintf(form, []byte(master)), "[]"); strings.Contains(out, secret) {
					t.Errorf("Sprintf(%q) of a %T shows the key", verb, v)
				}
			}
		}
	}
	for _, v := range []any{k, *k, master} {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		encoded, err := json.Marshal(v)
		if got := fmt.Sprintf("%x", v); got != "(set)" || err != nil || string(encoded) != `"(set)"` || !strings.Contains(log.String(), "v=(set)") {
			t.Errorf("%T prints as %s, encodes as %s (%v) and logs as %s, want (set)", v, got, encoded, err, log.String())
		}
	}
	if got := seal.MasterKey(nil).String(); got != "(not set)" {
		t.Errorf("String of no key = %q, want (not set)", got)
	}
}

func BenchmarkSeal(b *testing.B) {
	k, _, _ := newKeyring(b)
	text := bytes.Repeat([]byte("word "), 800)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := k.Seal(text, "sealed", "v1", "text"); err != nil {
			b.Fatal(err)
		}
	}
}
