package profile

import (
	"crypto/ed25519"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// Card is who a profile is and where it can be reached. It has no secret keys.
type Card struct {
	redact.Redacted

	// Name is the name of the profile, which only this machine knows.
	Name string
	Peer peer.ID
	// Addresses are those of the onion service, the current one first, then those
	// that are to be given up. There is at least one.
	Addresses []onion.Address
}

func newCard(name string, identity ed25519.PrivateKey) (Card, error) {
	pub, err := crypto.UnmarshalEd25519PublicKey(identity.Public().(ed25519.PublicKey))
	if err != nil {
		return Card{}, err
	}
	id, err := peer.IDFromPublicKey(pub)
	return Card{Name: name, Peer: id}, err
}

// Link returns the contact link to the current address, without a name of the person.
func (c *Card) Link() contactlink.Link {
	return contactlink.Link{Onion: c.Addresses[0], Port: Port, Peer: c.Peer}
}

// Read returns the card of a profile. It takes no lock, opens no database and writes
// nothing: it works while another process has the profile open. An empty passphrase
// means that it has none. It fails with ErrName, ErrNotFound, ErrIncomplete,
// ErrDamaged, ErrNewer, or as vault.Open does.
func Read(root, name string, passphrase []byte) (*Card, error) {
	dir, err := locate(root, name)
	if err != nil {
		return nil, err
	}
	if _, err := inspect(dir); err != nil {
		return nil, err
	}
	keys, list, err := unlock(dir, passphrase)
	if err != nil {
		return nil, err
	}
	defer keys.Wipe()
	identity, err := identityKey(keys)
	if err != nil {
		return nil, err
	}
	defer clear(identity)
	onions, err := onionKeys(keys, list)
	if err != nil {
		return nil, err
	}
	card, err := newCard(name, identity)
	if err != nil {
		return nil, err
	}
	card.Addresses = addressesOf(onions)
	return &card, nil
}
