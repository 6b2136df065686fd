package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// cellMaker writes cells of an adversary who is the other side of the session,
// and checks what the reference makes of them.
type cellMaker struct {
	t         *testing.T
	receivers map[string]*reference.Session
	random    *reference.Random
	made      []malformedCell
}

func (m *cellMaker) add(comment, receiver string, class reference.Error, cell []byte) {
	m.t.Helper()
	m.addAt(comment, receiver, class, cell, vectorNow)
}

func (m *cellMaker) addAt(comment, receiver string, class reference.Error, cell []byte, at uint64) {
	m.t.Helper()
	v := malformedCell{Comment: comment, Receiver: receiver, Time: at, Cell: cell, Error: string(class)}
	v.Content = m.judge(v, cell)
	if len(cell) > 2*reference.CellSize {
		v.Zeros, v.Cell = len(cell), nil
	}
	m.made = append(m.made, v)
}

// judge opens a cell, checks the class of the error, and returns the content.
func (m *cellMaker) judge(v malformedCell, cell []byte) []byte {
	m.t.Helper()
	o, err := m.receivers[v.Receiver].Clone().Open(cell, v.Time)
	if !isClass(err, reference.Error(v.Error)) {
		m.t.Fatalf("%s: %v", v.Comment, err)
	}
	return o.Content
}

// addLong adds a cell with more content than there may be in one.
func (m *cellMaker) addLong(comment, receiver string, sender *reference.Session, contentLength int) {
	m.t.Helper()
	key, _ := sender.Trace.ChainStep(sender.Sending.CK)
	made := &longCell{
		HeaderKey: sender.Sending.HK, Header: sender.Header(), CellKey: key, Nonce: m.random.Bytes(24),
		ContentLength: contentLength, Length: reference.MaxCell,
	}
	cell := made.bytes(sender.ID)
	made.SHA256 = digest(cell)
	v := malformedCell{
		Comment: comment, Receiver: receiver, Time: vectorNow, Made: made, Error: string(reference.ErrMalformed),
	}
	m.judge(v, cell)
	m.made = append(m.made, v)
}

// next returns a cell of the sender's chain, whose header and plaintext are
// changed first. The sender is in the same state afterwards.
func (m *cellMaker) next(sender *reference.Session, change func(header, plaintext []byte)) []byte {
	s := sender.Clone()
	header, plaintext := s.Header(), reference.Pad([]byte("what the cell holds"), reference.CellSize)
	change(header, plaintext)
	return s.SealRaw(header, plaintext, m.random.Bytes(24))
}

func unchanged(_, _ []byte) {}

// atPlace returns a change of N and PN in the header.
func atPlace(n, pn uint32) func(header, _ []byte) {
	return func(header, _ []byte) {
		copy(header, []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		copy(header[4:], []byte{byte(pn >> 24), byte(pn >> 16), byte(pn >> 8), byte(pn)})
	}
}

// inHeader returns a change of the ratchet part in the header.
func inHeader(offset int, b ...byte) func(header, _ []byte) {
	return func(header, _ []byte) { copy(header[8+offset:], b) }
}

// inPlaintext returns a change of the plaintext.
func inPlaintext(offset int, b ...byte) func(_, plaintext []byte) {
	return func(_, plaintext []byte) { copy(plaintext[offset:], b) }
}
