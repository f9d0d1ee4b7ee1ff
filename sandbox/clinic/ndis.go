package clinic

import (
	"fmt"
	"strings"
)

// writeNDIS is the longest of the practice's documents: a progress report for
// a disability plan, with goals, tables and funding.
func writeNDIS(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	b.WriteString("# NDIS progress report – physiotherapy\n\n")
	if s.labelled {
		fmt.Fprintf(&b, "| Participant | %s |\n|---|---|\n| NDIS number | 000 000 000 |\n| Report date | %s |\n\n",
			s.name, s.date)
	}
	fmt.Fprintf(&b, "## 1. Background\n\n"+
		"The participant lives in a %s with %d entry steps and uses %s indoors and %s for distances > "+
		"%d m. Physiotherapy in this plan: %d hours used of %d funded, including %d hours of "+
		"non-face-to-face time.\n\n",
		pick(d, []string{"single-storey unit", "two-storey house", "supported shared house"}),
		d.between(1, 5), pick(d, []string{"a stick", "a four-wheeled walker", "furniture and walls"}),
		pick(d, []string{"a manual wheelchair", "a scooter", "a support worker's arm"}),
		d.between(3, 20)*10, d.between(20, 38), d.between(39, 52), d.between(2, 6))
	writeNDISMeasures(d, s, &b)
	writeNDISGoals(d, s, &b)
	fmt.Fprintf(&b, "## 4. Functional capacity\n\n"+
		"Transfers: %s. Showering: %s. In the last quarter %d of %d sessions were missed (%s). Falls: "+
		"%d, none with injury.\n\n",
		pick(d, []string{"independent from 50 cm", "minimal assistance of one", "with a rail on the right"}),
		pick(d, []string{"set-up only, shower chair", "assistance below the knee", "independent"}),
		d.between(0, 4), d.between(10, 13), pick(d, []string{"transport", "fatigue", "illness", "heat"}),
		d.between(0, 5))
	fmt.Fprintf(&b, "## 5. Recommendations (12 months)\n\n| Support | Hours | Rationale |\n|---|--:|---|\n"+
		"| Physiotherapy | %d | maintain range, goals 1 & 2 |\n| Hydrotherapy | %d | goal 2 |\n"+
		"| Therapy assistant, level 2 | %d | practice between sessions |\n"+
		"| Reports & team meetings | %d | plan review |\n\n",
		d.between(30, 44), d.between(10, 20), d.between(20, 40), d.between(4, 8))
	fmt.Fprintf(&b, "A reduction below %d h would *not* be \"reasonable and necessary\" in my opinion: range at "+
		"the %s fell by %d–%d° when hours were cut in 2023.\n\n## 6. Declaration\n\n"+
		"I confirm the above is true & correct. *%s*, physiotherapist, %s\n",
		d.between(24, 30), c.area, d.between(4, 6), d.between(8, 12), s.clinician, s.date)
	return b.String()
}

func writeNDISMeasures(d *dice, s *subject, b *strings.Builder) {
	fmt.Fprintf(b, "## 2. Measures\n\n| Measure | Start of plan | Now |\n|:--|--:|--:|\n"+
		"| TUG | %d.%d s | %d.%d s |\n| 10 m walk | 0.%d m/s | 0.%d m/s |\n"+
		"| 5 × sit-to-stand | %d s | %d s |\n| Berg balance | %d/56 | %d/56 |\n\n%s\n",
		d.between(28, 40), d.between(0, 9), d.between(14, 26), d.between(0, 9), d.between(21, 44),
		d.between(45, 89), d.between(26, 44), d.between(13, 25), d.between(22, 34), d.between(35, 50),
		s.movementTable(d))
}

func writeNDISGoals(d *dice, s *subject, b *strings.Builder) {
	b.WriteString("## 3. Goals\n\n")
	for i, goal := range some(d, 3, []string{
		"I want to walk to the shop with my friends.", "I'd like to get in and out of the pool by myself.",
		"Fewer falls at home.", "I want to stand to cook for 20 minutes.", "I would like to catch the bus to the club.",
	}) {
		fmt.Fprintf(b, "### Goal %d: \"%s\"\n\n**Status: %s.** Now %d m (was %d m) with %d rest%s; assistance %s.\n\n"+
			"- Strategies\n  1. %s, %d×/week\n  2. community practice\n     - route A: flat, %d m\n"+
			"     - route B: 1 kerb (%d cm), *not* safe alone\n\n",
			i+1, goal, pick(d, []string{"met", "partially met", "not met"}), d.between(10, 40)*10,
			d.between(3, 9)*10, d.between(0, 3), pick(d, []string{"s", "s at the bench"}),
			pick(d, []string{"of one", "by supervision only", "not needed"}), pick(d, s.complaint.exercises),
			d.between(2, 4), d.between(8, 15)*10, d.between(8, 16))
	}
}
