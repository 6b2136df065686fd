package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// savedVectors is saved-sessions.json.
type savedVectors struct {
	Sessions []savedVector `json:"sessions"`
}

type savedVector struct {
	Comment    string        `json:"comment"`
	Key        hexBytes      `json:"key"`
	Context    hexBytes      `json:"context"`
	Version    byte          `json:"state_version"`
	Nonce      hexBytes      `json:"nonce"`
	Role       string        `json:"role"`
	SessionID  hexBytes      `json:"session_id"`
	Features   uint32        `json:"features"`
	Generation uint64        `json:"generation"`
	Used       uint64        `json:"used"`
	Keys       vectorState   `json:"keys"`
	Own        *vectorPair   `json:"own_pair,omitempty"`
	Skipped    []vectorChain `json:"skipped"`
	State      hexBytes      `json:"state"`
	Saved      hexBytes      `json:"saved"`
}

type vectorPair struct {
	X    hexBytes `json:"x25519_private"`
	Seed hexBytes `json:"mlkem_seed"`
}

type vectorChain struct {
	HeaderKey hexBytes        `json:"header_key"`
	First     uint64          `json:"number_of_first_cell"`
	Keys      []vectorSkipped `json:"keys"`
}

type vectorSkipped struct {
	N   uint64   `json:"n"`
	Put uint64   `json:"put"`
	Key hexBytes `json:"cell_key"`
}

func newSavedVector(
	s *reference.Session, comment, context string, version byte, random *reference.Random,
) savedVector {
	v := savedVector{
		Comment: comment, Key: random.Bytes(32), Context: hexBytes(context), Version: version, Nonce: random.Bytes(24),
		Role: "responder", SessionID: s.ID, Features: s.Features, Generation: s.Generation,
		Used: s.Used, Keys: vectorStateOf(s), Skipped: []vectorChain{}, State: s.State(version),
	}
	if s.Initiator {
		v.Role = "initiator"
	}
	if s.Own != nil {
		v.Own = &vectorPair{s.Own.X, s.Own.Seed}
	}
	for _, c := range s.Skipped {
		chain := vectorChain{HeaderKey: c.HK, First: c.Base}
		for _, k := range c.Keys {
			chain.Keys = append(chain.Keys, vectorSkipped{k.N, k.Put, k.Key})
		}
		v.Skipped = append(v.Skipped, chain)
	}
	v.Saved = s.Save(v.Key, v.Context, v.Nonce, version)
	return v
}

func makeSavedVectors(t *testing.T) (v savedVectors) {
	t.Helper()
	random := reference.NewRandom("onionwire vector: saved sessions")
	add := func(s *reference.Session, comment, context string, version byte) {
		v.Sessions = append(v.Sessions, newSavedVector(s, comment, context, version, random))
	}
	c := newConversation(t)
	add(c.a, "initiator, after the handshake, not confirmed", "sessions/1", 2)
	add(c.b, "responder, after the handshake, with an empty context", "", 2)
	late := c.say(c.a, "late")
	c.opens(c.b, c.say(c.a, "in time"))
	add(c.a, "initiator, with both chains, not confirmed", "sessions/1", 2)
	add(c.b, "responder, after a receiving step, with a skipped key", "sessions/2", 2)
	add(c.b, "the same in state version 1", "sessions/2", 1)
	c.now += 3600
	c.opens(c.a, c.say(c.b, "turn"))
	add(c.a, "initiator, after a receiving step, in state version 1", "sessions/1", 1)
	for range 2 {
		c.say(c.a, "late")
	}
	c.opens(c.b, c.say(c.a, "in time"))
	c.say(c.a, "late")
	c.opens(c.a, c.say(c.b, "turn"))
	for range 2 {
		c.opens(c.b, c.say(c.a, "in time"))
	}
	c.b.Features, c.b.Generation, c.b.Used, c.b.Lost = 0x8000_0005, reference.MaxGeneration, c.now+1, 3
	add(c.b, "responder, with keys of two chains, cells lost, the highest generation, and used", "sessions/2", 2)
	c.opens(c.b, late)
	return v
}

func TestVectorsOfSavedSessions(t *testing.T) {
	checkVectors(t, "saved-sessions.json", makeSavedVectors(t))
}

func TestImplementationOnSavedSessions(t *testing.T) {
	for _, v := range readVectors[savedVectors](t, "saved-sessions.json").Sessions {
		t.Run(v.Comment, func(t *testing.T) {
			key := must[*e2ee.StateKey](t)(e2ee.NewStateKey(v.Key))
			s := must[*e2ee.Session](t)(e2ee.LoadSession(key, v.Context, v.Saved))
			if id := s.SessionID(); !bytes.Equal(id[:], v.SessionID) || s.Features() != v.Features ||
				s.Confirmed() != v.Keys.Confirmed || v.Version > 1 && s.Lost() != v.Keys.Lost {
				t.Error("what the session tells of itself differs")
			}
			e2ee.SetRandom(s, bytes.NewReader(v.Nonce), nil)
			again := must[[]byte](t)(s.Save(key, v.Context))
			if v.Version == reference.StateVersion {
				if !bytes.Equal(again, v.Saved) {
					t.Error("saved again, it differs")
				}
				return
			}
			old := must[*reference.Session](t)(reference.Load(nil, v.Saved, v.Key, v.Context))
			if !bytes.Equal(again, old.Save(v.Key, v.Context, v.Nonce, reference.StateVersion)) {
				t.Error("it is not taken into the present state version as it was")
			}
		})
	}
}
