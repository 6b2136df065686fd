package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// Lengths follow from what was agreed before: there is nothing to parse, and nothing
// to allocate because somebody says so.
const (
	idSize     = len(filecrypt.ID{})
	wantSize   = 8     // index
	headSize   = 1 + 8 // kind, index
	maxChunk   = filecrypt.ChunkSize + filecrypt.Overhead
	kindChunk  = 1
	kindFailed = 2
)

// reasons are why a sender stops, in the order of their numbers on the wire, which
// begin at 1.
var reasons = []error{ErrUnknown, ErrPaused, ErrChanged, ErrWithdrawn}

// reason returns the number of an error, or 0.
func reason(err error) byte {
	for i, r := range reasons {
		if errors.Is(err, r) {
			return byte(i + 1)
		}
	}
	return 0
}

// appendHead appends what stands before a sealed chunk.
func appendHead(dst []byte, index uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, kindChunk), index)
}

// readAnswer reads the answer to the request of a chunk: its sealed bytes, which are
// in room and of the chunk's length, or one of the reasons why it does not come. room
// is for headSize+maxChunk bytes. Other errors match ErrProtocol, or are the stream's.
func readAnswer(r io.Reader, chunk filecrypt.Chunk, room []byte) ([]byte, error) {
	if _, err := io.ReadFull(r, room[:1]); err != nil {
		return nil, unexpected(err)
	}
	switch room[0] {
	case kindChunk:
		answer := room[:8+chunk.Sealed()]
		if _, err := io.ReadFull(r, answer[:8]); err != nil {
			return nil, unexpected(err)
		}
		if binary.BigEndian.Uint64(answer) != chunk.Index {
			return nil, fmt.Errorf("%w: another chunk than was asked for", ErrProtocol)
		}
		if _, err := io.ReadFull(r, answer[8:]); err != nil {
			return nil, unexpected(err)
		}
		return answer[8:], nil
	case kindFailed:
		if _, err := io.ReadFull(r, room[:1]); err != nil {
			return nil, unexpected(err)
		}
		number := int(room[0])
		if number < 1 || number > len(reasons) {
			return nil, fmt.Errorf("%w: no such reason", ErrProtocol)
		}
		return nil, reasons[number-1]
	default:
		return nil, fmt.Errorf("%w: no such frame", ErrProtocol)
	}
}

// readWant reads the index of the chunk that is asked for. It fails with io.EOF if
// the receiver has left in good order, or the stream's error.
func readWant(r io.Reader) (uint64, error) {
	var want [wantSize]byte
	if _, err := io.ReadFull(r, want[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(want[:]), nil
}

// unexpected is the end of a stream where it must not end.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
