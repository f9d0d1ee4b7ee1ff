package pdf

import (
	"regexp"
	"testing"

	"carryover"
)

func TestFileNameNamesNobody(t *testing.T) {
	const ref = "HD-7Q4K2MXA-2C7P"
	plain := regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	for title, want := range map[string]string{
		"":             "document-" + ref + ".pdf",
		"Letter to GP": "letter-gp-" + ref + ".pdf",
		"GP Letter – Zebedee Quill (dob 1/1/60)": "gp-letter-" + ref + ".pdf",
		"Zebedee Quill":                      "document-" + ref + ".pdf",
		"ZEBEDEE-REPORT_Quill.final":         "report-final-" + ref + ".pdf",
		"WorkCover certificate of capacity":  "workcover-certificate-capacity-" + ref + ".pdf",
		"../../etc/passwd report":            "report-" + ref + ".pdf",
		"plan plan plan plan plan plan plan": "plan-plan-plan-plan-plan-plan-" + ref + ".pdf",
		"Bericht für الألم":                  "document-" + ref + ".pdf",
	} {
		got := FileName(carryover.NewText(title), ref)
		if got != want {
			t.Errorf("FileName(%q) = %q, want %q", title, got, want)
		}
		if !plain.MatchString(got) {
			t.Errorf("FileName(%q) = %q holds other signs", title, got)
		}
	}
	if got := FileName(carryover.NewText("Report"), "HD/../x y"); got != "report-HDxy.pdf" {
		t.Errorf("a spoilt reference gives %q", got)
	}
}
