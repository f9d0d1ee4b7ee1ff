package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover/sandbox/clinikosim"
)

// blindTemplate is a body for a template whose one section holds questions.
func blindTemplate(questions ...any) map[string]any {
	return map[string]any{"name": "Blind", "content": map[string]any{"sections": []any{map[string]any{"name": "S", "questions": questions}}}}
}

// blindObject is a JSON object of pairs.
func blindObject(pairs ...any) map[string]any {
	o := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}
	return o
}

// blindSame reports whether two values are the same JSON.
func blindSame(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	var p, q any
	_ = json.Unmarshal(x, &p)
	_ = json.Unmarshal(y, &q)
	x, _ = json.Marshal(p)
	y, _ = json.Marshal(q)
	return string(x) == string(y)
}

// The record, as written and as read (13).
func TestBlindTemplateRecord(t *testing.T) {
	d, clock := blindDesk(t)
	content := map[string]any{"sections": []any{
		map[string]any{"name": "First", "description": strings.Repeat("long ", 4000), "questions": []any{
			blindObject("name", "Line", "type", "text"),
			blindObject("name", "Words", "type", "paragraph", "answer", "<p>Reports:</p><ul><li>x</li></ul>"),
			blindObject("name", "When", "type", "date"),
			blindObject("name", "Boxes", "type", "checkboxes", "answers", []any{blindObject("value", "Yes"), blindObject("value", "No")}, "other", blindObject("enabled", true)),
			blindObject("name", "Buttons", "type", "radiobuttons", "answers", []any{blindObject("value", "Left")}, "other", blindObject("enabled", false)),
			blindObject("name", "Chart", "type", "bodycharts"),
		}},
		map[string]any{"questions": []any{blindObject("name", "Same", "type", "text"), blindObject("name", "Same", "type", "text")}},
		map[string]any{"name": "First"},
	}}
	settings := map[string]any{
		"title": "Chart", "include_patient_address": true, "include_patient_dob": false, "include_patient_medicare": true,
		"include_patient_occupation": false, "include_patient_reference_number": true,
	}
	h := d.say("POST", "/treatment_note_templates", map[string]any{"name": "Twice the same", "content": content, "print_settings": settings}).is(201)
	if h.header.Get("Location") == "" {
		t.Error("201 without a Location")
	}
	want := []string{"archived_at", "content", "created_at", "deleted_at", "id", "links", "name", "print_settings", "updated_at"}
	check := func(what string, record map[string]any) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(record)); !slices.Equal(got, want) {
			t.Errorf("%s: fields = %q, want %q", what, got, want)
		}
	}
	check("created", h.obj)
	if !blindSame(h.obj["content"], content) {
		t.Errorf("content changed:\n%v\n%v", h.obj["content"], content)
	}
	if !blindSame(h.obj["print_settings"], settings) {
		t.Errorf("print_settings = %v, want %v", h.obj["print_settings"], settings)
	}
	if h.str("name") != "Twice the same" || !strings.HasSuffix(self(h.obj), "/v1/treatment_note_templates/"+h.id()) || !blank(h.obj["archived_at"]) || !blank(h.obj["deleted_at"]) {
		t.Errorf("record = %s", h.raw)
	}
	if got := d.get("/treatment_note_templates/" + h.id()).is(200); !blindSame(got.obj, h.obj) {
		t.Errorf("GET = %s, want %s", got.raw, h.raw)
	}
	rows := d.get("/treatment_note_templates", "id:="+h.id()).rows("treatment_note_templates")
	if len(rows) != 1 || !blindSame(rows[0], h.obj) {
		t.Errorf("row = %v, want %s", rows, h.raw)
	}
	for _, id := range []string{planTemplate, dupTemplat} {
		got := d.get("/treatment_note_templates/" + id).is(200)
		check("loaded", got.obj)
		if settings, _ := got.obj["print_settings"].(map[string]any); settings != nil && len(settings) != 6 {
			t.Errorf("print_settings = %v, want six", settings)
		}
	}

	path := "/treatment_note_templates/" + h.id()
	clock.Advance(time.Minute)
	renamed := d.say("PATCH", path, map[string]any{"name": "Another"}).is(200)
	if renamed.str("name") != "Another" || !blindSame(renamed.obj["content"], content) || !blindSame(renamed.obj["print_settings"], settings) {
		t.Errorf("PATCH of the name = %s", renamed.raw)
	}
	if renamed.str("updated_at") <= h.str("updated_at") || renamed.str("created_at") != h.str("created_at") {
		t.Errorf("stamps = %s, %s after %s", renamed.str("created_at"), renamed.str("updated_at"), h.raw[:200])
	}
	small := blindTemplate(blindObject("name", "Only", "type", "text"))["content"]
	if got := d.say("PATCH", path, map[string]any{"content": small}).is(200); !blindSame(got.obj["content"], small) || got.str("name") != "Another" {
		t.Errorf("PATCH of the content = %s, want it replaced whole", got.raw)
	}
	if got := d.say("PUT", path, map[string]any{"name": "By PUT"}).is(200); got.str("name") != "By PUT" || !blindSame(got.obj["content"], small) {
		t.Errorf("PUT = %s, want it to work as PATCH", got.raw)
	}
	if got := d.say("PATCH", path, map[string]any{"print_settings": map[string]any{"title": "T"}}).is(200); !strings.Contains(got.raw, `"title":"T"`) {
		t.Errorf("PATCH of a setting = %s", got.raw)
	}
	before := d.get(path).is(200)
	got := d.say("PATCH", path, map[string]any{"id": "1", "archived_at": "2026-01-01T00:00:00Z", "deleted_at": "2026-01-01T00:00:00Z", "created_at": "2020-01-01T00:00:00Z", "colour": "red"}).is(200)
	delete(got.obj, "updated_at")
	delete(before.obj, "updated_at")
	if !blindSame(got.obj, before.obj) {
		t.Errorf("PATCH wrote read-only fields: %s", got.raw)
	}
	again := d.say("POST", "/treatment_note_templates", map[string]any{"name": "By PUT", "content": small}).is(201)
	if again.id() == h.id() {
		t.Error("a second template of the same name is the first one")
	}
}

