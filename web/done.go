package web

import "html/template"

// After a decision the browser is led to a page that says what was done. The
// address carries a word for it, never a name; the sentence stands first on the
// page, where the keyboard's focus goes, so that it is read out.

// dones are the sentences, by the word of the address.
var dones = map[string]string{
	"filed":     "It is on its way to Cliniko. Carryover reads it back when it is there.",
	"dismissed": "It stays out of Cliniko. For seven days this can be taken back under Activity.",
	"retried":   "It is on its way again.",
	"all":       "That was the last one for now.",
	"undone":    "It is being taken out of Cliniko. Open this page again in a minute to see that it is.",
	"moved":     "It is being moved. Open this page again in a minute to see that it is.",
	"pasted":    "Handed in. It is filed once the patient agrees with Cliniko, else it is held.",
	"paused":    "Paused. What is on its way at this moment may still arrive.",
	"resumed":   "Filing goes on.",
}

// after is the address of a page with what was done before it.
func after(page, done string) string { return page + "?done=" + done }

// here marks a link of the menu as where the person is: at the page itself, or
// at something below it.
func here(path, page string, also ...string) template.HTMLAttr {
	if path == page {
		return ` aria-current="page"`
	}
	for _, p := range append(also, page) {
		if p != "/" && len(path) > len(p) && path[:len(p)+1] == p+"/" {
			return ` aria-current="true"`
		}
	}
	return ""
}
