package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// handshakeVectors is handshake.json.
type handshakeVectors struct {
	Handshakes []handshakeVector `json:"handshakes"`
}

type handshakeVector struct {
	Comment   string        `json:"comment"`
	Initiator vectorSide    `json:"initiator"`
	Responder vectorSide    `json:"responder"`
	Prologue  hexBytes      `json:"prologue"`
	Hash0     hexBytes      `json:"hash_0"`
	Payload1  hexBytes      `json:"payload_1"`
	Message1  hexBytes      `json:"message_1"`
	Hash1     hexBytes      `json:"hash_1"`
	EE        vectorMixed   `json:"ee"`
	ES        vectorMixed   `json:"es"`
	Payload2  hexBytes      `json:"payload_2"`
	Message2  hexBytes      `json:"message_2"`
	Hash2     hexBytes      `json:"hash_2"`
	SE        vectorMixed   `json:"se"`
	Payload3  hexBytes      `json:"payload_3"`
	Message3  hexBytes      `json:"message_3"`
	Keys      vectorInitial `json:"keys"`

	Features   uint32 `json:"agreed_features"`
	Generation uint64 `json:"agreed_generation"`
}

// vectorSide is what goes into one side.
type vectorSide struct {
	Seed          hexBytes `json:"identity_seed"`
	Key           hexBytes `json:"identity_key"`
	StaticPrivate hexBytes `json:"static_private"`
	StaticPublic  hexBytes `json:"static_public"`
	Signature     hexBytes `json:"signature"`
	PeerID        hexBytes `json:"peer_id"`
	Hint          byte     `json:"hint"`
	Features      uint32   `json:"features"`
	Generation    uint64   `json:"generation"`
	Highest       byte     `json:"highest_version"`
	Ephemeral     hexBytes `json:"ephemeral_private"`
	KEMSeed       hexBytes `json:"mlkem_seed,omitempty"`
	Encapsulation hexBytes `json:"encapsulation_randomness,omitempty"`
	RatchetX      hexBytes `json:"ratchet_x25519_private,omitempty"`
	RatchetSeed   hexBytes `json:"ratchet_mlkem_seed,omitempty"`
}

type vectorMixed struct {
	Shared hexBytes `json:"shared"`
	CK     hexBytes `json:"chaining_key"`
	K      hexBytes `json:"cipher_key"`
}

type vectorInitial struct {
	Hash              hexBytes `json:"handshake_hash"`
	K1                hexBytes `json:"k1"`
	K2                hexBytes `json:"k2"`
	KEM               hexBytes `json:"kem"`
	Initial           hexBytes `json:"initial_secret"`
	Root              hexBytes `json:"root_key"`
	FirstChain        hexBytes `json:"first_chain_key"`
	FirstHeader       hexBytes `json:"first_header_key"`
	NextFromInitiator hexBytes `json:"next_header_key_from_initiator"`
	NextFromResponder hexBytes `json:"next_header_key_from_responder"`
	SessionID         hexBytes `json:"session_id"`
}

// peerID is the libp2p peer ID of an Ed25519 key: an identity multihash of its
// protobuf form.
func peerID(key []byte) []byte {
	return append([]byte{0x00, 0x24, 0x08, 0x01, 0x12, 0x20}, key...)
}

// vectorConfigs returns two people with their libp2p peer IDs.
func vectorConfigs(text string) (initiator, responder reference.Config) {
	initiator, responder = reference.NewRandom(text).Configs(nil)
	initiator.LocalID, initiator.RemoteID = peerID(initiator.Identity.Public), peerID(responder.Identity.Public)
	responder.LocalID, responder.RemoteID = initiator.RemoteID, initiator.LocalID
	initiator.Generation, responder.Generation = 1, 1
	initiator.Highest, responder.Highest = reference.Version, reference.Version
	return initiator, responder
}

func sideOf(c reference.Config) vectorSide {
	hint := byte(0)
	if c.Hint {
		hint = 1
	}
	return vectorSide{
		c.Identity.Seed, c.Identity.Public, c.Identity.StaticPrivate, c.Identity.StaticPublic, c.Identity.Signature,
		c.LocalID, hint, c.Features, c.Generation, c.Highest,
		c.Ephemeral, c.KEMSeed, c.Encapsulation, c.RatchetX, c.RatchetSeed,
	}
}

// config is the other way round, given whom the side expects.
func (v vectorSide) config(initiator bool, peer vectorSide) reference.Config {
	return reference.Config{
		Initiator: initiator, Identity: reference.NewIdentity(nil, v.Seed),
		LocalID: v.PeerID, RemoteID: peer.PeerID, RemoteKey: peer.Key,
		Hint: v.Hint == 1, Features: v.Features, Generation: v.Generation, Highest: v.Highest,
		Ephemeral: v.Ephemeral, KEMSeed: v.KEMSeed, Encapsulation: v.Encapsulation,
		RatchetX: v.RatchetX, RatchetSeed: v.RatchetSeed,
	}
}

