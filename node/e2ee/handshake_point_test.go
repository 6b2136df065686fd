package e2ee_test

import (
	"crypto/ecdh"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// putUint64 writes as all numbers of the protocol are written.
func putUint64(b []byte, n uint64) { binary.BigEndian.PutUint64(b, n) }

// smallOrder lists the X25519 keys that give zero with every private key.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

// notCanonical lists encodings that X25519 takes for another number: some are of
// small order, some are not. 9 is the base point.
var notCanonical = []string{
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 0
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 1
	"efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 2
	"f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 9
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 18
	"0900000000000000000000000000000000000000000000000000000000000080", // 9, with the bit that X25519 ignores
	"ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// wrongPoints are both, and those of small order with the bit that X25519 ignores.
func wrongPoints(t *testing.T) [][]byte {
	t.Helper()
	var points [][]byte
	for _, s := range append(smallOrder, notCanonical...) {
		points = append(points, must[[]byte](t)(hex.DecodeString(s)))
	}
	for i := range smallOrder {
		p := append([]byte(nil), points[i]...)
		p[31] |= 0x80
		points = append(points, p)
	}
	return points
}

func TestBadEphemeralKeysAreRefused(t *testing.T) {
	for _, point := range wrongPoints(t) {
		for message := 1; message <= 2; message++ {
			sender, receiver := upTo(t, message)
			msg := write(t, sender)
			copy(msg, point)
			wantErr(t, receiver.Read(msg), e2ee.ErrMalformed)
			wantDead(t, receiver)
		}
	}
}

// As a static key it is encrypted, so only a peer who is in the handshake can
// send it. Noise's own Diffie-Hellman comes first: it gives zero, or what the
// peer, who has no scalar for the key, cannot compute.
func TestBadStaticKeysAreRefused(t *testing.T) {
	for _, point := range wrongPoints(t) {
		send := func(c *reference.Config) { c.StaticPublic = point }
		a, peer := beforeMessage2(t, send)
		wantErr(t, a.Read(peer.Write()), e2ee.ErrDecrypt)
		wantDead(t, a)
		b, peer := beforeMessage3(t, send)
		wantErr(t, b.Read(peer.Write()), e2ee.ErrDecrypt)
		wantDead(t, b)
	}
}

// A peer can give a key of its own another encoding, with which everything else
// is right.
func TestStaticKeyInOtherEncodingIsRefused(t *testing.T) {
	// Five times the order of the base point, less one, is a clamped scalar, and
	// its key is u = 9: so somebody can have the key whose other encoding is 9 + p.
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	scalar := new(big.Int).Mul(order, big.NewInt(5))
	scalar.Sub(scalar, big.NewInt(1))
	ofNine := scalar.FillBytes(make([]byte, 32))
	slices.Reverse(ofNine)
	if u := must[*ecdh.PrivateKey](t)(ecdh.X25519().NewPrivateKey(ofNine)).PublicKey().Bytes(); u[0] != 9 {
		t.Fatal("the scalar has another key")
	}

	for name, change := range map[string]func(*reference.Config){
		"the bit that X25519 ignores": func(c *reference.Config) {
			c.StaticPublic = append([]byte(nil), c.Identity.StaticPublic...)
			c.StaticPublic[31] |= 0x80
		},
		"not below the prime": func(c *reference.Config) {
			c.Identity.StaticPrivate = ofNine
			c.StaticPublic = must[[]byte](t)(hex.DecodeString(notCanonical[3]))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, peer := beforeMessage2(t, change)
			wantErr(t, a.Read(peer.Write()), e2ee.ErrMalformed)
			wantDead(t, a)
			b, peer := beforeMessage3(t, change)
			wantErr(t, b.Read(peer.Write()), e2ee.ErrMalformed)
			wantDead(t, b)
		})
	}
}

func TestBadRatchetKeysAreRefused(t *testing.T) {
	for _, point := range wrongPoints(t) {
		a, peer := beforeMessage2(t)
		payload := peer.Payload()
		copy(payload[1198:1230], point)
		wantErr(t, a.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
		wantDead(t, a)

		s, other := responderWithPeer(t)
		other.SendingStep(draw("step"))
		part := append(append([]byte(nil), point...), other.Sending.Part[32:]...)
		header := append(make([]byte, 8), part...)
		before := e2ee.StateOf(s)
		_, err := s.Open(other.SealRaw(header, reference.Pad(nil, e2ee.CellSize), fixed("nonce", 24)), now)
		wantErr(t, err, e2ee.ErrMalformed)
		wantUnchanged(t, s, before)
	}
}

// badCoefficients are pairs of coefficients of an ML-KEM key in their 3 bytes,
// of which one is not below q = 3329 (FIPS 203, section 7.2).
var badCoefficients = [][3]byte{
	{0xff, 0xff, 0xff},
	{0x01, 0x0d, 0x00}, // q, 0
	{0x00, 0x10, 0xd0}, // 0, q
	{0x02, 0x0d, 0x00}, // q + 1, 0
}

func TestInvalidEncapsulationKeysAreRefused(t *testing.T) {
	for _, offset := range []int{0, 3, 384, 1149} {
		for _, pair := range badCoefficients {
			bob, alice := newPerson(t, "bob"), newPerson(t, "alice")
			b := must[*e2ee.Handshake](t)(e2ee.NewResponder(bob.expecting(alice)))
			peer := alice.newPeer(bob, true)
			payload := peer.Payload()
			copy(payload[6+offset:], pair[:])
			wantErr(t, b.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
			wantDead(t, b)

			a, peer := beforeMessage2(t)
			payload = peer.Payload()
			copy(payload[1230+offset:], pair[:])
			wantErr(t, a.Read(peer.WritePayload(payload)), e2ee.ErrMalformed)
			wantDead(t, a)

			s, other := responderWithPeer(t)
			other.SendingStep(draw("step"))
			header := other.Header()
			copy(header[8+32+offset:], pair[:])
			before := e2ee.StateOf(s)
			_, err := s.Open(other.SealRaw(header, reference.Pad(nil, e2ee.CellSize), fixed("nonce", 24)), now)
			wantErr(t, err, e2ee.ErrMalformed)
			wantUnchanged(t, s, before)
		}
	}
}