// Content is an object or a JSON string that holds one (13, 21).
func TestBlindTemplateContentForms(t *testing.T) {
	d, _ := blindDesk(t)
	content := blindTemplate(blindObject("name", "Q", "type", "paragraph", "answer", "<p>x</p>"))["content"]
	text, _ := json.Marshal(content)
	post := func(content any) heard {
		return d.say("POST", "/treatment_note_templates", map[string]any{"name": "N", "content": content})
	}
	for what, sent := range map[string]any{"object": content, "string": string(text), "string with spaces": " \n" + string(text) + "\n"} {
		h := post(sent)
		if !blindCode(t, h, what, 201) {
			continue
		}
		if !blindSame(h.obj["content"], content) {
			t.Errorf("%s: content = %v, want an object %v", what, h.obj["content"], content)
		}
		p := d.say("PATCH", "/treatment_note_templates/"+h.id(), map[string]any{"content": sent})
		if blindCode(t, p, what+" by PATCH", 200) && !blindSame(p.obj["content"], content) {
			t.Errorf("%s by PATCH: %v", what, p.obj["content"])
		}
	}
	count := len(d.get("/treatment_note_templates").list("treatment_note_templates"))
	for what, sent := range map[string]any{
		"null": nil, "number": 7, "true": true, "array": []any{}, "array of sections": []any{map[string]any{"name": "x"}},
		"string of null": "null", "string of an array": "[]", "string of a number": "7", "string of a string": `"x"`,
		"plain string": "no JSON", "empty string": "", "half": string(text[:20]), "two objects": "{}{}", "string in a string": fmt.Sprintf("%q", text),
		"deep": strings.Repeat(`{"sections":`, 20000),
	} {
		h := post(sent)
		if h.code < 400 {
			t.Errorf("%s: POST = %d %s, want a refusal", what, h.code, h.raw)
		}
		if h.code == 422 {
			blindRefused(t, h, what, "content")
		}
		if p := d.say("PATCH", "/treatment_note_templates/"+planTemplate, map[string]any{"content": sent}); p.code < 400 {
			t.Errorf("%s: PATCH = %d %s, want a refusal", what, p.code, p.raw)
		}
	}
	blindRefused(t, post(nil), "null content", "content")
	if n := len(d.get("/treatment_note_templates").list("treatment_note_templates")); n != count {
		t.Errorf("%d templates after refusals, want %d", n, count)
	}
}