func (v handshakeVector) configs() (initiator, responder reference.Config) {
	return v.Initiator.config(true, v.Responder), v.Responder.config(false, v.Initiator)
}

func newHandshakeVector(t *testing.T, comment string, initiator, responder reference.Config) handshakeVector {
	t.Helper()
	a, b, err := reference.Establish(initiator, responder)
	if err != nil {
		t.Fatal(err)
	}
	mixed := make([]vectorMixed, 3)
	for i, m := range a.Mixed() {
		mixed[i] = vectorMixed{m.Shared, m.CK, m.K}
	}
	k := b.Keys
	return handshakeVector{
		comment, sideOf(initiator), sideOf(responder), a.Prologue,
		a.Hashes[0], a.Payloads[0], a.Messages[0],
		a.Hashes[1], mixed[0], mixed[1], a.Payloads[1], a.Messages[1],
		a.Hashes[2], mixed[2], a.Payloads[2], a.Messages[2],
		vectorInitial{
			k.Hash, k.K1, k.K2, k.KEM, k.Initial, k.Root, k.FirstChain, k.FirstHeader,
			k.NextFromInitiator, k.NextFromResponder, k.SessionID,
		},
		b.AgreedFeatures(), b.AgreedGeneration(),
	}
}

func makeHandshakeVectors(t *testing.T) (v handshakeVectors) {
	t.Helper()
	add := func(comment string, change func(initiator, responder *reference.Config)) {
		t.Helper()
		initiator, responder := vectorConfigs("onionwire vector: " + comment)
		change(&initiator, &responder)
		v.Handshakes = append(v.Handshakes, newHandshakeVector(t, comment, initiator, responder))
	}
	add("no hints, no features, first generation", func(_, _ *reference.Config) {})
	add("both hints, features that are not all agreed, responder has lost its sessions", func(a, b *reference.Config) {
		a.Hint, b.Hint = true, true
		a.Features, b.Features = 0x8000_0003, 0xc000_0005
		a.Generation = 1_000_000
	})
	add("responder's hint, its generation the highest, initiator knows a higher version", func(a, b *reference.Config) {
		b.Hint = true
		b.Generation = reference.MaxGeneration
		a.Highest = 9
	})
	add("initiator's hint, peer IDs of 1 and of 300 bytes", func(a, b *reference.Config) {
		a.Hint = true
		a.LocalID, b.LocalID = []byte{0}, bytes.Repeat([]byte("long "), 60)
		a.RemoteID, b.RemoteID = b.LocalID, a.LocalID
	})
	return v
}

func TestVectorsOfHandshakes(t *testing.T) {
	checkVectors(t, "handshake.json", makeHandshakeVectors(t))
}

func TestImplementationOnHandshakes(t *testing.T) {
	for _, v := range readVectors[handshakeVectors](t, "handshake.json").Handshakes {
		t.Run(v.Comment, func(t *testing.T) {
			initiator, responder := v.configs()
			a, b := newReal(t, initiator, newChance("none")), newReal(t, responder, newChance("none"))
			for i, want := range []hexBytes{v.Message1, v.Message2, v.Message3} {
				from, to := a, b
				if i == 1 {
					from, to = b, a
				}
				if !bytes.Equal(carry(t, from, to), want) {
					t.Fatalf("message %d differs", i+1)
				}
			}
			if a.RemoteKnowsUs() != (v.Responder.Hint == 1) || b.RemoteKnowsUs() != (v.Initiator.Hint == 1) {
				t.Error("a hint differs")
			}
			v.checkSession(t, session(t, a), v.Keys.NextFromInitiator, v.Keys.NextFromResponder)
			v.checkSession(t, session(t, b), v.Keys.NextFromResponder, v.Keys.NextFromInitiator)
		})
	}
}

func (v handshakeVector) checkSession(t *testing.T, s *e2ee.Session, nextSending, nextReceiving []byte) {
	t.Helper()
	state := inReference(t, s)
	chain := state.Receiving
	if !state.Initiator {
		chain = state.Sending
	}
	if id := s.SessionID(); !bytes.Equal(id[:], v.Keys.SessionID) || s.Features() != v.Features ||
		state.Generation != v.Generation || !bytes.Equal(state.RK, v.Keys.Root) ||
		!bytes.Equal(chain.CK, v.Keys.FirstChain) || !bytes.Equal(chain.HK, v.Keys.FirstHeader) ||
		!bytes.Equal(state.NHKs, nextSending) || !bytes.Equal(state.NHKr, nextReceiving) {
		t.Error("the session differs")
	}
}
