package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"carryover"
)

// directory is an engine with a register of its own, which searches as Cliniko
// does: by a part of the last name.
type directory struct {
	byHand
	people []carryover.Patient
}

func (e *directory) PatientsByID(_ context.Context, ids []carryover.PatientID) ([]carryover.Patient, error) {
	return e.those(func(p carryover.Patient) bool { return slices.Contains(ids, p.ID) }), nil
}

func (e *directory) PatientsNamed(_ context.Context, name carryover.Text) ([]carryover.Patient, error) {
	return e.those(func(p carryover.Patient) bool {
		return strings.Contains(fold(p.LastName.Reveal()), fold(name.Reveal()))
	}), nil
}

func (e *directory) PatientsBornOn(_ context.Context, d carryover.Date) ([]carryover.Patient, error) {
	return e.those(func(p carryover.Patient) bool { return p.BirthDate == d }), nil
}

func (e *directory) those(fit func(carryover.Patient) bool) (out []carryover.Patient) {
	for _, p := range e.people {
		if fit(p) {
			out = append(out, p)
		}
	}
	return out
}

func person(t *testing.T, id carryover.PatientID, first, last, born string) carryover.Patient {
	t.Helper()
	d, err := carryover.ParseDate(born)
	if err != nil {
		t.Fatal(err)
	}
	return carryover.Patient{ID: id, FirstName: carryover.NewText(first), LastName: carryover.NewText(last), BirthDate: d}
}

func TestFindPatients(t *testing.T) {
	tb := newTable(t)
	archived := person(t, "504", "Ada", "Abacus", "1980-03-31")
	archived.ArchivedAt = time.Now()
	tb.Engine = &directory{byHand{table: tb}, []carryover.Patient{
		archived, person(t, "501", "Ada", "Quillfeather", "1980-03-31"), person(t, "502", "Ben", "Quillfeather", "2011-01-02"),
		person(t, "503", "Quentin", "Ada", "1980-03-31"),
	}}
	v := tb.held(carryover.Rivals, nil)
	born, _ := carryover.ParseDate("1980-03-31")
	for _, tt := range []struct {
		name string
		ask  FindRequest
		want []carryover.PatientID
	}{
		{"last name", FindRequest{Name: carryover.NewText("quillf")}, []carryover.PatientID{"501", "502"}},
		{"both names", FindRequest{Name: carryover.NewText("Quillfeather Ada")}, []carryover.PatientID{"501"}},
		{"birth date, archived last", FindRequest{BirthDate: born}, []carryover.PatientID{"503", "501", "504"}},
		{"both must fit", FindRequest{Name: carryover.NewText("Quillfeather"), BirthDate: born}, []carryover.PatientID{"501"}},
		{"id", FindRequest{Patient: "502"}, []carryover.PatientID{"502"}},
		{"nobody", FindRequest{Name: carryover.NewText("Nobody")}, nil},
	} {
		tt.ask.Actor, tt.ask.Subject = somebody, string(v.ID)
		before := len(tb.actions(v.ID))
		found, more, err := tb.FindPatients(t.Context(), tt.ask)
		var got []carryover.PatientID
		for _, p := range found {
			got = append(got, p.ID)
		}
		if err != nil || more || !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %v, more %v, %v; want %v", tt.name, got, more, err, tt.want)
		}
		if entries := len(tb.actions(v.ID)) - before; entries != 1 {
			t.Errorf("%s: %d entries of the audit chain, want one: somebody looked", tt.name, entries)
		}
	}
	if _, _, err := tb.FindPatients(t.Context(), FindRequest{Actor: somebody}); !errors.Is(err, carryover.ErrInvalid) {
		t.Errorf("a search for nothing = %v, want it refused", err)
	}
	tb.Engine = nil
	if _, _, err := tb.FindPatients(t.Context(), FindRequest{Name: carryover.NewText("Ada"), Actor: somebody}); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("a search without a daemon = %v, want ErrNoDaemon", err)
	}
}

// What a release would take without being told is shown before it is asked for.
func TestShowSaysWhoIsEvident(t *testing.T) {
	tb := newTable(t)
	one, two := tb.held(carryover.OneClue, probable("501")), tb.held(carryover.Rivals, probable("501", "502"))
	for _, tt := range []struct {
		id   carryover.VersionID
		want string
	}{{one.ID, "501"}, {two.ID, ""}} {
		if d, err := tb.Show(t.Context(), ShowRequest{ID: string(tt.id), Actor: somebody}); err != nil || d.Evident != tt.want {
			t.Errorf("evident is %q, %v; want %q", d.Evident, err, tt.want)
		}
	}
}

func TestListBefore(t *testing.T) {
	tb := newTable(t)
	v := tb.seen("A letter.")
	for _, tt := range []struct {
		before time.Time
		want   int
	}{{v.FirstSeen.Add(time.Hour), 1}, {v.FirstSeen.Add(-time.Hour), 0}} {
		if got, err := tb.List(t.Context(), ListRequest{Before: tt.before}); err != nil || len(got) != tt.want {
			t.Errorf("List before %v = %d documents, %v; want %d", tt.before, len(got), err, tt.want)
		}
	}
	seen, err := tb.Seen(t.Context(), v.FirstSeen.Add(-time.Hour), v.FirstSeen.Add(time.Hour), "")
	if err != nil || len(seen) != 1 || seen[0].Version != v.ID {
		t.Fatalf("Seen = %+v, %v; want the one document", seen, err)
	}
	if items, err := tb.Items(t.Context(), []carryover.VersionID{v.ID}); err != nil || len(items) != 1 || items[0].ID != string(v.ID) {
		t.Errorf("Items = %+v, %v; want the one document", items, err)
	}
}
