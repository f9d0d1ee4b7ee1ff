package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"carryover"
	"carryover/audit"
	"carryover/internal/desk"
	"carryover/internal/seal"
	"carryover/ledger"
	"carryover/web"
)

// years are pages over a ledger as it is after some years: n documents, a
// hundred a day until today, in the files of two practitioners by turns, of
// which so many wait for a person.
func years(t testing.TB, n, waiting int) (http.Handler, *counted) {
	t.Helper()
	return yearsOf(t, n, 100, waiting)
}

// yearsOf are years of so many documents a day.
func yearsOf(t testing.TB, n, aDay, waiting int) (http.Handler, *counted) {
	t.Helper()
	ctx := context.Background()
	l, err := ledger.Open(ctx, ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), MasterKey: seal.NewMasterKey(), Lock: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	apart := 24 * time.Hour / time.Millisecond / time.Duration(aDay)
	first := time.Now().UnixMilli() - int64(n)*int64(apart)
	numbers := `WITH RECURSIVE c(n, ms) AS (SELECT 1, $2 + $3 UNION ALL SELECT n + 1, ms + $3 FROM c WHERE n < $1) `
	id := `printf('%08x-%04x-7000-8000-%012x', ms >> 16, ms & 65535, n)`
	err = l.Update(ctx, func(tx *ledger.Tx) error {
		for _, s := range []string{
			`INSERT INTO session ` + numbers + `SELECT 's' || n, '', ms * 1000, 0, ms * 1000, 0, 0, 0, 0, x'', 0, ms * 1000 - 600000000 FROM c`,
			`INSERT INTO document ` + numbers + `SELECT 's' || n, 'd', '', 0, ms * 1000, 0 FROM c`,
			`INSERT INTO version ` + numbers + `SELECT ` + id + `, 's' || n, 'd', 1, 1, 'HTML',
			 CASE WHEN n % ($1 / $4) = 0 THEN 'held' ELSE 'proven' END, CASE WHEN n % ($1 / $4) = 0 THEN 'rivals' ELSE '' END,
			 0, ms * 1000, ms * 1000, ms * 1000, ms * 1000, 1, 1, 0, x'', x'',
			 CASE WHEN n % ($1 / $4) = 0 THEN '' ELSE ` + id + ` END, '1', CASE WHEN n % 3 = 0 THEN '41' ELSE '42' END, '', '', 0 FROM c`,
			`INSERT INTO delivery ` + numbers + `SELECT ` + id + `, ` + id + `, 1, '1', CASE WHEN n % 3 = 0 THEN '41' ELSE '42' END, '', '',
			 'treatment_note', 'HD-' || n, 'HD-' || n, x'', 'proven', '', '' || n,
			 ms * 1000, ms * 1000 + 60000000, ms * 1000 + 90000000, 0, 0, 1, '' FROM c WHERE n % ($1 / $4) > 0`,
		} {
			if _, err := tx.ExecContext(ctx, s, n, first, int64(apart), waiting); err != nil {
				return fmt.Errorf("%s: %w", s[:24], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &counted{Local: &desk.Local{Ledger: l, Chain: audit.Log{Keys: l.Keys()}}}
	h, err := (&web.Server{Desk: d, Gate: gate{}}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h, d
}

// counted counts the documents that the desk hands to the pages.
type counted struct {
	*desk.Local
	handed int
}

func (c *counted) List(ctx context.Context, r desk.ListRequest) ([]desk.Item, error) {
	all, err := c.Local.List(ctx, r)
	c.handed += len(all)
	return all, err
}

func (c *counted) Held(ctx context.Context) ([]desk.Item, error) {
	all, err := c.Local.Held(ctx)
	c.handed += len(all)
	return all, err
}

func (c *counted) Items(ctx context.Context, ids []carryover.VersionID) ([]desk.Item, error) {
	all, err := c.Local.Items(ctx, ids)
	c.handed += len(all)
	return all, err
}

func (c *counted) Seen(ctx context.Context, from, to time.Time, who carryover.PractitionerID) ([]ledger.Seen, error) {
	all, err := c.Local.Seen(ctx, from, to, who)
	c.handed += len(all)
	return all, err
}

// fetched is a page as somebody sees it.
func fetched(t testing.TB, h http.Handler, as, path string) string {
	t.Helper()
	method, form := http.MethodGet, ""
	if path, form, _ = strings.Cut(path, " "); form != "" {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "as", Value: as})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d\n%s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// TestPagesReadNoMore: a ledger of ten times the documents, of which ten times as
// many wait, makes no page read more of them.
func TestPagesReadNoMore(t *testing.T) {
	t.Parallel()
	small, countSmall := yearsOf(t, 800, 20, 160) // longer than a calendar's weeks, and more than fits on a page
	large, countLarge := yearsOf(t, 8_000, 20, 1_600)
	for _, as := range []string{"reviewer", "practitioner.41"} {
		for _, path := range []string{"/", "/held", "/activity", "/balance", "/activity group=waiting", "/activity group=filed&practitioner=42"} {
			countSmall.handed, countLarge.handed = 0, 0
			fetched(t, small, as, path)
			fetched(t, large, as, path)
			if a, b := countSmall.handed, countLarge.handed; a == 0 || b > a+a/10 {
				t.Errorf("%s, %s: reads %d documents of 800 and %d of 8,000, want as many", as, path, a, b)
			}
		}
	}
}

// TestHeldPages walks through a long queue and back: every document that waits is
// on one page, the oldest first, and the sums say where the page stands.
func TestHeldPages(t *testing.T) {
	t.Parallel()
	h, d := years(t, 2_000, 125)
	for _, c := range []struct{ as, first string }{{"reviewer", "/held"}, {"practitioner.41", "/held"}, {"admin", "/held?practitioner=42"}} {
		who := carryover.PractitionerID("")
		if strings.HasPrefix(c.as, "practitioner") {
			who = "41"
		} else if strings.Contains(c.first, "42") {
			who = "42"
		}
		all, err := d.Local.List(t.Context(), desk.ListRequest{States: []carryover.State{carryover.Held}, Practitioner: who, OldestFirst: true})
		if err != nil {
			t.Fatal(err)
		}
		var shown, pages []string
		for at := c.first; at != "" && len(pages) < 10; {
			page := fetched(t, h, c.as, at)
			from := len(shown) + 1
			for _, m := range regexp.MustCompile(`class="open" href="/held/([0-9a-f-]{36})"`).FindAllStringSubmatch(page, -1) {
				shown = append(shown, m[1])
			}
			if want := fmt.Sprintf("%d to %d of %d", from, len(shown), len(all)); len(all) > 50 && !strings.Contains(page, want) {
				t.Errorf("%s, %s does not say %q", c.as, at, want)
			}
			if back := address(page, "Earlier"); len(pages) > 0 && back != pages[len(pages)-1] || len(pages) == 0 && back != "" {
				t.Errorf("%s, %s: the page before is %q, want the one that led here of %q", c.as, at, back, pages)
			}
			pages = append(pages, at)
			at = address(page, "Next page")
		}
		if len(shown) != len(all) {
			t.Fatalf("%s, %s: %d documents on %d pages, want %d", c.as, c.first, len(shown), len(pages), len(all))
		}
		for i := range all {
			if shown[i] != all[i].ID {
				t.Fatalf("%s, %s: the document in place %d is %s, want %s", c.as, c.first, i+1, shown[i], all[i].ID)
			}
		}
		page := fetched(t, h, c.as, "/held/"+all[1].ID)
		if want := fmt.Sprintf("2 of %d", len(all)); who != "42" && !strings.Contains(page, want) {
			t.Errorf("%s: the second document does not say that it is %s", c.as, want)
		}
	}
}

// address is where the link of a page leads that says something.
func address(page, says string) string {
	if m := regexp.MustCompile(`href="([^"]*)">` + says).FindStringSubmatch(page); m != nil {
		return strings.ReplaceAll(m[1], "&amp;", "&")
	}
	return ""
}

// BenchmarkFirstPage is the server's time for a first page, in a ledger of
// 100,000 deliveries of which 250 documents wait, for everybody, for somebody with a
// third of them, and for somebody with none.
func BenchmarkFirstPage(b *testing.B) {
	h, _ := years(b, 100_000, 250)
	for _, as := range []string{"reviewer", "practitioner.41", "practitioner.99"} {
		for _, page := range []struct{ name, path string }{
			{"Today", "/"},
			{"Held", "/held"},
			{"Activity", "/activity"},
			{"ActivityFiled", "/activity group=filed"},
			{"Balance", "/balance"},
			{"Reference", "/activity reference=HD-AAAAAAAA-AAAA"},
			{"Connections", "/connections"},
		} {
			if page.name == "Connections" && as != "reviewer" {
				continue
			}
			b.Run(page.name+"/"+as, func(b *testing.B) {
				for b.Loop() {
					fetched(b, h, as, page.path)
				}
			})
		}
	}
}
