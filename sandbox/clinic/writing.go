package clinic

import (
	"fmt"
	"strings"
)

// A writing is one document's text and how Heidi labels it.
type writing struct {
	kind, contentType, text string
}

// write makes a document of the given kind about s, as the practice's own
// templates would: Markdown, except that certificates and now and then a
// letter are HTML.
func write(d *dice, kind string, s *subject) writing {
	w := writing{kind: kind, contentType: "MARKDOWN"}
	switch kind {
	case "Assessment":
		w.text = writeAssessment(d, s)
	case "Progress report":
		w.text = writeProgress(d, s)
	case "GP letter":
		if d.chance(0.3) {
			w.contentType = "HTML"
			w.text = writeLetterHTML(d, s)
		} else {
			w.text = writeLetter(d, s)
		}
	case "WorkCover certificate":
		w.contentType = "HTML"
		w.text = writeCertificate(d, s)
	case "Consent form":
		w.text = writeConsent(d, s)
	case "Screening form":
		w.text = writeScreening(d, s)
	case "Exercise programme":
		w.text = writeProgramme(d, s)
	default:
		w.text = writeNDIS(d, s)
	}
	return w
}

// suitable are the kinds that make sense for a patient of that age.
func suitable(s *subject) []string {
	kinds := []string{"Assessment", "Progress report", "GP letter", "Consent form", "Screening form", "Exercise programme", "NDIS report"}
	if s.age >= 18 && s.age < 67 {
		kinds = append(kinds, "WorkCover certificate", "WorkCover certificate")
	}
	return kinds
}

func writeAssessment(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	fmt.Fprintf(&b, "# Initial assessment – %s\n\n%s", c.area, s.label("Client"))
	fmt.Fprintf(&b, "**Consent:** verbal consent to assessment, treatment *and* AI-scribe use obtained.\n\n"+
		"## Subjective\n\n")
	fmt.Fprintf(&b, "%d/52 history of %s %s pain %s. Pain now **%d/10**, worst **%d–%d/10**, best %d/10. Sleep: "+
		"wakes %d× a night. %s\n\n",
		d.between(1, 14), s.side, c.area, pick(d, c.onset), d.between(2, 4), d.between(6, 7),
		d.between(8, 9), d.between(0, 1), d.between(0, 3),
		pick(d, []string{
			"Previous episode in 2021 settled in about 6/52.", "No previous episode.",
			"Two previous episodes, the last 3 years ago.",
			"Similar problem on the other side in 2019.",
		}))
	b.WriteString("Aggravating:\n\n")
	for _, w := range some(d, 3, c.worse) {
		fmt.Fprintf(&b, "- %s\n", w)
	}
	fmt.Fprintf(&b, "\nEasing: %s.\n\n### Special questions\n\n"+
		"**No** night sweats, **no** unexplained weight loss, cough/sneeze −ve. Steroid use: nil. %s\n\n",
		strings.Join(some(d, 2, c.better), ", "),
		pick(d, []string{
			"Bone density scan 2023: normal.", "General health good.", "Type 2 diabetes, HbA1c 6.9 %.",
			"Hypertension, controlled (BP 132/82).", "Asthma, rarely uses salbutamol 100 µg.",
		}))
	fmt.Fprintf(&b, "### Medications\n\n| Medication | Dose | Frequency |\n|:--|:--|:--|\n"+
		"| Paracetamol | %d mg | up to %d×/day PRN |\n| %s |\n\n",
		pick(d, []int{500, 665, 1000}), d.between(2, 4),
		pick(d, []string{
			"Ibuprofen | 400 mg | ≤ 2/day with food", "Meloxicam | 7.5 mg | mane",
			"Perindopril | 5 mg | mane", "Nil else | – | –", "Metformin XR | 1 g | nocte",
		}))
	fmt.Fprintf(&b, "## Objective\n\n%s\n%s. Palpation: tender over %s. Strength %d/5, pain-limited.\n\n",
		s.movementTable(d), strings.Join(c.tests, "; "), c.muscle, d.between(3, 4))
	fmt.Fprintf(&b, "## Assessment\n\n"+
		"Findings are in keeping with %s. *No* red flags identified. %s. Prognosis good: about %d %% "+
		"improve within %d/52.\n\n",
		c.diagnosis, s.score(d), d.between(60, 85), d.between(4, 12))
	fmt.Fprintf(&b, "## Plan\n\n%s\nReview %d/52; if no change → discuss imaging with GP. Goals: %s within %d/52.\n",
		s.doses(d, 4, "1."), d.between(1, 2), pick(d, goals), d.between(6, 12))
	return b.String()
}

