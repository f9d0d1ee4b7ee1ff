package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"carryover/sandbox/clinikosim"
)

// markup draws scraps of HTML, good and bad.
func markup() *rapid.Generator[string] {
	scrap := rapid.SampledFrom([]string{
		"<p>", "</p>", "<div>", "</div>", "<br>", "<br/>", "<ul><li>", "</li></ul>", "<b>", "</b>", "<strong>", "</strong>", "<a href=\"https://e.example/?a=1&b=2\">", "<a href='javascript:x'>", "</a>",
		"<script>", "</script>", "<style>", "</style>", "<table><tr><td>", "</td></tr></table>", "<!-- c -->", "<!DOCTYPE html>", "<svg onload=x>", "<img src=x onerror=y>",
		"<", ">", "&", "&lt;", "&gt;", "&amp;", "&nbsp;", "&quot;", "&#39;", "&bogus;", "<5 mmHg", "<Left knee>", "</", "<p class=x", "\n", "\t", "\r\n", " ", "é", "😀", "word", "x<y", "\"", "'",
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(scrap, 1, 12).Draw(t, "scraps"), "")
	})
}

var (
	anyTag  = regexp.MustCompile(`<(/?)([a-zA-Z0-9]*)([^>]*)>`)
	hrefTag = regexp.MustCompile(`^( href="(https?|mailto):[^"]*")?$`)
)

// Section 14.6: whatever is sent, only the 13 tags come back, without attributes
// but a safe href; sanitising twice changes nothing more; a second save of what
// came back is byte-identical (14.4).
func TestSheetSanitiserHolds(t *testing.T) {
	tags := strings.Fields("p div br ul ol li blockquote h1 h2 b i u a")
	for name, set := range map[string]func(*clinikosim.Switches){
		"as it comes": func(*clinikosim.Switches) {},
		"strict":      func(s *clinikosim.Switches) { s.StrictTags = true },
		"kept":        func(s *clinikosim.Switches) { s.KeepNewlines = true },
	} {
		d := switched(t, set)
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				sent := markup().Draw(rt, "sent")
				stored := d.echo(sent)
				for _, tag := range anyTag.FindAllStringSubmatch(stored, -1) {
					if !slices.Contains(tags, tag[2]) || tag[3] != "" && (tag[2] != "a" || tag[1] != "" || !hrefTag.MatchString(tag[3])) {
						rt.Fatalf("%q is stored as %q with the tag %q", sent, stored, tag[0])
					}
				}
				if left := anyTag.ReplaceAllString(stored, ""); strings.ContainsAny(left, "<") {
					rt.Fatalf("%q is stored as %q with a bare <", sent, stored)
				}
				if stored != "" {
					if again := d.echo(stored); again != stored {
						rt.Fatalf("%q is stored as %q, that as %q", sent, stored, again)
					}
				}
			})
		})
	}
}

// Section 14.6: text that is sent escaped survives to the character, newlines
// and tabs aside.
func TestSheetEscapedTextSurvives(t *testing.T) {
	d := openDesk(t)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune(`ab <>&"'/;#0é😀 `+"\u00a0")), 1, 30, -1).Draw(rt, "text")
		stored := d.echo("<p>" + html.EscapeString(text) + "</p>")
		visible, ok := strings.CutPrefix(stored, "<p>")
		visible, ok2 := strings.CutSuffix(visible, "</p>")
		if !ok || !ok2 || html.UnescapeString(visible) != text {
			rt.Fatalf("%q is stored as %q", text, stored)
		}
	})
}

// anyJSON draws a JSON value that looks a little like note content.
func anyJSON(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return rapid.SampledFrom([]string{"", "text", "paragraph", "checkboxes", "date", "2026-03-02", "<p>x</p>", zoeID}).Draw(t, "s")
		case 1:
			return rapid.Bool().Draw(t, "b")
		case 2:
			return rapid.SampledFrom([]any{nil, 0, 1e300, -1.5}).Draw(t, "n")
		case 3:
			return map[string]any{}
		case 4:
			return rapid.SliceOfN(anyJSON(depth-1), 0, 3).Draw(t, "a")
		}
		keys := rapid.SampledFrom([]string{"sections", "name", "description", "questions", "type", "answer", "answers", "value", "selected", "other", "enabled", "body_chart_ids", "odd"})
		return rapid.MapOfN(keys, anyJSON(depth-1), 0, 4).Draw(t, "o")
	})
}

