package clinic

import (
	"fmt"
	"html"
	"strings"
)

// box returns a task box, ticked in a share p of cases.
func box(d *dice, p float64) string {
	if d.chance(p) {
		return "[x]"
	}
	return "[ ]"
}

func writeConsent(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	fmt.Fprintf(&b, "# Consent to treatment: %s\n\n", c.area)
	if s.labelled {
		fmt.Fprintf(&b, "Client name: **%s**   Date: %s\n\n", s.name, s.date)
	}
	fmt.Fprintf(&b, "## What is proposed\n\n%s %s: %s. About %d visits, %d–%d minutes each, then a home programme.\n\n",
		s.side, c.area, c.consent.procedure, d.between(3, 8), d.between(20, 25), d.between(30, 40))
	b.WriteString("## Risks\n\n| Risk | How often | What to do |\n|:--|:--|:--|\n")
	fmt.Fprintf(&b, "| %s | as stated | ice or heat %d min |\n"+
		"| Flare-up of pain | about %d in 10 | call if > %d h |\n"+
		"| No benefit | about %d in 10 | review the plan |\n\n",
		c.consent.risk, d.between(10, 20), d.between(1, 3), d.between(24, 48), d.between(1, 3))
	b.WriteString("## Health check – tick all that apply\n\n")
	for _, item := range []string{
		"Pacemaker or electrical implant", "Pregnant, or may be",
		"Blood-thinning medicine (name and dose): " + pick(d, []string{"nil", "apixaban 5 mg BD", "aspirin 100 mg"}),
		"Skin allergy to tape", "Recent surgery (< 6/52)", "Diabetes with HbA1c > 8.0 %",
	} {
		fmt.Fprintf(&b, "- %s %s\n", box(d, 0.2), item)
	}
	fmt.Fprintf(&b, "- %s None of the above\n\n## Consent\n\n☑ I have read and understood the above.\n"+
		"☑ I have had the chance to ask questions (%d asked).\n%s I agree to photographs of my %s.\n"+
		"☑ I may withdraw consent *at any time*.\n\nSigned: ______________________   Date: %s\n\n"+
		"Physiotherapist: %s. Time spent explaining: %d min.\n",
		box(d, 0.6), d.between(0, 4), pick(d, []string{"☑", "☐"}), c.area, s.date, s.clinician,
		d.between(4, 12))
	return b.String()
}

func writeScreening(d *dice, s *subject) string {
	c := s.complaint
	var b strings.Builder
	fmt.Fprintf(&b, "# Pre-exercise screening form\n\n%sGoal: %s. Presenting area: %s %s.\n\n"+
		"## Stage 1 – please tick\n\n",
		s.label("Name"), pick(d, goals), s.side, c.area)
	for _, q := range []string{
		"Heart condition or stroke", "Chest pain at rest or during activity",
		"Faint, dizzy or lost balance in the last 12 months", "Asthma attack needing medical care in the last 12 months",
		"Diabetes (type 1 or 2) with trouble controlling glucose", "Other condition that may need consideration",
	} {
		fmt.Fprintf(&b, "- %s %s\n", box(d, 0.15), q)
	}
	fmt.Fprintf(&b, "\n## Stage 2 – measurements\n\n| Measure | Result | Note |\n|:--|--:|:--|\n"+
		"| Blood pressure | %d/%d mmHg | seated, 5 min rest |\n"+
		"| Resting heart rate | %d bpm | regular |\n| SpO₂ | %d %% | room air |\n| Height | %d cm | |\n"+
		"| Weight | %d.%d kg | |\n| Waist | %d cm | |\n| Grip R) / L) | %d kg / %d kg | best of 3 |\n\n",
		d.between(112, 158), d.between(66, 94), d.between(54, 88), d.between(95, 99), d.between(150, 192),
		d.between(52, 104), d.between(0, 9), d.between(68, 112), d.between(14, 48), d.between(14, 46))
	fmt.Fprintf(&b, "## Stage 3 – function\n\n1. TUG: %d.%d s\n2. 30-s chair stand: %d reps (norm ≥ %d)\n"+
		"3. Single-leg stance: R) %d s, L) %d s\n4. 6MWT: %d m, Borg %d/10\n\n",
		d.between(6, 16), d.between(0, 9), d.between(7, 19), d.between(10, 14), d.between(3, 30),
		d.between(3, 30), d.between(28, 62)*10, d.between(2, 5))
	fmt.Fprintf(&b, "**Activity now:** %d min/week moderate, %d min/week vigorous. **Smoking:** %s. **Alcohol:** "+
		"%d standard drinks/week. **Falls in 12 months:** %d.\n\n"+
		"**Outcome:** %s. Review of the form on %s or on any change in health; %s asked to bring a "+
		"list of medicines.\n",
		d.between(0, 20)*10, d.between(0, 9)*10, pick(d, []string{"never", "ceased 2014", "5/day"}),
		d.between(0, 12), d.between(0, 2),
		pick(d, []string{
			"low risk, start at moderate intensity", "moderate risk, GP clearance requested",
			"suitable for hydrotherapy, 1:1 at first",
		}),
		s.dateAfter(180), pick(d, []string{"client", "carer"}))
	return b.String()
}

