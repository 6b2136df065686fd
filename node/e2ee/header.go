package e2ee

import (
	"encoding/binary"

	"github.com/onionwire/onionwire/node/internal/xchacha"
)

// labelHeader opens the associated data of every header.
const labelHeader = "onionwire-e2ee-2 header"

const (
	countSize  = 4
	headerSize = 2*countSize + partSize
)

// header is what a cell says about its place, encrypted under the header key of
// its chain (docs/protocol.md, "Cells").
type header struct {
	n, previous uint32
	part        *part
}

// headerData binds headers to their session.
func headerData(id *SessionID) []byte {
	return append(append(make([]byte, 0, len(labelHeader)+len(id)), labelHeader...), id[:]...)
}

// sealHeader encrypts the header of the next cell of a chain into the cell,
// behind its nonce.
func sealHeader(cell []byte, id *SessionID, c *chain, previous uint32) error {
	plain := cell[nonceSize : nonceSize+headerSize]
	binary.BigEndian.PutUint32(plain, c.n)
	binary.BigEndian.PutUint32(plain[countSize:], previous)
	copy(plain[2*countSize:], c.part[:])
	_, err := xchacha.Seal(plain[:0], c.header.Bytes(), cell[:nonceSize], plain, headerData(id))
	return err
}

// openHeader decrypts the header of a cell into scratch, which has headerSize
// bytes and which the header then points into. It reports whether the key fits.
func openHeader(scratch, cell []byte, id *SessionID, key *secret) (header, bool) {
	plain, err := xchacha.Open(scratch[:0], key.Bytes(), cell[:nonceSize], cell[nonceSize:bodyOffset], headerData(id))
	if err != nil {
		return header{}, false
	}
	return header{
		n:        binary.BigEndian.Uint32(plain),
		previous: binary.BigEndian.Uint32(plain[countSize:]),
		part:     (*part)(plain[2*countSize:]),
	}, true
}
