package e2ee_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// malformedVectors is malformed.json. What each case is given to stands in the
// first three fields, by the names that the cases use.
type malformedVectors struct {
	Initiator vectorSide          `json:"initiator"`
	Responder vectorSide          `json:"responder"`
	Message1  hexBytes            `json:"message_1"`
	Receivers map[string]hexBytes `json:"receivers"`
	Messages  []malformedMessage  `json:"messages"`
	Cells     []malformedCell     `json:"cells"`
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
	Comment  string   `json:"comment"`
	Receiver string   `json:"receiver"`
	Time     uint64   `json:"time"`
	Zeros    int      `json:"zeros,omitempty"`
	Cell     hexBytes `json:"cell,omitempty"`
	Error    string   `json:"error"`
	Content  hexBytes `json:"content,omitempty"`
}

type malformedSaved struct {
	Comment string   `json:"comment"`
	Key     hexBytes `json:"key"`
	Context hexBytes `json:"context"`
	Saved   hexBytes `json:"saved"`
	Error   string   `json:"error"`
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

func (c malformedCell) bytes() []byte {
	if c.Zeros > 0 {
		return make([]byte, c.Zeros)
	}
	return c.Cell
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
			h := newReal(t, m.receiver(v), reference.NewRandom("none"))
			if m.Number == 3 {
				readReal(t, h, v.Message1)
			}
			if m.Number > 1 {
				write(t, h)
			}
			wantClass(t, h.Read(m.Input), classNamed(m.Error))
			wantDead(t, h)
		})
	}
}

func TestImplementationOnMalformedCells(t *testing.T) {
	v := readVectors[malformedVectors](t, "malformed.json")
	for _, c := range v.Cells {
		t.Run(c.Comment, func(t *testing.T) {
			s := loadState(t, v.Receivers[c.Receiver])
			before := inReference(t, s).State(reference.StateVersion)
			opened, err := s.Open(c.bytes(), time.Unix(int64(c.Time), 0))
			wantClass(t, err, classNamed(c.Error))
			if string(opened.Content) != string(c.Content) {
				t.Error("the content differs")
			}
			after := inReference(t, s).State(reference.StateVersion)
			if err != nil && c.Time <= vectorNow && string(after) != string(before) {
				t.Error("the state has changed")
			}
		})
	}
}

func TestImplementationOnMalformedSavedSessions(t *testing.T) {
	for _, c := range readVectors[malformedVectors](t, "malformed.json").Saved {
		t.Run(c.Comment, func(t *testing.T) {
			_, err := e2ee.LoadSession(must[*e2ee.StateKey](t)(e2ee.NewStateKey(c.Key)), c.Context, c.Saved)
			wantClass(t, err, classNamed(c.Error))
		})
	}
}
