package node_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// TestProfileInUse opens a profile while the node of another process runs on it.
func TestProfileInUse(t *testing.T) {
	t.Parallel()
	other := newRemote(t, sharedClient(t, 0))
	_, err := profile.Open(testContext(t), other.root, "someone", nil)
	want := fmt.Sprintf("profile is in use by process %d", other.cmd.Process.Pid)
	if !errors.Is(err, profile.ErrInUse) || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
	other.leave(t)
	other.check(t)
}

// TestDiskFails runs a node until there is no more room for its database: it ends, says
// why, and what it has acknowledged is there.
func TestDiskFails(t *testing.T) {
	t.Parallel()
	alice := startRemote(t, childLimit+"=1500000",
		childControl+"="+sharedClient(t, 0).Control, childSocks+"="+sharedClient(t, 0).Socks)
	somebody, err := profile.Create(testContext(t), t.TempDir(), "somebody", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	link := somebody.Link()
	if err := somebody.Close(); err != nil {
		t.Fatal(err)
	}
	var contact node.Contact
	alice.call(t, "add_contact", map[string]any{"link": link.String()}, &contact)
	kept := 0
	for err = nil; err == nil; kept++ {
		if kept > 1000 {
			t.Fatal("the disk is never full")
		}
		text := fmt.Sprint(numbered(kept), strings.Repeat(" and so on", 1000))
		params := map[string]any{"conversation": contact.Conversation, "text": text}
		err = alice.client.Call(testContext(t), "send", params, nil)
	}
	kept--
	t.Logf("%d messages were acknowledged, then: %v", kept, err)
	last, err := alice.wait()
	if err == nil || !strings.Contains(last, "the node has ended: ") || !strings.Contains(last, "disk") {
		t.Errorf("the process ends with %v, and says %q", err, last)
	}
	alice.check(t)
	alice.env = alice.env[1:]
	alice.start(t)
	all := alice.messages(t, contact.Conversation)
	if len(all) != kept && len(all) != kept+1 {
		t.Errorf("%d messages are there, %d were acknowledged", len(all), kept)
	}
	for i, m := range all {
		if !strings.HasPrefix(m.Text, numbered(i)+" and") {
			t.Errorf("message %d is %.30q", i, m.Text)
		}
	}
	alice.leave(t)
}
