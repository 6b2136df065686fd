package rpc_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// patience bounds every wait of a test; what is waited for takes much less.
const patience = time.Minute

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// sampleLink is somebody's contact link.
var sampleLink = func() contactlink.Link {
	public, err := crypto.UnmarshalEd25519PublicKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)).Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	id, err := peer.IDFromPublicKey(public)
	if err != nil {
		panic(err)
	}
	service := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)).Public().(ed25519.PublicKey)
	address, err := onion.FromPublicKey(service)
	if err != nil {
		panic(err)
	}
	return contactlink.Link{Onion: address, Port: 4001, Peer: id, Name: "Bob"}
}()

// tokens keeps tokens in memory.
type tokens struct {
	mu  sync.Mutex
	all map[token.ID]token.Record
}

func (s *tokens) Get(_ context.Context, id token.ID) (token.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.all[id]
	if !ok {
		return r, token.ErrUnknown
	}
	return r, nil
}

func (s *tokens) Put(_ context.Context, r token.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = make(map[token.ID]token.Record)
	}
	s.all[r.ID] = r
	return nil
}

func (s *tokens) Delete(_ context.Context, id token.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.all[id]; !ok {
		return token.ErrUnknown
	}
	delete(s.all, id)
	return nil
}

func (s *tokens) List(context.Context) ([]token.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []token.Record
	for _, r := range s.all {
		all = append(all, r)
	}
	return all, nil
}

// logText is what a server says.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// setup is a server with what is around it.
type setup struct {
	*rpc.Server
	api    *fake
	tokens *tokens
	path   string
	log    *logText
}

// socketPath is short enough for a socket, which t.TempDir need not be.
func socketPath(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "rpc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return filepath.Join(folder, "rpc")
}

func start(t testing.TB) *setup {
	t.Helper()
	s := &setup{api: newFake(), tokens: &tokens{}, path: socketPath(t), log: &logText{}}
	s.restart(t)
	return s
}

// restart starts the server, again if it was closed.
func (s *setup) restart(t testing.TB) {
	t.Helper()
	var err error
	s.Server, err = rpc.Start(testContext(t), rpc.Config{
		Path: s.path, API: s.api, Tokens: s.tokens, Version: "1.2.3",
		Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
}

// secret is the token with all rights.
func (s *setup) secret(t testing.TB) token.Secret {
	t.Helper()
	secret, err := token.Load(rpc.TokenPath(s.path))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// newToken makes a token for others.
func (s *setup) newToken(t testing.TB, params map[string]any) (token.ID, token.Secret) {
	t.Helper()
	var made rpc.NewToken
	s.client(t, s.secret(t)).must(t, "new_token", params, &made)
	return made.ID, made.Secret.Secret
}

// raw is a client that says what it likes.
type raw struct {
	net.Conn
	from *bufio.Reader
}

func (s *setup) dial(t testing.TB) *raw {
	t.Helper()
	c, err := net.Dial("unix", s.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return &raw{c, bufio.NewReader(c)}
}

// client is a raw client that has shown a token.
func (s *setup) client(t testing.TB, secret token.Secret) *raw {
	t.Helper()
	c := s.dial(t)
	c.must(t, "authenticate", map[string]any{"token": secret.Reveal()}, nil)
	return c
}

// enter is client, once there is a place for one.
func (s *setup) enter(t testing.TB) (c *raw) {
	t.Helper()
	secret := s.secret(t).Reveal()
	eventually(t, "there is a place", func() bool {
		c = s.dial(t)
		fmt.Fprintf(c, `{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"%s"}}`+"\n", secret)
		line, err := c.from.ReadString('\n')
		return err == nil && strings.Contains(line, "result") || c.Close() != nil
	})
	return c
}

// say sends lines.
func (c *raw) say(t testing.TB, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if _, err := io.WriteString(c, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// answer is a reply, or a notification.
type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   *rpc.Error      `json:"error"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

func (c *raw) line(t testing.TB) string {
	t.Helper()
	line, err := c.from.ReadString('\n')
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return line
}

func (c *raw) hear(t testing.TB) answer {
	t.Helper()
	line := c.line(t)
	var a answer
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if a.Version != "2.0" {
		t.Fatalf("not JSON-RPC 2.0: %s", line)
	}
	return a
}

// call calls a method and returns the error of the reply, if it has one.
func (c *raw) call(t testing.TB, method string, params, result any) *rpc.Error {
	t.Helper()
	if m, ok := params.(map[string]any); params == nil || ok && m == nil {
		params = map[string]any{}
	}
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	c.say(t, string(line))
	a := c.hear(t)
	if string(a.ID) != "7" {
		t.Fatalf("%s: reply has the id %s", method, a.ID)
	}
	if a.Error == nil && result != nil {
		if err := json.Unmarshal(a.Result, result); err != nil {
			t.Fatalf("%s: %v in %s", method, err, a.Result)
		}
	}
	return a.Error
}

func (c *raw) must(t testing.TB, method string, params, result any) {
	t.Helper()
	if err := c.call(t, method, params, result); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

// wantKind fails the test unless an error has a kind.
func wantKind(t testing.TB, err *rpc.Error, kind string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", kind)
	}
	if err.Data.Kind != kind {
		t.Errorf("error is %s (%v), want %s", err.Data.Kind, err, kind)
	}
}

// wantCut fails the test unless the server has ended the connection, after which it
// may have said something.
func (c *raw) wantCut(t testing.TB) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c.from); err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			t.Fatal("the connection is still there")
		}
	}
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func texts(messages []rpc.Message) []string {
	var all []string
	for _, m := range messages {
		all = append(all, m.Text)
	}
	return all
}

// sent are the texts of all messages, in their order.
func (f *fake) sent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return texts(slices.Clone(f.messages))
}

func (c *raw) closeWrite(t testing.TB) {
	t.Helper()
	if err := c.Conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

// stream sends lines while the test goes on.
func (c *raw) stream(t testing.TB, lines ...string) {
	t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, line := range lines {
			if _, err := io.WriteString(c, line+"\n"); err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		c.Close()
		wg.Wait()
	})
}
