package e2ee_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// malformedVectors is malformed.json. The sides that the cases are given to stand
// before them, by the names that the cases use.
type malformedVectors struct {
	Initiator vectorSide          `json:"initiator"`
	Responder vectorSide          `json:"responder"`
	Message1  hexBytes            `json:"message_1"`
	Receivers map[string]hexBytes `json:"receivers"`
	Messages  []malformedMessage  `json:"messages"`
	Cells     []malformedCell     `json:"cells"`
	Senders   map[string]hexBytes `json:"senders"`
	Seals     []refusedSeal       `json:"seals"`
	Saved     []malformedSaved    `json:"saved_sessions"`
}

// malformedMessage comes after messages that are in order.
type malformedMessage struct {
	Comment string   `json:"comment"`
	Number  int      `json:"message"` // 1 to 3
	Highest byte     `json:"receiver_highest_version,omitempty"`
	Input   hexBytes `json:"input"`
	Error   string   `json:"error"`
}

type malformedCell struct {
	Comment  string    `json:"comment"`
	Receiver string    `json:"receiver"`
	Time     uint64    `json:"time"`
	Zeros    int       `json:"zeros,omitempty"`
	Made     *longCell `json:"made,omitempty"`
	Cell     hexBytes  `json:"cell,omitempty"`
	SS       hexBytes  `json:"mlkem_shared,omitempty"`
	Error    string    `json:"error"`
	Content  hexBytes  `json:"content,omitempty"`
}

type malformedSaved struct {
	Comment string   `json:"comment"`
	Key     hexBytes `json:"key"`
	Context hexBytes `json:"context"`
	Saved   hexBytes `json:"saved,omitempty"`
	Error   string   `json:"error"`

	// In place of Saved, for those that are too long to stand in the file.
	Nonce      hexBytes `json:"nonce,omitempty"`
	StateStart hexBytes `json:"state_start,omitempty"`
	Chains     int      `json:"chains,omitempty"`
	Keys       int      `json:"keys_in_chain,omitempty"`
	SHA256     hexBytes `json:"sha256,omitempty"`
}

func makeMalformedVectors(t *testing.T) malformedVectors {
	t.Helper()
	initiator, responder := vectorConfigs("onionwire vector: malformed")
	v := malformedVectors{Initiator: sideOf(initiator), Responder: sideOf(responder)}
	v.Message1 = reference.NewHandshake(initiator).Write()
	v.Messages = slices.Concat(
		malformedMessages1(t, initiator, responder),
		malformedMessages2(t, initiator, responder),
		malformedMessages3(t, initiator, responder),
	)
	v.Receivers, v.Cells = malformedCells(t)
	v.Senders, v.Seals = refusedSeals(t)
	v.Saved = malformedSavedSessions(t)
	return v
}

func TestVectorsOfMalformed(t *testing.T) {
	checkVectors(t, "malformed.json", makeMalformedVectors(t))
}

// receiver returns the configuration of the side that the message is for.
func (m malformedMessage) receiver(v malformedVectors) reference.Config {
	c := v.Responder.config(false, v.Initiator)
	if m.Number == 2 {
		c = v.Initiator.config(true, v.Responder)
	}
	if m.Highest != 0 {
		c.Highest = m.Highest
	}
	return c
}

// bytes returns the cell, for a receiver with a session of that ID.
func (c malformedCell) bytes(id []byte) []byte {
	switch {
	case c.Zeros > 0:
		return make([]byte, c.Zeros)
	case c.Made != nil:
		return c.Made.bytes(id)
	}
	return c.Cell
}

// isClass reports whether an error of the reference is of a class, which is empty
// if there shall be none.
func isClass(err error, class reference.Error) bool {
	return err == nil && class == "" || err == error(class)
}

func classNamed(name string) error {
	if name == "" {
		return nil
	}
	return reference.Error(name)
}

func TestImplementationOnMalformedMessages(t *testing.T) {
	v := readVectors[malformedVectors](t, "malformed.json")
	for _, m := range v.Messages {
		t.Run(m.Comment, func(t *testing.T) {
			h := newReal(t, m.receiver(v), newChance("none"))
			if m.Number == 3 {
				readReal(t, h, v.Message1)
			}
			if m.Number > 1 {
				write(t, h)
			}
			wantClass(t, h.Read(m.Input), classNamed(m.Error))
			if m.Error != "" {
				wantDead(t, h)
			}
		})
	}
}

func TestImplementationOnMalformedCells(t *testing.T) {
	v := readVectors[malformedVectors](t, "malformed.json")
	for _, c := range v.Cells {
		t.Run(c.Comment, func(t *testing.T) {
			s := loadState(t, v.Receivers[c.Receiver])
			before, id := e2ee.StateOf(s), s.SessionID()
			cell := c.bytes(id[:])
			if c.Made != nil && !bytes.Equal(digest(cell), c.Made.SHA256) {
				t.Fatal("the cell differs")
			}
			opened, err := s.Open(cell, time.Unix(int64(c.Time), 0))
			wantClass(t, err, classNamed(c.Error))
			if err == nil && !bytes.Equal(opened.Content, c.Content) {
				t.Error("the content differs")
			}
			if err != nil && c.Time <= vectorNow {
				wantUnchanged(t, s, before)
			}
		})
	}
}

func TestImplementationOnMalformedSavedSessions(t *testing.T) {
	for _, c := range readVectors[malformedVectors](t, "malformed.json").Saved {
		t.Run(c.Comment, func(t *testing.T) {
			saved := c.bytes()
			if c.SHA256 != nil && !bytes.Equal(digest(saved), c.SHA256) {
				t.Fatal("what is saved differs")
			}
			_, err := e2ee.LoadSession(must[*e2ee.StateKey](t)(e2ee.NewStateKey(c.Key)), c.Context, saved)
			wantClass(t, err, classNamed(c.Error))
		})
	}
}
