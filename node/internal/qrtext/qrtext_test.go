package qrtext_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/qrtext"
)

var format = qrtext.Format{Scheme: "some-thing", Version: 2, MaxSize: 40}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte{0xf7, 0x03}, format.MaxSize/2)
	for size := range format.MaxSize + 1 {
		text := format.Encode(content[:size])
		for _, s := range []string{text, qrtext.Upper(text)} {
			if got, err := format.Decode(s); err != nil || !bytes.Equal(got, content[:size]) {
				t.Errorf("%q came back as %x, %v", s, got, err)
			}
			if !format.Matches(s) {
				t.Errorf("%q does not match", s)
			}
		}
	}
	if _, err := format.Decode(format.Encode(append(content, 0))); err == nil || errors.Is(err, qrtext.ErrNewer) {
		t.Errorf("a content that is too long: error %v", err)
	}
}

func TestVersionComesFirst(t *testing.T) {
	t.Parallel()
	for version := range 256 {
		other := format
		other.Version = byte(version)
		for _, s := range []string{other.Encode([]byte("x")), other.Encode(nil), qrtext.Upper(other.Encode(nil))} {
			if _, err := format.Decode(s); errors.Is(err, qrtext.ErrNewer) != (version > 2) || (err == nil) != (version == 2) {
				t.Errorf("version %d: error %v", version, err)
			}
		}
		if s := other.Encode(nil) + strings.Repeat("?", 100); version > 2 {
			if _, err := format.Decode(s); !errors.Is(err, qrtext.ErrNewer) {
				t.Errorf("version %d with what it may bring: error %v", version, err)
			}
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"some-thing:": true, "SOME-thing:x": true, "some-thing": false, "some-things:x": false,
		"": false, ":": false, "\u017fome-thing:": true, // and Decode refuses it
	} {
		if format.Matches(s) != want {
			t.Errorf("%q: matches %v", s, !want)
		}
		if _, err := format.Decode(s); err == nil || errors.Is(err, qrtext.ErrNewer) {
			t.Errorf("%q: error %v", s, err)
		}
	}
}

// FuzzDecode checks that a content has two spellings only.
func FuzzDecode(f *testing.F) {
	f.Add(format.Encode([]byte("content")))
	f.Add(qrtext.Upper(format.Encode(nil)))
	f.Add("some-thing:ai\n")
	f.Add("Some-Thing:AI")
	f.Fuzz(func(t *testing.T, s string) {
		content, err := format.Decode(s)
		if err != nil {
			return
		}
		text := format.Encode(content)
		if len(content) > format.MaxSize || s != text && s != qrtext.Upper(text) {
			t.Fatalf("%q is another spelling of %q", s, text)
		}
	})
}
