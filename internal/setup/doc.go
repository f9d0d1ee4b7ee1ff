// Package setup takes a practice from an empty folder to a configuration that
// works: it asks in plain words (or takes the answers from a file), looks whose
// each key is, links accounts, proposes rules from the templates of both sides,
// and writes the configuration and the files of keys with the modes they need.
//
// Three rules hold throughout. Nothing is replaced: not a configuration, not a
// master key. Nothing is half written: every file appears whole, the
// configuration last, so that its being there means that all else is. And what
// was answered is kept beside it, so that whoever stops goes on from there.
package setup
