package wire

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

const (
	// MaxFile is the size of the largest file in bytes: docs/protocol.md, "Files".
	MaxFile = 10 << 30
	// MaxFileName is the longest name of a file in bytes, as file systems have it.
	MaxFileName = 255
	// MaxFileType is the longest media type in characters: RFC 6838, section 4.2,
	// allows as much for each of its halves and recommends less.
	MaxFileType = 127
)

// FileOffer offers a file.
type FileOffer struct {
	ID FileID
	// Key encrypts its chunks.
	Key [32]byte
	// Name has 1 to MaxFileName bytes of UTF-8, whatever they are: it may say
	// "../../x", and has to be made harmless before it is used.
	Name string
	// Size is in bytes, at most MaxFile.
	Size uint64
	// Type is what the sender takes it for, such as "image/png", up to MaxFileType
	// printable characters of ASCII, or nothing.
	Type   string
	SHA256 [32]byte
}

// Answer is what becomes of a file.
type Answer uint32

// Answers to an offer, of either side.
const (
	// FileAccepted means that the receiver wants it.
	FileAccepted Answer = iota + 1
	// FileDeclined means that the receiver does not want it.
	FileDeclined
	// FileWithdrawn means that the one who says so does not want to go on.
	FileWithdrawn
	// FileArrived means that the receiver has all of it, and it is the one that was
	// offered.
	FileArrived
	// FileBroken means that the one who says so cannot go on.
	FileBroken
)

// FileAnswer says what becomes of a file.
type FileAnswer struct {
	ID     FileID
	Answer Answer
}

func (o FileOffer) check() error {
	switch {
	case o.Name == "", len(o.Name) > MaxFileName:
		return fmt.Errorf("%w: a file name of %d bytes", ErrContent, len(o.Name))
	case !utf8.ValidString(o.Name):
		return fmt.Errorf("%w: a file name that is not UTF-8", ErrContent)
	case o.Size > MaxFile:
		return fmt.Errorf("%w: a file of %d bytes", ErrContent, o.Size)
	case len(o.Type) > MaxFileType, strings.ContainsFunc(o.Type, func(r rune) bool { return r < ' ' || r > '~' }):
		return fmt.Errorf("%w: the type of a file", ErrContent)
	}
	return nil
}

func (a FileAnswer) check() error {
	if a.Answer < FileAccepted || a.Answer > FileBroken {
		return fmt.Errorf("%w: no answer to an offer of a file", ErrContent)
	}
	return nil
}

func (o FileOffer) put(i *pb.Item) {
	i.Body = &pb.Item_FileOffer{FileOffer: &pb.FileOffer{
		Id: o.ID[:], Key: o.Key[:], Name: o.Name, Size: o.Size, Type: o.Type, Sha256: o.SHA256[:],
	}}
}

func (a FileAnswer) put(i *pb.Item) {
	i.Body = &pb.Item_FileAnswer{FileAnswer: &pb.FileAnswer{
		Id: a.ID[:], Answer: pb.FileAnswer_Answer(a.Answer),
	}}
}

func fileOfferOf(p *pb.FileOffer) (Body, error) {
	o := FileOffer{Name: p.GetName(), Size: p.GetSize(), Type: p.GetType()}
	var err error
	if o.ID, err = array[FileID](p.GetId(), "a file id"); err != nil {
		return nil, err
	}
	if o.Key, err = array[[32]byte](p.GetKey(), "a file key"); err != nil {
		return nil, err
	}
	o.SHA256, err = array[[32]byte](p.GetSha256(), "the hash of a file")
	return o, err
}

// fileAnswerOf fails with ErrUnknownContent for an answer of a later version.
func fileAnswerOf(p *pb.FileAnswer) (Body, error) {
	id, err := array[FileID](p.GetId(), "a file id")
	switch a := p.GetAnswer(); {
	case err != nil:
		return nil, err
	case a < 0 || Answer(a) > FileBroken:
		return nil, ErrUnknownContent
	default:
		return FileAnswer{ID: id, Answer: Answer(a)}, nil
	}
}
