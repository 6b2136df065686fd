package node_test

import (
	"crypto/mlkem"
	"crypto/rand"
	"encoding/binary"
	"testing"

	"github.com/flynn/noise"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/e2ee"
)

// forger makes the initiator's side of the handshake by docs/protocol.md, with
// the right identity key and a signature that is not by it.
type forger struct {
	*noise.HandshakeState
	identity []byte
	sent     int
}

func newForger(t testing.TB, s *stranger, to peer.ID) *forger {
	t.Helper()
	suite := noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256)
	static, err := suite.GenerateKeypair(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var prologue []byte
	field := func(b string) {
		prologue = binary.BigEndian.AppendUint16(prologue, uint16(len(b)))
		prologue = append(prologue, b...)
	}
	field("onionwire-e2ee")
	prologue = append(prologue, e2ee.Version)
	field(string(s.ID()))
	field(string(to))
	h, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: suite, Pattern: noise.HandshakeXX, Initiator: true, Prologue: prologue, StaticKeypair: static,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &forger{HandshakeState: h, identity: s.key[32:]}
}

func (f *forger) Write() ([]byte, error) {
	f.sent++
	var payload []byte
	if f.sent == 1 {
		key, err := mlkem.GenerateKey768()
		if err != nil {
			return nil, err
		}
		payload = append([]byte{e2ee.Version, e2ee.Version, 0, 0, 0, 0}, key.EncapsulationKey().Bytes()...)
	} else {
		payload = append(append([]byte{}, f.identity...), make([]byte, 64+1)...)
		payload = binary.BigEndian.AppendUint64(payload, 1)
	}
	m, _, _, err := f.WriteMessage(nil, payload)
	return m, err
}

func (f *forger) Read(m []byte) error {
	_, _, _, err := f.ReadMessage(nil, m)
	return err
}
