package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/node/vault"
)

// someone is a person of the tests: a profile in a home of its own.
type someone struct {
	*clitest.Box
	t *testing.T
	// What a contact needs, in both forms.
	link, address string
	passphrase    []byte // of the profile, if it has one
}

func newSomeone(t *testing.T) *someone {
	t.Helper()
	s := &someone{Box: clitest.NewBox(t), t: t}
	out := s.Run(0, "init", "--no-passphrase").Out
	s.link = out.Await(t, "onionwire:")
	s.address = out.Await(t, "/onion3/")
	return s
}

// peer returns the peer ID.
func (s *someone) peer() string {
	_, id, _ := strings.Cut(s.address, "/p2p/")
	return id
}

// secrets returns how the keys of the profile could look in a log, and its words.
func (s *someone) secrets() []string {
	s.t.Helper()
	keys, err := vault.Open(filepath.Join(s.Data(), "onionwire", "default", "keys"), s.passphrase)
	if err != nil {
		s.t.Fatal(err)
	}
	defer keys.Wipe()
	words, err := keys.Words()
	if err != nil {
		s.t.Fatal(err)
	}
	database, err := keys.Database()
	if err != nil {
		s.t.Fatal(err)
	}
	forms := append(clitest.Forms(database), strings.Join(words, " "))
	for _, purpose := range []vault.Purpose{vault.Identity, vault.OnionNumber(1), vault.Sessions, vault.Rows} {
		key, err := keys.Derive(purpose)
		if err != nil {
			s.t.Fatal(err)
		}
		forms = append(forms, clitest.SeedForms(key)...)
	}
	return forms
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
