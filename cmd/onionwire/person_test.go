package main

import (
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// someone is a person of the tests: a profile in a home of its own.
type someone struct {
	*clitest.Box
	t *testing.T
	// What a contact needs, in both forms.
	link, address string
}

func newSomeone(t *testing.T) *someone {
	t.Helper()
	s := &someone{Box: clitest.NewBox(t), t: t}
	out := s.Run(0, "init").Out
	s.link = out.Await(t, "onionwire:")
	s.address = out.Await(t, "/onion3/")
	return s
}

// secrets returns how the keys of the profile could look in a log.
func (s *someone) secrets() []string {
	s.t.Helper()
	dir := filepath.Join(s.Data(), "onionwire", "default")
	return append(clitest.KeyForms(s.t, filepath.Join(dir, "identity.key")), clitest.KeyForms(s.t, filepath.Join(dir, "onion.key"))...)
}

// chat starts a chat on the private network.
func (s *someone) chat(args ...string) *clitest.Process {
	s.t.Helper()
	return s.Start(append([]string{"chat", "--log-level", "debug", "--tor-network", clitest.Network(s.t).TorrcFile()}, args...)...)
}

// listen starts a chat that waits for somebody, and waits until it can be
// reached.
func (s *someone) listen() *clitest.Process {
	s.t.Helper()
	p := s.chat("--listen")
	p.Err.Await(s.t, "waiting for somebody to talk to")
	return p
}
