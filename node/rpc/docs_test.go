package rpc_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
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

// rows are the cells of all tables whose first cell is a name in backquotes.
func rows(t testing.TB, heading string) map[string][]string {
	t.Helper()
	_, rest, ok := strings.Cut(document(t), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("there is no section %s", heading)
	}
	section, _, _ := strings.Cut(rest, "\n## ")
	all := make(map[string][]string)
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if name := strings.Trim(cells[0], "`"); len(cells) > 1 && name != cells[0] {
			if all[name] != nil {
				t.Errorf("%s is there twice", name)
			}
			all[name] = cells[1:]
		}
	}
	return all
}

func TestDocumentHasTheMethods(t *testing.T) {
	found := rows(t, "Methods")
	for _, m := range listed(t) {
		var params []string
		for _, p := range m.Params {
			mark := ""
			if p.Optional {
				mark = "?"
			}
			params = append(params, fmt.Sprintf("%s%s %s", p.Name, mark, p.Type))
		}
		scopes := strings.Join(m.Scopes.Names(), ", ")
		if scopes == "" {
			scopes = "any"
		}
		conversation := "no"
		if m.Conversation {
			conversation = "yes"
		}
		want := []string{strings.Join(params, ", "), strings.TrimPrefix(m.Result, "nothing"), scopes, conversation}
		row := found[m.Name]
		delete(found, m.Name)
		if len(row) != 5 || !slices.Equal(row[:4], want) || row[4] == "" {
			t.Errorf("row is %q, want\n| `%s` | %s | ... |", row, m.Name, strings.Join(want, " | "))
		}
	}
	for name := range found {
		t.Errorf("there is no method %s", name)
	}
}

func TestDocumentHasTheErrors(t *testing.T) {
	found := rows(t, "Errors")
	for name, code := range rpc.ErrorKinds() {
		if row := found[name]; len(row) != 2 || row[0] != fmt.Sprint(code) {
			t.Errorf("row of %s is %q, want code %d", name, row, code)
		}
		delete(found, name)
	}
	for name := range found {
		t.Errorf("there is no error %s", name)
	}
}

// The members of each object, in their order.
func TestDocumentHasTheObjects(t *testing.T) {
	found := rows(t, "Objects")
	for name, object := range map[string]any{
		"address": rpc.Address{}, "contact": rpc.Contact{}, "conversation": rpc.Conversation{}, "delivery": rpc.Delivery{},
		"event": rpc.Event{}, "file": rpc.File{}, "invite": rpc.Invite{}, "link": rpc.Link{}, "message": rpc.Message{},
		"method": rpc.Method{}, "new address": rpc.NewAddress{}, "new token": rpc.NewToken{}, "param": rpc.Param{},
		"presence": rpc.Presence{}, "progress": rpc.Progress{}, "tor info": rpc.TorInfo{}, "circuit count": rpc.CircuitCount{}, "service info": rpc.ServiceInfo{}, "round trip": rpc.RoundTrip{}, "draft": rpc.Draft{}, "rights": rpc.Rights{}, "safety number": rpc.SafetyNumber{},
		"settings": rpc.Settings{}, "status": rpc.Status{}, "subscription": rpc.Subscription{}, "token": rpc.Token{},
		"unread": rpc.Unread{}, "verification": rpc.Verification{}, "version": rpc.Version{}, "words": rpc.Words{},
	} {
		var members []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(object)) {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous {
				continue
			}
			if options != "" {
				tag += "?"
			}
			members = append(members, tag)
		}
		if row := found[name]; len(row) == 0 || row[0] != strings.Join(members, ", ") {
			t.Errorf("row of %s is %q, want\n| `%s` | %s | |", name, row, name, strings.Join(members, ", "))
		}
		delete(found, name)
	}
	for name := range found {
		t.Errorf("there is no object %s", name)
	}
}

func TestDocumentHasTheEvents(t *testing.T) {
	found := rows(t, "Events")
	want := []string{string(rpc.PresenceChanged), string(rpc.TypingHint), string(rpc.FileProgress), string(rpc.FileStalled), string(rpc.StatusChanged)}
	for k := ledger.RequestReceived; rpc.EventKindName(k) != ""; k++ {
		want = append(want, string(rpc.EventKindName(k)))
	}
	for _, name := range want {
		if found[name] == nil {
			t.Errorf("event %s is missing", name)
		}
		delete(found, name)
	}
	for name := range found {
		t.Errorf("there is no event %s", name)
	}
}

func TestDocumentHasTheLimits(t *testing.T) {
	text := document(t)
	for what, n := range map[string]int{
		"%d connections": rpc.MaxConnections, "%d requests": rpc.MaxInFlight, "%d subscriptions": rpc.MaxSubscriptions,
		"batch of %d": rpc.MaxBatch, "%d tokens": rpc.MaxTokens, "%d messages": rpc.MaxMessages,
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