// Each rule of 14.5 that a template shares.
func TestBlindTemplateContentRules(t *testing.T) {
	d, _ := blindDesk(t)
	long, full := strings.Repeat("é", 256), strings.Repeat("é", 255)
	sections := func(s ...any) map[string]any {
		return map[string]any{"name": "N", "content": map[string]any{"sections": s}}
	}
	q := func(pairs ...any) map[string]any { return blindTemplate(blindObject(pairs...)) }
	for what, body := range map[string]map[string]any{
		"name of 255":               {"name": full, "content": blindTemplate(blindObject("name", "Q", "type", "text"))["content"]},
		"question of 255":           q("name", full, "type", "text"),
		"value of 255":              q("name", "Q", "type", "checkboxes", "answers", []any{blindObject("value", full)}),
		"value null":                q("name", "Q", "type", "checkboxes", "answers", []any{blindObject("value", nil)}),
		"section name null":         sections(map[string]any{"name": nil, "questions": []any{blindObject("name", "Q", "type", "text")}}),
		"section name of 255":       sections(map[string]any{"name": full, "questions": []any{blindObject("name", "Q", "type", "text")}}),
		"description null":          sections(map[string]any{"name": "S", "description": nil}),
		"description of 20 000":     sections(map[string]any{"name": "S", "description": strings.Repeat("d", 20000)}),
		"no questions":              sections(map[string]any{"name": "S"}),
		"no answers, no other":      q("name", "Q", "type", "radiobuttons"),
		"other alone":               q("name", "Q", "type", "radiobuttons", "other", blindObject("enabled", true)),
		"paragraph without default": q("name", "Q", "type", "paragraph"),
		"long default":              q("name", "Q", "type", "paragraph", "answer", "<p>"+strings.Repeat("w ", 20000)+"</p>"),
		"same names":                blindTemplate(blindObject("name", "Q", "type", "paragraph"), blindObject("name", "Q", "type", "text"), blindObject("name", "Q", "type", "paragraph")),
	} {
		blindCode(t, d.say("POST", "/treatment_note_templates", body), what, 201)
	}
	for what, body := range map[string]map[string]any{
		"empty sections":         sections(),
		"null sections":          {"name": "N", "content": map[string]any{"sections": nil}},
		"sections an object":     {"name": "N", "content": map[string]any{"sections": map[string]any{}}},
		"null section":           sections(nil),
		"section a string":       sections("x"),
		"empty questions":        sections(map[string]any{"name": "S", "questions": []any{}}),
		"null questions":         sections(map[string]any{"name": "S", "questions": nil}),
		"null question":          sections(map[string]any{"name": "S", "questions": []any{nil}}),
		"section name of 256":    sections(map[string]any{"name": long}),
		"section name a number":  sections(map[string]any{"name": 5}),
		"description a number":   sections(map[string]any{"name": "S", "description": 5}),
		"no name":                q("type", "text"),
		"null name":              q("name", nil, "type", "text"),
		"number as a name":       q("name", 5, "type", "text"),
		"question of 256":        q("name", long, "type", "text"),
		"no type":                q("name", "Q"),
		"null type":              q("name", "Q", "type", nil),
		"unknown type":           q("name", "Q", "type", "essay"),
		"capital type":           q("name", "Q", "type", "Text"),
		"signature":              q("name", "Q", "type", "signature"),
		"empty default":          q("name", "Q", "type", "paragraph", "answer", ""),
		"null default":           q("name", "Q", "type", "paragraph", "answer", nil),
		"default a number":       q("name", "Q", "type", "paragraph", "answer", 5),
		"empty answers":          q("name", "Q", "type", "checkboxes", "answers", []any{}),
		"null answers":           q("name", "Q", "type", "checkboxes", "answers", nil),
		"answers of strings":     q("name", "Q", "type", "checkboxes", "answers", []any{"x"}),
		"value of 256":           q("name", "Q", "type", "radiobuttons", "answers", []any{blindObject("value", long)}),
		"value a number":         q("name", "Q", "type", "radiobuttons", "answers", []any{blindObject("value", 5)}),
		"null other":             q("name", "Q", "type", "checkboxes", "other", nil),
		"other a boolean":        q("name", "Q", "type", "checkboxes", "other", true),
		"enabled null":           q("name", "Q", "type", "checkboxes", "other", blindObject("enabled", nil)),
		"enabled a string":       q("name", "Q", "type", "checkboxes", "other", blindObject("enabled", "yes")),
		"answers in a paragraph": q("name", "Q", "type", "paragraph", "answers", []any{blindObject("value", "x")}),
	} {
		blindRefused(t, d.say("POST", "/treatment_note_templates", body), what, "content")
		patch := map[string]any{"content": body["content"]}
		blindRefused(t, d.say("PATCH", "/treatment_note_templates/"+planTemplate, patch), what+" by PATCH", "content")
	}
	if h := d.get("/treatment_note_templates/" + planTemplate); !strings.Contains(h.raw, "Reports:") {
		t.Errorf("a refused PATCH changed the template: %s", h.raw)
	}
}

