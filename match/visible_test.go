package match

import (
	"strings"
	"testing"

	"carryover"
)

// TestPatientLines: wherever a document keeps its patient line, another
// patient's clashes and the patient's own does not.
func TestPatientLines(t *testing.T) {
	forms := []string{
		"**Patient:** {name}  **DOB:** {date}",
		"**Patient**: {name}",
		"__Patient__: {name}",
		"*Client*: {name}",
		"- **Name**: {name}",
		"1. Patient: {name}",
		"> Patient: {name}",
		"Patient: **{name}**",
		"Patient’s name: {name}",
		"Patient name – {name}",
		"Pt Name: {name}",
		"**Patient:**\n{name}",
		"Client\n\n{name}\n\nS: well",
		"| Patient | {name} |\n|---|---|\n| Treating Physiotherapist | Ada Larkspur |",
		"|**Patient**|**{name}**|",
		"| Patient | DOB |\n|---|---|\n| {name} | {date} |",
		"| Name | DOB | Date |\n|:--|:--:|--|\n| {name} | | 3/11/2026 |",
		"| DOB | Date |\n|---|---|\n| {date} | 3/11/2026 |",
		"| Patient Name: {name} | DOB: {date} |",
		"| Last name | {last} |\n|---|---|\n| First name | {first} |",
		"Surname: {last}\nGiven names: {first}",
		"<table><tr><th>Patient</th><td>{name}</td></tr></table>",
		"<table><thead><tr><th>Patient</th><th>DOB</th></tr></thead><tbody><tr><td>{name}</td><td>{date}</td></tr></tbody></table>",
		"<dl><dt>Patient</dt><dd>{name}</dd></dl>",
		"<p>Patient:</p><p>{name}</p>",
		"<p><em>Client</em>: {name}</p>",
		"<b>DOB</b>: {date}",
		"# {name} – Progress note",
		"DOB: {short}",
		"D.O.B: {short}",
		"**DOB:** {long}",
		"Born: {date}",
		"Date of Birth | {date}",
		"DOB:{dense}",
		"Re: {name} - {short}",
	}
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	write := func(form, first, last, date, short, long, dense string) carryover.Document {
		r := strings.NewReplacer("{name}", first+" "+last, "{first}", first, "{last}", last, "{date}", date, "{short}", short, "{long}", long, "{dense}", dense)
		return carryover.Document{Content: carryover.NewText(r.Replace(form) + "\n\nS: better. O: ROM full.")}
	}
	for _, form := range forms {
		if Clashes(write(form, "Mira", "Quillfeather", "14/2/1979", "14/2/79", "Feb 14th, 1979", "14021979"), mira) {
			t.Errorf("Clashes(%q) with the patient's own = true", form)
		}
		if !Clashes(write(form, "Otto", "Elsewhere", "5/3/1961", "5/3/61", "5th of March 1961", "05031961"), mira) {
			t.Errorf("Clashes(%q) with another's = false", form)
		}
	}
}

// TestNoPatientLines: tables and lines of other people, and of no people.
func TestNoPatientLines(t *testing.T) {
	mira := patient("1", "Mira", "Quillfeather", "1979-02-14")
	for _, text := range []string{
		"| Name | Phone |\n|---|---|\n| Otto Elsewhere | 0400 000 000 |",
		"| Name | Signature | Date |\n|---|---|---|\n| Otto Elsewhere | | 5/3/2026 |",
		"| Name | Age | Relationship |\n|---|---|---|\n| Otto Elsewhere | 12 | son |",
		"| Clinician | Date |\n|---|---|\n| Otto Elsewhere | 5/3/2026 |",
		"| Client | Mira Quillfeather | DOB | 14/02/1979 |\n|---|---|---|---|\n| Referring Doctor | Otto Elsewhere | Date | 5/3/2026 |",
		"| Client | Mira Quillfeather |\n|---|---|\n| Referring Doctor | Otto Elsewhere |",
		"Patient:\n\nProgress Report",
		"Worker:\nJob Description",
		"Patient:\n\nreports feeling better",
		"# Grace Physiotherapy Clinic – Hobart",
		"DOB: 14/2/79",
		"DOB: not given",
		"Born in 1961 in Hobart",
	} {
		if Clashes(carryover.Document{Content: carryover.NewText(text)}, mira) {
			t.Errorf("Clashes(%q) = true", text)
		}
	}
}
