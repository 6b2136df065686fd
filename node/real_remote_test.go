package node_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// remote is a person whose node is a process of its own, which can be killed.
type remote struct {
	root   string
	env    []string
	cmd    *exec.Cmd
	in     io.Closer
	said   *bufio.Scanner
	client *rpc.Client // across all processes

	stop  context.CancelFunc
	heard sync.WaitGroup
	mu    sync.Mutex
	kept  []node.Event // the events that are kept, in the order in which they came
}

// newRemote starts a person with the tor of others.
func newRemote(t testing.TB, c *tortest.Client) *remote {
	t.Helper()
	return startRemote(t, childControl+"="+c.Control, childSocks+"="+c.Socks)
}

func startRemote(t testing.TB, env ...string) *remote {
	t.Helper()
	root, err := os.MkdirTemp("", "node") // short, for the socket in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	made, err := profile.Create(testContext(t), root, "someone", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	r := &remote{root: root, env: env}
	t.Cleanup(func() { r.end(t) })
	r.start(t)
	r.listen(t)
	return r
}

// start starts the process, and waits until it answers.
func (r *remote) start(t testing.TB) {
	t.Helper()
	r.cmd = exec.CommandContext(context.Background(), os.Args[0])
	r.cmd.Env = append(append(os.Environ(), childRoot+"="+r.root), r.env...)
	r.cmd.Stderr = os.Stderr
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.said = bufio.NewScanner(out)
	if !r.said.Scan() || r.said.Text() != serving {
		t.Fatalf("the process says %q, %v", r.said.Text(), r.said.Err())
	}
}

// kill ends the process as a power cut would.
func (r *remote) kill(t testing.TB) {
	t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = r.wait() // which says that it was killed
}

// wait waits for the end of the process, and returns the last line that it has said.
func (r *remote) wait() (last string, err error) {
	for r.said.Scan() {
		last = r.said.Text()
	}
	err = r.cmd.Wait()
	r.cmd = nil
	return last, err
}

// leave ends the process in good order.
func (r *remote) leave(t testing.TB) {
	t.Helper()
	if err := r.in.Close(); err != nil {
		t.Fatal(err)
	}
	if last, err := r.wait(); err != nil {
		t.Errorf("the process ends with %v, and says %q", err, last)
	}
}

func (r *remote) end(t testing.TB) {
	t.Helper()
	if r.cmd != nil {
		r.kill(t)
	}
	if r.client != nil {
		r.stop()
		r.heard.Wait()
		_ = r.client.Close()
	}
}

// listen connects to the socket, and takes the events of all processes to come.
func (r *remote) listen(t testing.TB) {
	t.Helper()
	path, err := profile.SocketPath(r.root, "someone")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		t.Fatal(err)
	}
	if r.client, err = rpc.Dial(testContext(t), path, secret); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	r.heard.Go(func() {
		for after := ledger.Cursor(0); ctx.Err() == nil; {
			after = r.take(ctx, after)
		}
	})
}

// signals are the events that are not kept.
var signals = []rpc.EventKind{rpc.PresenceChanged, rpc.TypingHint, rpc.FileProgress, rpc.FileStalled, rpc.StatusChanged}

// take takes the events after a cursor for as long as there are any, and returns the
// last cursor.
func (r *remote) take(ctx context.Context, after ledger.Cursor) ledger.Cursor {
	for e, err := range r.client.Subscribe(ctx, after) {
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			break
		}
		after = e.Cursor
		if !slices.Contains(signals, e.Kind) {
			r.mu.Lock()
			r.kept = append(r.kept, e)
			r.mu.Unlock()
		}
	}
	return after
}

