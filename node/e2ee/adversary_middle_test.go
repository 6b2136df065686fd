package e2ee_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// In the tests here somebody in the middle, who has no identity that matters,
// changes what passes between two real programs, field by field as
// docs/protocol.md lays it out. (That every single byte counts is for other
// tests.)

// change is something to do to a field of a message. It is given keys of its
// own making, as a replacement that looks right.
type change struct {
	name   string
	offset int
	with   []byte
}

func (c change) apply(message []byte) []byte {
	m := bytes.Clone(message)
	copy(m[c.offset:], c.with)
	return m
}

// attackers are the keys of the middle.
func attackers(t *testing.T) *reference.Handshake {
	t.Helper()
	config, _ := reference.NewRandom(t.Name()).Configs(nil)
	return reference.NewHandshake(config)
}

// Nothing in message 1 can be changed without the initiator's refusing what
// comes back, if the responder has not refused it already.
func TestMiddleChangesMessage1(t *testing.T) {
	own := attackers(t)
	for _, c := range []struct {
		change
		responder error // nil: it cannot see it
	}{
		{change{"ephemeral key", 0, own.EphemeralKey}, nil},
		{change{"version, lower", 32, []byte{1}}, e2ee.ErrVersion},
		{change{"version, higher", 32, []byte{3}}, e2ee.ErrVersion},
		{change{"highest version, lower", 33, []byte{1}}, e2ee.ErrMalformed},
		{change{"highest version, higher", 33, []byte{3}}, nil},
		{change{"features, fewer", 34, []byte{0, 0, 0, 0}}, nil},
		{change{"features, more", 34, []byte{255, 255, 255, 255}}, nil},
		{change{"encapsulation key", 38, own.KEMKey}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			alice, bob := newFeaturedPair(t)
			err := bob.Read(c.apply(write(t, alice)))
			wantErr(t, err, c.responder)
			if c.responder != nil {
				wantDead(t, bob)
				return
			}
			wantErr(t, alice.Read(write(t, bob)), e2ee.ErrDecrypt)
			wantDead(t, alice)
		})
	}
}

// newFeaturedPair is newPair with features that could be taken away.
func newFeaturedPair(t *testing.T) (initiator, responder *e2ee.Handshake) {
	t.Helper()
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	first, second := alice.expecting(bob), bob.expecting(alice)
	first.Features, second.Features = 0b0110, 0b0111
	return start(t, first, second)
}

// The highest version is what a side would use if nobody were in between. With
// two sides that both know a better one, each notices by itself.
func TestMiddleHoldsTheVersionDown(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	better := func(c e2ee.HandshakeConfig) e2ee.HandshakeConfig { return e2ee.WithHighest(c, 3) }
	initiator, responder := start(t, better(alice.expecting(bob)), better(bob.expecting(alice)))
	message := write(t, initiator)
	wantErr(t, responder.Read(message), e2ee.ErrDowngrade)

	// Hiding it from the responder is a change as any other.
	initiator, responder = start(t, better(alice.expecting(bob)), better(bob.expecting(alice)))
	hidden := change{"highest version", 33, []byte{2}}.apply(write(t, initiator))
	if err := responder.Read(hidden); err != nil {
		t.Fatal(err)
	}
	wantErr(t, initiator.Read(write(t, responder)), e2ee.ErrDecrypt)
}

func TestMiddleChangesMessage2(t *testing.T) {
	own := attackers(t)
	for _, c := range []change{
		{"ephemeral key", 0, own.EphemeralKey},
		{"static key", 32, own.EphemeralKey},
		{"tag of the static key", 64, own.EphemeralKey[:16]},
		{"ML-KEM ciphertext", 80, own.KEMKey[:1088]},
		{"certificate", 80 + 1088, own.Identity.Certificate()},
		{"hint", 80 + 1184, own.EphemeralKey[:1]},
		{"highest version", 80 + 1185, own.EphemeralKey[:1]},
		{"features", 80 + 1186, own.EphemeralKey[:4]},
		{"generation", 80 + 1190, own.EphemeralKey[:8]},
		{"ratchet key, X25519", 80 + 1198, own.EphemeralKey},
		{"ratchet key, ML-KEM", 80 + 1230, own.KEMKey},
		{"tag of the payload", 80 + 2414, own.EphemeralKey[:16]},
	} {
		t.Run(c.name, func(t *testing.T) {
			alice, bob := newFeaturedPair(t)
			carry(t, alice, bob)
			wantErr(t, alice.Read(c.apply(write(t, bob))), e2ee.ErrDecrypt)
			wantDead(t, alice)
		})
	}
}

func TestMiddleChangesMessage3(t *testing.T) {
	own := attackers(t)
	for _, c := range []change{
		{"static key", 0, own.EphemeralKey},
		{"tag of the static key", 32, own.EphemeralKey[:16]},
		{"certificate", 48, own.Identity.Certificate()},
		{"hint", 48 + 96, own.EphemeralKey[:1]},
		{"generation", 48 + 97, own.EphemeralKey[:8]},
		{"tag of the payload", 48 + 105, own.EphemeralKey[:16]},
	} {
		t.Run(c.name, func(t *testing.T) {
			alice, bob := newFeaturedPair(t)
			carry(t, alice, bob)
			carry(t, bob, alice)
			wantErr(t, bob.Read(c.apply(write(t, alice))), e2ee.ErrDecrypt)
			wantDead(t, bob)
		})
	}
}

