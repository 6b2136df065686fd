// Package lookup finds the contact that somebody means: by what the contact is called,
// by its number, or by the beginning of its peer ID. Names are chosen by contacts and
// prove nothing: what means more than one contact is refused, not guessed.
//
// The package is pure. Everything in it may be used concurrently.
package lookup

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onionwire/onionwire/node/rpc"
)

// minPeer is how much of a peer ID has to be given, in characters: peer IDs of Ed25519
// keys begin with the same eight.
const minPeer = len("12D3KooW") + 4

// ErrAmbiguous means that more than one contact is called so.
var ErrAmbiguous = errors.New("more than one contact is called so")

// Error says why nobody was found. It matches rpc.ErrNotFound or ErrAmbiguous, and does
// not repeat what was given: that may be half a contact link.
type Error struct {
	// Near are names that are spelt much alike, the nearest first.
	Near []string
	// Several are references that mean one of those who are called so, each.
	Several []string
}

func (e *Error) Error() string {
	if len(e.Several) > 0 {
		return ErrAmbiguous.Error()
	}
	return "no such contact"
}

func (e *Error) Is(target error) bool {
	if len(e.Several) > 0 {
		return target == ErrAmbiguous
	}
	return target == rpc.ErrNotFound
}

// Contact returns who is meant by one of these, the first that somebody has:
//
//   - 7 or #7, the number 7;
//   - the peer ID, or enough of its beginning to be one contact's only;
//   - the alias, which is chosen here, in this spelling;
//   - the alias, or the name of who has none, in any mixture of capital and small
//     letters.
//
// Contacts choose their names, and change them as they like: whoever takes one that
// somebody else answers to makes it ambiguous, and gets nothing. It fails with an *Error.
func Contact(all []rpc.Contact, given string) (rpc.Contact, error) {
	given = strings.TrimSpace(given)
	for _, same := range []func(rpc.Contact) bool{
		func(c rpc.Contact) bool { return strconv.FormatInt(int64(c.ID), 10) == strings.TrimPrefix(given, "#") },
		func(c rpc.Contact) bool { return len(given) >= minPeer && strings.HasPrefix(c.Peer, given) },
		func(c rpc.Contact) bool { return given != "" && c.Alias == given },
		func(c rpc.Contact) bool { return given != "" && strings.EqualFold(Name(c), given) },
	} {
		switch found := matching(all, same); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			e := new(Error)
			for _, c := range found {
				e.Several = append(e.Several, fmt.Sprintf("#%d", c.ID))
			}
			return rpc.Contact{}, e
		}
	}
	return rpc.Contact{}, &Error{Near: Near(Names(all), given)}
}

// Among is Contact among those in one of the states, or else among all: a stranger shall
// not get in the way of somebody by a request in that name.
func Among(all []rpc.Contact, given string, states ...rpc.ContactState) (rpc.Contact, error) {
	c, err := Contact(matching(all, func(c rpc.Contact) bool { return slices.Contains(states, c.State) }), given)
	if errors.Is(err, rpc.ErrNotFound) {
		return Contact(all, given)
	}
	return c, err
}

// Name is what a contact is called here: the alias, or the name that it has given
// itself, or nothing.
func Name(c rpc.Contact) string {
	if c.Alias != "" {
		return c.Alias
	}
	return c.Name
}

// Reference is what means a contact and nobody else of all: its name, or its number.
func Reference(all []rpc.Contact, c rpc.Contact) string {
	if name := Name(c); name != "" {
		if found, err := Contact(all, name); err == nil && found.ID == c.ID && name == strings.TrimSpace(name) {
			return name
		}
	}
	return fmt.Sprintf("#%d", c.ID)
}

// Names are the names that contacts have, each once, in the order of the alphabet.
func Names(all []rpc.Contact) []string {
	var names []string
	for _, c := range all {
		if name := Name(c); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func matching(all []rpc.Contact, is func(rpc.Contact) bool) (found []rpc.Contact) {
	for _, c := range all {
		if is(c) {
			found = append(found, c)
		}
	}
	return found
}
