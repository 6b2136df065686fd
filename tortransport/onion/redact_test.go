package onion_test

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const placeholder = "onion.Key(redacted)"

// holder has a key where package fmt cannot call its methods.
type holder struct {
	name string
	key  onion.Key
	keys []onion.Key
	byID map[string]onion.Key
	ptr  *onion.Key
	any  any
}

func newHolder(k onion.Key) holder {
	return holder{"h", k, []onion.Key{k}, map[string]onion.Key{"a": k}, &k, k}
}

// wantNoSecret fails the test if any usual notation of the key's bytes is in
// text.
func wantNoSecret(t *testing.T, what, text string, k onion.Key) {
	t.Helper()
	expanded := k.Expanded()
	wantNoBytes(t, what, text, k.Seed(), expanded[:32], expanded[32:])
}

func wantNoBytes(t *testing.T, what, text string, secrets ...[]byte) {
	t.Helper()
	for _, secret := range secrets {
		part := secret[3:9] // three bytes in base64 are four characters
		decimal := strings.Trim(fmt.Sprint(part), "[]")
		for notation, s := range map[string]string{
			"raw":          string(part),
			"quoted":       strings.Trim(fmt.Sprintf("%q", part), `"`),
			"hexadecimal":  hex.EncodeToString(part),
			"HEXADECIMAL":  strings.ToUpper(hex.EncodeToString(part)),
			"spaced hex":   fmt.Sprintf("% x", part),
			"Go syntax":    strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", part), "[]byte{"), "}"),
			"decimal":      decimal,
			"JSON numbers": strings.ReplaceAll(decimal, " ", ","),
			"base64":       base64.StdEncoding.EncodeToString(part),
			"base32":       base32.StdEncoding.EncodeToString(secret[5:10]), // eight characters
		} {
			if strings.Contains(text, s) {
				t.Fatalf("%s prints the key in %s: %s", what, notation, text)
			}
		}
	}
}

func TestKeyIsRedactedByFmt(t *testing.T) {
	k := mustKey(t, publishedKeys[0].seed)
	for _, verb := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "-", " ", "0", "40", ".3", "# "} {
			format := "%" + flags + string(verb)
			// Package fmt answers three verbs by itself.
			if !strings.ContainsRune("Tpw", verb) {
				if got := fmt.Sprintf(format, k); got != placeholder {
					t.Fatalf("%s prints %q, want %q", format, got, placeholder)
				}
			}
			for _, v := range []any{k, &k, []onion.Key{k}, newHolder(k), &holder{key: k}} {
				wantNoSecret(t, fmt.Sprintf("%s of %T", format, v), fmt.Sprintf(format, v), k)
			}
		}
	}
	wantNoSecret(t, "Sprintln", fmt.Sprintln(k, newHolder(k)), k)
	wantNoSecret(t, "Errorf", fmt.Errorf("with %v: %w", k, errors.New("x")).Error(), k)
	if k.String() != placeholder {
		t.Errorf("String is %q", k.String())
	}
}

func TestKeyIsRedactedByEncoders(t *testing.T) {
	k := mustKey(t, publishedKeys[0].seed)
	type exported struct {
		Key  onion.Key
		Keys []onion.Key
		Ptr  *onion.Key
	}
	v := exported{k, []onion.Key{k}, &k}

	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), placeholder) != 3 {
		t.Errorf("JSON is %s", data)
	}
	wantNoSecret(t, "JSON", string(data), k)
	if err := json.Unmarshal(data, &v); err == nil {
		t.Error("a key was read from its placeholder")
	}

	data, err = xml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	wantNoSecret(t, "XML", string(data), k)

	// gob may refuse it, as long as it writes nothing.
	var buf bytes.Buffer
	_ = gob.NewEncoder(&buf).Encode(v)
	wantNoSecret(t, "gob", buf.String(), k)

	buf.Reset()
	if err := template.Must(template.New("").Parse("{{.Key}} {{.Keys}} {{.}}")).Execute(&buf, v); err != nil {
		t.Fatal(err)
	}
	wantNoSecret(t, "template", buf.String(), k)
}

func TestKeyIsRedactedByLogs(t *testing.T) {
	k := mustKey(t, publishedKeys[0].seed)
	var buf bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&buf, nil), slog.NewJSONHandler(&buf, nil)} {
		log := slog.New(h).With("key", k)
		log.Info("start", "key", k, "ptr", &k, "list", []onion.Key{k}, "holder", newHolder(k), slog.Group("g", "key", k))
	}
	wantNoSecret(t, "slog", buf.String(), k)
	if n := strings.Count(buf.String(), placeholder); n < 8 {
		t.Errorf("%d placeholders in %s", n, buf.String())
	}
}
