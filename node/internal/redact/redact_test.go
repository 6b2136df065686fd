package redact_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
)

// holder embeds Redacted as the types with secrets do.
type holder struct {
	redact.Redacted

	Exported string
	hidden   redact.Secret
	behind   *redact.Secret
}

func key() []byte { return bytes.Repeat([]byte("K"), redact.Size) }

func TestNothingIsPrinted(t *testing.T) {
	secret := redact.Take(key())
	h := holder{Exported: "name", hidden: secret, behind: &secret}
	for name, value := range map[string]any{
		"Redacted":       redact.Redacted{},
		"Secret":         secret,
		"Secret pointer": &secret,
		"holder":         h,
		"holder pointer": &h,
	} {
		t.Run(name, func(t *testing.T) { redacttest.Check(t, value) })
	}
}

// What fmt prints without asking the value shows addresses of what is behind a
// pointer, at most.
func TestBehindAPointerMisuseShowsNothing(t *testing.T) {
	secret := redact.Take(key())
	h := holder{behind: &secret}
	for name, value := range map[string]any{"value": h, "pointer": &h} {
		for _, verb := range []string{"%p", "%w"} {
			if got := fmt.Errorf(verb, value).Error(); strings.Contains(got, "75 75") || strings.Contains(got, "KK") {
				t.Errorf("%s of a %s gives %q", verb, name, got)
			}
		}
	}
}

func TestTakeClearsItsSource(t *testing.T) {
	source := append(key(), "more"...)
	secret := redact.Take(source)
	if !bytes.Equal(secret.Bytes(), key()) {
		t.Error("another key was taken")
	}
	if !bytes.Equal(source, make([]byte, len(source))) {
		t.Error("the source was not cleared")
	}
}

func TestTakeRefusesAShortKey(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a short key was taken")
		}
	}()
	redact.Take(key()[1:])
}

func TestWipe(t *testing.T) {
	secret := redact.Take(key())
	alias := secret.Bytes()
	secret.Wipe()
	secret.Wipe()
	if !bytes.Equal(alias, make([]byte, redact.Size)) {
		t.Error("the key is still there")
	}
}

func TestEqual(t *testing.T) {
	a, b := redact.Take(key()), redact.Take(key())
	if !a.Equal(&b) {
		t.Error("equal keys differ")
	}
	for i := range redact.Size {
		other := key()
		other[i] ^= 1 << (i % 8)
		c := redact.Take(other)
		if a.Equal(&c) {
			t.Errorf("byte %d is not compared", i)
		}
	}
}
