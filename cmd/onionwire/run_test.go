package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// call asks the node of somebody, and decodes the result.
func call[T any](t *testing.T, s *someone, args ...string) (result T) {
	t.Helper()
	out := s.Run(0, append([]string{"call"}, args...)...).Out.All()
	if len(out) != 1 {
		t.Fatalf("call %q printed %d lines", args, len(out))
	}
	if err := json.Unmarshal([]byte(out[0]), &result); err != nil {
		t.Fatalf("call %q printed no JSON: %v", args, err)
	}
	return result
}

// awaitEvent waits until a subscription has told of an event of a kind.
func awaitEvent(t *testing.T, subscription *clitest.Process, kind rpc.EventKind) (e rpc.Event) {
	t.Helper()
	line := subscription.Out.Await(t, fmt.Sprintf(`"kind":%q`, kind))
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		t.Fatalf("an event is no JSON: %v", err)
	}
	return e
}

// TestRun lets two nodes become contacts and talk, by what other programs say.
func TestRun(t *testing.T) {
	t.Parallel()
	alice, bob := newSomeone(t), newSomeone(t)
	run := func(s *someone) *clitest.Process {
		p := s.Start("serve", "--log-level", "debug", "--tor-network", clitest.Network(t).TorrcFile())
		p.Out.Await(t, "ready ")
		return p
	}
	nodes := []*clitest.Process{run(alice), run(bob)}
	hears, tells := alice.Start("call", "subscribe"), bob.Start("call", "subscribe", `{"after":0}`)
	for _, s := range []*someone{alice, bob} {
		s.Run(0, "call", "ready")
		if status := call[rpc.Status](t, s, "status"); !status.Reachable || status.Peer != s.peer() {
			t.Errorf("the status is %+v", status)
		}
	}
	if link := call[rpc.Link](t, alice, "link"); link.Link != alice.link || link.Multiaddr != alice.address {
		t.Error("the node has another link than id prints")
	}

	contact := call[rpc.Contact](t, bob, "add_contact", fmt.Sprintf(`{"link":%q,"introduction":"It is Bob."}`, alice.link))
	request := awaitEvent(t, hears, rpc.RequestReceived)
	if c := call[rpc.Contact](t, alice, "contact", fmt.Sprintf(`{"contact":%d}`, request.Contact)); c.Introduction != "It is Bob." || c.Peer != bob.peer() {
		t.Errorf("the request is %+v", c)
	}
	alice.Run(0, "call", "accept_contact", fmt.Sprintf(`{"contact":%d}`, request.Contact))
	awaitEvent(t, tells, rpc.ContactChanged)

	// The text is on nobody's command line.
	p := bob.Start("call", "send", "-")
	p.Say(fmt.Sprintf(`{"conversation":%d,"text":"a <secret> & a half"}`, contact.Conversation))
	p.CloseInput()
	p.WantStatus(0, clitest.Soon)
	e := awaitEvent(t, hears, rpc.MessageReceived)
	if m := call[rpc.Message](t, alice, "message", fmt.Sprintf(`{"message":%d}`, e.Message)); m.Text != "a <secret> & a half" {
		t.Errorf("it arrived as %q", m.Text)
	}
	for awaitEvent(t, tells, rpc.DeliveryChanged).Delivery != rpc.DeliveredMessage {
	}

	talkByCommands(t, alice, bob)
	for _, subscription := range []*clitest.Process{hears, tells} {
		subscription.Signal(syscall.SIGINT)
		subscription.WantStatus(0, clitest.EndTime)
	}
	for i, s := range []*someone{alice, bob} {
		nodes[i].Signal(syscall.SIGTERM)
		nodes[i].WantStatus(0, clitest.EndTime)
		s.WantClean()
		nodes[i].WantDiscreet(append(s.secrets(), "secret", "It is Bob."))
		if out := nodes[i].Out.All(); len(out) != 1 {
			t.Errorf("run printed %q", out)
		}
	}
	// Who has written meanwhile has come first.
	chat := alice.chat("--listen")
	if got := chat.Out.Await(t, "them: "); got != "them: still unread" {
		t.Errorf("what was not read is shown as %q", got)
	}
	chat.End(syscall.SIGINT, 0)
}

