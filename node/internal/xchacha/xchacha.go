// Package xchacha is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) for keys that
// can be cleared. What chacha20poly1305.NewX returns keeps a copy of the key that
// nobody can clear; what is made here keeps the subkey of one nonce only, which
// opens nothing else.
package xchacha

import (
	"crypto/cipher"
	"errors"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"
)

// Sizes in bytes.
const (
	KeySize   = chacha20poly1305.KeySize
	NonceSize = chacha20poly1305.NonceSizeX
	Overhead  = chacha20poly1305.Overhead
)

var errNonce = errors.New("xchacha: a nonce has 24 bytes")

// outerSize is how much of the nonce makes the subkey (section 2.3 of the draft).
const outerSize = 16

// Seal encrypts plaintext, appends the result to dst and returns it, as
// [cipher.AEAD] does. It fails if key or nonce have another length.
func Seal(dst, key, nonce, plaintext, associatedData []byte) ([]byte, error) {
	aead, inner, err := aead(key, nonce)
	if err != nil {
		return nil, err
	}
	return aead.Seal(dst, inner[:], plaintext, associatedData), nil
}

// Open decrypts ciphertext, appends the result to dst and returns it, as
// [cipher.AEAD] does.
func Open(dst, key, nonce, ciphertext, associatedData []byte) ([]byte, error) {
	aead, inner, err := aead(key, nonce)
	if err != nil {
		return nil, err
	}
	return aead.Open(dst, inner[:], ciphertext, associatedData)
}

// aead returns the ChaCha20-Poly1305 of one nonce, and what is the nonce there.
func aead(key, nonce []byte) (cipher.AEAD, [chacha20poly1305.NonceSize]byte, error) {
	var inner [chacha20poly1305.NonceSize]byte
	if len(nonce) != NonceSize {
		return nil, inner, errNonce
	}
	subkey, err := chacha20.HChaCha20(key, nonce[:outerSize])
	if err != nil {
		return nil, inner, err
	}
	defer clear(subkey)
	copy(inner[len(inner)-(NonceSize-outerSize):], nonce[outerSize:])
	a, err := chacha20poly1305.New(subkey)
	return a, inner, err
}
