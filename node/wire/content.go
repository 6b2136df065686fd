package wire

import (
	"encoding/hex"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"
)

const (
	// MaxText is the longest text in bytes.
	MaxText = 64 << 10
	// MaxReceiptIDs is how many messages one receipt can confirm.
	MaxReceiptIDs = 64
)

var (
	// ErrContent means that what a cell held is not content of this protocol.
	ErrContent = errors.New("malformed content")
	// ErrUnknownContent means that a cell held content of a later version of the
	// protocol, to be passed over.
	ErrUnknownContent = errors.New("unknown content")
	// ErrTextTooLong means that a text is longer than MaxText.
	ErrTextTooLong = fmt.Errorf("text is longer than %d bytes", MaxText)

	errNoText = fmt.Errorf("%w: a message without text", ErrContent)
)

// MessageID names a message between two contacts. Its sender makes it up; it
// stays the same when the message is sent again.
type MessageID [16]byte

func (id MessageID) String() string { return hex.EncodeToString(id[:]) }

// Message is a text for a person to read. It is not empty. On the wire it is a
// Text.
type Message struct {
	ID   MessageID
	Text string
}

// Confirmation says that messages were taken by the program that they were sent
// to. On the wire it is a Receipt.
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
	return encode(&Content{Body: &Content_Text{&Text{Id: m.ID[:], Text: m.Text}}})
}

// EncodeConfirmation gives the content of a cell. It fails with ErrContent
// unless there are 1 to MaxReceiptIDs messages.
func EncodeConfirmation(c Confirmation) ([]byte, error) {
	if n := len(c.IDs); n == 0 || n > MaxReceiptIDs {
		return nil, fmt.Errorf("%w: a receipt for %d messages", ErrContent, n)
	}
	r := &Receipt{}
	for _, id := range c.IDs {
		r.Ids = append(r.Ids, id[:])
	}
	return encode(&Content{Body: &Content_Receipt{r}})
}

func encode(c *Content) ([]byte, error) {
	b, err := proto.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrContent, err)
	}
	return b, nil
}

// Decode reads the content of a cell: a Message or a Confirmation. Errors match
// ErrContent or ErrUnknownContent.
func Decode(b []byte) (any, error) {
	var c Content
	if err := proto.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("%w: not a protobuf message", ErrContent)
	}
	switch body := c.GetBody().(type) {
	case *Content_Text:
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
	case *Content_Receipt:
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
