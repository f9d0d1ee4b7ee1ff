package cli

import (
	"encoding/json"
	"io"

	"carryover/internal/config"
)

// schemaCmd prints the form of the configuration.
type schemaCmd struct{}

// Help is kong's long help.
func (schemaCmd) Help() string {
	return `A JSON Schema (draft 2020-12) of carryover.yaml, for editors that check while you type.

Example:

  carryover schema > carryover.schema.json`
}

// Run implements the command.
func (schemaCmd) Run(a *app) error {
	return a.answer(json.RawMessage(config.Schema), func(w io.Writer) { _, _ = io.WriteString(w, config.Schema) })
}
