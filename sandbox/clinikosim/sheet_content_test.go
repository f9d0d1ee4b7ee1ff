package clinikosim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"carryover/sandbox/clinikosim"
)

// inQuestion is a content with one question, given as JSON.
func inQuestion(question string) string {
	return `{"sections":[{"name":"Visit","questions":[` + question + `]}]}`
}

// inAnswers is a content with one question of a type with answers.
func inAnswers(kind, rest string) string {
	return inQuestion(`{"name":"Q","type":"` + kind + `",` + rest + `}`)
}

// A contentRule is one rule of section 14.5 with what keeps and what breaks it.
type contentRule struct {
	name string
	good []string // contents answered 201
	bad  []string // contents answered 422 on content
}

var (
	chars255 = strings.Repeat("ü", 255) // characters, not bytes
	chars256 = strings.Repeat("ü", 256)
	long     = strings.Repeat("long ", 2001) // 10 005 characters
)

// contentRules is the table of section 14.5, from top to bottom.
var contentRules = []contentRule{
	{"sections: an empty array is invalid, absent is fine", []string{`null`, `{}`}, []string{`{"sections":[]}`, `{"sections":null}`, `{"sections":"x"}`, `{"sections":{}}`, `{"sections":["x"]}`}},
	{
		"section name: 255, optional, null allowed",
		[]string{`{"sections":[{"questions":[{"name":"Q","type":"text"}]}]}`, `{"sections":[{"name":null,"questions":[{"name":"Q","type":"text"}]}]}`, `{"sections":[{"name":"` + chars255 + `"}]}`},
		[]string{`{"sections":[{"name":"` + chars256 + `"}]}`, `{"sections":[{"name":7}]}`},
	},
	{
		"section description: string or null, no maximum now",
		[]string{`{"sections":[{"name":"S","description":"d"}]}`, `{"sections":[{"name":"S","description":null}]}`, `{"sections":[{"name":"S","description":"` + long + `"}]}`},
		[]string{`{"sections":[{"name":"S","description":7}]}`},
	},
	{"questions: non-empty or left out", []string{`{"sections":[{"name":"S"}]}`}, []string{`{"sections":[{"name":"S","questions":[]}]}`, `{"sections":[{"name":"S","questions":null}]}`, `{"sections":[{"name":"S","questions":["x"]}]}`}},
	{
		"question name: required, 255",
		[]string{inQuestion(`{"name":"` + chars255 + `","type":"text"}`)},
		[]string{inQuestion(`{"type":"text"}`), inQuestion(`{"name":null,"type":"text"}`), inQuestion(`{"name":"` + chars256 + `","type":"text"}`), inQuestion(`{"name":7,"type":"text"}`)},
	},
	{
		"question type: required, one of six",
		[]string{
			inQuestion(`{"name":"Q","type":"text"}`), inQuestion(`{"name":"Q","type":"paragraph"}`), inQuestion(`{"name":"Q","type":"date"}`),
			inQuestion(`{"name":"Q","type":"checkboxes"}`), inQuestion(`{"name":"Q","type":"radiobuttons"}`), inQuestion(`{"name":"Q","type":"bodycharts"}`),
		},
		[]string{inQuestion(`{"name":"Q"}`), inQuestion(`{"name":"Q","type":null}`), inQuestion(`{"name":"Q","type":""}`), inQuestion(`{"name":"Q","type":"Text"}`), inQuestion(`{"name":"Q","type":"number"}`), inQuestion(`{"name":"Q","type":"signature"}`)},
	},
	{
		"answer: not empty, not null, no maximum",
		[]string{inAnswers("text", `"answer":"a"`), inAnswers("paragraph", `"answer":"<p>a</p>"`), inAnswers("paragraph", `"answer":"`+long+`"`), inAnswers("text", `"answer":"`+long+`"`)},
		[]string{inAnswers("text", `"answer":""`), inAnswers("paragraph", `"answer":""`), inAnswers("date", `"answer":""`), inAnswers("text", `"answer":null`), inAnswers("paragraph", `"answer":null`), inAnswers("date", `"answer":null`), inAnswers("text", `"answer":7`)},
	},
	{
		"answer: only in text, paragraph, date",
		nil,
		[]string{inAnswers("checkboxes", `"answer":"a"`), inAnswers("radiobuttons", `"answer":"a"`), inAnswers("bodycharts", `"answer":"a"`)},
	},
	{
		"answer of a date: YYYY-MM-DD",
		[]string{inAnswers("date", `"answer":"2026-03-02"`)},
		[]string{inAnswers("date", `"answer":"02/03/2026"`), inAnswers("date", `"answer":"2026-03-02T00:00:00Z"`), inAnswers("date", `"answer":"2026-3-2"`), inAnswers("date", `"answer":"soon"`), inAnswers("date", `"answer":"2026-02-30"`)},
	},
	{
		"answers: non-empty, only in checkboxes and radiobuttons",
		[]string{inAnswers("checkboxes", `"answers":[{"value":"Yes"}]`), inAnswers("radiobuttons", `"answers":[{"value":"Yes"},{"value":"No"}]`)},
		[]string{
			inAnswers("checkboxes", `"answers":[]`), inAnswers("radiobuttons", `"answers":[]`), inAnswers("checkboxes", `"answers":null`), inAnswers("checkboxes", `"answers":["Yes"]`),
			inAnswers("text", `"answers":[{"value":"Yes"}]`), inAnswers("paragraph", `"answers":[{"value":"Yes"}]`), inAnswers("date", `"answers":[{"value":"Yes"}]`), inAnswers("bodycharts", `"answers":[{"value":"Yes"}]`),
		},
	},
	{
		"other: only in checkboxes and radiobuttons",
		[]string{inAnswers("checkboxes", `"other":{"enabled":true}`), inAnswers("radiobuttons", `"other":{"enabled":false}`)},
		[]string{inAnswers("text", `"other":{"enabled":true}`), inAnswers("paragraph", `"other":{"enabled":true}`), inAnswers("date", `"other":{"enabled":true}`), inAnswers("bodycharts", `"other":{"enabled":true}`)},
	},
	{
		"body_chart_ids: an array of ids, only in bodycharts",
		[]string{inAnswers("bodycharts", `"body_chart_ids":["1968645883121642782"]`)},
		[]string{inAnswers("text", `"body_chart_ids":["1968645883121642782"]`), inAnswers("checkboxes", `"body_chart_ids":["1968645883121642782"]`), inAnswers("bodycharts", `"body_chart_ids":"1968645883121642782"`)},
	},
	{
		"answers value: 255 or null",
		[]string{inAnswers("checkboxes", `"answers":[{"value":"`+chars255+`"}]`), inAnswers("checkboxes", `"answers":[{"value":null}]`)},
		[]string{inAnswers("checkboxes", `"answers":[{"value":"`+chars256+`"}]`), inAnswers("radiobuttons", `"answers":[{"value":7}]`)},
	},
	{
		"answers selected: only true",
		[]string{inAnswers("checkboxes", `"answers":[{"value":"Yes","selected":true}]`), inAnswers("radiobuttons", `"answers":[{"value":"Yes","selected":true},{"value":"No"}]`)},
		[]string{inAnswers("checkboxes", `"answers":[{"value":"Yes","selected":false}]`), inAnswers("radiobuttons", `"answers":[{"value":"Yes","selected":false}]`), inAnswers("checkboxes", `"answers":[{"value":"Yes","selected":"true"}]`)},
	},
	{
		"radiobuttons: at most one selected, checkboxes any number",
		[]string{inAnswers("checkboxes", `"answers":[{"value":"A","selected":true},{"value":"B","selected":true}]`), inAnswers("radiobuttons", `"answers":[{"value":"A"},{"value":"B","selected":true}]`)},
		[]string{inAnswers("radiobuttons", `"answers":[{"value":"A","selected":true},{"value":"B","selected":true}]`)},
	},
	{
		"radiobuttons: none selected if other is",
		[]string{
			inAnswers("checkboxes", `"answers":[{"value":"A","selected":true}],"other":{"enabled":true,"selected":true,"value":"c"}`),
			inAnswers("radiobuttons", `"answers":[{"value":"A"}],"other":{"enabled":true,"selected":true,"value":"c"}`),
		},
		[]string{inAnswers("radiobuttons", `"answers":[{"value":"A","selected":true}],"other":{"enabled":true,"selected":true,"value":"c"}`)},
	},
	{
		"other enabled: boolean, not null",
		[]string{inAnswers("checkboxes", `"other":{"enabled":true}`), inAnswers("checkboxes", `"other":{"enabled":false}`)},
		[]string{inAnswers("checkboxes", `"other":{"enabled":null}`), inAnswers("checkboxes", `"other":{"enabled":"true"}`)},
	},
	{
		"other selected: only if enabled",
		[]string{inAnswers("checkboxes", `"other":{"enabled":true,"selected":true}`)},
		[]string{inAnswers("checkboxes", `"other":{"enabled":false,"selected":true}`), inAnswers("checkboxes", `"other":{"enabled":true,"selected":"yes"}`)},
	},
	{
		"other value: 255, not null, only if selected",
		[]string{inAnswers("checkboxes", `"other":{"enabled":true,"selected":true,"value":"`+chars255+`"}`)},
		[]string{
			inAnswers("checkboxes", `"other":{"enabled":true,"selected":true,"value":"`+chars256+`"}`), inAnswers("checkboxes", `"other":{"enabled":true,"selected":true,"value":null}`),
			inAnswers("checkboxes", `"other":{"enabled":true,"value":"c"}`),
		},
	},
	{"content: an object or null", []string{`null`}, []string{`[]`, `7`, `true`}},
}

