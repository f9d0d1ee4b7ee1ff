package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"carryover"
	"carryover/internal/desk"
	"carryover/ledger"
	"carryover/web"
	"carryover/web/sign/signtest"
)

// A crowdedDesk stands before the practice's own on the days that it does not
// have: hundreds wait, a dozen patients come near, their names are as long as
// names get, and Cliniko does not answer.
type crowdedDesk struct {
	web.Desk
	away   bool             // Cliniko does not answer a search
	nobody bool             // no patient comes near
	search bool             // a search goes to Cliniko as it is
	reason carryover.Reason // for which documents are held; empty: as it is
}

// longName is as long as people write names, and cannot be broken in one place.
const longName = "Wilhelmina-Alexandrina Featherstonehaugh-Cholmondeley von Hohenzollern-Sigmaringen " + "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"

func (crowdedDesk) Standing(context.Context, carryover.PractitionerID) (desk.Standing, error) {
	return desk.Standing{Held: 1234, Oldest: time.Now().Add(-90 * time.Hour), Alarms: 3}, nil
}

func (d crowdedDesk) List(ctx context.Context, r desk.ListRequest) ([]desk.Item, error) {
	some, err := d.Desk.List(ctx, desk.ListRequest{States: r.States, Actor: r.Actor})
	if err != nil || len(some) == 0 {
		return some, err
	}
	many := make([]desk.Item, 0, r.Limit)
	for i := range r.Limit {
		many = append(many, some[i%len(some)])
	}
	return many, nil
}

func (d crowdedDesk) Place(ctx context.Context, id carryover.VersionID, who carryover.PractitionerID) (desk.Place, error) {
	p, err := d.Desk.Place(ctx, id, who)
	p.Number, p.Of = 601, 1234
	return p, err
}

func (d crowdedDesk) Show(ctx context.Context, r desk.ShowRequest) (desk.Detail, error) {
	got, err := d.Desk.Show(ctx, r)
	got.Candidates = nil
	if d.reason != "" {
		got.Reason = string(d.reason)
	}
	if err != nil || d.nobody {
		return got, err
	}
	if got.Claim != nil {
		got.Claim.Name = longName
	}
	got.Name = strings.Repeat(longName+" ", 3)
	for i := range 12 {
		outcome := []string{string(carryover.Agrees), string(carryover.Differs), string(carryover.Absent), string(carryover.CannotTell)}[i%4]
		got.Candidates = append(got.Candidates, desk.Candidate{
			Patient: fmt.Sprint(1e18 + float64(i)), Grade: "possible", Name: longName, BirthDate: "1980-02-29", Archived: i == 3,
			Findings: []desk.Finding{{Field: "name", Outcome: outcome, Note: "written differently"}, {Field: "birth_date", Outcome: outcome}},
		})
	}
	return got, nil
}

func (d crowdedDesk) FindPatients(ctx context.Context, r desk.FindRequest) (found []carryover.Patient, more bool, err error) {
	if d.search {
		return d.Desk.FindPatients(ctx, r)
	}
	if d.away {
		return nil, false, &carryover.Problem{Op: "search patients", Kind: carryover.ErrTransient}
	}
	for i := range 20 {
		found = append(found, carryover.Patient{
			ID: carryover.PatientID(fmt.Sprint(1000 + i)), FirstName: carryover.NewText("Wilhelmina-Alexandrina"),
			LastName: carryover.NewText(longName), ArchivedAt: map[bool]time.Time{true: time.Now()}[i == 4],
		})
	}
	return found, true, nil
}