var goals = []string{
	"return to parkrun (5 km)", "carry the shopping up two flights", "sleep through on at least 6/7 nights",
	"full duties at work", "garden for an hour without a rest", "play a whole match", "walk the dog (3 km, hills)",
}

func writeProgress(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	fmt.Fprintf(&b, "**Progress report – visit %d of %d**\n\n%s%s %s, %s\n\n",
		s.visit, s.visit+d.between(1, 6), s.label("Patient"), s.side, c.area, c.diagnosis)
	fmt.Fprintf(&b, "**S:** Reports \"about %d%% better\". Night pain %d/7 nights. Main trouble now: %s. Home "+
		"programme done %d/7 days. %s\n\n",
		d.between(2, 8)*10, d.between(0, 4), pick(d, c.worse), d.between(3, 7),
		pick(d, []string{
			"Has stopped ibuprofen.", "Taking paracetamol 1 g only before bed.",
			"No medication this week.", "Back at work since Monday, 5 h/day.",
		}))
	fmt.Fprintf(&b, "**O:**\n\n%s\n%s. Strength of %s %d/5 (was %d/5).\n\n",
		s.movementTable(d), pick(d, c.tests), c.muscle, d.between(4, 5), d.between(2, 3))
	fmt.Fprintf(&b, "**Rx today:**\n\n%s\n**Post Rx:** pain %d/10 → %d/10.\n\n",
		s.doses(d, 3, "*"), d.between(4, 6), d.between(1, 3))
	fmt.Fprintf(&b, "**A:** %s; %s.\n\n"+
		"**P:** R/V %d/52. Progress load by ≤ %d%% a week if pain settles within 24 h. %s\n",
		pick(d, []string{
			"Progressing as expected", "Slower than expected, sleep is the barrier",
			"Plateau for 2/52, load was too low", "Ahead of plan",
		}),
		s.score(d), d.between(1, 3), d.between(5, 15),
		pick(d, []string{
			"Letter to GP today.", "Ask about work duties next time.",
			"Repeat outcome measure at visit 6.", "Consider discharge in two visits.",
		}))
	return b.String()
}

func writeProgramme(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	fmt.Fprintf(&b, "# Your exercise programme: %s\n\n", c.area)
	if s.labelled {
		fmt.Fprintf(&b, "Prepared for **%s** – %s\n\n", s.name, s.date)
	}
	fmt.Fprintf(&b, "> Pain up to %d/10 during exercise is OK, as long as it settles within 24 hours.\n\n",
		d.between(3, 5))
	fmt.Fprintf(&b, "## Warm-up (%d min)\n\n%s, easy enough to talk.\n\n## Strength\n\n%s\n"+
		"Rest %d–%d sec between sets. Breathe out with effort; do not hold your breath.\n\n",
		d.between(4, 10),
		pick(d, []string{"Stationary bike, resistance 2–3", "Walk on the spot", "Arm circles and marching"}),
		s.doses(d, 4, "1."), d.between(30, 45), d.between(60, 90))
	fmt.Fprintf(&b, "## Flexibility\n\n- %s stretch: %d × %d s, both sides\n- slow breathing lying down: %d min\n\n",
		c.muscle, d.between(2, 4), d.between(20, 45), d.between(3, 6))
	b.WriteString("## Weekly log\n\n| Day | Done | Walk (min) | Pain /10 |\n|-----|:-:|--:|--:|\n")
	for _, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri"} {
		fmt.Fprintf(&b, "| %s | %s | %d | %d |\n",
			day, pick(d, []string{"☑", "☐"}), d.between(2, 9)*5, d.between(0, 5))
	}
	fmt.Fprintf(&b, "\n**Stop and call us on (03) 5550 %04d** if you have new numbness, swelling or pain above %d/10 "+
		"for more than %d hours.\n\n*Next visit: bring this sheet.* Aim for %s.\n",
		d.between(1000, 9999), d.between(6, 7), d.between(24, 48), pick(d, goals))
	return b.String()
}
