package e2ee

import (
	"encoding/binary"

	"github.com/onionwire/onionwire/node/internal/xchacha"
)

// Bounds of cells and contents, in bytes (docs/protocol.md, "Cells").
const (
	// CellSize is what the length of every cell is a multiple of. Receipts,
	// short texts and contact cards all take one.
	CellSize = 4096
	// MaxContent is the longest content: 64 KiB of text and 1 KiB for what a
	// message carries around it.
	MaxContent = 64<<10 + 1<<10
	// MaxCell is the length of the cell that holds MaxContent.
	MaxCell = (MaxContent + cellOverhead + CellSize - 1) / CellSize * CellSize
	// OneCell is the longest content that a cell of CellSize holds.
	OneCell = CellSize - cellOverhead

	nonceSize    = xchacha.NonceSize
	tagSize      = xchacha.Overhead
	lengthSize   = 4
	bodyOffset   = nonceSize + headerSize + tagSize
	cellOverhead = bodyOffset + lengthSize + tagSize
)

// cellLen returns the length of the smallest cell for n bytes of content.
func cellLen(n int) int {
	return (n + cellOverhead + CellSize - 1) / CellSize * CellSize
}

// validCellLen reports whether a cell of n bytes may be opened.
func validCellLen(n int) bool {
	return n > 0 && n <= MaxCell && n%CellSize == 0
}

// sealBody encrypts content into the part of the cell behind the header. What
// stands before it is authenticated with it.
func sealBody(cell []byte, key *secret, content []byte) error {
	plain := cell[bodyOffset : len(cell)-tagSize]
	binary.BigEndian.PutUint32(plain, uint32(len(content)))
	copy(plain[lengthSize:], content)
	_, err := xchacha.Seal(plain[:0], key.Bytes(), cell[:nonceSize], plain, cell[:bodyOffset])
	return err
}

// openBody returns the content of a cell, which the caller owns. It fails with
// ErrDecrypt or ErrMalformed.
func openBody(cell []byte, key *secret) ([]byte, error) {
	plain, err := xchacha.Open(nil, key.Bytes(), cell[:nonceSize], cell[bodyOffset:], cell[:bodyOffset])
	if err != nil {
		return nil, ErrDecrypt
	}
	content, err := unpad(plain)
	if err != nil {
		clear(plain)
	}
	return content, err
}

// unpad returns the content within plain. It returns ErrMalformed if the length
// does not fit or any padding byte is not zero, without leaking which.
func unpad(plain []byte) ([]byte, error) {
	n := binary.BigEndian.Uint32(plain)
	rest := plain[lengthSize:]
	if n > MaxContent || int(n) > len(rest) {
		return nil, ErrMalformed
	}
	var or byte
	for _, b := range rest[n:] {
		or |= b
	}
	if or != 0 {
		return nil, ErrMalformed
	}
	return rest[:n:n], nil
}
