package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestIdentityRefusesBadKeys(t *testing.T) {
	good := newPerson(t, "alice").key
	mixed := append(bytes.Clone(good[:32]), newPerson(t, "bob").key[32:]...)
	for name, key := range map[string]ed25519.PrivateKey{
		"nil": nil, "seed only": good[:32], "too long": append(bytes.Clone(good), 0), "foreign public half": mixed,
	} {
		if id, err := e2ee.NewIdentity(key); err == nil || id != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestIdentityKeepsItsKey(t *testing.T) {
	alice := newPerson(t, "alice")
	got := alice.identity.PublicKey()
	if !got.Equal(alice.public()) {
		t.Error("the public key is another")
	}
	clear(got)
	if !alice.identity.PublicKey().Equal(alice.public()) {
		t.Error("the returned key is not the caller's own")
	}
	if !alice.key.Equal(ed25519.NewKeyFromSeed(alice.key.Seed())) || bytes.Equal(alice.key, make([]byte, 64)) {
		t.Error("NewIdentity changed the caller's key")
	}
}

// TestNothingButTheStaticKeyIsSigned takes the certificates that one identity
// sends in four handshakes which differ in everything else. They are the same,
// so no signature says anything about a conversation.
func TestNothingButTheStaticKeyIsSigned(t *testing.T) {
	alice, bob, carol := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "carol")
	var certificates [][]byte
	for _, peer := range []person{bob, carol} {
		cfg := alice.expecting(peer)
		cfg.KnowsRemote = peer.peerID[len(peer.peerID)-1] == 'l'

		a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
		r := newReference(t, peer, alice, false, referenceOptions{})
		r.read(t, write(t, a))
		if err := a.Read(r.write(t, r.payload2(t, nil, 1))); err != nil {
			t.Fatal(err)
		}
		certificates = append(certificates, r.read(t, write(t, a))[:96])

		b := must[*e2ee.Handshake](t)(e2ee.NewResponder(cfg))
		r = newReference(t, peer, alice, true, referenceOptions{})
		if err := b.Read(r.write(t, r.payload1())); err != nil {
			t.Fatal(err)
		}
		certificates = append(certificates, r.read(t, write(t, b))[1088:1184])
	}

	for i, c := range certificates {
		if !bytes.Equal(c, certificates[0]) {
			t.Errorf("certificate %d differs from the first", i)
		}
	}
	signed := append([]byte("onionwire-e2ee-1 certificate"), refStatic(t, alice.key).Public...)
	if !ed25519.Verify(alice.public(), signed, certificates[0][32:]) {
		t.Error("the signature is not over label and static key alone")
	}
}
