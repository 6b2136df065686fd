// Package contactlink is about what people give each other to get in touch: where
// somebody can be reached, and the identity key that whoever answers there has to
// prove (docs/protocol.md, "Contact links").
//
// [Parse] reads what somebody was given, in either form: the short one, a line
// "onionwire:…" with a checksum that [Link.String] writes and [Link.QR] writes for
// a QR code, or the multiaddr that libp2p programs use, from [Link.Multiaddr].
//
// A link is no secret towards its owner's contacts, and is sensitive towards
// everybody else: who has it can see when its owner is online, and may call. With
// an invite it is a secret: whoever shows that first becomes a contact. It has to
// come over a way on which nobody can exchange it. Its checksum finds mistakes of
// copying, and no malice.
//
// The package is pure: no I/O, no clock, no goroutines. Everything in it may be
// used concurrently.
package contactlink

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/internal/point"
	"github.com/onionwire/onionwire/node/internal/qrtext"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// What is wrong with a link. None of the errors of this package repeats it.
var (
	// ErrMalformed means that something is no contact link, or one of keys, a
	// port or a name that nobody can have.
	ErrMalformed = errors.New("malformed contact link")
	// ErrChecksum means that a link was mistyped, damaged or not copied whole.
	ErrChecksum = errors.New("damaged contact link, perhaps not copied whole")
	// ErrNewer means that a link says something that only a newer version of
	// this program understands.
	ErrNewer = errors.New("contact link made by a newer version")
)

// Link is how to reach a contact. Links are equal if they lead to the same
// contact, at the same place, by the same name, with the same secrets. The zero
// Link is none.
type Link struct {
	Onion onion.Address
	Port  uint16
	// Peer is the peer ID, which is made of the contact's Ed25519 identity key.
	Peer peer.ID
	// Name is how the contact wants to be called, or nothing. It proves nothing.
	// The multiaddr form does not have it.
	Name string
	// ClientKey is the private X25519 key of client authorisation without which Tor
	// does not find the onion service, or zeros if it does. The multiaddr form does
	// not have it, and without it leads nowhere.
	ClientKey [32]byte
	// Invite makes its bearer a contact without being asked, once; or zeros. The
	// multiaddr form does not have it.
	Invite [16]byte
}

// Check reports what is wrong with a link, if anything: Parse returns none that it
// would object to. The error matches ErrMalformed.
func (l Link) Check() error {
	_, err := l.checked()
	return err
}

// checked does what Check says, and returns the identity key.
func (l Link) checked() (ed25519.PublicKey, error) {
	identity, err := IdentityKey(l.Peer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	service := l.Onion.PublicKey()
	switch {
	case !point.PrimeOrder(service):
		return nil, fmt.Errorf("%w: nobody can have the key of the onion address", ErrMalformed)
	case bytes.Equal(service, identity):
		// Tor is given the onion key, and must not have the identity key.
		return nil, fmt.Errorf("%w: the onion address is made of the identity key", ErrMalformed)
	case l.Port == 0:
		return nil, fmt.Errorf("%w: the port is 0", ErrMalformed)
	}
	return identity, CheckName(l.Name)
}

// String returns the short form in lower case, or nothing if Check objects. It is
// not for logs: LogValue is.
func (l Link) String() string {
	identity, err := l.checked()
	if err != nil {
		return ""
	}
	return format.Encode(l.content(identity))
}

// QR returns the short form in upper case, all characters of which are in the
// alphanumeric mode of QR codes, or nothing if Check objects.
func (l Link) QR() string { return qrtext.Upper(l.String()) }

// Multiaddr returns /onion3/ADDRESS:PORT/p2p/PEERID. It fails if Onion is the zero
// Address, Port is 0, or the bytes of Peer are no peer ID: never for a link that
// Check lets pass, and not for all that Check objects to.
func (l Link) Multiaddr() (ma.Multiaddr, error) {
	m, err := l.Onion.Multiaddr(l.Port)
	if err != nil {
		return nil, err
	}
	id, err := ma.NewComponent("p2p", l.Peer.String())
	if err != nil {
		return nil, fmt.Errorf("%w: peer ID", ErrMalformed) // the cause repeats it
	}
	return append(m, *id), nil
}

// LogValue shortens the link, and leaves the name and the secrets out.
func (l Link) LogValue() slog.Value {
	return slog.StringValue(l.Onion.Short() + " " + l.Peer.ShortString())
}