// writeCertificate is a certificate of capacity in the HTML of a form editor:
// inputs, a table, styles that mean nothing, and a script that must not run.
func writeCertificate(d *dice, s *subject) string {
	c := s.complaint
	esc := html.EscapeString
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en-AU\"><head><meta " +
		"charset=\"utf-8\"><title>Certificate</title><style>td{border:1px solid #999}</style></head>\n" +
		"<body>\n<h1>Certificate of Capacity</h1>\n<p>")
	if s.labelled {
		fmt.Fprintf(&b, "<strong>Worker:</strong> %s &nbsp; ", esc(s.name))
	}
	fmt.Fprintf(&b, "<strong>Claim:</strong> %s-%04d<br>\n<strong>Employer:</strong> %s<br>\n"+
		"<strong>Date of certificate:</strong> %s</p>\n",
		c.code, d.between(0, 9999),
		esc(pick(d, []string{
			"Saltbush & Sons Joinery", "Imaginary Foods Pty Ltd", "Pretend Ports & Freight",
			"Cloud Nine Linen Service",
		})),
		s.date)
	fmt.Fprintf(&b, "<h3>1. Diagnosis</h3>\n<p>%s %s: %s, injured %s. <em>Not</em> a recurrence.</p>\n",
		s.side, c.area, esc(c.diagnosis), esc(pick(d, c.onset)))
	from, to := s.dateAfter(0), s.dateAfter(d.between(14, 42))
	checked := [3]string{}
	checked[d.between(0, 2)] = " checked"
	fmt.Fprintf(&b, "<h3>2. Capacity</h3>\n<p><input type=\"checkbox\"%s disabled> Fit for pre-injury duties<br>\n"+
		"<input type=\"checkbox\"%s disabled> Capacity for <b>suitable</b> duties from %s to %s<br>\n"+
		"<input type=\"checkbox\"%s disabled> No capacity for any work until %s</p>\n",
		checked[0], checked[1], from, to, checked[2], to)
	b.WriteString(capacityTable(d, c))
	fmt.Fprintf(&b, "<h3>3. Hours</h3>\n<ol>\n<li>Week 1&ndash;2: %d hrs/day, %d days/week</li>\n"+
		"<li>Week 3: %d hrs/day, 4 days/week</li>\n<li>Week 4: 7.6 hrs/day, 5 days/week (38 hrs)</li>\n"+
		"</ol>\n",
		d.between(3, 5), d.between(2, 4), d.between(5, 7))
	fmt.Fprintf(&b, "<h3>4. Treatment plan</h3>\n<ul>\n<li>Physiotherapy %d&times;/week for %d/52</li>\n<li>%s</li>\n"+
		"<li>GP review in %d days</li>\n</ul>\n"+
		"<p><u>Medication:</u> paracetamol 1&nbsp;g QID PRN; <strong>no</strong> opioids.</p>\n"+
		"<!-- internal: do not print -->\n<p>Signed: %s, Physiotherapist<br>Date: %s</p>\n"+
		"<script>window.print()</script>\n</body></html>\n",
		d.between(1, 3), d.between(3, 8), esc(pick(d, c.exercises)), d.between(14, 28), esc(s.clinician),
		s.date)
	return b.String()
}

// capacityTable says what the worker can do of the usual and of the job.
func capacityTable(d *dice, c *complaint) string {
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr><th>Activity</th><th>Capacity</th><th>Comment</th></tr></thead>\n<tbody>\n")
	for _, duty := range append([]string{"Sitting", "Standing/walking", "Lifting floor–waist"}, c.duties...) {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n",
			html.EscapeString(duty), pick(d, []string{"can", "with modification", "cannot"}),
			pick(d, []string{
				"&lt;&nbsp;5&nbsp;kg, occasional", "&le;&nbsp;10&nbsp;kg", "20 min at a time",
				"no limit", "breaks 5 min/h", "not &gt;&nbsp;2 h/shift",
			}))
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}
