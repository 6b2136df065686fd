package token_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc/token"
)

func TestSecretsAreNotPrinted(t *testing.T) {
	s := token.New()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "token", s, "in", struct{ S token.Secret }{s})
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s) + log.String() + string(b)
	if body := strings.TrimPrefix(s.Reveal(), "onionwire_"); strings.Contains(all, body) {
		t.Errorf("printed is %s", all)
	}
}

func TestParse(t *testing.T) {
	s := token.New()
	text := s.Reveal()
	again, err := token.Parse(text)
	if err != nil || again.Reveal() != text || again.ID() != s.ID() || again.Hash() != s.Hash() {
		t.Errorf("another token came back (%v)", err)
	}
	if s.ID().Check() != nil {
		t.Errorf("its ID %q is none", s.ID())
	}
	if other := token.New(); other.ID() == s.ID() {
		t.Error("two tokens are the same")
	}
	for _, wrong := range []string{
		"", "onionwire_", text[:len(text)-1], text + "A", text + "\n", " " + text, strings.ToUpper(text), text[10:],
		text[:len(text)-1] + "=", text[:len(text)-1] + "\n", text[:20] + "\n" + text[21:],
	} {
		if _, err := token.Parse(wrong); !errors.Is(err, token.ErrMalformed) {
			t.Errorf("error for %d bytes is %v, want ErrMalformed", len(wrong), err)
		}
	}
}

// No token has two texts.
func FuzzParse(f *testing.F) {
	f.Add("")
	f.Add("onionwire_" + strings.Repeat("A", 43))
	f.Add("onionwire_" + strings.Repeat("A", 42) + "B")
	f.Add("onionwire_" + strings.Repeat("_", 42) + "8")
	f.Add("onionwire_AAA\r\r\r" + strings.Repeat("A", 37))
	f.Fuzz(func(t *testing.T, text string) {
		s, err := token.Parse(text)
		if err != nil {
			return
		}
		if s.Reveal() != text || len(text) != 53 {
			t.Errorf("%q is taken for a token", text)
		}
		last := text[len(text)-1]
		if !strings.ContainsRune("AEIMQUYcgkosw048", rune(last)) {
			t.Errorf("%q has bits that mean nothing", text)
		}
	})
}

func TestScopes(t *testing.T) {
	for _, tt := range []struct {
		scope token.Scope
		json  string
		valid bool
	}{
		{token.Read, `["read"]`, true},
		{token.Send, `["send"]`, true},
		{token.Read | token.Send, `["read","send"]`, true},
		{token.Full, `["full"]`, true},
		{0, `[]`, false},
		{token.Full | token.Read, `["read","full"]`, false},
		{8, `[]`, false},
	} {
		b, err := json.Marshal(tt.scope)
		if err != nil || string(b) != tt.json {
			t.Errorf("scope %d is written as %s (%v), want %s", tt.scope, b, err, tt.json)
		}
		if err := tt.scope.Check(); (err == nil) != tt.valid {
			t.Errorf("scope %s: %v", tt.json, err)
		}
		var back token.Scope
		if err := json.Unmarshal(b, &back); tt.valid && (err != nil || back != tt.scope) {
			t.Errorf("%s is read as %d (%v)", b, back, err)
		}
	}
	for _, wrong := range []string{`"read"`, `["read","read"]`, `["write"]`, `["Read"]`, `[1]`, `{}`, `["full","send"]`} {
		var s token.Scope
		if err := json.Unmarshal([]byte(wrong), &s); !errors.Is(err, token.ErrScope) || s != 0 {
			t.Errorf("%s is read as %d (%v)", wrong, s, err)
		}
	}
	for _, tt := range []struct {
		has, needs token.Scope
		want       bool
	}{
		{token.Full, token.Read | token.Send, true},
		{token.Full, token.Full, true},
		{token.Read | token.Send, token.Read, true},
		{token.Read | token.Send, token.Full, false},
		{token.Read, token.Read | token.Send, false},
		{token.Send, token.Read, false},
		{token.Send, 0, true},
		{0, token.Read, false},
	} {
		if got := tt.has.Allows(tt.needs); got != tt.want {
			t.Errorf("%s allows %s: %t", tt.has, tt.needs, got)
		}
	}
}

func TestRecords(t *testing.T) {
	s := token.New()
	r := token.Record{
		ID: s.ID(), Hash: s.Hash(), Scope: token.Read, Conversation: 3, Note: "a bot",
		Added: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Expires: time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC),
	}
	if !r.Is(s) || r.Is(token.New()) || r.Is(token.Secret{}) {
		t.Error("a record is kept of another token")
	}
	if r.Ended(r.Expires.Add(-1)) || !r.Ended(r.Expires) || (token.Record{}).Ended(time.Now()) {
		t.Error("a token ends at another time")
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back token.Record
	if err := json.Unmarshal(b, &back); err != nil || back != r {
		t.Errorf("kept is %+v (%v), want %+v", back, err, r)
	}
	for name, change := range map[string]func(*token.Record){
		"no scope":              func(r *token.Record) { r.Scope = 0 },
		"a conversation of all": func(r *token.Record) { r.Scope = token.Full },
		"no conversation":       func(r *token.Record) { r.Conversation = -1 },
		"a long note":           func(r *token.Record) { r.Note = strings.Repeat("x", token.MaxNote+1) },
		"a broken note":         func(r *token.Record) { r.Note = "\xff" },
	} {
		wrong := r
		change(&wrong)
		if err := wrong.Check(); !errors.Is(err, token.ErrRecord) {
			t.Errorf("%s: error is %v, want ErrRecord", name, err)
		}
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if _, err := token.Load(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want fs.ErrNotExist", err)
	}
	// What a crash has left.
	if err := os.WriteFile(path+".new", []byte("onion"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := token.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, load := range []func(string) (token.Secret, error){token.Load, token.LoadOrCreate} {
		if again, err := load(path); err != nil || again.Reveal() != first.Reveal() {
			t.Errorf("another token came back (%v)", err)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("file is %v (%v)", info, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left are %v", entries)
	}
	for _, text := range []string{"", "\n", "hello\n", first.Reveal() + "\n\n\n", first.Reveal() + "x\n", " " + first.Reveal()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := token.LoadOrCreate(path); !errors.Is(err, token.ErrMalformed) || strings.Contains(err.Error(), "onionwire_") {
			t.Errorf("error is %v, want ErrMalformed", err)
		}
	}
	for _, text := range []string{first.Reveal(), first.Reveal() + "\r\n"} { // by hand
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := token.Load(path); err != nil {
			t.Error(err)
		}
	}
}
