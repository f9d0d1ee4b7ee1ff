package sandbox

import "strings"

// bases are the path prefixes of the two APIs. Plans and journals speak of the
// path below them, as the APIs' own documentation does.
var bases = map[string]string{
	"heidi":   "/api/v2/ml-scribe/open-api",
	"cliniko": "/v1",
}

// underBase returns the part of p below the base of api. A path elsewhere,
// such as Heidi's page for linking accounts, is returned as it is.
func underBase(api, p string) string {
	rest, found := strings.CutPrefix(p, bases[api])
	if !found || (rest != "" && rest[0] != '/') {
		return p
	}
	if rest == "" {
		return "/"
	}
	return rest
}

// bucket is where Cliniko's files lie. What follows is a file's key, whose parts
// and name are no route's words.
const bucket = "/bucket/"

// routeShape replaces the ids in a path by {id}, so that requests for
// different records count as one route.
func routeShape(p string) string {
	if key, found := strings.CutPrefix(p, bucket); found && key != "" {
		return bucket + "{key}"
	}
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if isID(part) {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

// isID tells an id (decimal, hexadecimal or UUID) from a word of the route: a
// route's words hold no digits.
func isID(part string) bool {
	return strings.ContainsAny(part, "0123456789") && !strings.ContainsFunc(part, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
}
