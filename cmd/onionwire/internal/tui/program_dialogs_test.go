package tui_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// TestProgramFromFirstRun goes from a system without a profile to a contact, with the
// bytes that a terminal sends.
func TestProgramFromFirstRun(t *testing.T) {
	const f2, f3, esc, tab, altL = "\x1bOQ", "\x1bOR", "\x1b[27u", "\t", "\x1bl"
	api := town(t)()
	s := &setup{missing: true}
	var b *backend
	p := runProgram(t, api, func(o *tui.Options) {
		b = o.Backend.(*backend)
		s.backend, o.Setup = &b, s
	})
	p.shows("Welcome to Onionwire")
	p.send("\r")
	p.shows("as contacts see it")
	p.send("Alice\r")
	p.shows("Everything that is kept")
	p.send("correct horse\r")
	p.shows("The same passphrase")
	p.send("correct horse\r")
	p.shows("wordxx")
	p.send(esc)
	p.shows("Type skip")
	p.send("skip\r")
	p.shows("Choose a conversation")
	p.send(f2)
	p.shows("onionwire:af43")
	p.send(esc + f3)
	p.shows("image file")
	p.send(pasted + theirs + end)
	p.shows("a good link")
	p.send(tab + "Dora\r" + "Hello\r")
	p.await("asking", func() bool { return api.Calls("AddContact") == 1 })
	p.shows("what you write waits")
	p.send(altL)
	p.shows("Passphrase of the profile")
	p.send("correct horse\r")
	p.await("unlocking", func() bool { return api.Calls("Settings") >= 2 })
	p.send("\x10") // Ctrl+P: the conversation is open again
	p.shows("Tab completes")
	p.send("quit\r")
	select {
	case err := <-p.done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the program goes on")
	}
	if b.closed != 2 || s.passphrase != "correct horse" {
		t.Errorf("closed %d times, sealed under %q", b.closed, s.passphrase)
	}
}
