package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/internal/xchacha"
)

// The layout of a key file (docs/storage.md, "The key file"). Everything before the
// sealed keys is authenticated with them.
const (
	magic       = "owvault\x00"
	version     = 1
	saltSize    = 16
	atVersion   = len(magic)
	atKind      = atVersion + 1
	atTime      = atKind + 1
	atMemory    = atTime + 4
	atThreads   = atMemory + 4
	atSalt      = atThreads + 1
	atNonce     = atSalt + saltSize
	atSealed    = atNonce + xchacha.NonceSize
	atChecksum  = atSealed + 2*KeySize + xchacha.Overhead
	fileSize    = atChecksum + sha256.Size
	versionSize = atKind // what is needed to tell the version
)

// kind is how the sealing key is made.
type kind byte

const (
	open     kind = 1 // of the salt alone
	argon2id kind = 2 // of the passphrase, Argon2id (RFC 9106) version 0x13
)

// seal returns the content of a key file.
func seal(keys *Keys, p Protection) ([]byte, error) {
	if keys.master == nil {
		return nil, errWiped
	}
	b := make([]byte, atSealed, fileSize)
	copy(b, magic)
	b[atVersion], b[atKind] = version, byte(p.kind)
	binary.BigEndian.PutUint32(b[atTime:], p.cost.Time)
	binary.BigEndian.PutUint32(b[atMemory:], p.cost.Memory)
	b[atThreads] = p.cost.Threads
	copy(b[atSalt:], random(atSealed-atSalt)) // salt and nonce

	key, err := p.key(b[atSalt:atNonce])
	if err != nil {
		return nil, err
	}
	defer clear(key)
	plain := append(append(make([]byte, 0, 2*KeySize), keys.master.Bytes()...), keys.database.Bytes()...)
	defer clear(plain)
	if b, err = xchacha.Seal(b, key, b[atNonce:atSealed], plain, b); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// parse checks everything about a key file that needs no passphrase, and returns
// how it is sealed.
func parse(b []byte) (Protection, error) {
	if len(b) < versionSize || !bytes.HasPrefix(b, []byte(magic)) {
		return Protection{}, fmt.Errorf("%w: it is something else", ErrDamaged)
	}
	// The version comes before the length: another version may have another one.
	if b[atVersion] > version {
		return Protection{}, fmt.Errorf("%w: format %d", ErrNewer, b[atVersion])
	}
	if b[atVersion] == 0 || len(b) != fileSize {
		return Protection{}, fmt.Errorf("%w: it has %d bytes, want %d", ErrDamaged, len(b), fileSize)
	}
	if sum := sha256.Sum256(b[:atChecksum]); !bytes.Equal(sum[:], b[atChecksum:]) {
		return Protection{}, fmt.Errorf("%w: checksum does not match", ErrDamaged)
	}
	p := Protection{kind: kind(b[atKind]), cost: Cost{
		Time:    binary.BigEndian.Uint32(b[atTime:]),
		Memory:  binary.BigEndian.Uint32(b[atMemory:]),
		Threads: b[atThreads],
	}}
	switch p.kind {
	case open:
		if p.cost != (Cost{}) {
			return Protection{}, fmt.Errorf("%w: a cost without a passphrase", ErrDamaged)
		}
	case argon2id:
		if err := p.cost.check(); err != nil {
			return Protection{}, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	default:
		return Protection{}, fmt.Errorf("%w: unknown kind %d", ErrDamaged, b[atKind])
	}
	return p, nil
}

// unseal returns the keys in a key file; an empty passphrase means none.
func unseal(b, passphrase []byte) (*Keys, error) {
	p, err := parse(b)
	if err != nil {
		return nil, err
	}
	refused := ErrPassphrase
	switch {
	case p.kind == open && len(passphrase) > 0:
		return nil, ErrUnprotected
	case p.kind == open:
		refused = ErrDamaged
	case len(passphrase) == 0:
		return nil, ErrPassphraseNeeded
	default:
		if p, err = WithPassphrase(passphrase, p.cost); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPassphrase, err)
		}
		defer p.Wipe()
	}
	key, err := p.key(b[atSalt:atNonce])
	if err != nil {
		return nil, err
	}
	defer clear(key)
	plain, err := xchacha.Open(nil, key, b[atNonce:atSealed], b[atSealed:atChecksum], b[:atSealed])
	if err != nil {
		return nil, refused
	}
	master, database := redact.Take(plain[:KeySize]), redact.Take(plain[KeySize:])
	return &Keys{master: &master, database: &database}, nil
}