// call calls a method until the node answers, for those that may be called twice.
func (r *remote) call(t testing.TB, method string, params, result any) {
	t.Helper()
	var err error
	eventually(t, "the answer to "+method, func() bool {
		err = r.client.Call(testContext(t), method, params, result)
		return !away(err)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// away reports whether an error means that the process is not there, or was killed
// meanwhile.
func away(err error) bool {
	return errors.Is(err, rpc.ErrLost) || errors.Is(err, rpc.ErrNotRunning) || errors.Is(err, rpc.ErrClosed)
}

// events returns the events so far.
func (r *remote) events() []node.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// received returns how many messages have come so far.
func (r *remote) received() (n int) {
	for _, e := range r.events() {
		if e.Kind == rpc.EventKindName(ledger.MessageReceived) {
			n++
		}
	}
	return n
}

// befriendRemotes makes contacts of two, and returns the conversation of each.
func befriendRemotes(t testing.TB, a, b *remote) (ofA, ofB ledger.ConversationID) {
	t.Helper()
	for _, r := range []*remote{a, b} {
		r.call(t, "ready", nil, nil)
	}
	var link struct {
		Link string `json:"link"`
	}
	b.call(t, "link", nil, &link)
	var contact, there node.Contact
	a.call(t, "add_contact", map[string]any{"link": link.Link}, &contact)
	var all []node.Contact
	eventually(t, "the request", func() bool {
		b.call(t, "contacts", nil, &all)
		return len(all) == 1
	})
	b.call(t, "accept_contact", map[string]any{"contact": all[0].ID}, nil)
	b.call(t, "contact", map[string]any{"contact": all[0].ID}, &there)
	eventually(t, "the acceptance", func() bool {
		a.call(t, "contact", map[string]any{"contact": contact.ID}, &contact)
		return contact.State == "accepted"
	})
	return contact.Conversation, there.Conversation
}

// messages returns what is in a conversation, in its order.
func (r *remote) messages(t testing.TB, in ledger.ConversationID) (all []node.Message) {
	t.Helper()
	for before := ledger.MessageNumber(0); ; {
		var page []node.Message
		r.call(t, "messages", map[string]any{"conversation": in, "before": before, "limit": rpc.MaxMessages}, &page)
		if len(page) == 0 {
			slices.Reverse(all)
			return all
		}
		all = append(all, page...)
		before = page[len(page)-1].Number
	}
}

// sendAll sends numbered messages, each once, whatever becomes of the process. Message
// number i waits until allowed returns more than i.
func (r *remote) sendAll(t testing.TB, in ledger.ConversationID, count int, allowed func() int) {
	t.Helper()
	for i := 0; i < count; {
		eventually(t, "leave to send", func() bool { return allowed() > i || t.Failed() })
		if t.Failed() {
			return
		}
		err := r.client.Call(testContext(t), "send", map[string]any{"conversation": in, "text": numbered(i)}, nil)
		switch {
		case err == nil:
			i++
		case !away(err):
			t.Errorf("message %d: %v", i, err)
			return
		case r.lastOwn(t, in) == numbered(i): // it was kept, and the answer was lost
			i++
		}
	}
}

func numbered(i int) string { return fmt.Sprintf("message number %d", i) }

// lastOwn returns the last message that was sent here.
func (r *remote) lastOwn(t testing.TB, in ledger.ConversationID) string {
	t.Helper()
	for before := ledger.MessageNumber(0); ; {
		var page []node.Message
		r.call(t, "messages", map[string]any{"conversation": in, "before": before, "limit": rpc.MaxMessages}, &page)
		if len(page) == 0 {
			return ""
		}
		for _, m := range page {
			if m.Sender == 0 {
				return m.Text
			}
		}
		before = page[len(page)-1].Number
	}
}

// check opens the profile, while the process is not there, and reads all of its
// database.
func (r *remote) check(t testing.TB) {
	t.Helper()
	p, err := profile.Open(testContext(t), r.root, "someone", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Store().Check(testContext(t)); err != nil {
		t.Error(err)
	}
}

// checkCopy is the same on a copy of the folder, which the next process does not see.
func (r *remote) checkCopy(t testing.TB) {
	t.Helper()
	other := &remote{root: t.TempDir()}
	from, to := filepath.Join(r.root, "someone"), filepath.Join(other.root, "someone")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, f.Name()), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	other.check(t)
}
