package wire

import (
	"fmt"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

const (
	// MaxText is the longest text in bytes.
	MaxText = 64 << 10
	// MaxWritten is the end of the year 9999 in milliseconds since 1970, behind
	// which times have no usual spelling.
	MaxWritten = 253402300799999
)

// ErrTextTooLong means that a text is longer than MaxText.
var ErrTextTooLong = fmt.Errorf("text is longer than %d bytes", MaxText)

// Text is a message for a person to read.
type Text struct {
	ID MessageID
	// Text has 1 to MaxText bytes of UTF-8.
	Text string
	// Written is the time by the sender's clock, in milliseconds since 1970, at most
	// MaxWritten.
	Written uint64
	// Timer is after how many seconds it disappears, 0 for never.
	Timer uint32
}

// Read says that a message of the receiver's, and all before it in the
// conversation, were read.
type Read struct{ ID MessageID }

// Timer says after how many seconds messages in the conversation disappear from now
// on, 0 for never.
type Timer struct{ Seconds uint32 }

// Skip takes the place of an item that was given up.
type Skip struct{}

func (t Text) check() error {
	switch {
	case t.Text == "":
		return fmt.Errorf("%w: a message without text", ErrContent)
	case len(t.Text) > MaxText:
		return fmt.Errorf("%w: %w", ErrContent, ErrTextTooLong)
	case !utf8.ValidString(t.Text):
		return fmt.Errorf("%w: a text that is not UTF-8", ErrContent)
	case t.Written > MaxWritten:
		return fmt.Errorf("%w: a text of no year that there is", ErrContent)
	}
	return nil
}

func (Read) check() error  { return nil }
func (Timer) check() error { return nil }
func (Skip) check() error  { return nil }

func (t Text) put(i *pb.Item) {
	i.Body = &pb.Item_Text{Text: &pb.Text{Id: t.ID[:], Text: t.Text, Written: t.Written, Timer: t.Timer}}
}

func (r Read) put(i *pb.Item)  { i.Body = &pb.Item_Read{Read: &pb.Read{Id: r.ID[:]}} }
func (t Timer) put(i *pb.Item) { i.Body = &pb.Item_Timer{Timer: &pb.Timer{Seconds: t.Seconds}} }
func (Skip) put(i *pb.Item)    { i.Body = &pb.Item_Skip{Skip: &pb.Skip{}} }

func textOf(p *pb.Text) (Body, error) {
	id, err := array[MessageID](p.GetId(), "a message id")
	return Text{ID: id, Text: p.GetText(), Written: p.GetWritten(), Timer: p.GetTimer()}, err
}
