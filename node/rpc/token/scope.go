// Package token has what clients of a node show to be let in: secrets, of which only
// hashes are kept, and what each of them allows.
package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Scope is what a token allows: one of the constants, or several of them. As JSON it
// is the list of their names.
type Scope uint8

// Scopes. Nothing of it is in the zero Scope.
const (
	// Read allows what changes nothing.
	Read Scope = 1 << iota
	// Send allows to write messages.
	Send
	// Full allows everything.
	Full

	last = Full
)

// ErrScope means that something is no list of scopes that a token can have.
var ErrScope = errors.New(`scopes are "read", "send" or both, or "full"`)

var names = map[Scope]string{Read: "read", Send: "send", Full: "full"}

// Allows reports whether s has everything that is needed.
func (s Scope) Allows(needed Scope) bool { return s&Full != 0 || s&needed == needed }

// Check returns ErrScope unless a token can have s.
func (s Scope) Check() error {
	if s == 0 || s&Full != 0 && s != Full || s >= last<<1 {
		return ErrScope
	}
	return nil
}

// Names are the names of what is in s.
func (s Scope) Names() []string {
	list := []string{}
	for one := Read; one <= last; one <<= 1 {
		if s&one != 0 {
			list = append(list, names[one])
		}
	}
	return list
}

// String writes the names with a plus sign between them.
func (s Scope) String() string { return strings.Join(s.Names(), "+") }

// MarshalJSON writes the list of names.
func (s Scope) MarshalJSON() ([]byte, error) { return json.Marshal(s.Names()) }

// UnmarshalJSON takes the list of names in any order, each once at most, or of none.
// It fails with ErrScope as Check does.
func (s *Scope) UnmarshalJSON(b []byte) error {
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("%w, in a list", ErrScope)
	}
	var all Scope
	for _, name := range list {
		one := byName(name)
		if one == 0 || all&one != 0 {
			return ErrScope
		}
		all |= one
	}
	if all != 0 && all.Check() != nil {
		return ErrScope
	}
	*s = all
	return nil
}

func byName(name string) Scope {
	for one, its := range names {
		if its == name {
			return one
		}
	}
	return 0
}
