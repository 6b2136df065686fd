package e2ee

import (
	"crypto/ed25519"
	"crypto/mlkem"
	"fmt"
	"io"

	"github.com/flynn/noise"
)

// state is what a Handshake does next. The zero value refuses everything.
type state uint8

const (
	stateDead  state = iota
	stateSend1       // initiator
	stateRecv1       // responder
	stateSend2       // responder
	stateRecv2       // initiator
	stateSend3       // initiator
	stateRecv3       // responder
	stateDone
)

// Handshake runs one side of the three-message handshake. After any error it is
// dead: every later call returns ErrState, and its keys are gone. It is not safe
// for concurrent use.
type Handshake struct {
	redacted

	state       state
	identity    *Identity
	remoteKey   ed25519.PublicKey
	knowsRemote bool
	rand        io.Reader
	encapsulate encapsulator
	highest     uint8
	noise       *noise.HandshakeState

	decapsulationKey *mlkem.DecapsulationKey768 // initiator, until message 2
	encapsulationKey *mlkem.EncapsulationKey768 // responder, until message 2
	kemSecret        *secret
	own              *keyPair  // the responder's first ratchet keys
	peer             *peerKeys // the same, at the initiator
	first            *part     // ratchet part of the responder's first chain

	proposal      uint64 // of ours, for the generation
	generation    uint64 // agreed
	offered       uint32 // features of the initiator, at the responder
	features      uint32 // of ours, then those agreed
	remoteKnowsUs bool
	session       *Session // between the last message and Session
}

// NewInitiator returns the side that writes first. It fails if the
// configuration is unusable, with ErrIdentity if it names ourselves as the peer.
func NewInitiator(cfg HandshakeConfig) (*Handshake, error) {
	return newHandshake(&cfg, stateSend1)
}

// NewResponder returns the side that reads first. It fails as NewInitiator does.
func NewResponder(cfg HandshakeConfig) (*Handshake, error) {
	return newHandshake(&cfg, stateRecv1)
}

func newHandshake(cfg *HandshakeConfig, first state) (*Handshake, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	initiator := first == stateSend1
	hs, err := noise.NewHandshakeState(noise.Config{
		CipherSuite:   noise.NewCipherSuite(&dh{static: cfg.Identity.private}, noise.CipherChaChaPoly, noise.HashSHA256),
		Random:        cfg.random(),
		Pattern:       noise.HandshakeXX,
		Initiator:     initiator,
		Prologue:      cfg.prologue(initiator),
		StaticKeypair: noise.DHKey{Private: []byte(staticName), Public: cfg.Identity.public[:]},
	})
	if err != nil {
		return nil, fmt.Errorf("e2ee: start Noise: %w", err)
	}
	return &Handshake{
		state:       first,
		identity:    cfg.Identity,
		remoteKey:   append(ed25519.PublicKey(nil), cfg.RemoteKey...),
		knowsRemote: cfg.KnowsRemote,
		rand:        cfg.random(),
		encapsulate: cfg.encapsulator(),
		highest:     max(cfg.highest, Version),
		noise:       hs,
		proposal:    max(cfg.Generation, 1),
		features:    cfg.Features,
	}, nil
}

// Write returns the next message to send, which the caller owns. It fails with
// ErrState if it is not our turn, or with the error of the random source.
func (h *Handshake) Write() ([]byte, error) {
	var msg []byte
	var err error
	switch h.state {
	case stateSend1:
		msg, err = h.send1()
	case stateSend2:
		msg, err = h.send2()
	case stateSend3:
		msg, err = h.send3()
	default:
		err = ErrState
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return msg, nil
}

// Read takes the peer's next message, which it does not keep. It fails with
// ErrState, ErrVersion, ErrDowngrade, ErrMalformed, ErrDecrypt, ErrIdentity or
// ErrCertificate.
func (h *Handshake) Read(msg []byte) error {
	var err error
	switch h.state {
	case stateRecv1:
		err = h.recv1(msg)
	case stateRecv2:
		err = h.recv2(msg)
	case stateRecv3:
		err = h.recv3(msg)
	default:
		err = ErrState
	}
	if err != nil {
		h.Close()
	}
	return err
}

// Session hands over the session after the last message was written or read.
// It does so once; before that, a second time, and after a failure or Close it
// returns ErrState, which does not disturb the handshake.
func (h *Handshake) Session() (*Session, error) {
	if h.session == nil {
		return nil, ErrState
	}
	s := h.session
	h.session = nil
	return s, nil
}

// RemoteKnowsUs reports whether the peer says that we are a contact of theirs.
// It is for display only: the peer may lie. It is false until the handshake is
// complete.
func (h *Handshake) RemoteKnowsUs() bool { return h.state == stateDone && h.remoteKnowsUs }

// Close gives the handshake up and clears its keys, those of a session that
// nobody took included. Closing twice is harmless.
func (h *Handshake) Close() {
	h.forget()
	if h.session != nil {
		h.session.Close()
		h.session = nil
	}
	h.state = stateDead
}

// forget clears everything that only the handshake itself needs. The static key
// stays: it is the Identity's.
func (h *Handshake) forget() {
	h.noise = nil
	h.decapsulationKey, h.encapsulationKey = nil, nil
	h.own, h.peer, h.first = nil, nil, nil
	if h.kemSecret != nil {
		h.kemSecret.Wipe()
	}
}