// Keys that a template's question has not are refused or dropped, never kept
// (13: a text, date or bodycharts question has no further keys).
func TestBlindTemplateKeysNotItsOwn(t *testing.T) {
	d, _ := blindDesk(t)
	for what, question := range map[string]map[string]any{
		"text":        blindObject("name", "Q", "type", "text", "answer", "MARK"),
		"date":        blindObject("name", "Q", "type", "date", "answer", "2026-03-02"),
		"chart":       blindObject("name", "Q", "type", "bodycharts", "body_chart_ids", []string{"2026"}),
		"selected":    blindObject("name", "Q", "type", "checkboxes", "answers", []any{blindObject("value", "x", "selected", true)}),
		"other":       blindObject("name", "Q", "type", "radiobuttons", "other", blindObject("enabled", true, "selected", true, "value", "MARK")),
		"unknown key": blindObject("name", "Q", "type", "text", "colour", "MARK"),
	} {
		t.Run(what, func(t *testing.T) {
			h := d.say("POST", "/treatment_note_templates", blindTemplate(question))
			if !blindCode(t, h, what, 201, 422) || h.code == 422 {
				return
			}
			kept, _ := json.Marshal(h.obj["content"])
			for _, mark := range []string{"MARK", "2026", "selected"} {
				if strings.Contains(string(kept), mark) {
					t.Errorf("a template keeps what no template has: %s", kept)
				}
			}
		})
	}
}

