package console

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
)

// MaxLine is how long a line may be, in bytes: longer than any link or path.
const MaxLine = 8 << 10

// Error is what is wrong with a line, and what to do about it, for people.
type Error struct {
	Message string
	Hint    string
}

func (e *Error) Error() string { return e.Message }

// ErrEmpty means that nothing was typed.
var ErrEmpty = errors.New("nothing was typed")

// Call is a command with its arguments.
type Call struct {
	Command Command
	args    map[string]string
}

// Arg returns an argument by name, or nothing if it was left out.
func (c Call) Arg(name string) string { return c.args[name] }

// Has reports whether an argument was given, if only as "".
func (c Call) Has(name string) bool {
	_, ok := c.args[name]
	return ok
}

// Parse reads a line, with or without the slash in front. The error is ErrEmpty, or an
// *Error.
func Parse(line string) (Call, error) {
	if len(line) > MaxLine {
		return Call{}, &Error{"the line is too long", "a command line has at most 8 KiB; send long text as a file"}
	}
	if !utf8.ValidString(line) {
		return Call{}, &Error{"the line is not text in UTF-8", "type it again"}
	}
	words := split(line)
	if len(words) == 0 {
		return Call{}, ErrEmpty
	}
	name := words[0].value
	command, ok := Find(name)
	if !ok {
		return Call{}, unknown(name)
	}
	return command.call(line, words[1:])
}

// call gives the words to the arguments. Those that are optional get what is left when
// the others have one each, from the left.
func (c Command) call(line string, words []word) (Call, error) {
	args := make(map[string]string)
	spare := len(words) - c.required()
	if spare < 0 {
		return Call{}, c.wrong("something is missing")
	}
	for _, a := range c.Args {
		if a.Optional && spare == 0 {
			continue
		}
		if len(words) == 0 {
			break
		}
		if a.Optional {
			spare--
		}
		if a.Kind == Rest {
			args[a.Name] = strings.TrimSpace(line[words[0].from:])
			return Call{c, args}, nil
		}
		if words[0].open {
			return Call{}, c.wrong("a quotation mark is missing")
		}
		value, err := c.check(a, words[0].value)
		if err != nil {
			return Call{}, err
		}
		args[a.Name], words = value, words[1:]
	}
	if len(words) > 0 {
		return Call{}, c.wrong("there is more than expected; put what has spaces in quotation marks")
	}
	return Call{c, args}, nil
}

// check returns the value of an argument as it is meant.
func (c Command) check(a Arg, value string) (string, error) {
	switch a.Kind {
	case Choice:
		for _, choice := range a.Choices {
			if strings.EqualFold(choice, value) {
				return choice, nil
			}
		}
		return "", c.wrong("it is one of " + strings.Join(a.Choices, ", "))
	case Duration:
		if _, err := duration.Parse(value); err != nil {
			return "", c.wrong(err.Error())
		}
	}
	return value, nil
}

func (c Command) wrong(what string) error {
	return &Error{fmt.Sprintf("/%s: %s", c.Name, what), "type it as: " + c.Usage()}
}

func unknown(name string) error {
	const most = 20
	if shown := []rune(name); len(shown) > most {
		name = string(shown[:most]) + "…"
	}
	e := &Error{fmt.Sprintf("there is no command %q", "/"+name), "/help lists all commands"}
	if close := Similar(name); close != "" {
		e.Hint = "did you mean /" + close + "? " + e.Hint
	}
	return e
}
