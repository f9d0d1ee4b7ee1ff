package config

import _ "embed"

// Schema is the form of the configuration file as JSON Schema (draft 2020-12),
// for editors that check while somebody types. What holds is Load: the schema
// knows every key, its form and its default, but neither files nor what several
// lines say together. A test holds the two against each other.
//
//go:embed schema.json
var Schema string
