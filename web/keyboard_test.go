package web_test

import (
	"slices"
	"strings"
	"testing"

	"carryover"
	"carryover/sandbox"
	"carryover/web/pagetest"
	"carryover/web/sign/signtest"
)

// TestKeyboard does a reviewer's work by keys alone, in one visit: comes in, goes
// through the list, files, leaves out, takes back, moves. After each step the
// focus is on the sentence that says what was done.
func TestKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes some seconds to start")
	}
	p := demoDay(t)
	h, l, s, _ := real(t, p)
	door := serve(t, s)
	who := signtest.Join(t, l, &signtest.Browser{Handler: h}, carryover.RoleReviewer, "")
	v := visit(t, site(t, p), "reviewer")
	other, out := pasted(t, v, p, "To another", "By the keyboard, to another."), pasted(t, v, p, "Left out", "By the keyboard, left out.")
	one, two := twoPatients(t, p)
	k := keys{t, pagetest.Open(t, door+"/held"), p}

	k.Press(who.Login, pagetest.Tab, signtest.Password)
	k.Follow(pagetest.Enter)
	k.Wait("#code:focus")
	k.Press(who.Code(t, 1))
	k.Follow(pagetest.Enter)
	if at := k.Ask("location.pathname"); at != "/held" {
		t.Fatalf("signing in leads to %s, want the page that was asked for", at)
	}
	k.theList()
	k.theKeys(door + out)

	k.Go(door + other)
	k.fileTo(one, strings.TrimPrefix(other, "/held/"))
	k.move(door, strings.TrimPrefix(other, "/held/"), two)
	k.takeBack(door, strings.TrimPrefix(other, "/held/"))

	k.Go(door + out)
	k.Press("d")
	k.Wait(`input[name="reason"]:focus`)
	if got := k.state(out); got.State != string(carryover.Held) {
		t.Errorf("a key alone made the document %s", got.State)
	}
	k.Press(pagetest.Space, pagetest.Tab, "no more than a try")
	k.Follow(pagetest.Enter)
	k.says("stays out of Cliniko")
	if got := k.state(out); got.State != string(carryover.Dismissed) {
		t.Errorf("Enter made the document %s, want it dismissed", got.State)
	}
}

// keys are a person at the keyboard.
type keys struct {
	t *testing.T
	*pagetest.Page
	p *practice
}

func (k keys) state(at string) (i struct{ State, Patient string }) {
	k.t.Helper()
	got := stateOf(k.t, k.p, strings.TrimPrefix(at, "/held/"))
	i.State, i.Patient = got.State, got.Patient
	return i
}

// says wants the focus on a message that says something, as a status or alert.
func (k keys) says(what string) {
	k.t.Helper()
	k.Wait(`[role="status"]:focus, [role="alert"]:focus`)
	if got := k.Focus(); !strings.Contains(got, what) {
		k.t.Errorf("the focus is on %q, want the sentence with %q", got, what)
	}
}

// theList goes through the list and back: n opens, the focus is on the reason,
// and Tab leads to every control in the order of reading.
func (k keys) theList() {
	k.t.Helper()
	k.Wait(".queue a:focus")
	k.Follow("n")
	k.Wait("h1:focus")
	first := k.Ask("location.pathname")
	k.Follow("n")
	if at := k.Ask("location.pathname"); at == first || !strings.HasPrefix(at, "/held/") {
		k.t.Errorf("n on %s leads to %s, want the next one", first, at)
	}
	k.Wait("h1:focus")
	want := strings.Split(k.Ask(controls), "\n")
	if got := k.Stops(); !slices.Equal(got, want) {
		k.t.Errorf("Tab stops at\n%q\nwant the order of reading\n%q", got, want)
	}
	k.Press(pagetest.Tab)
	if got := k.Focus(); !strings.HasPrefix(got, "Skip to the page") {
		k.t.Errorf("the first stop of a page is %q, want the way past the menu", got)
	}
	k.Press(pagetest.Enter, pagetest.Tab)
	if got := k.Ask(`String(document.querySelector("main").contains(document.activeElement))`); got != "true" {
		k.t.Errorf("past the menu Tab leads to %q, want something of the page", k.Focus())
	}
}

