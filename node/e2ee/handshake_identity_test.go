package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"testing"

	"filippo.io/edwards25519"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
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
	foreign := reference.NewIdentity(nil, newPerson(t, "mallory").key.Seed()).Certificate()
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
			a, peer := beforeMessage2(t)
			payload := peer.Payload()
			tt.change(payload[1088:1184])
			wantErr(t, a.Read(peer.WritePayload(payload)), tt.want)
			if tt.want != nil {
				wantDead(t, a)
			}
		})
		t.Run("initiator/"+tt.name, func(t *testing.T) {
			b, peer := beforeMessage3(t)
			payload := peer.Payload()
			tt.change(payload[:96])
			wantErr(t, b.Read(peer.WritePayload(payload)), tt.want)
			if tt.want != nil {
				wantDead(t, b)
			}
		})
	}
}

// A peer that shows our own static key, whoever vouches for it, is ourselves.
func TestOwnStaticKeyIsRefused(t *testing.T) {
	as := func(name string) func(*reference.Config) {
		return func(c *reference.Config) {
			own := reference.NewIdentity(nil, newPerson(t, name).key.Seed())
			c.Identity.StaticPrivate, c.Identity.StaticPublic = own.StaticPrivate, own.StaticPublic
			c.Lenient = true // or it would refuse as well
		}
	}
	a, peer := beforeMessage2(t, as("alice"))
	wantErr(t, a.Read(peer.Write()), e2ee.ErrIdentity)
	wantDead(t, a)

	b, peer := beforeMessage3(t, as("bob"))
	wantErr(t, b.Read(peer.Write()), e2ee.ErrIdentity)
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
			wantUnusable(t, cfg, tt.want)
		})
	}
}

func wantUnusable(t *testing.T, cfg e2ee.HandshakeConfig, want error) {
	t.Helper()
	for _, construct := range []func(e2ee.HandshakeConfig) (*e2ee.Handshake, error){e2ee.NewInitiator, e2ee.NewResponder} {
		h, err := construct(cfg)
		if h != nil || err == nil {
			t.Error("the configuration was accepted")
		}
		if want != nil {
			wantErr(t, err, want)
		}
	}
}

// noIdentities are no Ed25519 keys that anybody has: the points of small order,
// for which everybody can sign, further encodings of points, and no point.
var noIdentities = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0200000000000000000000000000000000000000000000000000000000000000",
}

func TestIdentityThatNobodyHasIsRefused(t *testing.T) {
	for _, s := range noIdentities {
		t.Run(s, func(t *testing.T) {
			cfg := newPerson(t, "alice").expecting(newPerson(t, "bob"))
			cfg.RemoteKey = must[[]byte](t)(hex.DecodeString(s))
			wantUnusable(t, cfg, nil)
		})
	}
}

// A key with a part of small order has the same secrets as the one without, and
// another name.
func TestIdentityWithPartOfSmallOrderIsRefused(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	key := must[*edwards25519.Point](t)(new(edwards25519.Point).SetBytes(bob.public()))
	for _, s := range noIdentities[1:8] { // of order 2, 4 and 8
		small := must[*edwards25519.Point](t)(new(edwards25519.Point).SetBytes(must[[]byte](t)(hex.DecodeString(s))))
		cfg := alice.expecting(bob)
		cfg.RemoteKey = new(edwards25519.Point).Add(key, small).Bytes()
		wantUnusable(t, cfg, nil)
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
