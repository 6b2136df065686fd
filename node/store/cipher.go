package store

import (
	"crypto/rand"
	"fmt"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3/vfs"
	sqliteadiantum "github.com/ncruces/go-sqlite3/vfs/adiantum"
	"lukechampine.com/adiantum"
	"lukechampine.com/adiantum/hbsh"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// blockSize is what the encryption works on, and the size of a page of the
// database: a page is encrypted as a whole.
const blockSize = 4096

// keyName is what a database says in its URI where others have their key. The key
// itself is never in text that SQLite reads.
const keyName = "database"

// ciphers hands the key of one store to the encryption of files.
type ciphers struct {
	redact.Redacted
	key *redact.Secret
}

// KDF returns the key of the database by its name, itself and not a copy, and a
// random one for temporary files, which have no name.
func (c ciphers) KDF(name string) []byte {
	if name == keyName {
		return c.key.Bytes()
	}
	key := make([]byte, redact.Size)
	_, _ = rand.Read(key)
	return key
}

// HBSH returns the cipher for a key. It works on the key where it is, so that the
// key must stay until the last file is closed, and wiping it ends the cipher.
func (ciphers) HBSH(key []byte) *hbsh.HBSH {
	if len(key) != redact.Size {
		return nil
	}
	return adiantum.New(key)
}

// registered counts the file systems of all stores: each has a name of its own, by
// which SQLite finds it.
var registered atomic.Uint64

// register makes base, encrypted, known to SQLite until it is unregistered.
func (c ciphers) register(base vfs.VFS) (name string, unregister func()) {
	name = fmt.Sprintf("onionwire-%d", registered.Add(1))
	vfs.Register(name, collectedLog{sqliteadiantum.Wrap(wholeBlocks{base}, c)})
	return name, func() { vfs.Unregister(name) }
}
