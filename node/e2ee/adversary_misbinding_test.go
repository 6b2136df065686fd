package e2ee_test

import (
	"crypto/ed25519"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// In the tests here Mallory, whom Bob knows as himself, carries messages between
// Alice and Bob and wants one of them to hold the session for one with somebody
// else: Bob would take what Alice says to him for Mallory's words.

// trio is three people. Alice calls Bob.
type trio struct{ alice, bob, mallory person }

func newTrio(t *testing.T) trio {
	t.Helper()
	return trio{newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")}
}

// Bob believes that Mallory calls, by the peer ID at least. The prologue says
// otherwise at Alice.
func TestUnknownKeyShareByPeerID(t *testing.T) {
	p := newTrio(t)
	for name, config := range map[string]func(c *e2ee.HandshakeConfig){
		"another caller":         func(c *e2ee.HandshakeConfig) { c.RemoteID = p.mallory.peerID },
		"another callee":         func(c *e2ee.HandshakeConfig) { c.LocalID = p.mallory.peerID },
		"caller and key another": func(c *e2ee.HandshakeConfig) { c.RemoteID, c.RemoteKey = p.mallory.peerID, p.mallory.public() },
		"peer IDs the other way": func(c *e2ee.HandshakeConfig) { c.LocalID, c.RemoteID = c.RemoteID, c.LocalID },
		"peer IDs cut elsewhere": func(c *e2ee.HandshakeConfig) {
			c.RemoteID = append(append([]byte(nil), c.RemoteID...), c.LocalID[0])
			c.LocalID = c.LocalID[1:]
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := p.bob.expecting(p.alice)
			config(&c)
			alice, bob := start(t, p.alice.expecting(p.bob), c)
			carry(t, alice, bob)
			wantErr(t, alice.Read(write(t, bob)), e2ee.ErrDecrypt)
			wantDead(t, alice)
		})
	}
}

// Bob believes that Mallory calls, by the identity key: with peer IDs that agree
// it is message 3 that tells him.
func TestUnknownKeyShareByIdentity(t *testing.T) {
	p := newTrio(t)
	c := p.bob.expecting(p.alice)
	c.RemoteKey = p.mallory.public()
	alice, bob := start(t, p.alice.expecting(p.bob), c)
	carry(t, alice, bob)
	carry(t, bob, alice)
	wantErr(t, bob.Read(write(t, alice)), e2ee.ErrIdentity)
	wantDead(t, bob)
}

// Mallory signs Alice's static key, which he knows from a conversation with her,
// and calls Bob as himself with it. He lacks the secret to finish with.
func TestMisboundStaticKey(t *testing.T) {
	p := newTrio(t)
	random := reference.NewRandom(t.Name())
	alice := reference.NewIdentity(nil, p.alice.key.Seed())
	claimed := reference.Identity{
		Public:        p.mallory.public(),
		StaticPublic:  alice.StaticPublic,
		Signature:     ed25519.Sign(p.mallory.key, signedStatic(alice.StaticPublic)),
		StaticPrivate: random.Bytes(32),
	}
	call := func(bobsScalar []byte, random *reference.Random) (*e2ee.Handshake, error) {
		mallory := reference.NewHandshake(reference.Config{
			Initiator: true, Identity: claimed, LocalID: p.mallory.peerID, RemoteID: p.bob.peerID,
			RemoteKey: p.bob.public(), Ephemeral: random.Bytes(32), KEMSeed: random.Bytes(64), RemoteScalar: bobsScalar,
		})
		c := p.bob.expecting(p.mallory)
		c.Rand = reference.NewRandom("bob")
		bob, err := e2ee.NewResponder(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := bob.Read(mallory.Write()); err != nil {
			t.Fatal(err)
		}
		mustRead(t, mallory, write(t, bob))
		return bob, bob.Read(mallory.Write())
	}
	bob, err := call(nil, random)
	wantErr(t, err, e2ee.ErrDecrypt)
	wantDead(t, bob)

	// Nothing else is wrong with it: with Bob's own ephemeral key it would do.
	dice := reference.NewRandom("bob")
	dice.Bytes(32 + 64) // his first ratchet key
	if _, err := call(dice.Bytes(32), random); err != nil {
		t.Errorf("with the secret of the step too: %v", err)
	}
}

// Mallory stands between two who look for each other and runs a handshake with
// each of them under the names that they expect.
func TestManInTheMiddleWithOwnIdentity(t *testing.T) {
	p := newTrio(t)
	asBob, asAlice := p.mallory, p.mallory
	asBob.peerID, asAlice.peerID = p.bob.peerID, p.alice.peerID

	alice, mallory := start(t, p.alice.expecting(p.bob), asBob.expecting(p.alice))
	carry(t, alice, mallory)
	wantErr(t, alice.Read(write(t, mallory)), e2ee.ErrIdentity)
	wantDead(t, alice)

	mallory, bob := start(t, asAlice.expecting(p.bob), p.bob.expecting(p.alice))
	carry(t, mallory, bob)
	carry(t, bob, mallory)
	wantErr(t, bob.Read(write(t, mallory)), e2ee.ErrIdentity)
	wantDead(t, bob)
}

// A message that comes back to its sender, from one who has no key at all.
func TestReflection(t *testing.T) {
	p := newTrio(t)
	alice, bob := start(t, p.alice.expecting(p.bob), p.bob.expecting(p.alice))
	first := carry(t, alice, bob)
	// Alice's program answers its own message, as it would one of Bob's.
	mirror, err := e2ee.NewResponder(p.alice.expecting(p.bob))
	if err != nil {
		t.Fatal(err)
	}
	if err := mirror.Read(first); err != nil {
		t.Fatal(err)
	}
	wantErr(t, alice.Read(write(t, mirror)), e2ee.ErrDecrypt)
	wantDead(t, alice)
}
