package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestInitiatorRefusesOtherIdentity(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	cfg := alice.expecting(bob)
	cfg.RemoteKey = mallory.public()
	a, b := start(t, cfg, bob.expecting(alice))
	carry(t, a, b)
	wantErr(t, a.Read(write(t, b)), e2ee.ErrIdentity)
	wantDead(t, a)
}

func TestResponderRefusesOtherIdentity(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	cfg := bob.expecting(alice)
	cfg.RemoteKey = mallory.public()
	a, b := start(t, alice.expecting(bob), cfg)
	carry(t, a, b)
	carry(t, b, a)
	wantErr(t, b.Read(write(t, a)), e2ee.ErrIdentity)
	wantDead(t, b)
}

func TestPrologueBindsPeerIDs(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, tt := range []struct {
		name          string
		local, remote []byte // of the responder
	}{
		{"other initiator", bob.peerID, []byte("somebody else")},
		{"other responder", []byte("somebody else"), alice.peerID},
		{"exchanged", alice.peerID, bob.peerID},
		{"boundary moved", bob.peerID[1:], append(bytes.Clone(alice.peerID), bob.peerID[0])},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := bob.expecting(alice)
			cfg.LocalID, cfg.RemoteID = tt.local, tt.remote
			a, b := start(t, alice.expecting(bob), cfg)
			carry(t, a, b)
			wantErr(t, a.Read(write(t, b)), e2ee.ErrDecrypt)
			wantDead(t, a)
		})
	}
}

// TestCertificate sends certificates that the holder of the right keys would
// never make, in both directions.
func TestCertificate(t *testing.T) {
	alice, bob, mallory := newPerson(t, "alice"), newPerson(t, "bob"), newPerson(t, "mallory")
	foreign := newReference(t, mallory, alice, true, referenceOptions{}).certificate()
	for _, tt := range []struct {
		name   string
		change func(certificate []byte)
		want   error
	}{
		{"untouched", func([]byte) {}, nil},
		{"first byte of the signature", func(c []byte) { c[32] ^= 1 }, e2ee.ErrCertificate},
		{"last byte of the signature", func(c []byte) { c[95] ^= 1 }, e2ee.ErrCertificate},
		{"no signature", func(c []byte) { clear(c[32:]) }, e2ee.ErrCertificate},
		{"signature by another", func(c []byte) { copy(c[32:], foreign[32:]) }, e2ee.ErrCertificate},
		{"key of another", func(c []byte) { copy(c[:32], foreign[:32]) }, e2ee.ErrIdentity},
		{"all of another", func(c []byte) { copy(c, foreign) }, e2ee.ErrIdentity},
	} {
		t.Run("responder/"+tt.name, func(t *testing.T) {
			a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
			peer := newReference(t, bob, alice, false, referenceOptions{})
			peer.read(t, write(t, a))
			payload := peer.payload2(t, nil, 0)
			tt.change(payload[1088:1184])
			wantErr(t, a.Read(peer.write(t, payload)), tt.want)
			if tt.want != nil {
				wantDead(t, a)
			}
		})
		t.Run("initiator/"+tt.name, func(t *testing.T) {
			b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
			peer := newReference(t, alice, bob, true, referenceOptions{})
			if err := b.Read(peer.write(t, peer.payload1())); err != nil {
				t.Fatal(err)
			}
			peer.read(t, write(t, b))
			payload := peer.payload3(0)
			tt.change(payload[:96])
			wantErr(t, b.Read(peer.write(t, payload)), tt.want)
			if tt.want != nil {
				wantDead(t, b)
			}
		})
	}
}

// A peer that shows our own static key, whoever vouches for it, is ourselves.
func TestOwnStaticKeyIsRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	ours := refStatic(t, alice.key)

	a := must[*e2ee.Handshake](t)(e2ee.NewInitiator(alice.expecting(bob)))
	peer := newReference(t, bob, alice, false, referenceOptions{static: &ours})
	peer.read(t, write(t, a))
	wantErr(t, a.Read(peer.write(t, peer.payload2(t, nil, 0))), e2ee.ErrIdentity)
	wantDead(t, a)

	b := must[*e2ee.Handshake](t)(e2ee.NewResponder(alice.expecting(bob)))
	peer = newReference(t, bob, alice, true, referenceOptions{static: &ours})
	if err := b.Read(peer.write(t, peer.payload1())); err != nil {
		t.Fatal(err)
	}
	peer.read(t, write(t, b))
	wantErr(t, b.Read(peer.write(t, peer.payload3(0))), e2ee.ErrIdentity)
	wantDead(t, b)
}

// A person's own two handshakes with one contact cannot be joined to each other.
func TestReflectionIsRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	a, b := start(t, alice.expecting(bob), alice.expecting(bob))
	carry(t, a, b)
	wantErr(t, a.Read(write(t, b)), e2ee.ErrDecrypt)
	wantDead(t, a)
}

func TestConfigIsChecked(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, tt := range []struct {
		name   string
		change func(*e2ee.HandshakeConfig)
		want   error // nil for an error that nobody matches
	}{
		{"no identity", func(c *e2ee.HandshakeConfig) { c.Identity = nil }, nil},
		{"zero identity", func(c *e2ee.HandshakeConfig) { c.Identity = new(e2ee.Identity) }, nil},
		{"no remote key", func(c *e2ee.HandshakeConfig) { c.RemoteKey = nil }, nil},
		{"short remote key", func(c *e2ee.HandshakeConfig) { c.RemoteKey = c.RemoteKey[1:] }, nil},
		{"no local ID", func(c *e2ee.HandshakeConfig) { c.LocalID = nil }, nil},
		{"no remote ID", func(c *e2ee.HandshakeConfig) { c.RemoteID = nil }, nil},
		{"endless ID", func(c *e2ee.HandshakeConfig) { c.RemoteID = make([]byte, 1<<16) }, nil},
		{"own key", func(c *e2ee.HandshakeConfig) { c.RemoteKey = alice.public() }, e2ee.ErrIdentity},
		{"own ID", func(c *e2ee.HandshakeConfig) { c.RemoteID = c.LocalID }, e2ee.ErrIdentity},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := alice.expecting(bob)
			tt.change(&cfg)
			for _, construct := range []func(e2ee.HandshakeConfig) (*e2ee.Handshake, error){
				e2ee.NewInitiator, e2ee.NewResponder,
			} {
				h, err := construct(cfg)
				if h != nil || err == nil {
					t.Error("the configuration was accepted")
				}
				if tt.want != nil {
					wantErr(t, err, tt.want)
				}
			}
		})
	}
}

func TestConfigIsCopied(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	cfg.RemoteKey = append(ed25519.PublicKey(nil), cfg.RemoteKey...)
	a, b := start(t, cfg, bob.expecting(alice))
	clear(cfg.RemoteKey)
	carry(t, a, b)
	carry(t, b, a)
	carry(t, a, b)
}
