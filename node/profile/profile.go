package profile

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// Port is the virtual port of every onion service of a profile.
const Port = 4001

// Profile is a profile that this process has open. Its methods may be called
// concurrently. After Close, those that change something fail with ErrClosed.
type Profile struct {
	redact.Redacted
	steps steps

	name   string
	dir    string
	folder *lock.Folder
	keys   *vault.Keys
	store  *store.Store
	state  *e2ee.StateKey
	socket *socket
	card   Card // without addresses, which change

	mu       sync.Mutex // over what follows, and over changes of files
	identity ed25519.PrivateKey
	numbers  numbers
	onions   []onion.Key // one for each number
	claimed  bool
	closed   bool
}

// Open opens the profile name in the folder root, for this process alone. An empty
// passphrase means that it has none. Nothing but the lock file is written before the
// passphrase has proven right. It fails with ErrName, ErrNotFound, ErrIncomplete,
// ErrInUse, ErrDamaged, ErrNewer, ErrReadOnly, ErrFull, or as vault.Open and
// store.Open do.
func Open(ctx context.Context, root, name string, passphrase []byte) (*Profile, error) {
	return steps{}.open(ctx, root, name, passphrase)
}

func (s steps) open(ctx context.Context, root, name string, passphrase []byte) (_ *Profile, err error) {
	dir, err := locate(root, name)
	if err != nil {
		return nil, err
	}
	if _, err := inspect(dir); err != nil {
		return nil, err
	}
	folder, err := lock.Acquire(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if err != nil {
		return nil, err
	}
	keys, list, err := unlock(dir, passphrase)
	if err == nil {
		var p *Profile
		if p, err = s.enter(ctx, name, folder, keys, list); err == nil {
			return p, nil
		}
		keys.Wipe()
	}
	return nil, errors.Join(err, folder.Release())
}

// unlock opens what is sealed under the passphrase.
func unlock(dir string, passphrase []byte) (*vault.Keys, numbers, error) {
	keys, err := vault.Open(filepath.Join(dir, keyFile), passphrase)
	if err != nil {
		return nil, nil, err
	}
	list, err := readNumbers(dir, keys)
	if err != nil {
		keys.Wipe()
		return nil, nil, err
	}
	return keys, list, nil
}

// enter opens the database of a profile whose keys are known, and takes over folder
// and keys unless it fails.
func (s steps) enter(ctx context.Context, name string, folder *lock.Folder, keys *vault.Keys, list numbers) (_ *Profile, err error) {
	p := &Profile{steps: s, name: name, dir: folder.Path(), folder: folder, keys: keys, numbers: list}
	if p.identity, err = identityKey(keys); err != nil {
		return nil, err
	}
	if p.onions, err = onionKeys(keys, list); err != nil {
		return nil, err
	}
	if p.card, err = newCard(name, p.identity); err != nil {
		return nil, err
	}
	if p.state, err = stateKey(keys); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.state.Wipe()
		}
	}()
	rows, err := storeKeys(keys)
	if err != nil {
		return nil, err
	}
	defer rows.Wipe()
	if p.store, err = store.Open(ctx, folder, rows); err != nil {
		return nil, err
	}
	if p.socket, err = openSocket(p.dir); err != nil {
		return nil, errors.Join(err, p.store.Close()) //nolint:contextcheck // it is closed in any case
	}
	return p, nil
}

// Claim makes sure that one part of this process alone goes on with the profile's
// sessions and queue: two would send under the same keys. It fails with ErrClaimed until
// who has it calls release, or with ErrClosed.
func (p *Profile) Claim() (release func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case p.claimed:
		return nil, ErrClaimed
	}
	p.claimed = true
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.claimed = false
	}), nil
}

// Name is the name of the profile, which only this machine knows.
func (p *Profile) Name() string { return p.name }

// Dir is the folder of the profile.
func (p *Profile) Dir() string { return p.dir }

// TorDir is the data folder of the profile's own Tor daemon, which keeps Tor's choice
// of guards there. It need not be there.
func (p *Profile) TorDir() string { return filepath.Join(p.dir, torFolder) }

// Store is the database, which Close closes.
func (p *Profile) Store() *store.Store { return p.store }

// Peer is the peer ID, which names the identity.
func (p *Profile) Peer() peer.ID { return p.card.Peer }

// IdentityKey returns a copy of the identity key, or nil after Close. Tor is never given
// it.
func (p *Profile) IdentityKey() ed25519.PrivateKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.identity)
}

// StateKey is the key of saved sessions, which Close wipes.
func (p *Profile) StateKey() *e2ee.StateKey { return p.state }

// Card returns who the profile is and where it can be reached at the moment.
func (p *Profile) Card() *Card {
	card := p.card
	card.Addresses = addressesOf(p.OnionKeys())
	return &card
}

// Link returns the contact link to the current address, without a name of the person.
func (p *Profile) Link() contactlink.Link { return p.Card().Link() }

// Close closes the database, forgets the keys, and lets other processes open the
// profile. Closing twice is harmless. It fails as store.Close does, and the profile is
// closed then as well.
func (p *Profile) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	err := p.store.Close()
	p.state.Wipe()
	p.keys.Wipe()
	clear(p.identity)
	p.identity = nil // zeros are a key like any other
	p.socket.remove()
	return errors.Join(err, p.folder.Release())
}
