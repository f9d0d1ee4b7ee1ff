package daemon

import (
	"errors"
	"testing"

	"carryover"
	"carryover/internal/config"
)

func TestFit(t *testing.T) {
	const sandbox = "http://127.0.0.1:8082/v1"
	practice, toy := config.Cliniko{}, config.Cliniko{BaseURL: sandbox}
	for _, c := range []struct {
		name  string
		lacks string
		cfg   config.Config
		want  bool
	}{
		{"a practice, on Linux", "", config.Config{Cliniko: practice, Heidi: &config.Heidi{}}, true},
		{"a practice, elsewhere", "it cannot", config.Config{Cliniko: practice, Heidi: &config.Heidi{}}, false},
		{"the sandbox, elsewhere", "it cannot", config.Config{Cliniko: toy, Heidi: &config.Heidi{BaseURL: sandbox}}, true},
		{"the sandbox's Cliniko alone, elsewhere", "it cannot", config.Config{Cliniko: toy}, true},
		{"Heidi's documents into the sandbox, elsewhere", "it cannot", config.Config{Cliniko: toy, Heidi: &config.Heidi{}}, false},
	} {
		err := fit(c.lacks, "plan9", &c.cfg)
		if (err == nil) != c.want {
			t.Errorf("%s: fit = %v, want it to fit: %t", c.name, err, c.want)
		}
		if err != nil && !errors.Is(err, carryover.ErrRefused) {
			t.Errorf("%s: fit = %v, want a refusal", c.name, err)
		}
	}
}