// Names and settings.
func TestBlindTemplateFields(t *testing.T) {
	d, _ := blindDesk(t)
	content := blindTemplate(blindObject("name", "Q", "type", "text"))["content"]
	post := func(pairs ...any) heard {
		body := blindObject(append([]any{"name", "N", "content", content}, pairs...)...)
		return d.say("POST", "/treatment_note_templates", body)
	}
	blindRefused(t, post("name", nil), "null name", "name")
	blindRefused(t, post("name", strings.Repeat("ü", 256)), "256", "name")
	blindRefused(t, post("name", 5), "a number", "name")
	blindCode(t, post("name", strings.Repeat("🦵", 255)), "255 wide characters", 201)
	blindRefused(t, post("print_settings", nil), "null settings", "print_settings")
	blindRefused(t, post("print_settings", "x"), "settings a string", "print_settings")
	blindRefused(t, post("print_settings", []any{}), "settings a list", "print_settings")
	blindRefused(t, post("print_settings", blindObject("title", 5)), "title a number", "print_settings")
	blindRefused(t, post("print_settings", blindObject("include_patient_dob", "yes")), "flag a string", "print_settings")
	blindRefused(t, post("print_settings", blindObject("include_patient_dob", 1)), "flag a number", "print_settings")
	blindCode(t, post("print_settings", blindObject()), "no settings", 201)
	if h := post("print_settings", blindObject("colour", true)); h.code == 201 && strings.Contains(h.raw, "colour") {
		t.Errorf("an unknown setting is kept: %s", h.raw)
	}
	path := "/treatment_note_templates/" + planTemplate
	blindRefused(t, d.say("PATCH", path, map[string]any{"name": nil}), "null name by PATCH", "name")
	blindRefused(t, d.say("PATCH", path, map[string]any{"name": strings.Repeat("x", 256)}), "256 by PATCH", "name")
	blindRefused(t, d.say("PATCH", path, map[string]any{"print_settings": nil}), "null settings by PATCH", "print_settings")
	if h := d.get(path); h.str("name") != "Plan of care" {
		t.Errorf("name = %q after refused PATCHes", h.str("name"))
	}
	blindCode(t, d.say("PATCH", path, map[string]any{}), "an empty PATCH", 200)

	blank := d.say("POST", "/treatment_note_templates", map[string]any{"name": "No content"})
	if blank.code == 201 {
		if _, ok := blank.obj["content"].(map[string]any); !ok {
			t.Errorf("content = %v, want an object: it is never null", blank.obj["content"])
		}
	} else {
		blindRefused(t, blank, "no content", "content")
	}
	for _, body := range []string{"[]", `"x"`, "null", "7", "{"} {
		if h := d.say("POST", "/treatment_note_templates", body); h.code < 400 || h.code >= 500 {
			t.Errorf("body %q = %d %s, want a refusal", body, h.code, h.raw)
		}
	}
	plain := d
	plain.ctype = "text/plain"
	h := plain.say("POST", "/treatment_note_templates", map[string]any{"name": "N", "content": content})
	if blindCode(t, h, "no JSON content type", 422) && h.errorsOf()["name"] != "can’t be blank" {
		t.Errorf("errors = %s, want name can’t be blank", h.raw)
	}
	blindCode(t, d.sits("").get("/treatment_note_templates"), "no key", 401)
}

// Default answers are cleaned like any paragraph (14.6: "same text for …
// note templates").
func TestBlindTemplateHTML(t *testing.T) {
	d, _ := blindDesk(t)
	for sent, want := range map[string]string{
		"<p>a &lt; b &amp; &quot;c&quot; &#39;d&#39;</p>":           `<p>a &lt; b &amp; "c" 'd'</p>`,
		"<p>one</p>\n<p>two</p>":                                    "<p>one</p><p>two</p>",
		"line1\nline2":                                              "line1line2",
		`<strong>x</strong> <span style="color:red">y</span>`:       "x y",
		`<a href="https://e.example" onclick="x()">l</a>`:           `<a href="https://e.example">l</a>`,
		`<a href="javascript:x">l</a>`:                              "<a>l</a>",
		"Pain <Left knee> worse":                                    "Pain  worse",
		"<table><tr><td>a</td><td>b</td></tr></table>":              "ab",
		"<p>k</p><script>x</script><style>y</style>":                "<p>k</p>",
		"<h1>a</h1><h2>b</h2><blockquote>c</blockquote><ol></ol>":   "<h1>a</h1><h2>b</h2><blockquote>c</blockquote><ol></ol>",
		`<b class="x">a</b><i>b</i><u>c</u><div>d</div><p><br></p>`: "<b>a</b><i>b</i><u>c</u><div>d</div><p><br></p>",
	} {
		h := d.say("POST", "/treatment_note_templates", blindTemplate(blindObject("name", "Q", "type", "paragraph", "answer", sent)))
		if blindCode(t, h, sent, 201) && h.answer() != want {
			t.Errorf("default %q is kept as %q, want %q", sent, h.answer(), want)
		}
	}
	h := d.say("POST", "/treatment_note_templates", blindTemplate(blindObject("name", "Q", "type", "paragraph", "answer", "<script>x</script>"))).is(201)
	if _, there := h.question(0)["answer"]; there {
		t.Errorf("a default of nothing is %v, want none", h.question(0)["answer"])
	}
}

