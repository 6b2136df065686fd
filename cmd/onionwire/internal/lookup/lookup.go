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

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/rpc"
)

// peerPrefix is what peer IDs of Ed25519 keys begin with, and minPeer how much of one has to
// be given, in characters.
const (
	peerPrefix = "12D3KooW"
	minPeer    = len(peerPrefix) + 4
)

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
//   - 7 or #7, the number 7, also as in [Label];
//   - the peer ID, or enough of its beginning to be one contact's only;
//   - the alias, which is chosen here, in this spelling;
//   - the alias, or the name of who has none, in any mixture of capital and small
//     letters.
//
// Contacts choose their names, and change them as they like: whoever takes one that
// somebody else answers to, or one that looks like it, makes it ambiguous, and gets nothing.
// An alias in its own spelling stays what it is. It fails with an *Error.
func Contact(all []rpc.Contact, given string) (rpc.Contact, error) {
	given = strings.TrimSpace(given)
	for _, same := range []func(rpc.Contact) bool{
		func(c rpc.Contact) bool { return strconv.FormatInt(int64(c.ID), 10) == strings.TrimPrefix(given, "#") },
		func(c rpc.Contact) bool { return Name(c) == "" && Label(c) == given },
		func(c rpc.Contact) bool { return len(given) >= minPeer && strings.HasPrefix(c.Peer, given) },
		func(c rpc.Contact) bool { return given != "" && c.Alias == given },
	} {
		switch found := matching(all, same); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return rpc.Contact{}, several(found)
		}
	}
	called := func(c rpc.Contact) bool { return given != "" && strings.EqualFold(Name(c), given) }
	if !slices.ContainsFunc(all, called) {
		return rpc.Contact{}, &Error{Near: Near(Names(all), given)}
	}
	look := safe.Skeleton(given)
	found := matching(all, func(c rpc.Contact) bool { return called(c) || safe.Skeleton(Name(c)) == look })
	if len(found) > 1 {
		return rpc.Contact{}, several(found)
	}
	return found[0], nil
}

func several(found []rpc.Contact) *Error {
	e := new(Error)
	for _, c := range found {
		e.Several = append(e.Several, number(c))
	}
	return e
}

// number means a contact, whatever anybody is called.
func number(c rpc.Contact) string { return fmt.Sprintf("#%d", c.ID) }

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

// shortPeer is how much of the end of a peer ID tells people apart, in characters.
const shortPeer = 6

// Tail is the end of a peer ID, by which people tell contacts apart.
func Tail(peer string) string { return peer[max(len(peer)-shortPeer, 0):] }

// Called is what people call a contact: its name, or the end of its peer ID if it has none.
func Called(c rpc.Contact) string {
	if name := Name(c); name != "" {
		return name
	}
	return "…" + Tail(c.Peer)
}

// Label is what a contact is called where its number does not stand beside it. It means the
// contact if it has no name, as [Contact] takes it.
func Label(c rpc.Contact) string {
	if Name(c) == "" {
		return number(c) + " " + Called(c)
	}
	return Name(c)
}

// References are what means each contact and nobody else of all: the name, if it looks like
// no other one and like nothing else that can be said, or the number.
func References(all []rpc.Contact) []string {
	looks := make([]string, len(all))
	alike, aliases := make(map[string]int, len(all)), make(map[string]int)
	for i, c := range all {
		looks[i] = safe.Skeleton(Name(c))
		alike[looks[i]]++
		if c.Alias != "" {
			aliases[c.Alias]++
		}
	}
	references := make([]string, len(all))
	for i, c := range all {
		references[i] = Name(c)
		if alone := alike[looks[i]] == 1 || aliases[c.Alias] == 1; !alone || !plain(references[i]) {
			references[i] = number(c)
		}
	}
	return references
}

// plain reports whether a name can be typed as it is shown, and taken for nothing else: a
// number, a peer ID, or a flag.
func plain(name string) bool {
	digits := strings.TrimLeft(strings.TrimPrefix(name, "#"), "0123456789") == ""
	return safe.Line(name) == name && strings.TrimSpace(name) == name && !digits && !strings.HasPrefix(name, peerPrefix) &&
		!strings.HasPrefix(name, "-")
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
