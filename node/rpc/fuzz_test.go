package rpc_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// Whatever a client sends, it is taken as package json understands it, or refused.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`,
		`{"jsonrpc":"2.0","id":"a","method":"send","params":{"conversation":1,"text":"\u00e4\ud83d\ude00"}}`,
		`{"jsonrpc":"2.0","method":"typing","params":{"conversation":1}}`,
		`[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":null,"method":"link"}]`,
		` [ ] `, `{}`, `1`, `"`, `[[[[`, `{"a":{"a":{}}}`, `{"method":"a","method":"b"}`, "\xff", `{"jsonrpc":"2.0","Method":"ping"}`,
		"[" + strings.Repeat("1,", 64) + "1]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsRune(line, '\n') || len(bytes.TrimSpace(line)) == 0 {
			return // no line, or one that is passed over
		}
		names, err := rpc.ParseLine(line)
		if err != nil {
			return
		}
		if len(names) == 0 || len(names) > rpc.MaxBatch {
			t.Fatalf("%d requests", len(names))
		}
		type request struct {
			Jsonrpc string
			Method  string
		}
		var all []request
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t\r"), []byte("[")) {
			err = json.Unmarshal(line, &all)
		} else {
			all = make([]request, 1)
			err = json.Unmarshal(line, &all[0])
		}
		if err != nil || len(all) != len(names) {
			t.Fatalf("%d requests are taken, package json says %d (%v)", len(names), len(all), err)
		}
		for i, r := range all {
			if r.Method != names[i] || r.Jsonrpc != "2.0" {
				t.Errorf("method %q is taken for %q", r.Method, names[i])
			}
		}
	})
}

// Parameters that a method takes come back as they were.
func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"contact":1}`, `{"contact":-1}`, `{"conversation":1,"text":"a","expiry":-1}`, `{"conversation":1,"text":"a","expiry":0.001}`,
		`{"conversation":9223372036854775807,"before":3,"limit":5}`, `{"contact":1,"alias":"","muted":false,"expiry":3155760000}`,
		`{"name":"\u0000","auto_accept":1}`, `{"expires":"2026-03-01T12:00:00.123456789+02:00","note":"x"}`, `{"invite":"00ff00ff00ff00ff00ff00ff00ff00ff"}`,
		`{"scopes":["read","send"],"conversation":1}`, `{"scopes":[]}`, `{"after":0}`, `{"after":null}`, `{"expiry":1e-9}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		for name, value := range rpc.DecodeParams(raw) {
			first, err := json.Marshal(value)
			if err != nil {
				t.Fatalf("%s cannot be written: %v", name, err)
			}
			again, ok := rpc.DecodeParams(first)[name]
			if !ok {
				t.Fatalf("%s takes %s and not %s", name, raw, first)
			}
			second, err := json.Marshal(again)
			if err != nil || !bytes.Equal(first, second) {
				t.Errorf("%s: %s becomes %s (%v)", name, first, second, err)
			}
		}
	})
}
