package e2ee_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// thief has Alice's seed, and of Bob what everybody can have: peer ID,
// certificate and static public key. It speaks by the reference, which lets it
// send what no honest side would.
type thief struct {
	alice, bob   person // whose programs are real
	seed, itself reference.Identity
	target       reference.Identity // Bob's, without the secrets
	random       *reference.Random
}

func newThief(t *testing.T) thief {
	t.Helper()
	s := thief{alice: newPerson(t, "alice"), bob: newPerson(t, "bob"), random: reference.NewRandom(t.Name())}
	s.seed = reference.NewIdentity(nil, s.alice.key.Seed())
	s.itself = reference.NewIdentity(nil, s.random.Bytes(32))
	s.target = reference.NewIdentity(nil, s.bob.key.Seed())
	s.target.Seed, s.target.StaticPrivate = nil, nil
	return s
}

// disguise is a way to say that one is Bob: the certificate, the static key that
// is sent, and the one that is used.
type disguise struct {
	identity reference.Identity
	want     error
}

func (s thief) disguises() map[string]disguise {
	with := func(static reference.Identity, name, signature []byte) reference.Identity {
		static.Public, static.Signature = name, signature
		return static
	}
	sign := func(by, static reference.Identity) []byte {
		return signatureOf(by.Seed, static.StaticPublic)
	}
	// Who does not have Bob's static private key has to put something in its place.
	guessed := s.target
	guessed.StaticPrivate = s.seed.StaticPrivate
	return map[string]disguise{
		"itself":                                  {s.itself, e2ee.ErrIdentity},
		"Alice":                                   {s.seed, e2ee.ErrIdentity},
		"Bob's certificate, its own static key":   {with(s.itself, s.target.Public, s.target.Signature), e2ee.ErrCertificate},
		"Bob's certificate, Alice's static key":   {with(s.seed, s.target.Public, s.target.Signature), e2ee.ErrIdentity},
		"Bob's name, signed by itself":            {with(s.itself, s.target.Public, sign(s.itself, s.itself)), e2ee.ErrCertificate},
		"Bob's name, signed by Alice":             {with(s.itself, s.target.Public, sign(s.seed, s.itself)), e2ee.ErrCertificate},
		"Bob's certificate and static key":        {guessed, e2ee.ErrDecrypt},
		"Bob's static key, certified by Alice":    {with(guessed, s.target.Public, sign(s.seed, s.target)), e2ee.ErrDecrypt},
		"its own certificate of Bob's static key": {with(guessed, s.itself.Public, sign(s.itself, s.target)), e2ee.ErrDecrypt},
	}
}

func signedStatic(static []byte) []byte {
	return append([]byte("onionwire-e2ee-2 certificate"), static...)
}

// config is how the thief goes into a handshake with the person to.
func (s thief) config(initiator bool, as reference.Identity, from, to person) reference.Config {
	return reference.Config{
		Initiator: initiator, Identity: as, Lenient: true,
		LocalID: from.peerID, RemoteID: to.peerID, RemoteKey: to.public(),
		Ephemeral: s.random.Bytes(32), KEMSeed: s.random.Bytes(64), Encapsulation: s.random.Bytes(32),
		RatchetX: s.random.Bytes(32), RatchetSeed: s.random.Bytes(64),
	}
}

// answers lets a real initiator meet the thief, and returns what it says.
func (s thief) answers(t *testing.T, c reference.Config) (*e2ee.Handshake, error) {
	t.Helper()
	alice, err := e2ee.NewInitiator(s.alice.expecting(s.bob))
	if err != nil {
		t.Fatal(err)
	}
	h := reference.NewHandshake(c)
	mustRead(t, h, write(t, alice))
	return alice, alice.Read(h.Write())
}

// calls lets a real responder meet the thief, and returns what it says.
func (s thief) calls(t *testing.T, real e2ee.HandshakeConfig, c reference.Config) (*e2ee.Handshake, *reference.Handshake, error) {
	t.Helper()
	responder, err := e2ee.NewResponder(real)
	if err != nil {
		t.Fatal(err)
	}
	h := reference.NewHandshake(c)
	if err := responder.Read(h.Write()); err != nil {
		t.Fatal(err)
	}
	mustRead(t, h, write(t, responder))
	return responder, h, responder.Read(h.Write())
}

// mustRead lets an attacker go on who cannot decrypt what it was sent.
func mustRead(t *testing.T, h *reference.Handshake, message []byte) {
	t.Helper()
	if err := h.Read(message); err != nil && !errors.Is(err, reference.ErrDecrypt) {
		t.Fatal(err)
	}
}

// Goal "no impersonation to a victim of theft": Alice's own seed does not help
// anybody to be Bob to her, whoever calls.
func TestStolenSeedDoesNotDeceiveItsOwner(t *testing.T) {
	s := newThief(t)
	for name, d := range s.disguises() {
		t.Run(name, func(t *testing.T) {
			alice, err := s.answers(t, s.config(false, d.identity, s.bob, s.alice))
			wantErr(t, err, d.want)
			wantDead(t, alice)
			alice, _, err = s.calls(t, s.alice.expecting(s.bob), s.config(true, d.identity, s.bob, s.alice))
			wantErr(t, err, d.want)
			wantDead(t, alice)
		})
	}
}

// The attacker of these tests can do what an honest side can: the same seed
// serves to be Alice to Bob, as the document says.
func TestStolenSeedDeceivesOthers(t *testing.T) {
	s := newThief(t)
	bob, h, err := s.calls(t, s.bob.expecting(s.alice), s.config(true, s.seed, s.alice, s.bob))
	if err != nil {
		t.Fatal(err)
	}
	posed := h.Session()
	cell, _, err := posed.Seal([]byte("it is me"), s.random.Draw(posed, s.random))
	if err != nil {
		t.Fatal(err)
	}
	wantOpens(t, session(t, bob), cell, []byte("it is me"))
}

// With keys of small order every X25519 result would be zero, and nobody's
// secret would be needed.
func TestAttackerCannotForceSecrets(t *testing.T) {
	s := newThief(t)
	for _, point := range reference.SmallOrderPoints() {
		c := s.config(false, s.seed, s.bob, s.alice)
		c.EphemeralPublic = point
		_, err := s.answers(t, c)
		wantErr(t, err, e2ee.ErrMalformed)

		c = s.config(false, s.target, s.bob, s.alice)
		c.StaticPublic, c.RemoteScalar = point, s.random.Bytes(32) // any scalar gives zero
		_, err = s.answers(t, c)
		wantErr(t, err, e2ee.ErrDecrypt)

		c = s.config(true, s.target, s.bob, s.alice)
		c.StaticPublic, c.RemoteScalar = point, s.random.Bytes(32)
		_, _, err = s.calls(t, s.alice.expecting(s.bob), c)
		wantErr(t, err, e2ee.ErrDecrypt)
	}
}
