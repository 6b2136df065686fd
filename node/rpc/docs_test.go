package rpc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

func document(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "rpc.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentHasTheLimits(t *testing.T) {
	text := document(t)
	for what, n := range map[string]int{
		"%d connections": rpc.MaxConnections, "%d requests": rpc.MaxInFlight, "%d subscriptions": rpc.MaxSubscriptions,
		"batch of %d": rpc.MaxBatch, "%d tokens": rpc.MaxTokens, "%d messages": rpc.MaxMessages, "1 to %d conversations": rpc.MaxConversations,
		"%d MiB": rpc.MaxLine >> 20, "%d MiB in": rpc.MaxReply >> 20,
	} {
		if want := fmt.Sprintf(what, n); !strings.Contains(text, want) {
			t.Errorf("%q is not in the document", want)
		}
	}
}

// block returns the first block of code of a kind.
func block(t testing.TB, kind string) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```" + kind + "\n(.*?)```").FindStringSubmatch(document(t))
	if found == nil {
		t.Fatalf("there is no block of %s", kind)
	}
	return found[1]
}

// The bot of the document answers a message. It needs Python 3, as the second
// implementation of the protocol does.
func TestDocumentedBot(t *testing.T) {
	t.Parallel()
	s := start(t)
	program := filepath.Join(t.TempDir(), "bot.py")
	if err := os.WriteFile(program, []byte(block(t, "python")), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	bot := exec.CommandContext(testContext(t), "python3", program, s.path)
	bot.Stderr = &said
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		bot.Process.Kill()
		bot.Wait()
		if t.Failed() {
			t.Logf("it says: %s", said.String())
		}
	}()
	eventually(t, "it listens", func() bool { return slices.Contains(s.api.names(), "Events") })
	s.api.receive(1, "hello")
	eventually(t, "it answers", func() bool { return len(s.api.sent()) == 2 })
	if got := s.api.sent(); got[1] != "You said: hello" {
		t.Errorf("messages are %q", got)
	}
}

// The conversation of the document, word by word: lines with an arrow to the right go
// to the node, the others come from it.
func TestDocumentedSession(t *testing.T) {
	s := start(t)
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	c := s.dial(t)
	for line := range strings.Lines(block(t, "text")) {
		line = strings.TrimSpace(line)
		if out, ok := strings.CutPrefix(line, "--> "); ok {
			c.say(t, strings.ReplaceAll(out, "onionwire_…", s.secret(t).Reveal()))
			continue
		}
		in, ok := strings.CutPrefix(line, "<-- ")
		if !ok {
			t.Fatalf("%s goes nowhere", line)
		}
		if got := strings.TrimSpace(c.line(t)); got != in {
			t.Errorf("comes:\n%s\nwant:\n%s", got, in)
		}
	}
}

// All that is shown as JSON is JSON.
func TestDocumentedJSON(t *testing.T) {
	for _, found := range regexp.MustCompile("`({[^`]*})`").FindAllStringSubmatch(document(t), -1) {
		if !json.Valid([]byte(found[1])) {
			t.Errorf("%s is no JSON", found[1])
		}
	}
}
