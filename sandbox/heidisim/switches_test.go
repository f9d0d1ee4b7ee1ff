package heidisim

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestSwitchesCheck(t *testing.T) {
	if err := (Switches{}).Check(); err != nil {
		t.Errorf("Switches{}.Check() = %v, want nil", err)
	}
	if err := (Switches{}).settled().Check(); err != nil {
		t.Errorf("the defaults do not pass their own check: %v", err)
	}
	wrong := Switches{Listing: "D", BadKeyStatus: 500, PageSizeCap: -1, RetentionDays: -1}
	err := wrong.Check()
	for _, name := range []string{"listing", "bad_key_status", "page_size_cap", "retention_days"} {
		if err == nil || !strings.Contains(err.Error(), "switch "+name) {
			t.Errorf("Check() = %v, want %s named", err, name)
		}
	}
	if got, want := wrong.settled(), (Switches{}).settled(); got != want {
		t.Errorf("settled wrong switches = %+v, want the defaults %+v", got, want)
	}
}

func TestSwitchNamesMatchTheirTables(t *testing.T) {
	var w Switches
	fields := map[string]any{}
	for i := range reflect.TypeFor[Switches]().NumField() {
		field := reflect.TypeFor[Switches]().Field(i)
		fields[field.Tag.Get("json")] = reflect.ValueOf(&w).Elem().Field(i).Addr().Interface()
	}
	for _, sw := range w.words() {
		if fields[sw.name] != any(sw.value) {
			t.Errorf("word %s is not the field of that name", sw.name)
		}
		delete(fields, sw.name)
	}
	for _, sw := range w.statuses() {
		if fields[sw.name] != any(sw.value) {
			t.Errorf("status %s is not the field of that name", sw.name)
		}
		delete(fields, sw.name)
	}
	for name, field := range fields {
		if _, word := field.(*string); word {
			t.Errorf("switch %s has no list of values", name)
		}
	}
}

// The table of divergences must name every switch, and no other.
func TestEverySwitchIsDocumented(t *testing.T) {
	table, err := os.ReadFile("../../docs/divergences-heidi.md")
	if err != nil {
		table, err = os.ReadFile("../../docs/divergences.md")
	}
	if err != nil {
		t.Fatalf("the table of divergences: %v", err)
	}
	for field := range reflect.TypeFor[Switches]().Fields() {
		name := field.Tag.Get("json")
		if !strings.Contains(string(table), "`"+name+"`") {
			t.Errorf("switch %s is not in the table of divergences", name)
		}
	}
}

func TestSeededSwitchesVaryAndPass(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(50) {
		w := SeededSwitches(seed)
		if err := w.Check(); err != nil {
			t.Errorf("SeededSwitches(%d).Check() = %v", seed, err)
		}
		if w != SeededSwitches(seed) {
			t.Errorf("SeededSwitches(%d) differs from itself", seed)
		}
		text, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(text)] = true
	}
	if len(seen) < 45 {
		t.Errorf("50 seeds give %d sets of switches, want nearly as many", len(seen))
	}
}

func TestAgendaKeepsItsOrder(t *testing.T) {
	var a agenda
	var got strings.Builder
	for _, e := range []struct {
		at   float64
		word string
	}{{0.5, "c"}, {0.1, "a"}, {0.5, "d"}, {0.1, "b"}, {0.9, "e"}} {
		a.add(e.at, func() { got.WriteString(e.word) })
	}
	a.run(0.5)
	if got.String() != "abcd" {
		t.Errorf("agenda up to 0.5 = %q, want abcd", got.String())
	}
	a.run(1)
	if got.String() != "abcde" || len(a.due) != 0 {
		t.Errorf("agenda up to 1 = %q with %d left, want abcde and none", got.String(), len(a.due))
	}
}
