package wire

import (
	"fmt"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

// conversationSize is the length of the name of a conversation.
const conversationSize = 16

// MessageID names a message. Its sender makes it up, at random.
type MessageID [16]byte

// FileID names a file. Its sender makes it up, at random.
type FileID [16]byte

// Item is something that the other side is told once, and in order
// (docs/protocol.md, "Items").
type Item struct {
	// Conversation is empty for the conversation of the two, or else the 16 bytes
	// that name another one.
	Conversation []byte
	Body         Body
}

// Body is what an item says: a [Request], [Accept], [Text], [Read], [Profile],
// [Addresses], [Timer], [FileOffer], [FileAnswer] or [Skip], none of them as a
// pointer.
type Body interface {
	// check reports what is wrong with the body. The error matches ErrContent.
	check() error
	// put makes it the body of an item on the wire.
	put(*pb.Item)
}

// EncodeItem gives an item for the Items of a Content, at most MaxItem bytes. It
// fails with ErrContent if DecodeItem would refuse that; for a text that is too
// long, with ErrTextTooLong as well.
func EncodeItem(i Item) ([]byte, error) {
	if i.Body == nil {
		return nil, fmt.Errorf("%w: an item without a body", ErrContent)
	}
	if err := checkConversation(i.Conversation); err != nil {
		return nil, err
	}
	if err := i.Body.check(); err != nil {
		return nil, err
	}
	p := &pb.Item{Conversation: i.Conversation}
	i.Body.put(p)
	return encode(p)
}

// DecodeItem reads what EncodeItem gives. The error matches ErrContent, or
// ErrUnknownContent if a later version has made the item.
func DecodeItem(b []byte) (Item, error) {
	var p pb.Item
	if err := decode(b, &p); err != nil {
		return Item{}, err
	}
	if err := checkConversation(p.GetConversation()); err != nil {
		return Item{}, err
	}
	body, err := bodyOf(&p)
	if err != nil {
		return Item{}, err
	}
	if err := body.check(); err != nil {
		return Item{}, err
	}
	return Item{Conversation: some(p.GetConversation()), Body: body}, nil
}

// bodyOf reads the body of an item, without the checks of what it says.
func bodyOf(p *pb.Item) (Body, error) {
	switch b := p.GetBody().(type) {
	case *pb.Item_Request:
		return requestOf(b.Request)
	case *pb.Item_Accept:
		return acceptOf(b.Accept)
	case *pb.Item_Text:
		return textOf(b.Text)
	case *pb.Item_Read:
		id, err := array[MessageID](b.Read.GetId(), "a message id")
		return Read{ID: id}, err
	case *pb.Item_Profile:
		return Profile{Name: nameOf(b.Profile.GetName())}, nil
	case *pb.Item_Addresses:
		return addressesOf(b.Addresses.GetAddresses())
	case *pb.Item_Timer:
		return Timer{Seconds: b.Timer.GetSeconds()}, nil
	case *pb.Item_FileOffer:
		return fileOfferOf(b.FileOffer)
	case *pb.Item_FileAnswer:
		return fileAnswerOf(b.FileAnswer)
	case *pb.Item_Skip:
		return Skip{}, nil
	default:
		return nil, ErrUnknownContent
	}
}

func checkConversation(name []byte) error {
	if n := len(name); n != 0 && n != conversationSize {
		return fmt.Errorf("%w: the name of a conversation has %d bytes", ErrContent, n)
	}
	return nil
}

// array reads what has one length only.
func array[T ~[16]byte | ~[32]byte](b []byte, what string) (a T, err error) {
	if len(b) != len(a) {
		return a, fmt.Errorf("%w: %s of %d bytes", ErrContent, what, len(b))
	}
	return T(b), nil
}
