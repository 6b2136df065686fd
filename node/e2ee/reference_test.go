package e2ee_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/flynn/noise"
	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"
)

// reference is a second implementation of docs/protocol.md, written from its
// text with literal labels and sizes. Tests use it to check the first one, and
// as a peer that holds the right keys and sends the wrong things with them.
type reference struct {
	noise     *noise.HandshakeState
	key       ed25519.PrivateKey
	static    noise.DHKey
	kem       *mlkem.DecapsulationKey768
	peerKEM   *mlkem.EncapsulationKey768
	kemSecret []byte
	k1, k2    []byte
}

// referenceOptions are what a test may fix or falsify.
type referenceOptions struct {
	ephemeral []byte // 32 bytes; random if nil
	mlkemSeed []byte // 64 bytes; random if nil
	version   byte   // in the prologue; 1 if zero
	static    *noise.DHKey
}

func newReference(tb rapid.TB, self, peer person, initiator bool, o referenceOptions) *reference {
	tb.Helper()
	r := &reference{key: self.key, static: refStatic(tb, self.key)}
	if o.static != nil {
		r.static = *o.static
	}
	r.kem = must[*mlkem.DecapsulationKey768](tb)(mlkem.GenerateKey768())
	if o.mlkemSeed != nil {
		r.kem = must[*mlkem.DecapsulationKey768](tb)(mlkem.NewDecapsulationKey768(o.mlkemSeed))
	}
	var random io.Reader
	if o.ephemeral != nil {
		random = bytes.NewReader(o.ephemeral)
	}
	first, second := self.peerID, peer.peerID
	if !initiator {
		first, second = second, first
	}
	r.noise = must[*noise.HandshakeState](tb)(noise.NewHandshakeState(noise.Config{
		CipherSuite:   noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256),
		Random:        random,
		Pattern:       noise.HandshakeXX,
		Initiator:     initiator,
		Prologue:      refPrologue(max(o.version, 1), first, second),
		StaticKeypair: r.static,
	}))
	return r
}

func must[T any](tb rapid.TB) func(T, error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func refStatic(tb rapid.TB, key ed25519.PrivateKey) noise.DHKey {
	tb.Helper()
	scalar := must[[]byte](tb)(hkdf.Key(sha256.New, key.Seed(), nil, "onionwire-e2ee-1 static key", 32))
	private := must[*ecdh.PrivateKey](tb)(ecdh.X25519().NewPrivateKey(scalar))
	return noise.DHKey{Private: scalar, Public: private.PublicKey().Bytes()}
}

func refPrologue(version byte, initiatorID, responderID []byte) []byte {
	p := []byte("\x00\x0eonionwire-e2ee")
	p = append(p, version)
	p = append(p, byte(len(initiatorID)>>8), byte(len(initiatorID)))
	p = append(p, initiatorID...)
	p = append(p, byte(len(responderID)>>8), byte(len(responderID)))
	return append(p, responderID...)
}

func (r *reference) certificate() []byte {
	signed := append([]byte("onionwire-e2ee-1 certificate"), r.static.Public...)
	return append(bytes.Clone(r.key[32:]), ed25519.Sign(r.key, signed)...)
}

func (r *reference) payload1() []byte {
	return append([]byte{1, 0, 0, 0, 0}, r.kem.EncapsulationKey().Bytes()...)
}

// payload2 encapsulates with the given randomness, or the system's if nil.
func (r *reference) payload2(tb rapid.TB, random []byte, hint byte) []byte {
	tb.Helper()
	secret, ciphertext := r.peerKEM.Encapsulate()
	if random != nil {
		var err error
		secret, ciphertext, err = mlkemtest.Encapsulate768(r.peerKEM, random)
		if err != nil {
			tb.Fatal(err)
		}
	}
	r.kemSecret = secret
	return append(append(ciphertext, r.certificate()...), hint, 0, 0, 0, 0)
}

func (r *reference) payload3(hint byte) []byte { return append(r.certificate(), hint) }

func (r *reference) write(tb rapid.TB, payload []byte) []byte {
	tb.Helper()
	msg, first, second, err := r.noise.WriteMessage(nil, payload)
	if err != nil {
		tb.Fatal(err)
	}
	r.split(first, second)
	return msg
}

// read returns the payload of a message, taking from it what is needed later.
func (r *reference) read(tb rapid.TB, msg []byte) []byte {
	tb.Helper()
	payload, first, second, err := r.noise.ReadMessage(nil, msg)
	if err != nil {
		tb.Fatal(err)
	}
	r.split(first, second)
	switch r.noise.MessageIndex() {
	case 1:
		r.peerKEM = must[*mlkem.EncapsulationKey768](tb)(mlkem.NewEncapsulationKey768(payload[5:1189]))
	case 2:
		r.kemSecret = must[[]byte](tb)(r.kem.Decapsulate(payload[:1088]))
	}
	return payload
}

func (r *reference) split(first, second *noise.CipherState) {
	if first != nil {
		k1, k2 := first.UnsafeKey(), second.UnsafeKey()
		r.k1, r.k2 = k1[:], k2[:]
	}
}

func (r *reference) root(tb rapid.TB) []byte {
	tb.Helper()
	ikm := bytes.Join([][]byte{r.k1, r.k2, r.kemSecret}, nil)
	return must[[]byte](tb)(hkdf.Key(sha256.New, ikm, r.noise.ChannelBinding(), "onionwire-e2ee-1 root key", 32))
}

func refExpand(tb rapid.TB, root []byte, label string) []byte {
	tb.Helper()
	return must[[]byte](tb)(hkdf.Expand(sha256.New, root, label, 32))
}

// refChain is one direction of a session.
type refChain struct {
	direction byte
	key       []byte
	count     uint64
}

// chains returns the chains from initiator and from responder.
func (r *reference) chains(tb rapid.TB) (fromInitiator, fromResponder *refChain) {
	tb.Helper()
	root := r.root(tb)
	return &refChain{direction: 1, key: refExpand(tb, root, "onionwire-e2ee-1 chain key from initiator")},
		&refChain{direction: 2, key: refExpand(tb, root, "onionwire-e2ee-1 chain key from responder")}
}

func (c *refChain) step(tb rapid.TB) (aeadKey, associatedData []byte) {
	tb.Helper()
	mac := func(b byte) []byte {
		m := hmac.New(sha256.New, c.key)
		m.Write([]byte{b})
		return m.Sum(nil)
	}
	ad := append([]byte("onionwire-e2ee-1 cell"), c.direction)
	ad = binary.BigEndian.AppendUint64(ad, c.count)
	key := mac(1)
	c.key = mac(2)
	c.count++
	return key, ad
}

// sealPlain makes a cell of any padded content, right or wrong.
func (c *refChain) sealPlain(tb rapid.TB, nonce, plain []byte) []byte {
	tb.Helper()
	key, ad := c.step(tb)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		tb.Fatal(err)
	}
	return aead.Seal(bytes.Clone(nonce), nonce, plain, ad)
}

func (c *refChain) open(tb rapid.TB, cell []byte) []byte {
	tb.Helper()
	key, ad := c.step(tb)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		tb.Fatal(err)
	}
	plain, err := aead.Open(nil, cell[:24], cell[24:], ad)
	if err != nil {
		tb.Fatal(err)
	}
	n := binary.BigEndian.Uint32(plain)
	return plain[4 : 4+n]
}

// refPad pads content for a cell of size bytes.
func refPad(content []byte, size int) []byte {
	plain := make([]byte, size-24-16)
	binary.BigEndian.PutUint32(plain, uint32(len(content)))
	copy(plain[4:], content)
	return plain
}
