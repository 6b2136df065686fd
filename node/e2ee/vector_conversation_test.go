package e2ee_test

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// conversationVectors is conversation.json: a session from its beginning to
// the end, event by event.
type conversationVectors struct {
	InitiatorState hexBytes            `json:"initiator_state"`
	ResponderState hexBytes            `json:"responder_state"`
	Events         []conversationEvent `json:"events"`
}

type conversationEvent struct {
	Comment string      `json:"comment,omitempty"`
	By      string      `json:"by"`
	Seal    *vectorSeal `json:"seal,omitempty"`
	Open    *vectorOpen `json:"open,omitempty"`
	Lose    int         `json:"lose,omitempty"`
	After   vectorState `json:"after"`
}

type vectorSeal struct {
	Cell          int       `json:"cell"`
	Step          *sentStep `json:"step,omitempty"`
	ContentLength int       `json:"content_length"`
	Content       hexBytes  `json:"content,omitempty"`
	Number        uint64    `json:"number"`
	N             uint64    `json:"n"`
	PN            uint64    `json:"pn"`
	HeaderKey     hexBytes  `json:"header_key"`
	CellKey       hexBytes  `json:"cell_key"`
	Nonce         hexBytes  `json:"nonce"`
	Length        int       `json:"length"`
	SHA256        hexBytes  `json:"sha256"`
	Start         hexBytes  `json:"start,omitempty"`
	Bytes         hexBytes  `json:"bytes,omitempty"`
}

type sentStep struct {
	X             hexBytes `json:"x25519_private"`
	Seed          hexBytes `json:"mlkem_seed"`
	Encapsulation hexBytes `json:"encapsulation_randomness"`
	Point         hexBytes `json:"x25519_public"`
	PartSHA256    hexBytes `json:"ratchet_part_sha256"`
	stepSecrets
}

type stepSecrets struct {
	Shared hexBytes `json:"x25519_shared"`
	SS     hexBytes `json:"mlkem_shared"`
	Bind   hexBytes `json:"bind"`
}

type vectorOpen struct {
	Cell    int          `json:"cell"`
	Time    uint64       `json:"time"`
	Error   string       `json:"error,omitempty"`
	Step    *stepSecrets `json:"step,omitempty"`
	Number  uint64       `json:"number"`
	CellKey hexBytes     `json:"cell_key,omitempty"`
}

// vectorState is what the state of the side that acted is then.
type vectorState struct {
	Root         hexBytes      `json:"root_key"`
	NextSending  hexBytes      `json:"next_sending_header_key"`
	NextReceived hexBytes      `json:"next_receiving_header_key"`
	CKs          hexBytes      `json:"sending_chain_key,omitempty"`
	HKs          hexBytes      `json:"sending_header_key,omitempty"`
	Ns           uint64        `json:"ns"`
	PNs          uint64        `json:"pns"`
	CKr          hexBytes      `json:"receiving_chain_key,omitempty"`
	HKr          hexBytes      `json:"receiving_header_key,omitempty"`
	Nr           uint64        `json:"nr"`
	Missing      []vectorRange `json:"missing"`
	Lost         uint64        `json:"lost"`
	Confirmed    bool          `json:"confirmed"`
}

func vectorStateOf(s *reference.Session) vectorState {
	v := vectorState{
		Root: s.RK, NextSending: s.NHKs, NextReceived: s.NHKr, Ns: s.Ns, PNs: s.PNs, Nr: s.Nr,
		Missing: missingRanges(s), Lost: s.Lost, Confirmed: s.Confirmed,
	}
	if s.Sending != nil {
		v.CKs, v.HKs = s.Sending.CK, s.Sending.HK
	}
	if s.Receiving != nil {
		v.CKr, v.HKr = s.Receiving.CK, s.Receiving.HK
	}
	return v
}

// vectorRange is the numbers from the first to the last.
type vectorRange [2]uint64

func missingRanges(s *reference.Session) []vectorRange {
	ranges := []vectorRange{}
	for _, c := range s.Skipped {
		for i, k := range c.Keys {
			number := c.Base + k.N
			if i > 0 && c.Keys[i-1].N+1 == k.N {
				ranges[len(ranges)-1][1] = number
			} else {
				ranges = append(ranges, vectorRange{number, number})
			}
		}
	}
	return ranges
}

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// ruled is the content of n bytes that follows from its length: byte i is
// i mod 251.
func ruled(n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i % 251)
	}
	return content
}

func (v *vectorSeal) content() []byte {
	if v.Content != nil {
		return v.Content
	}
	return ruled(v.ContentLength)
}

func TestVectorsOfConversation(t *testing.T) {
	checkVectors(t, "conversation.json", makeConversation(t))
}

func TestImplementationOnConversation(t *testing.T) {
	v := readVectors[conversationVectors](t, "conversation.json")
	sides := map[string]*e2ee.Session{
		"initiator": loadState(t, v.InitiatorState), "responder": loadState(t, v.ResponderState),
	}
	cells, contents := make(map[int][]byte), make(map[int][]byte)
	for i, e := range v.Events {
		s := sides[e.By]
		switch {
		case e.Seal != nil:
			cells[e.Seal.Cell], contents[e.Seal.Cell] = e.Seal.check(t, s), e.Seal.content()
		case e.Lose > 0:
			newChance("lost cells").put(s)
			for range e.Lose {
				seal(t, s, nil)
			}
		default:
			opened, err := s.Open(cells[e.Open.Cell], time.Unix(int64(e.Open.Time), 0))
			if e.Open.Error != "" {
				wantErr(t, err, classes[reference.Error(e.Open.Error)])
			} else if err != nil || opened.Number != e.Open.Number || !bytes.Equal(opened.Content, contents[e.Open.Cell]) {
				t.Fatalf("event %d: opens to number %d, %v", i, opened.Number, err)
			}
		}
		after := vectorStateOf(inReference(t, s))
		if !reflect.DeepEqual(after, e.After) {
			t.Fatalf("event %d: the state differs", i)
		}
	}
}

// check seals the cell, compares it and returns it.
func (v *vectorSeal) check(t *testing.T, s *e2ee.Session) []byte {
	t.Helper()
	var drawn, m []byte
	if v.Step != nil {
		drawn, m = append(bytes.Clone(v.Step.X), v.Step.Seed...), v.Step.Encapsulation
	}
	chance{bytes.NewReader(append(drawn, v.Nonce...)), bytes.NewReader(m)}.put(s)
	cell := seal(t, s, v.content())
	if len(cell) != v.Length || !bytes.Equal(digest(cell), v.SHA256) || v.Bytes != nil && !bytes.Equal(cell, v.Bytes) {
		t.Fatalf("cell %d differs", v.Cell)
	}
	return cell
}
