package wire

import (
	"encoding/hex"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

// MaxReceiptIDs is how many messages one receipt can confirm.
const MaxReceiptIDs = 64

var errNoText = fmt.Errorf("%w: a message without text", ErrContent)

func (id MessageID) String() string { return hex.EncodeToString(id[:]) }

// Message is a text for a person to read, between nodes that keep nothing. It is
// not empty.
type Message struct {
	ID   MessageID
	Text string
}

// Confirmation says that messages were taken by the program that they were sent
// to, between nodes that keep nothing.
type Confirmation struct {
	IDs []MessageID
}

// EncodeMessage gives the content of a cell. It fails with ErrTextTooLong, or
// with ErrContent if the text is empty or not UTF-8.
func EncodeMessage(m Message) ([]byte, error) {
	if m.Text == "" {
		return nil, errNoText
	}
	if len(m.Text) > MaxText {
		return nil, ErrTextTooLong
	}
	return encodeOld(&pb.OldContent{Body: &pb.OldContent_Text{Text: &pb.OldText{Id: m.ID[:], Text: m.Text}}})
}

// EncodeConfirmation gives the content of a cell. It fails with ErrContent
// unless there are 1 to MaxReceiptIDs messages.
func EncodeConfirmation(c Confirmation) ([]byte, error) {
	if n := len(c.IDs); n == 0 || n > MaxReceiptIDs {
		return nil, fmt.Errorf("%w: a receipt for %d messages", ErrContent, n)
	}
	r := &pb.OldReceipt{}
	for _, id := range c.IDs {
		r.Ids = append(r.Ids, id[:])
	}
	return encodeOld(&pb.OldContent{Body: &pb.OldContent_Receipt{Receipt: r}})
}

func encodeOld(c *pb.OldContent) ([]byte, error) {
	b, err := proto.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContent, err)
	}
	return b, nil
}

// Decode reads the content of a cell between nodes that keep nothing: a Message or
// a Confirmation. Errors match ErrContent or ErrUnknownContent.
func Decode(b []byte) (any, error) {
	var c pb.OldContent
	if err := proto.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("%w: not a protobuf message", ErrContent)
	}
	switch body := c.GetBody().(type) {
	case *pb.OldContent_Text:
		id, err := messageID(body.Text.GetId())
		if err != nil {
			return nil, err
		}
		if body.Text.GetText() == "" {
			return nil, errNoText
		}
		if len(body.Text.GetText()) > MaxText {
			return nil, fmt.Errorf("%w: %w", ErrContent, ErrTextTooLong)
		}
		return Message{ID: id, Text: body.Text.GetText()}, nil
	case *pb.OldContent_Receipt:
		raw := body.Receipt.GetIds()
		if len(raw) == 0 || len(raw) > MaxReceiptIDs {
			return nil, fmt.Errorf("%w: a receipt for %d messages", ErrContent, len(raw))
		}
		ids := make([]MessageID, len(raw))
		for i, r := range raw {
			var err error
			if ids[i], err = messageID(r); err != nil {
				return nil, err
			}
		}
		return Confirmation{IDs: ids}, nil
	default:
		return nil, ErrUnknownContent
	}
}

func messageID(b []byte) (id MessageID, err error) {
	if len(b) != len(id) {
		return id, fmt.Errorf("%w: a message id of %d bytes", ErrContent, len(b))
	}
	copy(id[:], b)
	return id, nil
}
