package main

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/node/wire"
)

// say sends a line and waits until one side has it and the other knows.
func say(t *testing.T, from, to *clitest.Process, line string) {
	t.Helper()
	from.Say(line)
	arrives(t, from, to, line)
}

func arrives(t *testing.T, from, to *clitest.Process, line string) {
	t.Helper()
	if got := to.Out.Await(t, "them: "); got != "them: "+line {
		t.Errorf("%q arrived as %q", line, got)
	}
	if got := from.Out.Await(t, "you: "); !strings.HasPrefix(got, "you: "+line+"  ✓ delivered in ") {
		t.Errorf("%q was confirmed as %q", line, got)
	}
}

func TestChat(t *testing.T) {
	t.Parallel()
	alice, bob := newSomeone(t), newSomeone(t)
	listener := alice.listen()
	dialler := bob.chat(alice.link)
	dialler.Err.Await(t, "they are asked to become a contact")
	listener.Err.Await(t, bob.peer(), "is accepted")
	dialler.Err.Await(t, alice.peer(), "is a contact now")
	for _, p := range []*clitest.Process{dialler, listener} {
		p.Err.Await(t, "connected with ")
	}
	say(t, dialler, listener, "Hello Alice!")
	say(t, listener, dialler, "Hello Bob!")
	for _, line := range []string{"one", "two", "three"} {
		dialler.Say(line)
	}
	for _, line := range []string{"one", "two", "three"} {
		arrives(t, dialler, listener, line)
	}

	// Alice leaves; what Bob writes waits, and he does not hear otherwise.
	listener.End(syscall.SIGINT, 0)
	dialler.Err.Await(t, "disconnected; what you type waits")
	dialler.Say("Are you still there?")
	dialler.Err.Await(t, "cannot connect: ", "trying again")
	if slices.ContainsFunc(dialler.Out.All(), func(s string) bool { return strings.Contains(s, "still there") }) {
		t.Error("a message to somebody who is not there was delivered")
	}
	again := alice.listen()
	arrives(t, dialler, again, "Are you still there?")
	say(t, again, dialler, "Yes.")

	// The end of the input is the end of the chat for who has called.
	dialler.CloseInput()
	dialler.WantStatus(0, clitest.EndTime)
	bob.WantClean()
	again.Err.Await(t, "disconnected; ")
	again.End(syscall.SIGTERM, 0)

	secrets := slices.Concat(alice.secrets(), bob.secrets(), []string{"Hello", "still there", "Yes."})
	for _, p := range []*clitest.Process{listener, again, dialler} {
		p.WantDiscreet(secrets, alice.link)
		for _, line := range p.Out.All() {
			if !strings.HasPrefix(line, "you: ") && !strings.HasPrefix(line, "them: ") {
				t.Errorf("standard output has %q", line)
			}
		}
	}
}

// TestBothCall lets two call each other, of whom neither waits.
func TestBothCall(t *testing.T) {
	t.Parallel()
	alice, bob := newSomeone(t), newSomeone(t)
	a, b := alice.chat(bob.link), bob.chat(alice.address)
	for _, p := range []*clitest.Process{a, b} {
		p.Err.Await(t, "is a contact now")
	}
	say(t, a, b, "Hello Bob!")
	say(t, b, a, "Hello Alice!")
	for _, p := range []*clitest.Process{a, b} {
		p.CloseInput()
		p.WantStatus(0, clitest.Soon)
	}
}

// TestPipe gives lines to a chat that is no terminal's, to one whose own input
// is empty.
func TestPipe(t *testing.T) {
	t.Parallel()
	alice, bob, eve := newSomeone(t), newSomeone(t), newSomeone(t)
	listener := alice.chat("--listen")
	listener.CloseInput()
	listener.Err.Await(t, "waiting for somebody to talk to")

	// The right place with the wrong person in it.
	onion, _, _ := strings.Cut(alice.address, "/p2p/")
	_, peer, _ := strings.Cut(clitest.Nobody, "/p2p/")
	wrong := bob.chat(onion + "/p2p/" + peer)
	wrong.Say("for another")
	wrong.WantStatus(1, clitest.Soon)
	wrong.WantError("another identity answers at this address", "do not go on")
	wrong.WantDiscreet([]string{"for another"})

	hi := bob.chat(alice.address)
	hi.Say("hi")
	hi.CloseInput()
	hi.WantStatus(0, clitest.Soon)
	arrives(t, hi, listener, "hi")
	bob.WantClean()

	// The listener belongs to Bob now.
	stranger := eve.chat(alice.address)
	stranger.Say("let me in")
	listener.Err.Await(t, eve.peer(), "asks to become a contact, too; the request waits")
	stranger.End(syscall.SIGINT, 130)
	wantKept(t, stranger, 1)
	stranger.WantDiscreet([]string{"let me in"})

	// Nothing that he writes can do more than be read.
	long := strings.Repeat("x", wire.MaxText)
	rough := bob.chat(alice.address)
	for _, line := range []string{"\x1b[2J\x1b]0;owned\x07\x1b[31mred", long + "y", "caf\xe9", "  ", long, "evil\u202etxt.exe\r"} {
		rough.Say(line)
	}
	rough.CloseInput()
	rough.Err.Await(t, "not sent: text is longer than 65536 bytes")
	rough.Err.Await(t, "not sent: ", "UTF-8")
	rough.WantStatus(1, clitest.Soon)
	rough.WantError("lines not sent: 2", "said above")
	arrives(t, rough, listener, "␛[2J␛]0;owned␇␛[31mred")
	arrives(t, rough, listener, long)
	arrives(t, rough, listener, "evil‹U+202E›txt.exe")

	listener.End(syscall.SIGINT, 0)
	for _, p := range []*clitest.Process{listener, rough} {
		if all := p.Out.String() + p.Err.String(); strings.ContainsAny(all, "\x1b\x07\r\u202e") {
			t.Error("control characters reached the terminal")
		}
	}
	if out := listener.Out.String(); strings.Contains(out, "let me in") || strings.Contains(out, "for another") {
		t.Error("the listener has what was not for it, or not from its peer")
	}

	// Eve has come before all others now, and what she wrote has waited for that.
	listener = alice.chat("--listen")
	listener.CloseInput()
	listener.Err.Await(t, eve.peer(), "is accepted")
	stranger = eve.chat(alice.address)
	if got := stranger.Out.Await(t, "you: "); got != "you: let me in  (waiting)" {
		t.Errorf("what waits is shown as %q", got)
	}
	stranger.CloseInput()
	stranger.WantStatus(0, clitest.Soon)
	arrives(t, stranger, listener, "let me in")
	listener.End(syscall.SIGINT, 0)
}
