package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"carryover"
)

// What a document says in passing of its patient's age and sex is shown to the
// person who decides, and never counted or held on: "his 42-year-old wife" is
// somebody else, a scribe writes "he" of everybody, and records hold the sex
// wrongly too often.

// maxRemarks is how much of a document is read for remarks, in bytes.
const maxRemarks = 50_000

var (
	ages = []*regexp.Regexp{
		regexp.MustCompile(`(?i)\b(\d{1,3})[\s-]*(?:(y)(?:ea)?r?s?[\s-]*old|(m)onths?[\s-]*old|(w)eeks?[\s-]*old|(y)\.?/?o\.?\b|(y)ears? of age)`),
		regexp.MustCompile(`(?i)\bage(?:d)?[\s:*]+(\d{1,3})\b`),
	}
	ageCell = regexp.MustCompile(`(?i)\bage[ :]*\t+`)
	// clauses end where the next person may begin.
	clauses = regexp.MustCompile(`[.;!?]\s|\n|\t|,\s+(?:who|whose|and)\b`)
	// another is anybody who is spoken of beside a patient.
	another = regexp.MustCompile(`(?i)\b(?:` + kin + `|sibling|cousin|niece|nephew|friend|colleague|co-?worker|boss|employer|neighbou?r|girlfriend|boyfriend|fianc\w+|in-law|dr|gp|baby|toddler)s?\b`)
	// formerAge stands before an age that is not today's.
	formerAge = regexp.MustCompile(`(?i)\b(?:at|since|from|until|till|by|when|before|after|was)\s+(?:the\s+)?$`)
	women     = regexp.MustCompile(`(?i)\b(?:she|her|hers|herself|woman|female|lady|girl)\b`)
	men       = regexp.MustCompile(`(?i)\b(?:he|him|his|himself|man|male|gentleman|boy)\b`)
)

// An aged is an age that a document says: years, months or weeks.
type aged struct {
	n    int
	unit byte // y, m or w
}

// remarks is what a document says in passing.
type remarks struct {
	ages         []aged // today's, of nobody else
	otherAges    bool   // ages of others, or of another time
	he, she      bool
	othersGender bool // words of somebody else
}

// readRemarks collects a document's remarks clause by clause; one that names
// another person is not the patient's.
func readRemarks(d carryover.Document) remarks {
	var r remarks
	text := d.Content.Reveal()
	if strings.TrimSpace(text) == "" {
		return r
	}
	for _, clause := range clauses.Split(ageCell.ReplaceAllString(cut(visible(text), maxRemarks), "age "), -1) {
		others := another.MatchString(clause)
		he, she := men.MatchString(clause), women.MatchString(clause)
		if others {
			r.othersGender = r.othersGender || he || she
		} else {
			r.he, r.she = r.he || he, r.she || she
		}
		for _, a := range ages {
			for _, at := range a.FindAllStringSubmatchIndex(clause, maxLabels) {
				if another.MatchString(clause[:at[0]]) || another.MatchString(follows(clause[at[1]:])) || formerAge.MatchString(clause[:at[0]]) {
					r.otherAges = true
				} else if said, ok := agedOf(a, clause, at); ok && !slices.Contains(r.ages, said) {
					r.ages = append(r.ages, said)
				}
			}
		}
	}
	return r
}

// follows is what an age is said of: the next few words, up to a comma.
func follows(rest string) string {
	words, _, _ := strings.Cut(rest, ",")
	fields := strings.Fields(words)
	return strings.Join(fields[:min(len(fields), 3)], " ")
}

// agedOf reads one age.
func agedOf(pattern *regexp.Regexp, clause string, at []int) (aged, bool) {
	said := aged{unit: 'y'}
	for i := 1; i <= pattern.NumSubexp(); i++ {
		if at[2*i] < 0 {
			continue
		}
		group := strings.ToLower(clause[at[2*i]:at[2*i+1]])
		if n, err := strconv.Atoi(group); err == nil {
			said.n = n
		} else {
			said.unit = group[0]
		}
	}
	return said, said.n <= oldest || said.unit != 'y'
}

