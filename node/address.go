package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// ErrAddress means that something is not the address of a contact.
var ErrAddress = errors.New("malformed contact address")

// Address is where a contact can be reached and who it must be: what people
// give each other.
type Address struct {
	Onion onion.Address
	Port  uint16
	// Peer is the peer ID, which is made of the contact's Ed25519 identity key.
	Peer peer.ID
}

// ParseAddress reads /onion3/ADDRESS:PORT/p2p/PEERID. Errors match ErrAddress,
// and those of package onion where they apply; none repeats what was given.
func ParseAddress(s string) (Address, error) {
	parts := strings.Split(strings.TrimSpace(s), "/")
	if len(parts) != 5 || parts[0] != "" || parts[1] != "onion3" || parts[3] != "p2p" {
		return Address{}, fmt.Errorf("%w: it has the form /onion3/ADDRESS:PORT/p2p/PEERID", ErrAddress)
	}
	service, portText, _ := strings.Cut(parts[2], ":")
	addr, err := onion.Parse(service)
	if err != nil {
		return Address{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return Address{}, fmt.Errorf("%w: the port is a number from 1 to 65535", ErrAddress)
	}
	id, err := peer.Decode(parts[4])
	if err != nil {
		return Address{}, fmt.Errorf("%w: what follows /p2p/ is not a peer ID", ErrAddress)
	}
	if _, err := identityKey(id); err != nil {
		return Address{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	return Address{addr, uint16(port), id}, nil
}

// Multiaddr gives the form that people exchange.
func (a Address) Multiaddr() (ma.Multiaddr, error) {
	m, err := a.Onion.Multiaddr(a.Port)
	if err != nil {
		return nil, err
	}
	id, err := ma.NewComponent("p2p", a.Peer.String())
	if err != nil {
		return nil, err
	}
	return append(m, *id), nil
}

// String gives the form that people exchange. It is not for logs: LogValue is.
func (a Address) String() string {
	m, err := a.Multiaddr()
	if err != nil {
		return ""
	}
	return m.String()
}

// LogValue shortens the address.
func (a Address) LogValue() slog.Value {
	return slog.StringValue(a.Onion.Short() + " " + a.Peer.ShortString())
}

// identityKey returns the Ed25519 key that a peer ID is made of.
func identityKey(id peer.ID) (ed25519.PublicKey, error) {
	pub, err := id.ExtractPublicKey()
	// The same key in another encoding would be another peer ID, which nobody
	// can prove.
	if err != nil || pub.Type() != crypto.Ed25519 || !id.MatchesPublicKey(pub) {
		return nil, errors.New("the peer ID is not made of an Ed25519 key")
	}
	raw, err := pub.Raw()
	if err != nil {
		return nil, err
	}
	return raw, nil
}