// Messages of two handshakes between the same two people do not mix.
func TestMiddleSplicesHandshakes(t *testing.T) {
	alice, bob := newFeaturedPair(t)
	otherAlice, otherBob := newFeaturedPair(t)
	carry(t, alice, bob)
	carry(t, otherAlice, otherBob)
	wantErr(t, alice.Read(write(t, otherBob)), e2ee.ErrDecrypt)

	alice, bob = newFeaturedPair(t)
	otherAlice, otherBob = newFeaturedPair(t)
	for _, h := range [][2]*e2ee.Handshake{{alice, bob}, {otherAlice, otherBob}} {
		carry(t, h[0], h[1])
		carry(t, h[1], h[0])
	}
	wantErr(t, bob.Read(write(t, otherAlice)), e2ee.ErrDecrypt)
}

// What is changed in a cell makes it worthless, and leaves its receiver as it
// was, ready for the cell itself.
func TestMiddleChangesCells(t *testing.T) {
	own := attackers(t)
	o := overhear(t, t.Name())
	o.play("A A B 0 2 B A 4 B")
	other := o.again()
	other.play("B B A 0 2 B A")
	genuine := o.cells[5].bytes // opens at the initiator, with a step
	late := o.cells[1].bytes    // under way to the responder
	spliced := func(header, body []byte) []byte { return slices.Concat(header[:2352], body[2352:]) }
	for name, cell := range map[string][]byte{
		"nonce":                        change{"", 0, own.EphemeralKey[:24]}.apply(genuine),
		"header":                       change{"", 24, own.KEMKey}.apply(genuine),
		"tag of the header":            change{"", 2336, own.EphemeralKey[:16]}.apply(genuine),
		"body":                         change{"", 2352, own.KEMKey}.apply(genuine),
		"tag of the body":              change{"", 4080, own.EphemeralKey[:16]}.apply(genuine),
		"body of another cell":         spliced(genuine, o.cells[3].bytes),
		"header of another cell":       spliced(o.cells[3].bytes, genuine),
		"its receiver's own cell":      o.cells[4].bytes,
		"its receiver's own late cell": late,
		"of another session":           other.cells[3].bytes,
		"body of another session":      spliced(genuine, other.cells[3].bytes),
		"cut short":                    genuine[:4095],
		"without its end":              genuine[:2048],
		"with more at its end":         slices.Concat(genuine, genuine),
		"nothing":                      nil,
	} {
		o.refuses(0, name, cell)
	}
	o.deliver(5)
	for name, cell := range map[string][]byte{
		"the same again":                  genuine,
		"the same with another body":      spliced(genuine, o.cells[3].bytes),
		"the body of it in another place": spliced(o.cells[3].bytes, genuine),
	} {
		o.refuses(0, name, cell)
	}
	o.deliver(1) // late, of a chain before
	o.deliver(3)
}

// refuses checks that neither implementation opens what the middle has made, and
// that both stay in the same state as before.
func (o *overheard) refuses(side int, name string, cell []byte) {
	o.tb.Helper()
	s := o.sides[side]
	before := s.model.State(reference.StateVersion)
	_, err := s.real.Open(cell, now)
	if !errors.Is(err, e2ee.ErrDecrypt) && !errors.Is(err, e2ee.ErrMalformed) && !errors.Is(err, e2ee.ErrRepeated) {
		o.tb.Errorf("%s: opened with error %v", name, err)
	}
	if _, err := s.model.Open(cell, uint64(now.Unix())); err == nil {
		o.tb.Errorf("%s: the reference opens it", name)
	}
	o.steal(side)
	if !bytes.Equal(s.model.State(reference.StateVersion), before) {
		o.tb.Errorf("%s: the state has changed", name)
	}
}

// The header keys of a stolen state last longer than its chain keys. In the
// meantime a thief can write headers, but none that a genuine body goes with.
func TestThiefOfHeaderKeysChangesNoHeader(t *testing.T) {
	o := overhear(t, t.Name())
	o.play("A A 0 B 2 A")
	genuine, sender := o.cells[3], o.sides[0].model // begins a chain; cell 1 is missing
	nonce := genuine.bytes[:24]
	for name, header := range map[string][]byte{
		"another N":          change{"", 0, []byte{0, 0, 0, 1}}.apply(genuine.header),
		"another PN":         change{"", 4, []byte{0, 0, 0, 1}}.apply(genuine.header),
		"another X25519 key": change{"", 8, attackers(t).EphemeralKey}.apply(genuine.header),
		"another ML-KEM key": change{"", 40, attackers(t).KEMKey}.apply(genuine.header),
		"another ciphertext": change{"", 1224, make([]byte, 1088)}.apply(genuine.header),
	} {
		sealed := sender.SealWith(sender.Sending.HK, make([]byte, 32), header, nonce)
		o.refuses(1, name, slices.Concat(sealed[:2352], genuine.bytes[2352:]))
	}
	o.deliver(3)
	o.deliver(1)
}
