package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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
	request := awaitEvent(t, hears, requestReceived)
	if c := call[rpc.Contact](t, alice, "contact", fmt.Sprintf(`{"contact":%d}`, request.Contact)); c.Introduction != "It is Bob." || c.Peer != bob.peer() {
		t.Errorf("the request is %+v", c)
	}
	alice.Run(0, "call", "accept_contact", fmt.Sprintf(`{"contact":%d}`, request.Contact))
	awaitEvent(t, tells, contactChanged)

	// The text is on nobody's command line.
	p := bob.Start("call", "send", "-")
	p.Say(fmt.Sprintf(`{"conversation":%d,"text":"a <secret> & a half"}`, contact.Conversation))
	p.CloseInput()
	p.WantStatus(0, clitest.Soon)
	e := awaitEvent(t, hears, messageReceived)
	if m := call[rpc.Message](t, alice, "message", fmt.Sprintf(`{"message":%d}`, e.Message)); m.Text != "a <secret> & a half" {
		t.Errorf("it arrived as %q", m.Text)
	}
	for awaitEvent(t, tells, deliveryChanged).Delivery != delivered {
	}

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
	if got := chat.Out.Await(t, "them: "); got != "them: a <secret> & a half" {
		t.Errorf("what was not read is shown as %q", got)
	}
	chat.End(syscall.SIGINT, 0)
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
