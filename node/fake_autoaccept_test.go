package node_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// trusts has a node accept files of a contact, up to a size and into a folder, without
// asking.
func (p *party) trusts(t testing.TB, c node.Contact, most int64, folder string) {
	t.Helper()
	if _, err := p.SetSettings(testContext(t), node.SettingsUpdate{AutoAccept: &most, Downloads: &folder}); err != nil {
		t.Fatal(err)
	}
	number, err := p.SafetyNumber(testContext(t), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := p.VerifyContact(testContext(t), c.ID, strings.ReplaceAll(number.Digits, " ", ", ")); err != nil || !ok {
		t.Fatalf("VerifyContact: %t, %v", ok, err)
	}
}

// TestNoFolderForFiles: when a file cannot be accepted without asking, the log says why,
// and not where.
func TestNoFolderForFiles(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, log := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	alice.trusts(t, contact, 1<<20, filepath.Join(t.TempDir(), strings.Repeat(secret, 100)))
	l.offer(t, alice, newRawFile("x", []byte("what is in the file")))
	eventually(t, "the reason", func() bool { return log.has("a file cannot be accepted without asking") })
}
