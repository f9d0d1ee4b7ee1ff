package clinikosim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carryover/sandbox/clinikosim"
)

// oneQuestion is content with a single question, given by its members.
func oneQuestion(members string) string {
	return `{"sections":[{"questions":[{` + members + `}]}]}`
}

// postContent posts a note with the content and returns the answer.
func postContent(c caller, content string) answered {
	return c.do("POST", "/treatment_notes", fmt.Sprintf(`{"patient_id":%q,"title":"T","draft":true,"content":%s}`, fionaID, content))
}

func TestContentRules(t *testing.T) {
	long := strings.Repeat("é", 256) // characters count, not bytes
	for _, tt := range []struct {
		name, content string
		where         string // "" for accepted, else what the error speaks of
		sw            clinikosim.Switches
	}{
		{name: "null", content: `null`},
		{name: "empty object", content: `{}`},
		{name: "JSON in a string", content: `"{\"sections\":[{\"name\":\"S\"}]}"`},
		{name: "no sections", content: `{"sections":[]}`, where: "sections"},
		{name: "sections null", content: `{"sections":null}`, where: "sections"},
		{name: "section no object", content: `{"sections":["x"]}`, where: "sections[0]"},
		{name: "section name null", content: `{"sections":[{"name":null,"description":null}]}`},
		{name: "section name long", content: `{"sections":[{"name":"` + long + `"}]}`, where: "sections[0].name"},
		{name: "section name at the limit", content: `{"sections":[{"name":"` + long[2:] + `"}]}`},
		{name: "description long", content: `{"sections":[{"description":"` + strings.Repeat("x", 10_001) + `"}]}`},
		{name: "description long in 2022", content: `{"sections":[{"description":"` + strings.Repeat("x", 10_001) + `"}]}`, where: "description", sw: clinikosim.Switches{ShortDescriptions: true}},
		{name: "no questions", content: `{"sections":[{"questions":[]}]}`, where: "questions"},
		{name: "questions null", content: `{"sections":[{"questions":null}]}`, where: "questions"},
		{name: "no name", content: oneQuestion(`"type":"text"`), where: "questions[0].name"},
		{name: "name null", content: oneQuestion(`"name":null,"type":"text"`), where: "questions[0].name"},
		{name: "name long", content: oneQuestion(`"name":"` + long + `","type":"text"`), where: "questions[0].name"},
		{name: "no type", content: oneQuestion(`"name":"Q"`), where: "questions[0].type"},
		{name: "unknown type", content: oneQuestion(`"name":"Q","type":"signature"`), where: "questions[0].type"},
		{name: "answer left out", content: oneQuestion(`"name":"Q","type":"paragraph"`)},
		{name: "answer empty", content: oneQuestion(`"name":"Q","type":"paragraph","answer":""`), where: "answer"},
		{name: "answer null", content: oneQuestion(`"name":"Q","type":"text","answer":null`), where: "answer"},
		{name: "answer a number", content: oneQuestion(`"name":"Q","type":"text","answer":3`), where: "answer"},
		{name: "answer long", content: oneQuestion(`"name":"Q","type":"paragraph","answer":"` + strings.Repeat("x", 1_000_000) + `"`)},
		{name: "date", content: oneQuestion(`"name":"Q","type":"date","answer":"2026-02-28"`)},
		{name: "date no date", content: oneQuestion(`"name":"Q","type":"date","answer":"2026-02-30"`), where: "answer"},
		{name: "date Australian", content: oneQuestion(`"name":"Q","type":"date","answer":"28/02/2026"`), where: "answer"},
		{name: "answer on boxes", content: oneQuestion(`"name":"Q","type":"checkboxes","answer":"x"`), where: "answer"},
		{name: "answers on text", content: oneQuestion(`"name":"Q","type":"text","answers":[{"value":"x"}]`), where: "answers"},
		{name: "other on a paragraph", content: oneQuestion(`"name":"Q","type":"paragraph","other":{"enabled":true}`), where: "other"},
		{name: "charts on text", content: oneQuestion(`"name":"Q","type":"text","body_chart_ids":["1"]`), where: "body_chart_ids"},
		{name: "charts", content: oneQuestion(`"name":"Q","type":"bodycharts","body_chart_ids":["1",2]`)},
		{name: "answers empty", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[]`), where: "answers"},
		{name: "answers left out", content: oneQuestion(`"name":"Q","type":"checkboxes"`)},
		{name: "value null", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":null}]`)},
		{name: "value long", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"` + long + `"}]`), where: "answers[0].value"},
		{name: "selected", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"a","selected":true},{"value":"b","selected":true}]`)},
		{name: "selected null", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"a","selected":null}]`)},
		{name: "selected false", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"a","selected":false}]`), where: "answers[0].selected"},
		{name: "selected false by switch", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"a","selected":false}]`), sw: clinikosim.Switches{SelectedFalse: true}},
		{name: "selected a word", content: oneQuestion(`"name":"Q","type":"checkboxes","answers":[{"value":"a","selected":"yes"}]`), where: "answers[0].selected"},
		{name: "two radios", content: oneQuestion(`"name":"Q","type":"radiobuttons","answers":[{"value":"a","selected":true},{"value":"b","selected":true}]`), where: "answers"},
		{name: "radio and other", content: oneQuestion(`"name":"Q","type":"radiobuttons","answers":[{"value":"a","selected":true}],"other":{"enabled":true,"selected":true}`), where: "answers"},
		{name: "other alone", content: oneQuestion(`"name":"Q","type":"radiobuttons","answers":[{"value":"a"}],"other":{"enabled":true,"selected":true,"value":"x"}`)},
		{name: "other null", content: oneQuestion(`"name":"Q","type":"radiobuttons","other":null`), where: "other"},
		{name: "other enabled null", content: oneQuestion(`"name":"Q","type":"checkboxes","other":{"enabled":null}`), where: "other.enabled"},
		{name: "other selected, not enabled", content: oneQuestion(`"name":"Q","type":"checkboxes","other":{"enabled":false,"selected":true}`), where: "other.selected"},
		{name: "other value, not selected", content: oneQuestion(`"name":"Q","type":"checkboxes","other":{"enabled":true,"value":"x"}`), where: "other.value"},
		{name: "other value null", content: oneQuestion(`"name":"Q","type":"checkboxes","other":{"enabled":true,"selected":true,"value":null}`), where: "other.value"},
		{name: "other value long", content: oneQuestion(`"name":"Q","type":"checkboxes","other":{"enabled":true,"selected":true,"value":"` + long + `"}`), where: "other.value"},
		{name: "an array", content: `[]`, where: "content"},
		{name: "a number", content: `4`, where: "content"},
		{name: "a list in a string", content: `"[1]"`, where: "content", sw: clinikosim.Switches{PlainContent422: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, anna := start(t, func(o *clinikosim.Options) { o.Switches = tt.sw })
			a := postContent(anna, tt.content)
			if tt.where == "" {
				if a.code != 201 {
					t.Errorf("POST content %.80s = %d %s, want 201", tt.content, a.code, a.text)
				}
				return
			}
			errors, _ := a.body["errors"].(map[string]any)
			sentence, _ := errors["content"].(string)
			if a.code != 422 || !strings.Contains(sentence, tt.where) {
				t.Errorf("POST content %.80s = %d %s, want 422 about %s", tt.content, a.code, a.text, tt.where)
			}
		})
	}
}

func TestPlainContent(t *testing.T) {
	_, anna := start(t)
	if a := postContent(anna, `"just words"`); a.code != 500 {
		t.Errorf("POST plain content = %d, want 500 as seen live", a.code)
	}
	_, anna = start(t, func(o *clinikosim.Options) { o.Switches.PlainContent422 = true })
	if a := postContent(anna, `"just words"`); a.code != 422 {
		t.Errorf("POST plain content = %d, want 422 by switch", a.code)
	}
}

// What is read can be sent back and is stored byte for byte the same.
func TestContentRoundTrip(t *testing.T) {
	_, anna := start(t)
	first := postContent(anna, everyQuestion)
	content, err := json.Marshal(first.body["content"])
	if err != nil || first.code != 201 {
		t.Fatal(first.text, err)
	}
	path := "/treatment_notes/" + first.body["id"].(string)
	before := anna.want(200, "GET", path, "")
	after := anna.want(200, "PATCH", path, fmt.Sprintf(`{"content":%s}`, content))
	if diff := cmp.Diff(before.body["content"], after.body["content"]); diff != "" {
		t.Errorf("content sent back (-before +after):\n%s", diff)
	}
}

func TestAnswersThatAreNothingGo(t *testing.T) {
	_, anna := start(t)
	a := postContent(anna, oneQuestion(`"name":"Q","type":"paragraph","answer":"<script>x</script>"`))
	if a.code != 201 || strings.Contains(a.text, `"answer"`) {
		t.Errorf("POST a script alone = %d %s, want 201 without an answer", a.code, a.text)
	}
}