// talkByCommands has two people whose nodes run write, read and send a file.
func talkByCommands(t *testing.T, alice, bob *someone) {
	t.Helper()
	receive := alice.Start("receive", "--count", "2", "--timeout", "2m")
	if got := bob.Run(0, "send", "#1", "over", "Tor", "--wait", "delivered").Out.Await(t, ""); !strings.HasPrefix(got, "delivered in ") {
		t.Errorf("send says %q", got)
	}
	receive.Out.Await(t, `"text":"a <secret> & a half"`) // was not read before
	receive.Out.Await(t, `"text":"over Tor"`)
	receive.WantStatus(0, clitest.Soon)
	bob.Run(0, "ping", "#1").Out.Await(t, " answers in ")

	file := bob.File("notes.txt", strings.Repeat("some notes\n", 20_000))
	send := bob.Start("file", "send", "#1", file, "--wait", "--timeout", "2m")
	for !strings.Contains(alice.Run(0, "file", "list").Out.String(), "offered") {
		time.Sleep(50 * time.Millisecond)
	}
	alice.Run(0, "file", "accept", "1", "--to", alice.Home, "--wait", "--timeout", "2m").Out.Await(t, "has arrived")
	send.WantStatus(0, clitest.Soon)
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(alice.Home, "notes.txt")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrived of %d, or others: %v", len(got), len(want), err)
	}
	bob.Run(0, "send", "#1", "still unread", "--wait", "delivered")
}

// TestRunOffline asks a node whose Tor does not get anywhere.
func TestRunOffline(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	s.Run(6, "call", "status").WantError("no node answers", "onionwire serve")
	p := s.Start("serve", "--tor-network", s.Offline())
	_, socket, _ := strings.Cut(p.Out.Await(t, "ready "), " ")
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	if status := call[rpc.Status](t, s, "status"); status.Reachable || status.Bootstrap == 100 {
		t.Errorf("the status is %+v", status)
	}
	s.Run(6, "serve", "--tor-network", s.Offline()).
		WantError(fmt.Sprintf("profile is in use by process %d", p.PID()), "end the other onionwire first")
	for _, tc := range []struct {
		status     int
		args       []string
		what, hint string
	}{
		{1, []string{"no_such_method"}, "there is no such method", "methods"},
		{4, []string{"contact", `{"contact":7}`}, "not found", "contacts"},
		{1, []string{"contact", `{"contact":"seven"}`}, "contact", "parameters"},
		{1, []string{"add_contact", `{"link":"onionwire:abc"}`}, "malformed contact link", "copy"},
		{2, []string{"contact", `[7]`}, "no JSON object", "write them"},
		{2, []string{"contact", `{"contact":7`}, "no JSON object", "write them"},
		{2, []string{"subscribe", `{"before":7}`}, "a cursor and nothing else", "write it"},
		{2, []string{"send", "{}", "{}"}, "name one method", "usage"},
		{2, nil, "name one method", "usage"},
	} {
		s.Run(tc.status, append([]string{"call"}, tc.args...)...).WantError(tc.what, tc.hint)
	}
	p.End(syscall.SIGINT, 0)
	s.Run(6, "call", "status").WantError("no node answers", "onionwire serve")
}

// TestRunFarDown runs a node in a folder whose path is too long for a socket.
func TestRunFarDown(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	dir := filepath.Join(s.Home, strings.Repeat("x", 100))
	s.Run(0, "init", "--no-passphrase", "--dir", dir)
	p := s.Start("serve", "--dir", dir, "--tor-network", s.Offline())
	p.Out.Await(t, "ready ")
	s.Run(0, "call", "--dir", dir, "status")
	p.End(syscall.SIGINT, 0)
	for _, line := range p.Err.All() {
		if strings.Contains(line, "again") {
			t.Errorf("the first connection is told as %q", line)
		}
	}
}
