package sign_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"carryover"
	"carryover/web/sign"
)

func TestWeakness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		password string
		ok       bool
	}{
		{"four invented words here", true},
		{"correct horse", true}, // no capitals, digits or signs asked for
		{"ünïcödé wörds", true},
		{"日本語のパスワードです。", true},
		{"elevenchars", false},
		{"twelve chars", true},
		{"", false},
		{"            ", false},
		{"password1234", false},
		{"PASSWORD1234", false},
		{"Correct Horse Battery Staple", false},
		{"ababababababab", false},
		{"aaaaaaaaaaaaaaaa", false},
		{"abcabcabcabcabc", false},
		{"pat.example@example.com", false},
		{"it is pat.example again", false},
		{strings.Repeat("long words ", 30), false},
		{"ｐａｓｓｗｏｒｄ1234", false}, // the same in wide letters
	} {
		if got := sign.Weakness(c.password, "Pat.Example@example.com"); (got == "") != c.ok {
			t.Errorf("weakness of %q = %q, want ok %v", c.password, got, c.ok)
		}
	}
}

// TestCommonest keeps the list of use: long enough to be taken otherwise, lower
// case, sorted, none twice.
func TestCommonest(t *testing.T) {
	t.Parallel()
	f, err := os.Open("commonest.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		p := lines.Text()
		all = append(all, p)
		if utf8.RuneCountInString(p) < 12 || p != strings.ToLower(p) {
			t.Errorf("%q is too short to be taken anyway, or not in lower case", p)
		}
		if sign.Weakness(p, "") == "" {
			t.Errorf("%q is taken", p)
		}
	}
	if !slices.IsSorted(all) || len(slices.Compact(all)) < 100 {
		t.Errorf("%d lines, sorted %v, want a hundred different ones in order", len(all), slices.IsSorted(all))
	}
}

// TestHash has the real strength, once.
func TestHash(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	strong := sign.New(h.Config)
	words := carryover.NewText("Ünïcödé words")
	hash, err := strong.Hashed(t.Context(), words)
	if err != nil || !strings.HasPrefix(hash.Reveal(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash = %.40q, %v", hash.Reveal(), err)
	}
	if again, _ := strong.Hashed(t.Context(), words); again.Reveal() == hash.Reveal() {
		t.Error("two hashes of one password are equal: there is no salt")
	}
	for _, c := range []struct {
		what, password string
		stored         carryover.Secret
		ok             bool
	}{
		{"the same", "Ünïcödé words", hash, true},
		{"as another keyboard writes it", "U\u0308ni\u0308co\u0308de\u0301 words", hash, true},
		{"in another case", "ünïcödé words", hash, false},
		{"another", "other words", hash, false},
		{"no hash", "", carryover.Secret{}, false},
		{"a damaged hash", "Ünïcödé words", carryover.NewSecret(hash.Reveal()[:50]), false},
		{"a hash of no passes", "Ünïcödé words", carryover.NewSecret(strings.Replace(hash.Reveal(), "t=2", "t=0", 1)), false},
	} {
		if ok, _, err := strong.Fits(t.Context(), c.stored, carryover.NewText(c.password)); ok != c.ok || err != nil {
			t.Errorf("%s fits = %v, %v, want %v", c.what, ok, err, c.ok)
		}
	}
	if ok, outdated, err := h.Fits(t.Context(), hash, words); !ok || !outdated || err != nil {
		t.Errorf("a hash of another strength = %v, outdated %v, %v, want a fit that is outdated", ok, outdated, err)
	}
	// Another ledger's key makes another hash: a stolen database alone is of no
	// use for guessing.
	other := newHouse(t, sign.Config{})
	if ok, _, _ := sign.New(other.Config).Fits(t.Context(), hash, words); ok {
		t.Error("the hash fits under another ledger's key")
	}
}

// TestRehash: signing in stores a password under today's strength.
func TestRehash(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sign.Config{})
	a := h.join(t, carryover.RoleReviewer)
	before := personIn(t, h, a.Login).PasswordHash
	h.SetStronger()
	a.SignIn(t, h.browser(), 1)
	after := personIn(t, h, a.Login).PasswordHash
	if before.Reveal() == after.Reveal() || !strings.Contains(after.Reveal(), "t=2") {
		t.Errorf("the hash after signing in is %.30q, want one of the new strength", after.Reveal())
	}
	if !signedIn(t, a.Browser) {
		t.Error("hashing anew ended a session")
	}
}
