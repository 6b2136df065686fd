package e2ee_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// checkChainStep compares a step with crypto/hmac.
func checkChainStep(t *testing.T, key [32]byte) {
	t.Helper()
	cell, next := e2ee.ChainStep(key)
	for constant, got := range map[byte][32]byte{1: cell, 2: next} {
		mac := hmac.New(sha256.New, key[:])
		mac.Write([]byte{constant})
		if want := mac.Sum(nil); !hmac.Equal(got[:], want) {
			t.Errorf("HMAC of %d is %x, want %x", constant, got, want)
		}
	}
}

func TestChainStepIsHMAC(t *testing.T) {
	var key [32]byte
	for range 1000 {
		checkChainStep(t, key)
		key = sha256.Sum256(key[:])
	}
}

// TestChainStepVector checks what OpenSSL gives: openssl mac -digest SHA256 -macopt
// hexkey:… HMAC, of the bytes 1 and 2.
func TestChainStepVector(t *testing.T) {
	var key [32]byte
	for i := range key {
		key[i] = byte(i)
	}
	cell, next := e2ee.ChainStep(key)
	const (
		wantCell = "9b4c8120a4823a95f47cde17a244f4507244ee6e3957d1fab9fa29b44d3829b7"
		wantNext = "4304c22c84a53755ab08ead8d97a8d429be5efa480682d7ad1da27f73e1fbe1d"
	)
	if got := hex.EncodeToString(cell[:]); got != wantCell {
		t.Errorf("cell key %s, want %s", got, wantCell)
	}
	if got := hex.EncodeToString(next[:]); got != wantNext {
		t.Errorf("chain key %s, want %s", got, wantNext)
	}
}
