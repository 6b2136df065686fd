package xchacha_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/onionwire/onionwire/node/internal/xchacha"
	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"
)

// TestDraft is the example of the draft, appendix A.3.1.
func TestDraft(t *testing.T) {
	key := unhex(t, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f")
	nonce := unhex(t, "404142434445464748494a4b4c4d4e4f5051525354555657")
	ad := unhex(t, "50515253c0c1c2c3c4c5c6c7")
	plaintext := []byte("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
		"sunscreen would be it.")
	sealed, err := xchacha.Seal(nil, key, nonce, plaintext, ad)
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "c0875924c1c7987947deafd8780acf49"); !bytes.Equal(sealed[len(plaintext):], want) {
		t.Errorf("tag %x, want %x", sealed[len(plaintext):], want)
	}
}

// TestAgreesWithTheLibrary holds it against NewX, both ways.
func TestAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, from, to int) []byte { return rapid.SliceOfN(rapid.Byte(), from, to).Draw(t, name) }
		key, nonce := draw("key", 32, 32), draw("nonce", 24, 24)
		plaintext, ad, dst := draw("plaintext", 0, 300), draw("ad", 0, 100), draw("dst", 0, 10)
		library, err := chacha20poly1305.NewX(key)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := xchacha.Seal(bytes.Clone(dst), key, nonce, plaintext, ad)
		if err != nil || !bytes.Equal(sealed, library.Seal(bytes.Clone(dst), nonce, plaintext, ad)) {
			t.Fatalf("seals something else: %v", err)
		}
		opened, err := xchacha.Open(nil, key, nonce, sealed[len(dst):], ad)
		if err != nil || !bytes.Equal(opened, plaintext) {
			t.Fatalf("opens something else: %v", err)
		}
		changed := bytes.Clone(sealed[len(dst):])
		changed[rapid.IntRange(0, len(changed)-1).Draw(t, "place")] ^= 1
		if _, err := xchacha.Open(nil, key, nonce, changed, ad); err == nil {
			t.Error("opens what was changed")
		}
	})
}

func TestOtherLengthsAreRefused(t *testing.T) {
	for _, lengths := range [][2]int{{31, 24}, {33, 24}, {0, 24}, {32, 23}, {32, 25}, {32, 12}, {32, 0}} {
		key, nonce := make([]byte, lengths[0]), make([]byte, lengths[1])
		if _, err := xchacha.Seal(nil, key, nonce, nil, nil); err == nil {
			t.Errorf("Seal takes a key of %d and a nonce of %d bytes", lengths[0], lengths[1])
		}
		if _, err := xchacha.Open(nil, key, nonce, make([]byte, 16), nil); err == nil {
			t.Errorf("Open takes a key of %d and a nonce of %d bytes", lengths[0], lengths[1])
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