// Archive, DELETE, lists, filters by list and by id, sort, pages (A.1).
func TestBlindTemplateLists(t *testing.T) {
	d, clock := blindDesk(t)
	ids := d.get("/treatment_note_templates").list("treatment_note_templates")
	if slices.Contains(ids, oldTemplate) || !slices.Contains(ids, planTemplate) || len(ids) != 2 {
		t.Errorf("list = %q, want the two in use", ids)
	}
	if got := d.get("/treatment_note_templates", "archived_at:*").sorted("treatment_note_templates"); len(got) != 3 {
		t.Errorf("archived_at:* = %q", got)
	}
	if got := d.get("/treatment_note_templates", "archived_at:?").list("treatment_note_templates"); !slices.Equal(got, []string{oldTemplate}) {
		t.Errorf("archived_at:? = %q", got)
	}
	blindCode(t, d.get("/treatment_note_templates/"+oldTemplate), "archived by id", 404)
	blindCode(t, d.get("/treatment_note_templates/"+oldTemplate, "archived_at:*"), "archived by id, asked for", 200)
	blindCode(t, d.get("/treatment_note_templates/"+oldTemplate, "archived_at:!?"), "archived by id, not asked for", 404)
	blindCode(t, d.get("/treatment_note_templates/"+planTemplate, "deleted_at:!?"), "by id, not deleted", 200)
	blindCode(t, d.get("/treatment_note_templates/"+planTemplate, "created_at:>=2000-01-01T00:00:00Z"), "by id, another filter", 400)
	blindCode(t, d.get("/treatment_note_templates/"+planTemplate, "id:="+planTemplate), "by id, another filter", 400)
	blindCode(t, d.get("/treatment_note_templates/archived"), "old list", 404)
	blindCode(t, d.get("/treatment_note_templates/9"), "unknown", 404)

	var made []string
	content := blindTemplate(blindObject("name", "Q", "type", "text"))["content"]
	for i := range 55 {
		clock.Advance(2 * time.Second)
		made = append(made, d.say("POST", "/treatment_note_templates", map[string]any{"name": fmt.Sprint("T ", i), "content": content}).is(201).id())
	}
	h := d.get("/treatment_note_templates").is(200)
	if got := h.list("treatment_note_templates"); len(got) != 50 || !slices.Equal(got[2:], made[:48]) || fmt.Sprint(h.obj["total_entries"]) != "57" {
		t.Errorf("first page = %d rows of %v", len(got), h.obj["total_entries"])
	}
	next, _ := h.obj["links"].(map[string]any)["next"].(string)
	if got := d.get(strings.TrimPrefix(next, d.root+"/v1")).list("treatment_note_templates"); !slices.Equal(got, made[48:]) {
		t.Errorf("second page = %q", got)
	}
	if got := d.get("/treatment_note_templates?per_page=100&sort=created_at:desc").list("treatment_note_templates"); len(got) != 57 || got[0] != made[54] {
		t.Errorf("sort=created_at:desc = %d, first %q", len(got), got[0])
	}
	if got := d.get("/treatment_note_templates", "id:="+made[3]+","+made[7]).list("treatment_note_templates"); !slices.Equal(got, []string{made[3], made[7]}) {
		t.Errorf("two ids = %q", got)
	}
	from := d.get("/treatment_note_templates/" + made[50]).str("created_at")
	if got := d.get("/treatment_note_templates", "created_at:>"+from).list("treatment_note_templates"); !slices.Equal(got, made[51:]) {
		t.Errorf("created_at:> = %q", got)
	}
	if got := d.get("/treatment_note_templates", "updated_at:>="+from, "created_at:<="+from).list("treatment_note_templates"); !slices.Equal(got, made[50:51]) {
		t.Errorf("a window = %q", got)
	}
	for _, bad := range []string{"name:=Plan of care", "name:~Plan", "content:?", "print_settings:?", "id:~1", "id:*", "created_at:=" + from, "deleted_at:=x", "patient_id:=1"} {
		blindCode(t, d.get("/treatment_note_templates", bad), bad, 400)
	}
	for _, bad := range []string{"-created_at", "colour", "created_at:sideways"} {
		blindCode(t, d.say("GET", "/treatment_note_templates?sort="+url.QueryEscape(bad), nil), "sort="+bad, 400)
	}
	if h := d.say("GET", "/treatment_note_templates?q=word", nil); h.code < 500 {
		t.Errorf("q=word = %d, want 5xx", h.code)
	}

	for i, remove := range []func(string) heard{
		func(p string) heard { return d.say("POST", p+"/archive", nil) },
		func(p string) heard { return d.say("DELETE", p, nil) },
	} {
		path := "/treatment_note_templates/" + made[i]
		before := d.get(path).is(200)
		if got := remove(path).is(204); got.raw != "" {
			t.Errorf("204 with a body: %q", got.raw)
		}
		blindCode(t, d.get(path), "archived", 404)
		blindCode(t, d.say("PATCH", path, map[string]any{"name": "x"}), "PATCH of an archived one", 404)
		blindCode(t, remove(path), "archived twice", 404, 204)
		blindCode(t, d.say("POST", path+"/unarchive", nil), "unarchive", 404)
		after := d.get(path, "archived_at:*").is(200)
		if blank(after.obj["archived_at"]) || !blindSame(after.obj["content"], before.obj["content"]) {
			t.Errorf("archived = %s", after.raw)
		}
	}
	d.server.SetSwitches(clinikosim.Switches{DeletedTwin: true})
	d.say("POST", "/treatment_note_templates/"+made[9]+"/archive", nil).is(204)
	if got := d.get("/treatment_note_templates/"+made[9], "deleted_at:*").is(200); blank(got.obj["deleted_at"]) {
		t.Errorf("deleted_at = %v with the twin on", got.obj["deleted_at"])
	}
}

