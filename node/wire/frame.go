// Package wire holds the messages of the chat protocol. docs/protocol.md is the
// specification.
//
// A stream carries frames, which a [Conn] reads and writes. Some of them are cells,
// which hide a [Content]: a few items of what one side has to say to the other, in
// their order. [EncodeItem] and [Content.Encode] make what is sealed, [DecodeContent]
// and [DecodeItem] read what was opened.
//
// What it returns has been checked, and what it encodes is what it would decode.
// Except for a Conn, all of it is pure: no I/O, no clock, no goroutines.
package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/multiformats/go-varint"
	"google.golang.org/protobuf/proto"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

// ProtocolID names the chat protocol among a host's libp2p protocols.
const ProtocolID = "/onionwire/chat/2.0.0"

const (
	// MaxFrame is the largest frame in bytes, without its length. It leaves room
	// for the largest cell.
	MaxFrame = 72 << 10
	// MaxHandshakeFrame is the largest frame with a handshake message, which comes
	// from somebody who has proven nothing yet. It leaves room for the largest of
	// them.
	MaxHandshakeFrame = 4 << 10
)

// ErrFrame means that what arrived is not a frame of this protocol.
var ErrFrame = errors.New("malformed frame")

// Kind tells the frames apart.
type Kind int

// The kinds of frame.
const (
	Handshake Kind = iota + 1
	Cell
)

func (k Kind) String() string {
	switch k {
	case Handshake:
		return "handshake message"
	case Cell:
		return "cell"
	default:
		return fmt.Sprintf("frame of kind %d", int(k))
	}
}

// maxFrame is the largest frame of the kind.
func (k Kind) maxFrame() int {
	if k == Handshake {
		return MaxHandshakeFrame
	}
	return MaxFrame
}

// Conn reads and writes frames. One goroutine may read while another writes.
type Conn struct {
	r *bufio.Reader
	w io.Writer
}

// NewConn makes a Conn of a stream, which it may read ahead of the frames that
// are asked for.
func NewConn(rw io.ReadWriter) *Conn {
	return &Conn{r: bufio.NewReader(rw), w: rw}
}

// Read returns the next frame, which must be of the kind expected. The error
// matches ErrFrame if the peer broke the protocol; otherwise it is the
// stream's: io.EOF at its end, io.ErrUnexpectedEOF within a frame.
func (c *Conn) Read(expected Kind) ([]byte, error) {
	kind, body, err := c.read(expected.maxFrame(), expected.String())
	switch {
	case err != nil:
		return nil, err
	case kind != expected:
		return nil, fmt.Errorf("%w: a %s where a %s was expected", ErrFrame, kind, expected)
	}
	return body, nil
}

// ReadFirst returns the first frame of a stream that the other side has opened,
// which may be of either kind. Errors are those of Read.
func (c *Conn) ReadFirst() (Kind, []byte, error) {
	return c.read(MaxFrame, "frame")
}

// read returns the next frame, of at most so many bytes.
func (c *Conn) read(most int, what string) (Kind, []byte, error) {
	length, err := varint.ReadUvarint(c.r)
	switch {
	case errors.Is(err, varint.ErrOverflow), errors.Is(err, varint.ErrNotMinimal):
		return 0, nil, fmt.Errorf("%w: length: %w", ErrFrame, err)
	case err != nil:
		return 0, nil, err
	case length > uint64(most):
		return 0, nil, fmt.Errorf("%w: longer than the %d bytes of a %s", ErrFrame, most, what)
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(c.r, raw); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // the length promised more
		}
		return 0, nil, err
	}
	var f pb.Frame
	if err := proto.Unmarshal(raw, &f); err != nil {
		return 0, nil, fmt.Errorf("%w: not a protobuf message", ErrFrame)
	}
	switch b := f.GetBody().(type) {
	case *pb.Frame_Handshake:
		if len(raw) > MaxHandshakeFrame {
			return 0, nil, fmt.Errorf("%w: a %s of %d bytes", ErrFrame, Handshake, len(raw))
		}
		return Handshake, b.Handshake, nil
	case *pb.Frame_Cell:
		return Cell, b.Cell, nil
	default:
		return 0, nil, fmt.Errorf("%w: it is empty or of an unknown kind", ErrFrame)
	}
}

// Write sends a frame.
func (c *Conn) Write(kind Kind, body []byte) error {
	var f pb.Frame
	switch kind {
	case Handshake:
		f.Body = &pb.Frame_Handshake{Handshake: body}
	case Cell:
		f.Body = &pb.Frame_Cell{Cell: body}
	default:
		return fmt.Errorf("%w: cannot send a %s", ErrFrame, kind)
	}
	raw, err := proto.Marshal(&f)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if len(raw) > kind.maxFrame() {
		return fmt.Errorf("%w: %d bytes are too many to send", ErrFrame, len(raw))
	}
	_, err = c.w.Write(append(varint.ToUvarint(uint64(len(raw))), raw...))
	return err
}
