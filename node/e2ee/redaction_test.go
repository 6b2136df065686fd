package e2ee_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
)

// Every type that holds secrets, exported or not, in all states in which it
// holds others.
func TestSecretsNeverPrint(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	cfg := alice.expecting(bob)
	fresh, _ := newPair(t)
	answering, waiting := upTo(t, 2)
	finished, _ := upTo(t, 3)
	write(t, finished)
	a, b := newSessions(t)
	seal(t, a, nil)
	wantOpens(t, b, seal(t, a, nil), nil)
	opened, err := b.Open(seal(t, a, []byte("hello")), now)
	if err != nil {
		t.Fatal(err)
	}
	seal(t, b, nil)
	set := new(e2ee.Sessions)
	must[[]e2ee.SessionID](t)(set.Add(reload(t, b), now))
	sealed := must[*e2ee.Sealed](t)(set.Seal([]byte("hello"), now))

	values := map[string]any{
		"Identity":                   *alice.identity,
		"HandshakeConfig":            cfg,
		"Handshake":                  *fresh,
		"Handshake before message 2": answering,
		"Handshake that waits":       waiting,
		"Handshake with a session":   finished,
		"Session":                    *b,
		"Session of an initiator":    a,
		"Sessions":                   set,
		"Opened":                     *opened,
		"Sealed":                     *sealed,
		"StateKey":                   stateKey(t),
		"SessionID":                  opened.Session,
	}
	for name, value := range e2ee.Holders(b, fresh) {
		values[name] = value
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) { redacttest.Check(t, value) })
	}
	for name, value := range map[string]any{
		"Identity": alice.identity, "HandshakeConfig": &cfg, "Handshake": fresh, "Session": b, "Opened": opened, "Sealed": sealed,
		"SessionID": &opened.Session,
	} {
		t.Run(name+" pointer", func(t *testing.T) { redacttest.Check(t, value) })
	}
	wantAddress(t, alice.identity)
	wantAddress(t, &cfg)
	wantAddress(t, fresh)
	wantAddress(t, b)
	wantAddress(t, set)
	wantAddress(t, opened)
	wantAddress(t, sealed)
	wantAddress(t, &opened.Session)
	wantAddress(t, stateKey(t))
}

// wantAddress checks that of a pointer in somebody's unexported field, of which fmt
// asks no method, nothing but the address is shown.
func wantAddress[T any](t *testing.T, p *T) {
	t.Helper()
	holder := struct{ inner *T }{p}
	address := regexp.MustCompile(`^[^\[\]"]*\b0x[0-9a-f]+\)?}$`)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if got := fmt.Sprintf(verb, holder); !address.MatchString(got) {
			t.Errorf("%s of a struct with a %T in it gives %.100q", verb, p, got)
		}
	}
	var line bytes.Buffer
	slog.New(slog.NewTextHandler(&line, nil)).Info("m", "value", holder)
	if _, got, ok := strings.Cut(strings.TrimSpace(line.String()), "value="); !ok || !address.MatchString(strings.Trim(got, `"`)) {
		t.Errorf("slog of a struct with a %T in it writes %.100q", p, got)
	}
}

// secretTypes are those with which it begins: who has one as a field holds a
// secret.
var secretTypes = map[string]bool{
	"secret": true, "PrivateKey": true, "DecapsulationKey768": true, "HandshakeState": true,
}

// Whoever adds a type with a key to the package must embed what redacts it.
func TestAllHoldersOfSecretsAreRedacted(t *testing.T) {
	fields := make(map[string][]string) // types that a struct mentions
	embeds := make(map[string]bool)
	for _, name := range must[[]string](t)(filepath.Glob("*.go")) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file := must[*ast.File](t)(parser.ParseFile(token.NewFileSet(), name, nil, 0))
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					mentioned := typesIn(f.Type)
					fields[spec.Name.Name] = append(fields[spec.Name.Name], mentioned...)
					if len(f.Names) == 0 && mentioned[0] == "redacted" {
						embeds[spec.Name.Name] = true
					}
				}
			}
			return true
		})
	}
	holds := make(map[string]bool)
	for found := true; found; {
		found = false
		for name, mentioned := range fields {
			for _, m := range mentioned {
				if !holds[name] && (secretTypes[m] || holds[m]) {
					holds[name], found = true, true
				}
			}
		}
	}
	if len(holds) < 10 {
		t.Errorf("only %d types hold secrets: the test does not find them", len(holds))
	}
	for name := range holds {
		if !embeds[name] {
			t.Errorf("%s holds secrets and does not embed redacted", name)
		}
	}
}

// typesIn returns the names of all types in an expression.
func typesIn(e ast.Expr) (names []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
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

// What a cell or a message is refused for says nothing about keys or contents:
// of two sessions with other keys, the same fault has the same text.
func TestErrorsDependOnNoSecret(t *testing.T) {
	texts := make(map[string]string)
	for i := range 3 {
		a, b := newSessions(t)
		cell := seal(t, a, fmt.Append(nil, "content ", i))
		for _, at := range []int{0, 30, 2351, 2352, 3000, 4095} {
			cell[at] ^= 1
			_, err := b.Open(cell, now)
			cell[at] ^= 1
			wantSameText(t, texts, "any byte of a cell", err)
		}
		saved := save(t, b)
		for _, at := range []int{1, 30, len(saved) - 1} {
			saved[at] ^= 1
			_, err := load(t, saved)
			saved[at] ^= 1
			wantSameText(t, texts, "any byte of a saved session", err)
		}
		for message, at := range map[int][]int{2: {40, 79, 80, 2509}, 3: {0, 47, 48, 168}} {
			for _, at := range at {
				sender, receiver := upTo(t, message)
				msg := write(t, sender)
				msg[at] ^= 1
				wantSameText(t, texts, fmt.Sprint("any encrypted byte of message ", message), receiver.Read(msg))
			}
		}
	}
}

func wantSameText(t *testing.T, texts map[string]string, what string, err error) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: not refused", what)
	}
	if texts[what] == "" {
		texts[what] = err.Error()
	}
	if texts[what] != err.Error() {
		t.Errorf("%s: %q and %q", what, texts[what], err)
	}
}
