package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// refusedSeal is a content that a sender refuses, or that shows where the border
// is: it is made by the rule from its length.
type refusedSeal struct {
	Comment       string   `json:"comment"`
	Sender        string   `json:"sender"`
	ContentLength int      `json:"content_length"`
	X             hexBytes `json:"x25519_private,omitempty"`
	Seed          hexBytes `json:"mlkem_seed,omitempty"`
	Encapsulation hexBytes `json:"encapsulation_randomness,omitempty"`
	Nonce         hexBytes `json:"nonce"`
	Error         string   `json:"error"`
	Number        uint64   `json:"number"`
	Length        int      `json:"length,omitempty"`
	SHA256        hexBytes `json:"sha256,omitempty"`
}

// refusedSeals returns the senders' states as well.
func refusedSeals(t *testing.T) (map[string]hexBytes, []refusedSeal) {
	t.Helper()
	random := reference.NewRandom("onionwire vector: refused contents")
	c := newConversation(t)
	last, after := c.b.Clone(), c.b.Clone()
	last.Ns, after.Ns = reference.MaxChain-1, reference.MaxChain
	c.opens(c.b, c.say(c.a, "answered"))
	answered := c.b.Clone()
	answered.Ns = reference.MaxChain
	senders := map[string]*reference.Session{
		"on its first chain":                    newConversation(t).b,
		"with one cell left in its chain":       last,
		"with no cell left in its chain":        after,
		"with no cell left, and an answer come": answered,
	}
	var made []refusedSeal
	add := func(comment, sender string, contentLength int, class reference.Error) {
		t.Helper()
		s := senders[sender].Clone()
		d := random.Draw(s, random)
		v := refusedSeal{
			Comment: comment, Sender: sender, ContentLength: contentLength, Error: string(class),
			X: d.X, Seed: d.Seed, Encapsulation: d.M, Nonce: d.Nonce,
		}
		cell, number, err := s.Seal(ruled(contentLength), d)
		if !isClass(err, class) {
			t.Fatalf("%s: %v", comment, err)
		}
		if err == nil {
			v.Number, v.Length, v.SHA256 = number, len(cell), digest(cell)
		}
		made = append(made, v)
	}
	add("the longest content", "on its first chain", reference.MaxContent, "")
	add("one byte too long", "on its first chain", reference.MaxContent+1, reference.ErrTooLarge)
	add("far too long", "on its first chain", 1_000_000, reference.ErrTooLarge)
	add("the last cell of a chain", "with one cell left in its chain", 0, "")
	add("one cell too many in a chain", "with no cell left in its chain", 0, reference.ErrExhausted)
	add("a new chain behind the longest", "with no cell left, and an answer come", 0, "")
	states := make(map[string]hexBytes)
	for name, s := range senders {
		states[name] = s.State(reference.StateVersion)
	}
	return states, made
}

func TestImplementationOnRefusedSeals(t *testing.T) {
	v := readVectors[malformedVectors](t, "malformed.json")
	for _, c := range v.Seals {
		t.Run(c.Comment, func(t *testing.T) {
			s := loadState(t, v.Senders[c.Sender])
			before := e2ee.StateOf(s)
			random := bytes.Join([][]byte{c.X, c.Seed, c.Nonce}, nil)
			chance{bytes.NewReader(random), bytes.NewReader(c.Encapsulation)}.put(s)
			cell, err := s.Seal(ruled(c.ContentLength))
			wantClass(t, err, classNamed(c.Error))
			if err != nil {
				wantUnchanged(t, s, before)
			} else if s.Sealed() != c.Number+1 || len(cell) != c.Length || !bytes.Equal(digest(cell), c.SHA256) {
				t.Error("the cell differs")
			}
		})
	}
}
