package vault

import "crypto/sha256"

// The file format, for tests that change files.
const (
	AtVersion  = atVersion
	AtKind     = atKind
	AtTime     = atTime
	AtMemory   = atMemory
	AtThreads  = atThreads
	AtSealed   = atSealed
	AtChecksum = atChecksum
	FileSize   = fileSize
)

type Disk = disk

type RealDisk = realDisk

var (
	CreateOn = create
	ChangeOn = change
	Unseal   = unseal
)

// Parse reports whether a file asks for a passphrase, and at what cost.
func Parse(b []byte) (protected bool, cost Cost, err error) {
	p, err := parse(b)
	return p.kind == argon2id, p.cost, err
}

// FromMaster makes keys of a master secret, of which it leaves nothing.
func FromMaster(b []byte) *Keys { return fromMaster(b) }

// Secrets returns both secrets themselves.
func (k *Keys) Secrets() (master, database []byte) { return k.master.Bytes(), k.database.Bytes() }

// Passphrase returns the copy of the passphrase itself.
func (p Protection) Passphrase() []byte { return *p.passphrase }

// Repaired returns a file with the checksum that fits it.
func Repaired(b []byte) []byte {
	sum := sha256.Sum256(b[:atChecksum])
	return append(append([]byte(nil), b[:atChecksum]...), sum[:]...)
}