// rareStates are those that the practice of these tests does not come to by
// itself.
func rareStates(t *testing.T, p *practice, v *visitor) []scene {
	t.Helper()
	long := pasted(t, v, p, "Very long", strings.Repeat("## A heading\n\nWalks ten minutes, then rests; sleeps on the left side. "+strings.Repeat("Going well, four of ten. ", 40)+"\n\n- one\n- two\n\n", 60))
	digest := map[string]string{"name": "an", "digest": field(t, v.get(long), "digest")}
	at := func(d crowdedDesk) string {
		s := p.pages()
		d.Desk = s.Desk
		s.Desk = d
		return serve(t, s)
	}
	crowded, away, nobody := at(crowdedDesk{}), at(crowdedDesk{away: true}), at(crowdedDesk{nobody: true})
	open := func(address string) steps { return steps{chromedp.Navigate(address)} }
	usual := v.base
	return []scene{
		{"a very long document", open(usual + long)},
		{"nothing is held", open(usual + "/held?practitioner=1")},
		{"nothing is held, one was just decided", open(usual + "/held?practitioner=1&done=filed")},
		{"a list of many pages", open(crowded + "/held?after=" + strings.TrimPrefix(long, "/held/"))},
		{"today with very many", open(crowded + "/")},
		{"many candidates, long names", open(crowded + long)},
		{"no candidates", open(nobody + long)},
		{"search, many found", append(open(crowded+long), sent(long+"/search", digest)...)},
		{"search, Cliniko is away", append(open(away+long), sent(long+"/search", digest)...)},
		{"paused", append(open(usual+"/"), sent("/pause", map[string]string{"on": "yes"})...)},
		{"paused, the list", open(usual + "/held")},
		{"paused, a document", open(usual + long)},
		{"going on again", append(open(usual+"/"), sent("/pause", map[string]string{"on": "no"})...)},
	}
}

// enrolStates are the pages that somebody new goes through, and the one that a
// session's end leads to. They come in with a browser of their own.
func enrolStates(t *testing.T, l *ledger.Ledger, door string) []scene {
	t.Helper()
	link := ""
	err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		now := time.Now()
		id, err := tx.AddPerson(t.Context(), ledger.Person{Role: carryover.RoleReviewer, Name: carryover.NewText(longName[:90]), Login: carryover.NewText("somebody.new@example.com")}, now)
		if err != nil {
			return err
		}
		secret, err := tx.AddLink(t.Context(), id, now.Add(time.Hour), now)
		link = secret.Reveal()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	code := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		secret, err := chromedp.Evaluate[string](`document.querySelector(".secret").innerText.replaceAll(" ", "")`)(ctx, target)
		if err != nil {
			return chromedp.Void{}, err
		}
		for _, step := range sent("/welcome/code", map[string]string{"code": signtest.CodeOf(t, secret, 0)}) {
			if _, err := step(ctx, target); err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	}
	password := map[string]string{"password": signtest.Password, "repeat": signtest.Password}
	ended := script("document.cookie = 'carryover=; path=/; max-age=0'")
	return []scene{
		{"welcome, a wrong link", append(steps{chromedp.Navigate(door + "/welcome")}, sent("/welcome", map[string]string{"code": "AAAA"})...)},
		{"welcome, password", append(steps{chromedp.Navigate(door + "/welcome"), ended, chromedp.Navigate(door + "/welcome")}, sent("/welcome", map[string]string{"code": link})...)},
		{"welcome, too short", sent("/welcome/you", map[string]string{"password": "short", "repeat": "short"})},
		{"welcome, telephone", sent("/welcome/you", password)},
		{"welcome, a wrong code", sent("/welcome/code", map[string]string{"code": "000000"})},
		{"recovery codes", steps{code, chromedp.WaitVisible(chromedp.CSS(".codes"))}},
		{"a session that has ended", append(sent("/sign-out", nil), chromedp.Navigate(door+"/held"), chromedp.WaitVisible(chromedp.CSS("#login")))},
		{"sign-in, code", sent("/sign-in", map[string]string{"login": "somebody.new@example.com", "password": signtest.Password})},
		{"sign-in, a wrong code", sent("/sign-in/code", map[string]string{"code": "000000"})},
	}
}
