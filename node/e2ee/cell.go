package e2ee

import (
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
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
	// MaxCells is how many cells a session carries in each direction. The next
	// protocol version counts cells in 32 bits; nobody gets there by chatting.
	MaxCells = 1 << 32

	nonceSize    = chacha20poly1305.NonceSizeX
	lengthSize   = 4
	cellOverhead = nonceSize + lengthSize + tagSize
)

// labelCell opens the associated data of every cell.
const labelCell = "onionwire-e2ee-1 cell"

// cellLen returns the length of the smallest cell for n bytes of content.
func cellLen(n int) int {
	return (n + cellOverhead + CellSize - 1) / CellSize * CellSize
}

// validCellLen reports whether a cell of n bytes may be opened.
func validCellLen(n int) bool {
	return n > 0 && n <= MaxCell && n%CellSize == 0
}

// associatedData binds a cell to its direction and its place in it.
func associatedData(d direction, count uint64) []byte {
	b := make([]byte, 0, len(labelCell)+1+8)
	b = append(b, labelCell...)
	b = append(b, byte(d))
	return binary.BigEndian.AppendUint64(b, count)
}

// pad writes length and content into plain, which is zero and long enough.
func pad(plain, content []byte) {
	binary.BigEndian.PutUint32(plain, uint32(len(content)))
	copy(plain[lengthSize:], content)
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
