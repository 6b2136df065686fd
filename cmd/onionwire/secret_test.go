package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// TestPassphraseStaysSecret runs a node on a sealed profile, and looks for the
// passphrase and for keys in all that it writes and keeps.
func TestPassphraseStaysSecret(t *testing.T) {
	t.Parallel()
	const passphrase = "correct horse battery staple"
	box := clitest.NewBox(t)
	file := box.File("passphrase", passphrase+"\n")
	s := &someone{Box: box, t: t, passphrase: []byte(passphrase)}
	made := s.Run(0, "init", "--passphrase-file", file, "--log-level", "debug")
	p := s.Start("serve", "--passphrase-file", "-", "--log-level", "debug", "--tor-network", s.Offline())
	p.Say(passphrase)
	p.Out.Await(t, "ready ")
	s.Run(0, "call", "status")
	p.End(syscall.SIGTERM, 0)
	s.Run(3, "words", "--passphrase-file", box.File("wrong", "correct horse\n")).WantDiscreet([]string{passphrase})

	secrets := append(s.secrets(), passphrase)
	for _, p := range []*clitest.Process{made, p} {
		p.WantDiscreet(secrets)
	}
	for _, line := range append(made.Out.All(), p.Out.All()...) {
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Error("standard output has a secret")
			}
		}
	}
	err := filepath.WalkDir(s.Data(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s has a secret", e.Name())
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
