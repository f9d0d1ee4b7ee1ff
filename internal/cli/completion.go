package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd writes a shell's completion.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}."`
}

// Help is kong's long help.
func (completionCmd) Help() string {
	return `Prints the completion of commands, options and their values for a shell. Ids of documents are not
completed: a shell keeps what it shows.

Example:

  carryover completion bash > /etc/bash_completion.d/carryover
  carryover completion zsh > "${fpath[1]}/_carryover"
  carryover completion fish > ~/.config/fish/completions/carryover.fish`
}

// Run implements the command.
func (c completionCmd) Run(a *app) error {
	script, err := completion(c.Shell)
	if err != nil {
		return err
	}
	return a.answer(struct {
		Script string `json:"script"`
	}{script}, func(w io.Writer) { _, _ = io.WriteString(w, script) })
}

func completion(shell string) (string, error) {
	app, verbs, err := model()
	if err != nil {
		return "", err
	}
	switch shell {
	case "bash":
		return bashCompletion(app, verbs), nil
	case "zsh":
		return zshBefore + bashCompletion(app, verbs) + zshAfter, nil
	}
	return fishCompletion(app, verbs), nil
}

// zsh reads bash's completion through its own bashcompinit. A file of its folder
// of functions is run when the first word is to be completed, and completes it.
const (
	zshBefore = "#compdef carryover\nautoload -U +X bashcompinit && bashcompinit\n"
	zshAfter  = "if [[ $funcstack[1] == _carryover ]]; then _bash_complete -o filenames -F _carryover_words; fi\n"
)

// bashCompletion looks up what may come next by the commands typed so far.
func bashCompletion(app *kong.Application, verbs []verb) string {
	var next, values strings.Builder
	everywhere := flagWords(app.Node)
	fmt.Fprintf(&next, "    \"\") words=%s ;;\n", wordList(append(children(verbs, ""), everywhere...)))
	for _, v := range verbs {
		words := append(children(verbs, v.words), flagWords(v.node)...)
		files := "" // an argument of any words may be a file
		for _, p := range v.node.Positional {
			if c := choices(p); len(c) > 0 {
				words = append(words, c...)
			} else {
				files = " files=yes"
			}
		}
		fmt.Fprintf(&next, "    %q) words=%s%s ;;\n", v.words, wordList(append(words, everywhere...)), files)
	}
	seen := map[string]bool{}
	for _, n := range append([]verb{{"", app.Node}}, verbs...) {
		for _, f := range flagsOf(n.node) {
			if c := choices(f.Value); len(c) > 0 && !seen[f.Name] {
				seen[f.Name] = true
				fmt.Fprintf(&values, "    --%s) COMPREPLY=($(compgen -W %s -- \"$current\")); return ;;\n", f.Name, wordList(c))
			}
		}
	}
	var names []string
	for _, v := range verbs {
		names = append(names, v.words)
	}
	return fmt.Sprintf(bashScript, values.String(), withValue(app, verbs), alternatives(names), next.String())
}

// bashScript: values of options; options that take a file or a value; the
// commands; the words after each.
const bashScript = `# Completion of carryover, written by carryover completion.
_carryover_words() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} typed="" words="" files="" word try
  COMPREPLY=()
  case $previous in
%s    %s) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    try=${typed:+$typed }$word
    case $try in
      %s) typed=$try ;;
    esac
  done
  case $typed in
%s  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $([[ $current != -* && -n $files ]] && compgen -f -- "$current"))
}
complete -o filenames -F _carryover_words carryover
`

// children are the words that may follow a command.
func children(verbs []verb, after string) []string {
	var words []string
	for _, v := range verbs {
		parent, last := "", v.words
		if i := strings.LastIndex(v.words, " "); i >= 0 {
			parent, last = v.words[:i], v.words[i+1:]
		}
		if parent == after {
			words = append(words, last)
		}
	}
	return words
}

func flagWords(n *kong.Node) []string {
	words := []string{}
	for _, f := range flagsOf(n) {
		words = append(words, "--"+f.Name)
	}
	if n.Type == kong.ApplicationNode {
		words = append(words, "--help")
	}
	return words
}

// withValue is the pattern of the options after which any word may follow.
func withValue(app *kong.Application, verbs []verb) string {
	names := []string{"-c"}
	for _, v := range append([]verb{{"", app.Node}}, verbs...) {
		for _, f := range flagsOf(v.node) {
			if takesValue(f) && len(choices(f.Value)) == 0 {
				names = append(names, "--"+f.Name)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "|")
}

// wordList makes one word of many for a shell; none of ours has a quote in it.
func wordList(words []string) string { return "'" + strings.Join(words, " ") + "'" }

func alternatives(words []string) string { return "'" + strings.Join(words, "'|'") + "'" }

// fishCompletion has a line for each thing that may be typed.
func fishCompletion(app *kong.Application, verbs []verb) string {
	var b strings.Builder
	b.WriteString("# Completion of carryover, written by carryover completion.\n")
	for _, f := range flagsOf(app.Node) {
		b.WriteString("complete -c carryover" + fishFlag(f))
	}
	for _, v := range verbs {
		parent, last, deep := strings.Cut(v.words, " ")
		if !deep {
			parent, last = "", parent
		}
		where := "__fish_use_subcommand"
		if deep {
			where = "__fish_seen_subcommand_from " + parent
		}
		fmt.Fprintf(&b, "complete -c carryover -f -n %s -a %s -d %s\n", fishQuoted(where), last, fishQuoted(v.node.Help))
		here := "__fish_seen_subcommand_from " + last
		if deep {
			here = "__fish_seen_subcommand_from " + parent + "; and " + here
		}
		for _, p := range v.node.Positional {
			if c := choices(p); len(c) > 0 {
				fmt.Fprintf(&b, "complete -c carryover -f -n %s -a %s\n", fishQuoted(here), fishQuoted(strings.Join(c, " ")))
			}
		}
		for _, f := range flagsOf(v.node) {
			fmt.Fprintf(&b, "complete -c carryover -n %s%s", fishQuoted(here), fishFlag(f))
		}
	}
	return b.String()
}

func fishFlag(f *kong.Flag) string {
	s := " -l " + f.Name
	if f.Short != 0 {
		s += " -s " + string(f.Short)
	}
	if c := choices(f.Value); len(c) > 0 {
		s += " -x -a " + fishQuoted(strings.Join(c, " "))
	} else if takesValue(f) {
		s += " -r"
	}
	return s + " -d " + fishQuoted(f.Help) + "\n"
}

func fishQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
