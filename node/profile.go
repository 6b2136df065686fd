package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/tortransport/keyfile"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// Port is the virtual port of a chat node's onion service.
const Port = 4001

// Files of a profile.
const (
	identityFile = "identity.key"
	onionFile    = "onion.key"
	torFolder    = "tor"
)

var (
	// ErrNoProfile means that there is no such profile.
	ErrNoProfile = errors.New("no such profile")
	// ErrProfileExists means that there is such a profile already.
	ErrProfileExists = errors.New("profile exists already")
	// ErrProfileInUse means that another program has the profile open.
	ErrProfileInUse = lock.ErrInUse
	// ErrProfileName means that a name cannot be that of a profile.
	ErrProfileName = errors.New("malformed profile name")
)

// profileName is what can be the name of a folder on every system, and cannot
// be taken for an option or a path.
var profileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$`)

// deviceName is what Windows takes for a device in every folder.
var deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

func checkName(name string) error {
	switch {
	case !profileName.MatchString(name):
		return fmt.Errorf("%w %q: letters, digits, - and _ are allowed, up to 64", ErrProfileName, name)
	case deviceName.MatchString(name):
		return fmt.Errorf("%w %q: some systems take it for a device", ErrProfileName, name)
	}
	return nil
}

// Profile is one identity: a folder with an identity key, an onion key and the
// state of a Tor daemon of its own. Nothing is shared between profiles.
type Profile struct {
	name     string
	dir      string
	identity ed25519.PrivateKey
	onion    onion.Key
	lock     *lock.Folder
}

// CreateProfile makes the profile name in the folder root, with new keys, and
// opens it. It fails with ErrProfileExists or ErrProfileName, and leaves nothing
// half made.
func CreateProfile(root, name string) (*Profile, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the profiles: %w", err)
	}
	dir := filepath.Join(root, name)
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("%w: %s", ErrProfileExists, name)
	}
	// Made aside and renamed: a profile has all of its keys or does not exist.
	draft, err := os.MkdirTemp(root, ".new-*")
	if err != nil {
		return nil, fmt.Errorf("cannot make the profile: %w", err)
	}
	defer os.RemoveAll(draft)
	if _, err := keyfile.LoadOrCreate(filepath.Join(draft, identityFile)); err != nil {
		return nil, err
	}
	if _, err := onion.LoadOrCreateKey(filepath.Join(draft, onionFile)); err != nil {
		return nil, err
	}
	if err := os.Rename(draft, dir); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%w: %s", ErrProfileExists, name)
		}
		return nil, err
	}
	return OpenProfile(root, name)
}

// OpenProfile opens the profile name in the folder root, for this process
// alone. It fails with ErrNoProfile, ErrProfileInUse or ErrProfileName, or if
// a key file is damaged or open to others.
func OpenProfile(root, name string) (*Profile, error) {
	p, err := ReadProfile(root, name)
	if err != nil {
		return nil, err
	}
	if p.lock, err = lock.Acquire(p.dir); err != nil {
		return nil, fmt.Errorf("%w: %s", err, name)
	}
	return p, nil
}

// ReadProfile opens a profile only to ask it for its address and peer ID, which
// is possible while another program uses it.
func ReadProfile(root, name string) (*Profile, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	p := &Profile{name: name, dir: filepath.Join(root, name)}
	if _, err := os.Stat(p.dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoProfile, name)
	}
	var err error
	if p.identity, err = keyfile.Load(filepath.Join(p.dir, identityFile)); err != nil {
		return nil, err
	}
	if p.onion, err = onion.LoadKey(filepath.Join(p.dir, onionFile)); err != nil {
		return nil, err
	}
	return p, nil
}

// Name is the name of the profile.
func (p *Profile) Name() string { return p.name }

// String gives the name, so that printing a profile does not print its keys.
func (p *Profile) String() string { return "profile " + p.name }

// GoString does what String does.
func (p *Profile) GoString() string { return p.String() }

// TorDir is the data folder of the profile's own Tor daemon. It keeps Tor's
// choice of guards.
func (p *Profile) TorDir() string { return filepath.Join(p.dir, torFolder) }

// Address is what a contact needs to reach this profile.
func (p *Profile) Address() (Address, error) {
	key, err := p.hostKey()
	if err != nil {
		return Address{}, err
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return Address{}, err
	}
	return Address{Onion: p.onion.Address(), Port: Port, Peer: id}, nil
}

// Close lets other programs open the profile.
func (p *Profile) Close() error {
	if p.lock == nil {
		return nil
	}
	return p.lock.Release()
}

// hostKey is the identity key as libp2p takes it.
func (p *Profile) hostKey() (crypto.PrivKey, error) {
	return crypto.UnmarshalEd25519PrivateKey(p.identity)
}