// Notes keep their own copy; content and template are not checked against
// each other (13).
func TestBlindTemplatesAndNotes(t *testing.T) {
	d, clock := blindDesk(t, func(s *clinikosim.Switches) { s.ContentFromTemplate = true })
	plain := d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", planTemplate, "content", nil)).is(201)
	if plain.answer() != "<p>Reports:</p>" {
		t.Errorf("a note from the template begins %q", plain.answer())
	}
	own := d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", planTemplate)).is(201)
	if own.answer() != "<p>Walks well.</p>" || tail(own.obj["treatment_note_template"]) != planTemplate {
		t.Errorf("own content = %s, want it used", own.raw)
	}
	clock.Advance(time.Minute)
	twins := blindTemplate(blindObject("name", "Q", "type", "paragraph", "answer", "<p>New</p>"), blindObject("name", "Q", "type", "paragraph", "answer", "<p>Newer</p>"))
	d.say("PATCH", "/treatment_note_templates/"+planTemplate, map[string]any{"content": twins["content"]}).is(200)
	for _, n := range []heard{plain, own} {
		if got := d.get("/treatment_notes/" + n.id()).is(200); !blindSame(got.obj, n.obj) {
			t.Errorf("an edit of the template changed a note:\n%s\n%s", got.raw, n.raw)
		}
	}
	later := d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", planTemplate, "content", nil)).is(201)
	if later.answer() != "<p>New</p>" || later.question(1)["answer"] != "<p>Newer</p>" {
		t.Errorf("a note after the edit = %s", later.raw)
	}
	if err := d.server.ArchiveTemplate(planTemplate); err != nil {
		t.Fatal(err)
	}
	if got := d.get("/treatment_notes/" + own.id()).is(200); tail(got.obj["treatment_note_template"]) != planTemplate {
		t.Errorf("archiving the template unlinked a note: %s", got.raw)
	}
	blindRefused(t, d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", planTemplate)), "archived template", "treatment_note_template")
	blindRefused(t, d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", "9")), "unknown template", "treatment_note_template")
	rounded := json.Number("2000000000000000512")
	blindRefused(t, d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", rounded)), "rounded template", "treatment_note_template")
	blindCode(t, d.say("POST", "/treatment_notes", noteFor(zoeID, "treatment_note_template_id", json.Number(dupTemplat))), "template as a number", 201)
}
