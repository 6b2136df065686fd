package console

import (
	"slices"
	"strings"
)

// Kind is what an argument stands for, which says how it is completed.
type Kind int

const (
	// Text is a word, or several in quotes, that only its writer knows.
	Text Kind = iota
	// Rest is all that follows, as it is: quotes need not match.
	Rest
	// Contact is the name of a contact.
	Contact
	// Request is the name of somebody who asks to become a contact.
	Request
	// Blocked is the name of somebody who is blocked.
	Blocked
	// Path is a file.
	Path
	// Link is a contact link, or an image file with a QR code of one.
	Link
	// Duration is a time span as duration.Parse takes it.
	Duration
	// Choice is one of the words of Arg.Choices.
	Choice
	// Theme is the name of a theme.
	Theme
	// Setting is the name of a setting.
	Setting
	// Name is that of a command.
	Name
)

// Arg is an argument of a command.
type Arg struct {
	Name     string
	Kind     Kind
	Optional bool
	Choices  []string // of a Choice
}

// String writes the argument as usage lines do.
func (a Arg) String() string {
	s := strings.ToUpper(a.Name)
	if a.Kind == Choice {
		s = strings.Join(a.Choices, "|")
	}
	if a.Kind == Rest {
		s += "…"
	}
	if a.Optional {
		s = "[" + s + "]"
	}
	return s
}

// Group is what commands are listed under.
type Group string

// The groups, in the order in which help lists them.
const (
	People   Group = "People"
	Messages Group = "Messages and files"
	Network  Group = "Network"
	Program  Group = "This program"
)

// Groups are all of them.
var Groups = []Group{People, Messages, Network, Program}

// Command is what can be typed.
type Command struct {
	Name    string
	Aliases []string
	Group   Group
	Args    []Arg
	// Summary is one line without a full stop, Help what there is to know beyond it.
	Summary string
	Help    string
	// Examples are whole lines.
	Examples []string
	// Private means that its lines are not kept in the history: they hold links,
	// whose holders can see when somebody is online.
	Private bool
}

// Usage is how the command is typed.
func (c Command) Usage() string {
	words := []string{"/" + c.Name}
	for _, a := range c.Args {
		words = append(words, a.String())
	}
	return strings.Join(words, " ")
}

// required is how many arguments there must be.
func (c Command) required() (n int) {
	for _, a := range c.Args {
		if !a.Optional {
			n++
		}
	}
	return n
}

// Commands are all commands, sorted by group and then as help lists them. The result is
// the caller's.
func Commands() []Command { return slices.Clone(commands) }

// Find returns the command of a name or alias, in any case.
func Find(name string) (Command, bool) {
	name = strings.ToLower(name)
	for _, c := range commands {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c, true
		}
	}
	return Command{}, false
}
