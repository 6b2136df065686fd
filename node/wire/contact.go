package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/internal/displayname"
	"github.com/onionwire/onionwire/node/internal/point"
	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

const (
	// MaxIntroduction is the longest introduction in characters (code points): a
	// stranger's text is stored before anybody has agreed to it.
	MaxIntroduction = 500
	// MaxAddresses is how many addresses somebody can have: one for everybody, one
	// for contacts only, and the two that take their place. All are dialled.
	MaxAddresses = 4

	inviteSize    = 16
	clientKeySize = 32
)

// Request asks to become a contact.
type Request struct {
	// Name is how the sender wants to be called, as in a contact link, or nothing.
	// One that is not so in the reader's version of Unicode is read as nothing.
	Name string
	// Introduction has up to MaxIntroduction characters.
	Introduction string
	Addresses    Addresses
	// Invite is what came with the contact link, 16 bytes, or nothing.
	Invite []byte
}

// Accept says that both are contacts now. Name is as in a Request.
type Accept struct {
	Name      string
	Addresses Addresses
}

// Profile says how the sender is called from now on. Name is as in a Request.
type Profile struct{ Name string }

// Addresses are where the sender can be reached from now on, 1 to MaxAddresses,
// the best first.
type Addresses []Address

// Address is a place where somebody can be reached.
type Address struct {
	// Onion is the public key of the onion service.
	Onion [32]byte
	// Port is not 0.
	Port uint16
	// ClientKey is the private key of client authorisation, 32 bytes, or nothing.
	ClientKey []byte
}

func (r Request) check() error {
	if err := checkName(r.Name); err != nil {
		return err
	}
	switch {
	case !utf8.ValidString(r.Introduction):
		return fmt.Errorf("%w: an introduction that is not UTF-8", ErrContent)
	case utf8.RuneCountInString(r.Introduction) > MaxIntroduction:
		return fmt.Errorf("%w: an introduction of more than %d characters", ErrContent, MaxIntroduction)
	case strings.ContainsFunc(r.Introduction, control):
		return fmt.Errorf("%w: a control character in an introduction", ErrContent)
	case !optional(r.Invite, inviteSize):
		return fmt.Errorf("%w: an invite of %d bytes, or of zeros", ErrContent, len(r.Invite))
	}
	return r.Addresses.check()
}

// control reports whether r is of the general category Cc, which has no others in
// any version of Unicode, and no line feed.
func control(r rune) bool { return r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 }

func (a Accept) check() error {
	if err := checkName(a.Name); err != nil {
		return err
	}
	return a.Addresses.check()
}

func (p Profile) check() error { return checkName(p.Name) }

func (a Addresses) check() error {
	if n := len(a); n == 0 || n > MaxAddresses {
		return fmt.Errorf("%w: %d addresses", ErrContent, n)
	}
	for i, one := range a {
		switch {
		case !point.PrimeOrder(one.Onion[:]):
			return fmt.Errorf("%w: nobody can have the key of an onion address", ErrContent)
		case one.Port == 0:
			return fmt.Errorf("%w: a port is 0", ErrContent)
		case !optional(one.ClientKey, clientKeySize):
			return fmt.Errorf("%w: a client key of %d bytes, or of zeros", ErrContent, len(one.ClientKey))
		case slices.ContainsFunc(a[:i], func(b Address) bool { return b.Onion == one.Onion && b.Port == one.Port }):
			return fmt.Errorf("%w: the same address twice", ErrContent)
		}
	}
	return nil
}

func checkName(name string) error {
	if err := displayname.Check(name); err != nil {
		return fmt.Errorf("%w: %w", ErrContent, err)
	}
	return nil
}

// nameOf reads a name. Whether it can be shown depends on the reader's version of
// Unicode, and what is refused comes again and again: so it is taken for none. The
// sender is told neither, and it is for show only.
func nameOf(name string) string {
	if displayname.CheckSize(name) == nil && displayname.Check(name) != nil {
		return ""
	}
	return name
}

func (r Request) put(i *pb.Item) {
	i.Body = &pb.Item_Request{Request: &pb.Request{
		Name: r.Name, Introduction: r.Introduction, Addresses: r.Addresses.pb(), Invite: r.Invite,
	}}
}

func (a Accept) put(i *pb.Item) {
	i.Body = &pb.Item_Accept{Accept: &pb.Accept{Name: a.Name, Addresses: a.Addresses.pb()}}
}

func (p Profile) put(i *pb.Item) { i.Body = &pb.Item_Profile{Profile: &pb.Profile{Name: p.Name}} }

func (a Addresses) put(i *pb.Item) {
	i.Body = &pb.Item_Addresses{Addresses: &pb.Addresses{Addresses: a.pb()}}
}

func (a Addresses) pb() []*pb.Address {
	all := make([]*pb.Address, len(a))
	for i, one := range a {
		all[i] = &pb.Address{Onion: one.Onion[:], Port: uint32(one.Port), ClientKey: one.ClientKey}
	}
	return all
}

func requestOf(p *pb.Request) (Body, error) {
	addresses, err := addressesOf(p.GetAddresses())
	return Request{
		Name: nameOf(p.GetName()), Introduction: p.GetIntroduction(), Addresses: addresses, Invite: some(p.GetInvite()),
	}, err
}

func acceptOf(p *pb.Accept) (Body, error) {
	addresses, err := addressesOf(p.GetAddresses())
	return Accept{Name: nameOf(p.GetName()), Addresses: addresses}, err
}

func addressesOf(all []*pb.Address) (Addresses, error) {
	if len(all) > MaxAddresses {
		return nil, fmt.Errorf("%w: %d addresses", ErrContent, len(all))
	}
	a := make(Addresses, len(all))
	for i, p := range all {
		onion, err := array[[32]byte](p.GetOnion(), "an onion key")
		if err != nil {
			return nil, err
		}
		if p.GetPort() > 0xffff {
			return nil, fmt.Errorf("%w: a port above 65535", ErrContent)
		}
		a[i] = Address{Onion: onion, Port: uint16(p.GetPort()), ClientKey: some(p.GetClientKey())}
	}
	return a, nil
}

// optional reports whether b is empty, or has size bytes that are not all 0, as in a
// contact link.
func optional(b []byte, size int) bool {
	return len(b) == 0 || len(b) == size && !bytes.Equal(b, make([]byte, size))
}

// some makes no bytes one value.
func some(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