// controls are the names of what can be used after the heading, in the order of
// the page's text.
const controls = `[...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary, [tabindex='0'])")]
	.filter(e => e.type !== "hidden" && e.checkVisibility() && !e.closest("dialog") && document.querySelector("h1").compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)
	.map(e => (e.getAttribute("aria-label") || (e.labels && e.labels.length ? e.labels[0].innerText : "") || e.innerText || e.name).replace(/\s+/g, " ").trim())
	.join("\n")`

// theKeys shows the list of keys, turns them off and on again.
func (k keys) theKeys(at string) {
	k.t.Helper()
	k.Go(at)
	k.Press("?")
	k.Wait("#keys[open]")
	k.TabTo("Use these keys")
	k.Press(pagetest.Space, pagetest.Escape, "d")
	if k.Has("details[open] input") {
		k.t.Error("a key that is turned off still works")
	}
	k.Go(at)
	k.Press("d")
	if k.Has(".fold[open]") || k.Has("html.keyed") {
		k.t.Error("keys that were turned off work again on the next page")
	}
	k.TabTo("About the keys")
	k.Press(pagetest.Enter)
	k.Wait("#keys[open]")
	k.TabTo("Use these keys")
	k.Press(pagetest.Space, pagetest.Escape)
	if !k.Has("html.keyed") {
		k.t.Error("the keys cannot be turned on again")
	}
}

// fileTo searches for a patient, mistypes the re-entry, types it right.
func (k keys) fileTo(who sandbox.Patient, id string) {
	k.t.Helper()
	k.TabTo("Name, or number")
	k.Press(who.LastName, pagetest.Tab, who.BirthDate, pagetest.Enter)
	k.says("fit")
	k.TabTo("Choose " + who.FirstName)
	k.Follow(pagetest.Enter)
	k.Wait("#initials:focus")
	k.Press("QQ", pagetest.Tab, "1/1/1901")
	k.Follow(pagetest.Enter)
	k.Wait(`#initials[aria-describedby="wrong"]:focus`)
	k.typeAgain(who)
	k.says("on its way to Cliniko")
	if got := k.state(id); got.Patient != who.ID {
		k.t.Errorf("it goes to patient %s, want %s", got.Patient, who.ID)
	}
	wait(k.t, func() bool { return k.state(id).State == string(carryover.Proven) }, "the document to be proven")
}

// typeAgain is the re-entry.
func (k keys) typeAgain(who sandbox.Patient) {
	k.t.Helper()
	k.Press(who.FirstName[:1]+who.LastName[:1], pagetest.Tab, who.BirthDate)
	k.Follow(pagetest.Enter)
}

// move moves what is filed to another record, from its page.
func (k keys) move(door, id string, to sandbox.Patient) {
	k.t.Helper()
	k.Go(door + "/documents/" + id)
	k.Wait("h1:focus")
	k.TabTo("Move it to another patient")
	k.Follow(pagetest.Enter)
	k.Wait("#name:focus")
	k.Press("Nobodyofthisname")
	k.Follow(pagetest.Enter)
	k.says("Nobody in Cliniko fits")
	k.Go(door + "/documents/" + id)
	k.TabTo("Move it to another patient")
	k.Follow(pagetest.Enter)
	k.Wait("#name:focus")
	k.Press(to.LastName, pagetest.Tab, to.BirthDate)
	k.Follow(pagetest.Enter)
	k.says("fit")
	k.TabTo("Choose " + to.FirstName)
	k.Follow(pagetest.Enter)
	k.Wait("#initials:focus")
	k.typeAgain(to)
	k.says("It is being moved")
	wait(k.t, func() bool { s := k.state(id); return s.State == string(carryover.Proven) && s.Patient == to.ID }, "the document to be moved")
}

// takeBack takes what is filed out of Cliniko.
func (k keys) takeBack(door, id string) {
	k.t.Helper()
	k.Go(door + "/documents/" + id)
	k.TabTo("Take it out of Cliniko")
	k.Follow(pagetest.Enter)
	k.Wait("h1:focus")
	k.TabTo("Take it back")
	k.Follow(pagetest.Enter)
	k.says("It is being taken out")
	wait(k.t, func() bool { return k.state(id).State == string(carryover.Undone) }, "the filing to be taken back")
}