// Section 14.5: each rule by itself, on POST and on PATCH; a breach is 422 on
// content and names nothing else.
func TestSheetContentRules(t *testing.T) {
	d := openDesk(t)
	note := d.say("POST", "/treatment_notes", noteFor(zoeID)).is(201).id()
	for _, rule := range contentRules {
		t.Run(rule.name, func(t *testing.T) {
			d := d
			d.t = t
			for _, content := range rule.good {
				body := `{"patient_id":"` + zoeID + `","title":"Rules","draft":true,"content":` + content + `}`
				got := d.say("POST", "/treatment_notes", body)
				if got.code != 201 {
					t.Errorf("POST %.150s = %d %.200s, want 201", content, got.code, got.raw)
					continue
				}
				sameJSON(t, content, got.obj["content"])
				if got := d.say("PATCH", "/treatment_notes/"+note, `{"content":`+content+`}`); got.code != 200 {
					t.Errorf("PATCH %.150s = %d, want 200", content, got.code)
				}
			}
			for _, content := range rule.bad {
				body := `{"patient_id":"` + zoeID + `","title":"Rules","draft":true,"content":` + content + `}`
				for _, got := range []heard{d.say("POST", "/treatment_notes", body), d.say("PATCH", "/treatment_notes/"+note, `{"content":`+content+`}`)} {
					errors, _ := got.obj["errors"].(map[string]any)
					if _, ok := errors["content"]; got.code != 422 || !ok || len(errors) != 1 {
						t.Errorf("%s with %.150s = %d %.200s, want 422 on content", got.what, content, got.code, got.raw)
					}
				}
			}
		})
	}
}

