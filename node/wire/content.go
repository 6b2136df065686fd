package wire

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

const (
	// MaxContent is the largest content in bytes: what a cell can hide.
	MaxContent = 66560
	// ContentOverhead is the most that a content has beside its items, in bytes:
	// two names, three numbers up to MaxSequence, and Typing.
	ContentOverhead = 2*(1+8) + 3*(1+9) + 2
	// MaxItem is the largest encoded item in bytes: what fits into a content that
	// has no other.
	MaxItem = MaxContent - ContentOverhead - 4
	// MaxItems is how many items one content can have. It bounds the rows that one
	// cell makes the receiver write: more than a content can have of common texts.
	MaxItems = 256
	// MaxSequence is the highest sequence number, and the highest number that a
	// confirmation can have. It fits a signed integer of a database.
	MaxSequence = 1<<63 - 1
)

var (
	// ErrContent means that what a cell held is not content of this protocol, or
	// that something cannot be made to be.
	ErrContent = errors.New("malformed content")
	// ErrUnknownContent means that an item is one of a later version of the
	// protocol, to be passed over.
	ErrUnknownContent = errors.New("unknown content")
)

// Content is what a cell hides: some items of the sender's stream, and how far
// those of the receiver have come (docs/protocol.md, "Contents").
type Content struct {
	// Stream names the items. It is not 0.
	Stream uint64
	// Base is the sequence number of the first item that the sender had no
	// confirmation of. It is not above First if there are items.
	Base uint64
	// First is the sequence number of the first of the Items. Without items it is
	// not encoded, and read as 0.
	First uint64
	// Items are encoded, see EncodeItem.
	Items [][]byte
	Ack   Ack
	// Typing means that somebody types in the conversation of the two.
	Typing bool
}

// Ack confirms items.
type Ack struct {
	// Stream names the items of the other side, 0 if nothing has come from it. Then
	// Next is 0, too.
	Stream uint64
	// Next means that all items with lower sequence numbers are kept.
	Next uint64
}

// ItemSize is by how many bytes an encoded item of n bytes makes a content longer.
// Items fit into one content if there are at most MaxItems and the sum of their
// ItemSize is at most MaxContent - ContentOverhead.
func ItemSize(n int) int { return 1 + protowire.SizeBytes(n) }

// Encode gives what goes into a cell, at most MaxContent bytes. It fails with
// ErrContent if DecodeContent would refuse that.
func (c Content) Encode() ([]byte, error) {
	if len(c.Items) == 0 {
		c.First = 0
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return encode(&pb.Content{
		Stream:    c.Stream,
		Base:      c.Base,
		First:     c.First,
		Items:     c.Items,
		AckStream: c.Ack.Stream,
		AckNext:   c.Ack.Next,
		Typing:    c.Typing,
	})
}

// DecodeContent reads what Encode gives. It does not look into the items. The error
// matches ErrContent.
func DecodeContent(b []byte) (Content, error) {
	var p pb.Content
	if err := decode(b, &p); err != nil {
		return Content{}, err
	}
	c := Content{
		Stream: p.GetStream(),
		Base:   p.GetBase(),
		First:  p.GetFirst(),
		Items:  p.GetItems(),
		Ack:    Ack{Stream: p.GetAckStream(), Next: p.GetAckNext()},
		Typing: p.GetTyping(),
	}
	if len(c.Items) == 0 {
		c.First, c.Items = 0, nil
	}
	if err := c.check(); err != nil {
		return Content{}, err
	}
	return c, nil
}

// check reports what is wrong, except that it may be too long.
func (c Content) check() error {
	switch n := uint64(len(c.Items)); {
	case c.Stream == 0:
		return fmt.Errorf("%w: it belongs to no stream", ErrContent)
	case n > MaxItems:
		return fmt.Errorf("%w: %d items", ErrContent, n)
	case c.Base > MaxSequence, c.First > MaxSequence-n:
		return fmt.Errorf("%w: a sequence number is too high", ErrContent)
	case n > 0 && c.Base > c.First:
		return fmt.Errorf("%w: items that were confirmed before", ErrContent)
	case c.Ack.Next > MaxSequence, c.Ack.Stream == 0 && c.Ack.Next != 0:
		return fmt.Errorf("%w: a confirmation of nothing", ErrContent)
	}
	for _, item := range c.Items {
		if len(item) == 0 || len(item) > MaxItem {
			return fmt.Errorf("%w: an item of %d bytes", ErrContent, len(item))
		}
	}
	return nil
}

func encode(m proto.Message) ([]byte, error) {
	b, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContent, err) // a string that is not UTF-8
	}
	if len(b) > MaxContent {
		return nil, fmt.Errorf("%w: %d bytes", ErrContent, len(b))
	}
	return b, nil
}

// decode reads a message; fields of later versions are passed over.
func decode(b []byte, m proto.Message) error {
	if len(b) > MaxContent {
		return fmt.Errorf("%w: %d bytes", ErrContent, len(b))
	}
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(b, m); err != nil {
		return fmt.Errorf("%w: not a protobuf message", ErrContent)
	}
	return nil
}
