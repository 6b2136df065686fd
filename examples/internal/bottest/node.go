// Package bottest runs bots against nodes of a Tor that is a fake in the test's process.
package bottest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// timeout bounds what a test waits for; most of it takes a moment.
const timeout = 2 * time.Minute

// Node is a node whose socket is served.
type Node struct {
	*node.Node
	// Socket is the path of it.
	Socket string

	t       *testing.T
	root    string
	daemon  *tor.Daemon
	profile *profile.Profile
	server  *rpc.Server
	tokens  int
}

// New makes a profile with a node that runs until the test ends.
func New(t *testing.T, fake *tortest.Fake) *Node {
	t.Helper()
	// The paths of t.TempDir are too long for unix sockets.
	root, err := os.MkdirTemp("", "ow-")
	if err != nil {
		t.Fatal(err)
	}
	n := &Node{t: t, root: root}
	t.Cleanup(func() {
		n.Leave()
		if n.daemon != nil {
			n.daemon.Close()
		}
		os.RemoveAll(root)
	})
	var cfg tor.AttachConfig
	if cfg.Control, err = tor.ParseAddr(fake.ControlAddr()); err == nil {
		cfg.SOCKS, err = tor.ParseAddr(fake.SocksAddr())
	}
	if err == nil {
		n.daemon, err = tor.Attach(n.context(), cfg)
	}
	if err == nil {
		n.profile, err = profile.Create(n.context(), root, "bot", vault.WithoutPassphrase())
	}
	if err != nil {
		t.Fatal(err)
	}
	n.serve()
	return n
}

func (n *Node) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	n.t.Cleanup(cancel)
	return ctx
}

// Come starts the node again.
func (n *Node) Come() {
	n.t.Helper()
	var err error
	if n.profile, err = profile.Open(n.context(), n.root, "bot", nil); err != nil {
		n.t.Fatal(err)
	}
	n.serve()
}

func (n *Node) serve() {
	n.t.Helper()
	ctx := n.context()
	var err error
	if n.Node, err = node.Open(ctx, node.Config{Profile: n.profile, Daemon: n.daemon}); err != nil {
		n.t.Fatal(err)
	}
	if n.server, err = n.Serve(ctx, "test"); err == nil {
		err = n.Ready(ctx)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	n.Socket = n.profile.SocketPath()
}

// Leave ends the node, if it runs.
func (n *Node) Leave() {
	n.t.Helper()
	if n.server != nil {
		n.server.Close()
	}
	if n.Node != nil {
		if err := n.Close(); err != nil {
			n.t.Error(err)
		}
	}
	if n.profile != nil {
		if err := n.profile.Close(); err != nil {
			n.t.Error(err)
		}
	}
	n.server, n.Node, n.profile = nil, nil, nil
}

// Token makes a token that can read and send in one conversation, and returns the path
// of its file.
func (n *Node) Token(conversation ledger.ConversationID) string {
	n.t.Helper()
	ctx := n.context()
	all, err := token.Load(rpc.TokenPath(n.Socket))
	if err != nil {
		n.t.Fatal(err)
	}
	owner, err := rpc.Dial(ctx, n.Socket, all)
	if err != nil {
		n.t.Fatal(err)
	}
	defer owner.Close()
	var made struct {
		Token string `json:"token"`
	}
	rights := map[string]any{"scopes": []string{"read", "send"}, "conversation": conversation}
	if err := owner.Call(ctx, "new_token", rights, &made); err != nil {
		n.t.Fatal(err)
	}
	n.tokens++
	path := filepath.Join(n.root, fmt.Sprintf("token-%d", n.tokens))
	if err := os.WriteFile(path, []byte(made.Token+"\n"), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return path
}

// File is the path of a file that is not there.
func (n *Node) File(name string) string { return filepath.Join(n.root, name) }

// Befriend makes contacts of two, and returns the conversation of each.
func Befriend(a, b *Node) (ofA, ofB ledger.ConversationID) {
	a.t.Helper()
	ctx := a.context()
	link, err := b.Link(ctx)
	if err != nil {
		a.t.Fatal(err)
	}
	contact, err := a.AddContact(ctx, link, rpc.AddOptions{})
	if err != nil {
		a.t.Fatal(err)
	}
	var request rpc.Contact
	eventually(a.t, "the request", func() bool {
		all, err := b.Contacts(ctx)
		for _, c := range all {
			if c.State == rpc.AskingContact {
				request = c
			}
		}
		return err == nil && request.ID != 0
	})
	if err := b.AcceptContact(ctx, request.ID); err != nil {
		a.t.Fatal(err)
	}
	eventually(a.t, "the answer", func() bool {
		c, err := a.Contact(ctx, contact.ID)
		return err == nil && c.State == rpc.AcceptedContact
	})
	if request, err = b.Contact(ctx, request.ID); err != nil {
		a.t.Fatal(err)
	}
	return contact.Conversation, request.Conversation
}

// Says sends a message.
func (n *Node) Says(conversation ledger.ConversationID, text string) {
	n.t.Helper()
	if _, err := n.Send(n.context(), conversation, text, rpc.SendOptions{}); err != nil {
		n.t.Fatal(err)
	}
}

// Has waits until a conversation has just these messages, in any order: two who write at
// the same time see different ones.
func (n *Node) Has(conversation ledger.ConversationID, want ...string) {
	n.t.Helper()
	var got []string
	slices.Sort(want)
	defer func() {
		if n.t.Failed() {
			n.t.Logf("the conversation has %q, want %q", got, want)
		}
	}()
	eventually(n.t, fmt.Sprintf("%d messages", len(want)), func() bool {
		messages, err := n.Messages(n.context(), conversation, 0, 100)
		if err != nil {
			n.t.Fatal(err)
		}
		got = nil
		for _, m := range messages {
			got = append(got, m.Text)
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	})
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(timeout); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
	}
}