// is says that somebody born then has that age, give or take the day that a
// time zone makes; months and weeks are rounded in speech, so one more or less
// is the same.
func (a aged) is(born, now time.Time) bool {
	switch a.unit {
	case 'm':
		months := (now.Year()-born.Year())*12 + int(now.Month()) - int(born.Month())
		return a.n >= months-1 && a.n <= months+1
	case 'w':
		weeks := int(now.Sub(born) / (7 * 24 * time.Hour))
		return a.n >= weeks-1 && a.n <= weeks+1
	}
	return a.n == years(born, now.AddDate(0, 0, -1)) || a.n == years(born, now.AddDate(0, 0, 1))
}

// shortAges are ages as they stand behind a name: 72yo, 72 yrs, 72M.
var shortAges = regexp.MustCompile(`(?i)\b(\d{1,3})\s?(?:(y)(?:ea)?rs?\b|(y)\.?/?o\b\.?|[mf]\b)`)

// takeAges takes ages out of a name.
func takeAges(name string) (rest string, said []aged) {
	for _, form := range append(slices.Clone(ages), shortAges) {
		name = form.ReplaceAllStringFunc(name, func(found string) string {
			if a, ok := agedOf(form, found, form.FindStringSubmatchIndex(found)); ok {
				said = append(said, a)
			}
			return " "
		})
	}
	return name, said
}

// contradicts says that somebody born then is more than a year older or younger:
// a birthday soon, or a slip in counting, is no contradiction.
func (a aged) contradicts(birth carryover.Date, now time.Time) bool {
	born, err := time.Parse(time.DateOnly, birth.Reveal())
	if err != nil || now.IsZero() {
		return false
	}
	old := a.n / map[byte]int{'y': 1, 'm': 12, 'w': 52}[a.unit]
	return max(old-years(born, now), years(born, now)-old) > 1
}

// years is how old somebody is who was born then.
func years(born, now time.Time) int {
	n := now.Year() - born.Year()
	if now.Month() < born.Month() || now.Month() == born.Month() && now.Day() < born.Day() {
		n--
	}
	return n
}

// findings compares the remarks with a person. A document that says nothing
// adds no line.
func (r remarks) findings(p person, now time.Time) []carryover.Finding {
	var out []carryover.Finding
	if len(r.ages) > 0 || r.otherAges {
		out = append(out, r.age(p.born(), now))
	}
	if r.he || r.she || r.othersGender {
		out = append(out, r.sexWords(p.survivor.Sex))
	}
	return out
}

func (r remarks) age(birth carryover.Date, now time.Time) carryover.Finding {
	f := carryover.Finding{Field: "age", Outcome: carryover.CannotTell}
	born, err := time.Parse(time.DateOnly, birth.Reveal())
	switch {
	case len(r.ages) == 0:
		f.Note = "another person's, or of another time"
	case err != nil || now.IsZero():
		f.Outcome, f.Note = carryover.Absent, "no birth date to compare with"
	case !slices.ContainsFunc(r.ages, func(a aged) bool { return a.is(born, now) }):
		f.Outcome = carryover.Differs
	case slices.ContainsFunc(r.ages, func(a aged) bool { return !a.is(born, now) }):
		f.Note = "more than one age"
	default:
		f.Outcome = carryover.Agrees
	}
	return f
}

func (r remarks) sexWords(known carryover.Sex) carryover.Finding {
	f := carryover.Finding{Field: "sex_words", Outcome: carryover.CannotTell}
	switch {
	case !r.he && !r.she:
		f.Note = "another person's"
	case r.he && r.she:
		f.Note = "words of both"
	case known != carryover.Female && known != carryover.Male:
		f.Outcome, f.Note = carryover.Absent, "no sex to compare with"
	case r.she == (known == carryover.Female):
		f.Outcome = carryover.Agrees
	default:
		f.Outcome = carryover.Differs
	}
	return f
}
