package console

import (
	"slices"
	"strings"
)

// Target is what is being typed at the cursor.
type Target struct {
	// Kind says what it can become, Prefix what is there of it, without quotes.
	Kind   Kind
	Prefix string
	// Command is the one it is an argument of, if Kind is not Name.
	Command Command
	// From and To are where it stands in the line, in bytes.
	From, To int

	choices []string
}

// Option is what something can be completed to.
type Option struct {
	// Value is what is meant, Note what else there is to know about it.
	Value, Note string
	// Partial means that more is to follow, such as the files of a folder.
	Partial bool
}

// At finds what is being typed at the cursor, a number of bytes. Nothing is completed
// behind a command that does not exist, or has all its arguments.
func At(line string, cursor int) (Target, bool) {
	cursor = min(max(cursor, 0), len(line), MaxLine)
	words := split(line[:cursor])
	if len(words) == 0 || words[len(words)-1].to < cursor {
		words = append(words, word{from: cursor, to: cursor})
	}
	last := words[len(words)-1]
	t := Target{Kind: Name, Prefix: last.value, From: last.from, To: cursor}
	if len(words) == 1 {
		return t, true
	}
	command, ok := Find(words[0].value)
	if !ok {
		return Target{}, false
	}
	t.Command = command
	a, ok := command.argument(len(words) - 2)
	t.Kind, t.choices = a.Kind, a.Choices
	return t, ok
}

// argument returns the one that a word by its number is for, as far as can be said
// before the line is complete: arguments are typed from the left.
func (c Command) argument(n int) (Arg, bool) {
	if n < len(c.Args) {
		return c.Args[n], true
	}
	if last := len(c.Args) - 1; last >= 0 && c.Args[last].Kind == Rest {
		return c.Args[last], true
	}
	return Arg{}, false
}

// MaxOptions is how many options are shown at most: nobody reads more.
const MaxOptions = 50

// Options returns which of the names there are fit, in their order, those that begin
// with what was typed before those that only have it in them. Names and choices, and
// durations for a start, the package knows by itself.
func (t Target) Options(names []Option) []Option {
	switch t.Kind {
	case Name:
		names = commandNames()
	case Choice:
		names = values(t.choices...)
	case Duration:
		names = values("off", "5m", "1h", "1d", "7d", "4w")
		if t.Command.Name == "expire" {
			names = values("never", "default", "1h", "1d", "7d", "4w")
		}
	case Text, Rest:
		return nil
	}
	typed := strings.ToLower(t.Prefix)
	var first, other []Option
	for _, o := range names {
		switch at := strings.Index(strings.ToLower(o.Value), typed); {
		case at == 0:
			first = append(first, o)
		case at > 0:
			other = append(other, o)
		}
	}
	found := slices.Concat(first, other)
	return found[:min(len(found), MaxOptions)]
}

func commandNames() (names []Option) {
	for _, c := range commands {
		names = append(names, Option{Value: c.Name, Note: c.Summary})
	}
	slices.SortFunc(names, func(a, b Option) int { return strings.Compare(a.Value, b.Value) })
	return names
}

func values(all ...string) (options []Option) {
	for _, v := range all {
		options = append(options, Option{Value: v})
	}
	return options
}

// Apply puts an option into the line, and returns where the cursor is then. A space
// follows unless more is to.
func (t Target) Apply(line string, o Option) (string, int) {
	text := Quote(o.Value)
	switch {
	case t.Kind == Name && t.From == 0:
		text = "/" + o.Value
	case t.Kind == Name:
		text = o.Value
	case o.Partial && strings.HasPrefix(text, `"`): // open, so that it goes on
		text = strings.TrimSuffix(text, `"`)
	}
	rest := line[t.To:]
	if !o.Partial && !strings.HasPrefix(rest, " ") {
		text += " "
	}
	return line[:t.From] + text + rest, t.From + len(text)
}

// Common returns the longest beginning that all options share, in the letters of the
// first.
func Common(options []Option) string {
	if len(options) == 0 {
		return ""
	}
	common := []rune(options[0].Value)
	for _, o := range options[1:] {
		other := []rune(o.Value)
		n := 0
		for n < min(len(common), len(other)) && strings.EqualFold(string(common[n]), string(other[n])) {
			n++
		}
		common = common[:n]
	}
	return string(common)
}
