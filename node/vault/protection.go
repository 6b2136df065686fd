package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// MaxPassphrase is the longest passphrase in bytes.
const MaxPassphrase = 1024

// Bounds on what a key file can ask for, because whoever can replace the file
// chooses its numbers: a GiB of memory, and as much work as sixteen passes over it.
const (
	maxMemory  = 1 << 20 // KiB
	maxWork    = 16 * maxMemory
	maxThreads = 64
)

// Cost is what trying one passphrase costs (RFC 9106, section 3.1): passes, memory
// in KiB, and threads.
type Cost struct {
	Time, Memory uint32
	Threads      uint8
}

// DefaultCost takes 256 MiB and, on a machine of two cores, less than a second.
var DefaultCost = Cost{Time: 4, Memory: 256 << 10, Threads: 4}

func (c Cost) check() error {
	threads := uint32(c.Threads)
	if c.Time == 0 || threads == 0 || threads > maxThreads || c.Memory < 8*threads || c.Memory > maxMemory ||
		uint64(c.Time)*uint64(c.Memory) > maxWork {
		return fmt.Errorf("%d passes over %d KiB in %d threads are out of bounds", c.Time, c.Memory, c.Threads)
	}
	return nil
}

// Protection is how a key file is sealed: WithPassphrase or WithoutPassphrase. The
// zero Protection is refused, so that nothing is left open by an oversight.
type Protection struct {
	redact.Redacted
	kind       kind
	passphrase *[]byte
	cost       Cost
}

// WithPassphrase seals under a passphrase, which it copies. What can be typed in two
// ways is the same (Unicode NFC). It fails if the passphrase is empty or longer
// than MaxPassphrase, or the cost out of bounds.
func WithPassphrase(passphrase []byte, cost Cost) (Protection, error) {
	if len(passphrase) == 0 || len(passphrase) > MaxPassphrase {
		return Protection{}, fmt.Errorf("passphrase has %d bytes, 1 to %d are allowed", len(passphrase), MaxPassphrase)
	}
	if err := cost.check(); err != nil {
		return Protection{}, err
	}
	normal := norm.NFC.Bytes(append([]byte(nil), passphrase...))
	return Protection{kind: argon2id, passphrase: &normal, cost: cost}, nil
}

// WithoutPassphrase leaves the keys to whoever can read the file.
func WithoutPassphrase() Protection { return Protection{kind: open} }

// Wipe clears the copy of the passphrase.
func (p Protection) Wipe() {
	if p.passphrase != nil {
		clear(*p.passphrase)
	}
}

// labelOpen makes the key of a file without a passphrase out of its salt: no
// secret, but damage is noticed in the same way.
const labelOpen = "onionwire-vault-1 no passphrase"

// key returns the key that seals the file, which the caller wipes.
func (p Protection) key(salt []byte) ([]byte, error) {
	switch p.kind {
	case argon2id:
		return argon2.IDKey(*p.passphrase, salt, p.cost.Time, p.cost.Memory, p.cost.Threads, KeySize), nil
	case open:
		return hkdf.Key(sha256.New, salt, nil, labelOpen, KeySize)
	}
	return nil, errors.New("vault: neither a passphrase nor explicitly none")
}
