package e2ee_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// TestSecretsNeverPrint prints every type that holds secrets in every way that
// Go programs print things.
func TestSecretsNeverPrint(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	fresh, _ := newPair(t)
	midway, answering := upTo(t, 2)
	s, _ := newSessions(t)
	key := bytes.Repeat([]byte("K"), 32)

	for name, value := range map[string]any{
		"Identity pointer":           alice.identity,
		"Identity":                   *alice.identity,
		"HandshakeConfig":            cfg,
		"HandshakeConfig pointer":    &cfg,
		"Handshake":                  *fresh,
		"Handshake pointer":          fresh,
		"responder before message 2": midway,
		"initiator before message 2": answering,
		"Session":                    *s,
		"Session pointer":            s,
		"key":                        e2ee.NewSecret(key),
	} {
		t.Run(name, func(t *testing.T) { wantRedacted(t, value) })
	}
}

func wantRedacted(t *testing.T, value any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "% x", "%q", "%d", "%o", "%b", "%t", "%c", "%U", "%e"} {
		if got := fmt.Sprintf(verb, value); got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if got := fmt.Sprint(value); got != "[redacted]" {
		t.Errorf("Sprint gives %q", got)
	}
	if got := fmt.Sprintf("%v", struct{ Inner any }{value}); got != "{[redacted]}" {
		t.Errorf("within a struct it prints %q", got)
	}
	if got := fmt.Sprintf("%v", []any{value}); got != "[[redacted]]" {
		t.Errorf("within a slice it prints %q", got)
	}
	if got := fmt.Errorf("failed: %v", value).Error(); got != "failed: [redacted]" {
		t.Errorf("within an error it prints %q", got)
	}

	got, err := json.Marshal(value)
	if err != nil || string(got) != `"[redacted]"` {
		t.Errorf("JSON gives %s, %v", got, err)
	}
	got, err = xml.Marshal(value)
	if err != nil || !strings.Contains(string(got), ">[redacted]<") {
		t.Errorf("XML gives %s, %v", got, err)
	}

	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("m", "value", value, slog.Group("g", "inner", value))
		line := out.String()
		if strings.Count(line, "[redacted]") != 2 || len(line) > 150 {
			t.Errorf("slog %s writes %s", name, line)
		}
	}
}

// Errors are logged: none of them may say who talks to whom or what.
func TestErrorsNameNobody(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	cfg.RemoteKey = alice.public()
	_, err := e2ee.NewInitiator(cfg)
	for _, secret := range []string{"alice", "bob", fmt.Sprintf("%x", alice.public())} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error %q names %q", err, secret)
		}
	}
}
