package reference

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha256"

	"golang.org/x/crypto/chacha20poly1305"
)

// x25519 returns zeros where the other side's key is of small order, as
// RFC 7748 has it: whether that is a failure is the caller's matter.
func (t *Trace) x25519(k, u []byte) []byte {
	private := mustSucceed(ecdh.X25519().NewPrivateKey(k))
	out, err := private.ECDH(mustSucceed(ecdh.X25519().NewPublicKey(u)))
	if err != nil {
		out = make([]byte, keySize)
	}
	t.record(OpX25519, []Value{secret("k", k), public("u", u)}, []Value{secret("shared", out)})
	return out
}

// point returns the public key of a scalar.
func (t *Trace) point(k []byte) []byte {
	basepoint := make([]byte, keySize)
	basepoint[0] = 9
	private := mustSucceed(ecdh.X25519().NewPrivateKey(k))
	out := private.PublicKey().Bytes()
	t.record(OpX25519, []Value{secret("k", k), public("u", basepoint)}, []Value{public("point", out)})
	return out
}

func (t *Trace) keyGen(seed []byte) (ek []byte) {
	ek = mustSucceed(mlkem.NewDecapsulationKey768(seed)).EncapsulationKey().Bytes()
	t.record(OpKeyGen, []Value{secret("seed", seed)}, []Value{public("ek", ek)})
	return ek
}

func (t *Trace) encaps(ek, m []byte) (ss, ct []byte) {
	key := mustSucceed(mlkem.NewEncapsulationKey768(ek))
	ss, ct, err := mlkemtest.Encapsulate768(key, m)
	if err != nil {
		panic(err)
	}
	t.record(OpEncaps, []Value{public("ek", ek), secret("m", m)}, []Value{secret("ss", ss), public("ct", ct)})
	return ss, ct
}

func (t *Trace) decaps(seed, ct []byte) []byte {
	ss := mustSucceed(mustSucceed(mlkem.NewDecapsulationKey768(seed)).Decapsulate(ct))
	t.record(OpDecaps, []Value{secret("seed", seed), public("ct", ct)}, []Value{secret("ss", ss)})
	return ss
}

func (t *Trace) sha256(name string, m ...Value) []byte {
	sum := sha256.Sum256(joined(m))
	t.record(OpSHA256, m, []Value{public(name, sum[:])})
	return sum[:]
}

func (t *Trace) hmac(name string, key Value, m ...Value) []byte {
	mac := hmac.New(sha256.New, key.Bytes)
	mac.Write(joined(m))
	sum := mac.Sum(nil)
	t.record(OpHMAC, append([]Value{key}, m...), []Value{secret(name, sum)})
	return sum
}

func (t *Trace) extract(salt Value, ikm ...Value) Value {
	prk := secret("prk", mustSucceed(hkdf.Extract(sha256.New, joined(ikm), salt.Bytes)))
	t.record(OpExtract, append([]Value{salt}, ikm...), []Value{prk})
	return prk
}

// expand returns 32 bytes for each name.
func (t *Trace) expand(prk Value, info []byte, names ...string) [][]byte {
	okm := mustSucceed(hkdf.Expand(sha256.New, prk.Bytes, string(info), keySize*len(names)))
	parts, out := make([][]byte, len(names)), make([]Value, len(names))
	for i, name := range names {
		parts[i] = okm[keySize*i : keySize*(i+1)]
		out[i] = secret(name, parts[i])
	}
	t.record(OpExpand, []Value{prk, public("info", info)}, out)
	return parts
}

func (t *Trace) sign(seed, m []byte) []byte {
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed), m)
	t.record(OpSign, []Value{secret("seed", seed), public("m", m)}, []Value{public("signature", signature)})
	return signature
}

// seal is XChaCha20-Poly1305 for a nonce of 24 bytes and ChaCha20-Poly1305 for
// one of 12.
func (t *Trace) seal(key, nonce, ad []byte, plaintext ...Value) []byte {
	aead := mustSucceed(chacha20poly1305.NewX(key))
	if len(nonce) == chacha20poly1305.NonceSize {
		aead = mustSucceed(chacha20poly1305.New(key))
	}
	ct := aead.Seal(nil, nonce, joined(plaintext), ad)
	in := []Value{secret("key", key), public("nonce", nonce), public("ad", ad)}
	t.record(OpSeal, append(in, plaintext...), []Value{public("ciphertext", ct)})
	return ct
}

// open is the counterpart of seal. A failure leaves no record.
func (t *Trace) open(name string, key, nonce, ad, ct []byte) ([]byte, error) {
	aead := mustSucceed(chacha20poly1305.NewX(key))
	if len(nonce) == chacha20poly1305.NonceSize {
		aead = mustSucceed(chacha20poly1305.New(key))
	}
	plaintext, err := aead.Open(nil, nonce, ct, ad)
	if err != nil {
		return nil, ErrDecrypt
	}
	in := []Value{secret("key", key), public("nonce", nonce), public("ad", ad), public("ciphertext", ct)}
	t.record(OpOpen, in, []Value{secret(name, plaintext)})
	return plaintext, nil
}

// mustSucceed is for keys that are this side's own or have been checked: an
// error is a mistake of the test.
func mustSucceed[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