// Section 5: whatever a client sends in a body, the answer is a success or one
// of the named refusals; only content as a plain string is a server error.
func TestSheetOddBodies(t *testing.T) {
	d := openDesk(t)
	note := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	fine := func(rt *rapid.T, got heard, content any) {
		if _, isString := content.(string); isString && got.code == 500 {
			return
		}
		if !slices.Contains([]int{200, 201, 400, 404, 422}, got.code) {
			rt.Fatalf("%s = %d %.200s", got.what, got.code, got.raw)
		}
	}
	fields := rapid.SampledFrom([]string{"patient_id", "booking_id", "attendee_id", "treatment_note_template_id", "title", "draft", "content"})
	rapid.Check(t, func(rt *rapid.T) {
		body := noteFor(zoeID, "content", map[string]any{"sections": anyJSON(4).Draw(rt, "sections")})
		if rapid.Bool().Draw(rt, "odd field") {
			body[fields.Draw(rt, "field")] = anyJSON(3).Draw(rt, "value")
		}
		if body["draft"] == false {
			body["draft"] = true // the note of the PATCH must stay a draft
		}
		fine(rt, d.say("POST", "/treatment_notes", body), body["content"])
		body["patient_id"] = zoeID
		fine(rt, d.say("PATCH", "/treatment_notes/"+note, body), body["content"])
		patient := map[string]any{"first_name": anyJSON(2).Draw(rt, "first"), "last_name": "Odd"}
		patient[rapid.SampledFrom([]string{"date_of_birth", "email", "patient_phone_numbers", "custom_fields", "pronouns", "accepted_privacy_policy", "title", "concession_type_id"}).Draw(rt, "key")] = anyJSON(3).Draw(rt, "odd")
		fine(rt, d.say("POST", "/patients", patient), nil)
	})
	for _, body := range []string{"{", "[]", "null", `"x"`, "7", "{}{}", `{"title":`, "\x00", `{"patient_id":"` + zoeID + `","title":"a","draft":true,"content":` + strings.Repeat("[", 5000)} {
		for _, path := range []string{"/treatment_notes", "/patients"} {
			if got := d.say("POST", path, body); got.code < 400 || got.code > 499 {
				t.Errorf("POST %s %.20q = %d %.100s, want a 4xx", path, body, got.code, got.raw)
			}
		}
		if got := d.say("PATCH", "/treatment_notes/"+note, body); got.code > 499 {
			t.Errorf("PATCH %.20q = %d %.100s", body, got.code, got.raw)
		}
	}
}

// Section 18: many clients at once: every POST makes one note, every note is on
// one page.
func TestSheetConcurrentPosts(t *testing.T) {
	d := openDesk(t)
	var ids sync.Map
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for n := range 15 {
				key := []string{piaKey, paulKey}[who%2]
				got := d.sits(key).say("POST", "/treatment_notes", noteFor(zoeID, "title", fmt.Sprintf("%d of %d", n, who)))
				if _, twice := ids.LoadOrStore(got.id(), true); got.code != 201 || twice {
					t.Errorf("POST = %d, id %s twice %v", got.code, got.id(), twice)
				}
				d.get("/treatment_notes", "patient_id:="+zoeID)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for page := 1; page <= 6; page++ {
		for _, id := range d.say("GET", fmt.Sprintf("/treatment_notes?per_page=20&page=%d", page), nil).list("treatment_notes") {
			if seen[id] {
				t.Errorf("%s is on two pages", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d notes on 6 pages, want 120", len(seen))
	}
}

// Section 21 and the simulator's own word: what the API leaves open varies by
// seed, and a seed repeats itself.
func TestSheetSeeds(t *testing.T) {
	ids := func(seed uint64) string {
		d := openDesk(t, func(o *clinikosim.Options) { o.Seed = seed })
		var found []string
		for n := range 5 {
			found = append(found, d.say("POST", "/patients", map[string]any{"first_name": "S", "last_name": fmt.Sprint(n)}).is(201).id())
		}
		return strings.Join(found, " ")
	}
	if a, b := ids(1), ids(1); a != b {
		t.Errorf("seed 1 gave %s, then %s", a, b)
	}
	if a, b := ids(1), ids(2); a == b {
		t.Errorf("seeds 1 and 2 both gave %s", a)
	}
}

// Section 5 and 4: no answer and no log line holds the key.
func TestSheetKeysStaySecret(t *testing.T) {
	var log strings.Builder
	d := openDesk(t, func(o *clinikosim.Options) { o.Log = textLog(&log) })
	d.agent = ""
	for _, got := range []heard{
		d.get("/user"), d.get("/nonsense"), d.get("/patients", "nonsense:=1"), d.say("POST", "/treatment_notes", map[string]any{"odd": 1}), d.sits("SANDBOXnobody-secret-au4").get("/user"),
	} {
		text, _ := json.Marshal(got.header)
		for _, secret := range []string{piaKey, "SANDBOXpia", "SANDBOXnobody"} {
			if strings.Contains(got.raw+string(text)+log.String(), secret) {
				t.Errorf("%s: the key shows", got.what)
			}
		}
	}
}
