package guard

import (
	"regexp"
	"slices"
	"strings"
)

// regions are those Heidi has production hosts for (one key each). AU serves
// Australia and New Zealand.
var regions = []string{"AU", "CA", "EU", "UK", "US"}

// shardForm is what a shard of Cliniko looks like; a shard's letters name its
// region. New shards appear, so there is no list.
var shardForm = regexp.MustCompile(`^([a-z]{2})[0-9]{1,2}$`)

// clinikoForm is the API host of a shard.
var clinikoForm = regexp.MustCompile(`^api\.([a-z]{2}[0-9]{1,2})\.cliniko\.com$`)

// HeidiHost returns Heidi's production host for a region, in any case. The
// host "registrar" is Heidi's test environment; where it stands is not
// published, so it is no region.
func HeidiHost(region string) (string, error) {
	r := strings.ToUpper(strings.TrimSpace(region))
	switch {
	case r == "REGISTRAR":
		return "", &Refusal{Host: region, Why: "registrar is Heidi's test environment and nobody says where it stands; use a production key and its region"}
	case !slices.Contains(regions, r):
		return "", &Refusal{Host: region, Why: "not a region of Heidi; use one of " + strings.Join(regions, ", ")}
	}
	return strings.ToLower(r) + ".api.heidihealth.com", nil
}

// ClinikoHost returns the API host of a shard such as au3.
func ClinikoHost(shard string) (string, error) {
	s := strings.ToLower(strings.TrimSpace(shard))
	if !shardForm.MatchString(s) {
		return "", &Refusal{Host: shard, Why: "not a shard of Cliniko; it is the end of the key, such as au3"}
	}
	return "api." + s + ".cliniko.com", nil
}

// Admits says whether clinical text of a region may go to a host: the region's
// own host of Heidi, and Cliniko's shards in the region. The error is a
// Refusal whose reason is a sentence for the practice.
func Admits(region, name string) error {
	heidi, err := HeidiHost(region)
	if err != nil {
		return err
	}
	region = strings.ToUpper(strings.TrimSpace(region))
	name = strings.ToLower(name)
	if name == heidi {
		return nil
	}
	shard := clinikoForm.FindStringSubmatch(name)
	switch {
	case shard != nil && strings.EqualFold(shard[1][:2], region):
		return nil
	case shard != nil:
		return &Refusal{Host: name, Why: "the Cliniko shard " + shard[1] + " is not in region " + region +
			", and clinical text may not leave it; use a key of a shard that begins with " + strings.ToLower(region)}
	case strings.HasSuffix(name, ".heidihealth.com"):
		return &Refusal{Host: name, Why: "that host of Heidi is not in region " + region + "; only " + heidi + " is"}
	}
	return &Refusal{Host: name, Why: "only Heidi and Cliniko hosts of region " + region + " may carry clinical text"}
}
