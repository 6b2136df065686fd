package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// judge makes every check of a transcript that can be made by somebody who has
// all of Bob's secrets and knows who Alice is: that both are who they are said to
// be, that every message and cell is what it has to be, byte for byte if it is
// Bob's, and that it says what Bob says it does. It returns what is wrong.
//
// That includes all that Bob's own program has checked, or could have.
func judge(t *testing.T, tr transcript, disclosed secretsOfBob, alice publicAlice, script words) error {
	t.Helper()
	if len(tr.cells) != len(script) {
		return errors.New("the transcript has another number of cells than the script")
	}
	d := disclosed.config
	bob := reference.Config{
		Initiator: !tr.aliceCalls, Identity: reference.NewIdentity(nil, d.Identity.Seed),
		LocalID: d.LocalID, RemoteID: alice.peerID, RemoteKey: alice.identityKey[:],
		Hint: d.Hint, Features: d.Features, Generation: d.Generation,
		Ephemeral: d.Ephemeral, KEMSeed: d.KEMSeed, Encapsulation: d.Encapsulation,
		RatchetX: d.RatchetX, RatchetSeed: d.RatchetSeed,
	}
	h := reference.NewHandshake(bob)
	if err := replayHandshake(tr, h.Read, func() ([]byte, error) { return h.Write(), nil }); err != nil {
		return err
	}
	if err := judgeIdentity(tr, h, alice); err != nil {
		return err
	}
	s, draws, number := h.Session(), disclosed.draws, uint64(0)
	err := replayCells(tr, script,
		func(cell []byte) ([]byte, error) {
			o, err := s.Open(cell, uint64(now.Unix()))
			if err == nil && o.Number != number {
				err = errors.New("a cell has the wrong number")
			}
			number++
			return o.Content, err
		},
		func(content []byte) ([]byte, error) {
			draw := draws[0]
			draws = draws[1:]
			cell, _, err := s.Seal(content, draw)
			return cell, err
		})
	if err != nil {
		return err
	}
	return judgeByProgram(t, tr, bob, disclosed.draws, script)
}

// judgeIdentity checks that the other side of a handshake was Alice, as far as
// anything can show it.
func judgeIdentity(tr transcript, h *reference.Handshake, alice publicAlice) error {
	certificate := h.Payloads[2][:96] // "Handshake messages"
	if !tr.aliceCalls {
		certificate = h.Payloads[1][1088:1184]
	}
	switch {
	case !bytes.Equal(certificate, slices.Concat(alice.identityKey[:], alice.signature[:])):
		return errors.New("the certificate is not Alice's")
	case !bytes.Equal(h.RemoteStatic, alice.static[:]):
		return errors.New("the static key is not Alice's")
	case !ed25519.Verify(alice.identityKey[:], signedStatic(h.RemoteStatic), certificate[32:]):
		return errors.New("Alice has not signed the static key")
	}
	return nil
}

// judgeByProgram lets Bob's real program live through it all again.
func judgeByProgram(t *testing.T, tr transcript, bob reference.Config, draws []reference.Draw, script words) error {
	t.Helper()
	loaded := new(loadedDice)
	h := newReal(t, bob, loaded.chance())
	if err := replayHandshake(tr, h.Read, h.Write); err != nil {
		return fmt.Errorf("by Bob's program: %w", err)
	}
	s := session(t, h)
	err := replayCells(tr, script,
		func(cell []byte) ([]byte, error) {
			o, err := s.Open(cell, now)
			if err != nil {
				return nil, err
			}
			return o.Content, nil
		},
		func(content []byte) ([]byte, error) {
			loaded.load(draws[0])
			draws = draws[1:]
			return s.Seal(content)
		})
	if err != nil {
		return fmt.Errorf("by Bob's program: %w", err)
	}
	return nil
}

// replayHandshake lets Bob read what Alice wrote, and write again what he wrote.
func replayHandshake(tr transcript, read func([]byte) error, write func() ([]byte, error)) error {
	for i, m := range tr.messages {
		if tr.fromAlice(i) {
			if err := read(m); err != nil {
				return fmt.Errorf("message %d: %w", i+1, err)
			}
			continue
		}
		switch written, err := write(); {
		case err != nil:
			return fmt.Errorf("message %d: %w", i+1, err)
		case !bytes.Equal(written, m):
			return fmt.Errorf("message %d does not follow from what Bob discloses", i+1)
		}
	}
	return nil
}

// replayCells lets Bob open what Alice sealed, and seal again what he sealed.
func replayCells(tr transcript, script words, open, seal func([]byte) ([]byte, error)) error {
	for i, c := range tr.cells {
		content := []byte(script[i].content)
		if c.alice != script[i].alice {
			return fmt.Errorf("cell %d is somebody else's", i)
		}
		if c.alice {
			switch opened, err := open(c.bytes); {
			case err != nil:
				return fmt.Errorf("cell %d: %w", i, err)
			case !bytes.Equal(opened, content):
				return fmt.Errorf("cell %d says something else", i)
			}
			continue
		}
		switch sealed, err := seal(content); {
		case err != nil:
			return fmt.Errorf("cell %d: %w", i, err)
		case !bytes.Equal(sealed, c.bytes):
			return fmt.Errorf("cell %d does not follow from what Bob discloses", i)
		}
	}
	return nil
}
