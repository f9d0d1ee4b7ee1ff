package cli

import (
	"github.com/alecthomas/kong"
)

// This file reads the command line's own definition, from which the man page and
// the shells' completions are written: what they say cannot be out of date.

// A verb is one command that can be typed, such as "routes test".
type verb struct {
	words string // without the program's name
	node  *kong.Node
}

// model returns the program and its commands, in the order of --help. Groups of
// commands such as routes come before their members.
func model() (*kong.Application, []verb, error) {
	k, err := newParser(&commands{}, Streams{}, func(int) {})
	if err != nil {
		return nil, nil, err
	}
	var all []verb
	var walk func(n *kong.Node, words string)
	walk = func(n *kong.Node, words string) {
		for _, c := range n.Children {
			if c.Hidden || c.Type != kong.CommandNode {
				continue
			}
			own := c.Name
			if words != "" {
				own = words + " " + c.Name
			}
			all = append(all, verb{own, c})
			walk(c, own)
		}
	}
	walk(k.Model.Node, "")
	return k.Model, all, nil
}

// flagsOf returns the flags of a command or the program that people are told of,
// --help left out: it is everywhere.
func flagsOf(n *kong.Node) []*kong.Flag {
	var flags []*kong.Flag
	for _, f := range n.Flags {
		if !f.Hidden && f.Name != "help" {
			flags = append(flags, f)
		}
	}
	return flags
}

// takesValue says that a word follows the flag.
func takesValue(f *kong.Flag) bool { return !f.IsBool() && !f.IsCounter() }

// choices returns the words that a flag or argument takes, nil when any.
func choices(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}
