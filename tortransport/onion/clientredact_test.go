package onion_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const clientPlaceholder = "onion.ClientKey(redacted)"

// clientHolder has a key where package fmt cannot call its methods.
type clientHolder struct {
	key  onion.ClientKey
	keys []onion.ClientKey
	ptr  *onion.ClientKey
	any  any
}

func TestClientKeyIsRedacted(t *testing.T) {
	secret := unhex(t, clientPairs[0].private)
	k := mustClientKey(t, base32Text(t, clientPairs[0].private))
	holder := clientHolder{k, []onion.ClientKey{k}, &k, k}
	wantNone := func(what, text string) {
		t.Helper()
		wantNoBytes(t, what, text, secret)
	}
	for _, verb := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		for _, flags := range []string{"", "+", "#", "0", "40", ".3"} {
			format := "%" + flags + string(verb)
			// Package fmt answers three verbs by itself.
			if got := fmt.Sprintf(format, k); !strings.ContainsRune("Tpw", verb) && got != clientPlaceholder {
				t.Fatalf("%s prints %q, want %q", format, got, clientPlaceholder)
			}
			for _, v := range []any{k, &k, holder, &holder} {
				wantNone(fmt.Sprintf("%s of %T", format, v), fmt.Sprintf(format, v))
			}
		}
	}

	v := struct {
		Key  onion.ClientKey
		Keys []onion.ClientKey
		Ptr  *onion.ClientKey
	}{k, []onion.ClientKey{k}, &k}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), clientPlaceholder) != 3 {
		t.Errorf("JSON is %s", data)
	}
	wantNone("JSON", string(data))
	if err := json.Unmarshal(data, &v); err == nil {
		t.Error("a key was read from its placeholder")
	}
	if data, err = xml.Marshal(k); err != nil {
		t.Fatal(err)
	}
	wantNone("XML", string(data))
	var buf bytes.Buffer
	_ = gob.NewEncoder(&buf).Encode(v) // it may refuse, as long as it writes nothing
	wantNone("gob", buf.String())
	if err := template.Must(template.New("").Parse("{{.Key}} {{.Keys}} {{.}}")).Execute(&buf, v); err != nil {
		t.Fatal(err)
	}
	wantNone("template", buf.String())

	buf.Reset()
	for _, h := range []slog.Handler{slog.NewTextHandler(&buf, nil), slog.NewJSONHandler(&buf, nil)} {
		slog.New(h).With("key", k).Info("start", "key", k, "ptr", &k, "list", holder.keys, "holder", holder, "public", k.Public())
	}
	wantNone("slog", buf.String())
	if strings.Contains(buf.String(), k.Public().String()) || !strings.Contains(buf.String(), k.Public().Short()) {
		t.Errorf("the public half is not shortened in %s", buf.String())
	}
}
