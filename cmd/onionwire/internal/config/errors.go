package config

import (
	"errors"
	"fmt"
)

var (
	// ErrUnknown means that there is no such key.
	ErrUnknown = errors.New("unknown key")
	// ErrValue means that a value is none that its key takes.
	ErrValue = errors.New("wrong value")
	// ErrSyntax means that a file is not TOML.
	ErrSyntax = errors.New("not TOML")
	// ErrShape means that a file is written in a way in which it cannot be changed by
	// a program.
	ErrShape = errors.New("cannot be changed by a program")
)

// Error is what is wrong with a file, a variable or a value that somebody has typed. It
// matches one of the errors of this package.
type Error struct {
	// Where is the path of the file or the name of the variable, or empty.
	Where string
	// Line is that in the file, from 1 on, or 0.
	Line int
	// Hint is what to do about it, for people.
	Hint string

	reason error
}

// Error names the place and what is wrong there.
func (e *Error) Error() string {
	switch {
	case e.Where == "":
		return e.reason.Error()
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.Where, e.reason)
	}
	return fmt.Sprintf("%s, line %d: %s", e.Where, e.Line, e.reason)
}

// Unwrap returns what is wrong, without the place.
func (e *Error) Unwrap() error { return e.reason }

// at returns err with the place where it was found, unless it has one.
func at(err error, where string) error {
	var e *Error
	if errors.As(err, &e) && e.Where == "" {
		placed := *e
		placed.Where = where
		return &placed
	}
	return err
}

// wrong is a value that a key does not take.
func wrong(name, hint string) error {
	return &Error{reason: fmt.Errorf("%w for %s", ErrValue, name), Hint: hint}
}

// unknown is a name that no key has.
func unknown(name string) error {
	if isTable(name) {
		return &Error{
			reason: fmt.Errorf("%w: %s is a table", ErrValue, name),
			Hint:   "write [" + name + "] in a line of its own, and its keys in the lines below",
		}
	}
	hint := "docs/configuration.md lists all keys"
	if near := nearest(name, Names()); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return &Error{reason: fmt.Errorf("%w %s", ErrUnknown, shown(name)), Hint: hint}
}