// withoutNulls drops the members of objects that are null: the same as absent
// (6.4).
func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, value := range v {
			if value != nil {
				kept[key] = withoutNulls(value)
			}
		}
		return kept
	case []any:
		kept := []any{}
		for _, value := range v {
			kept = append(kept, withoutNulls(value))
		}
		return kept
	}
	return v
}

// sameJSON checks that what was sent came back, order of keys aside.
func sameJSON(t *testing.T, sent string, got any) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(sent), &value); err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(withoutNulls(value))
	have, _ := json.Marshal(withoutNulls(got))
	if strings.Contains(sent, "long long") { // trailing space may be trimmed
		return
	}
	if string(want) != string(have) {
		t.Errorf("content came back as %.200s, sent %.200s", have, want)
	}
}

// Section 14.5: rules that the sources disagree on, under their switches.
func TestSheetContentSwitches(t *testing.T) {
	unselected := noteFor(zoeID, "content", json.RawMessage(inAnswers("checkboxes", `"answers":[{"value":"Yes","selected":false}]`)))
	openDesk(t).say("POST", "/treatment_notes", unselected).is(422)
	switched(t, func(s *clinikosim.Switches) { s.SelectedFalse = true }).say("POST", "/treatment_notes", unselected).is(201)

	wordy := switched(t, func(s *clinikosim.Switches) { s.ShortDescriptions = true })
	for n, want := range map[int]int{10000: 201, 10001: 422} {
		content := json.RawMessage(`{"sections":[{"name":"S","description":"` + strings.Repeat("ü", n) + `"}]}`)
		if got := wordy.say("POST", "/treatment_notes", noteFor(zoeID, "content", content)); got.code != want {
			t.Errorf("description of %d characters with ShortDescriptions = %d, want %d", n, got.code, want)
		}
	}
}

// Section 13, 14.3, 21: content may be a JSON string that holds an object; a
// plain string is a server error.
func TestSheetContentAsString(t *testing.T) {
	d := openDesk(t)
	wrapped, _ := json.Marshal(inAnswers("paragraph", `"answer":"<p>wrapped</p>"`))
	if got := d.say("POST", "/treatment_notes", noteFor(zoeID, "content", json.RawMessage(wrapped))).is(201); got.answer() != "<p>wrapped</p>" {
		t.Errorf("content = %v", got.obj["content"])
	}
	broken, _ := json.Marshal(`{"sections":[]}`)
	d.say("POST", "/treatment_notes", noteFor(zoeID, "content", json.RawMessage(broken))).is(422)
	before := len(d.server.Notes())
	d.say("POST", "/treatment_notes", noteFor(zoeID, "content", "Just words.")).is(500)
	if n := len(d.server.Notes()); n != before {
		t.Errorf("%d notes after a 500, want %d", n, before)
	}
}

// Section 14.2, 14.5: no maximum for title, answers, sections or the whole.
func TestSheetNoContentMaximum(t *testing.T) {
	d := openDesk(t)
	answers := make([]string, 300)
	for i := range answers {
		answers[i] = "<p>" + strings.Repeat("word ", 600) + "end</p>"
	}
	got := d.say("POST", "/treatment_notes", noteFor(zoeID, "title", strings.Repeat("t", 5000), "content", paragraphs(answers...))).is(201)
	if len(got.str("title")) != 5000 || got.question(299)["answer"] != answers[299] {
		t.Error("a long note came back cut")
	}
}
