package node_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	fileSize  = 50 << 20
	chunkSize = 64 << 10
)

// newFile makes a file of random bytes.
func newFile(t testing.TB, name string) (path string, content []byte) {
	t.Helper()
	content = make([]byte, fileSize)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // never fails
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// sent counts the chunks that a sender sends.
type sent struct {
	mu    sync.Mutex
	count int
	least uint64   // what is below is there
	again []uint64 // and was sent all the same
}

func (s *sent) chunk(index uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	if index < s.least {
		s.again = append(s.again, index)
	}
}

// verified says how many chunks are there, and returns how many were sent.
func (s *sent) verified(chunks uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.least = max(s.least, chunks)
	return s.count
}

// TestFileOverDisconnections sends a file that is interrupted in every way there is.
func TestFileOverDisconnections(t *testing.T) {
	t.Parallel()
	torOfAlice, torOfBob := startClient(t), startClient(t)
	alice := newPartyOn(t, attach(t, torOfAlice.Control, torOfAlice.Socks))
	bob := newRemote(t, torOfBob)
	ofAlice, _ := befriendRemote(t, alice, bob)
	path, content := newFile(t, "a file.bin")
	var counted sent
	alice.opened = func(n *node.Node) { n.OnChunk(counted.chunk) }
	alice.opened(alice.Node)

	downloads := t.TempDir()
	if err := os.WriteFile(filepath.Join(downloads, "a file.bin"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	offered, err := alice.SendFile(testContext(t), ofAlice, path)
	if err != nil {
		t.Fatal(err)
	}
	var files []node.File
	eventually(t, "the offer", func() bool {
		bob.call(t, "files", nil, &files)
		return len(files) == 1
	})
	bob.call(t, "accept_file", map[string]any{"file": files[0].Number, "folder": downloads}, nil)

	for i, cut := range []func(){
		alice.CutConnections,
		func() { restart(t, torOfAlice) },
		func() { bob.kill(t); bob.start(t) },
		func() { alice.leave(t); alice.come(t) },
		func() { restart(t, torOfBob) },
	} {
		eventually(t, "more of the file", func() bool { return draftSize(t, downloads) > (i+1)*fileSize/7 })
		cut()
		there := draftSize(t, downloads) / chunkSize
		if there == fileSize/chunkSize {
			t.Fatal("the file was all there before it was interrupted")
		}
		t.Logf("cut %d at chunk %d, after %d were sent", i+1, there, counted.verified(uint64(there)))
	}
	alice.await(t, "the arrival", func(e node.Event) bool { return e.File == offered.Number && e.FileState == "arrived" })
	if len(counted.again) > 0 {
		t.Errorf("chunks %d were sent although they were there", counted.again)
	}
	// What was under way when a stream was cut was not there.
	chunks := fileSize/chunkSize + 100 // with the padding of the layout
	if n := counted.verified(0); n > chunks+5*16 {
		t.Errorf("%d chunks were sent", n)
	}
	var file node.File
	bob.call(t, "file", map[string]any{"file": files[0].Number}, &file)
	if want := filepath.Join(downloads, "a file (2).bin"); file.State != "arrived" || file.Path != want {
		t.Errorf("the file is %+v", file)
	}
	if file.SHA256 != rpc.Hash(sha256.Sum256(content)) {
		t.Error("the hash is another one")
	}
	got, err := os.ReadFile(file.Path)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("what has arrived is something else, %v", err)
	}
	info, err := os.Stat(file.Path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	if mine, err := os.ReadFile(filepath.Join(downloads, "a file.bin")); err != nil || string(mine) != "mine" {
		t.Errorf("a file was overwritten: %q, %v", mine, err)
	}
	eventually(t, "the end of the draft", func() bool {
		left, err := os.ReadDir(downloads)
		return err == nil && len(left) == 2
	})
}

// restart kills a tor, and starts it again.
func restart(t testing.TB, c *tortest.Client) {
	t.Helper()
	c.Kill()
	if err := c.Restart(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

// draftSize returns how much of the file is on the disk.
func draftSize(t testing.TB, folder string) int {
	t.Helper()
	drafts, err := filepath.Glob(filepath.Join(folder, ".onionwire-*.part"))
	if err != nil || len(drafts) > 1 {
		t.Fatalf("drafts are %q, %v", drafts, err)
	}
	if len(drafts) == 0 {
		return 0
	}
	info, err := os.Stat(drafts[0])
	if err != nil {
		return fileSize // it has its name by now
	}
	return int(info.Size())
}

// befriendRemote makes contacts of two, one of whom is another process.
func befriendRemote(t testing.TB, p *party, r *remote) (ofP, ofR ledger.ConversationID) {
	t.Helper()
	r.call(t, "ready", nil, nil)
	link, err := p.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	var contact node.Contact
	r.call(t, "add_contact", map[string]any{"link": link.String()}, &contact)
	request := p.awaitKind(t, "request_received")
	if err := p.AcceptContact(testContext(t), request.Contact); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the acceptance", func() bool {
		r.call(t, "contact", map[string]any{"contact": contact.ID}, &contact)
		return contact.State == "accepted"
	})
	there, err := p.Contact(testContext(t), request.Contact)
	if err != nil {
		t.Fatal(err)
	}
	return there.Conversation, contact.Conversation
}

// TestMessagesOvertakeAFile compares what messages take with and without a file that
// is sent at the same time.
func TestMessagesOvertakeAFile(t *testing.T) {
	t.Parallel()
	p := newPairOn(t, 2)
	alone := p.latencies(t, 8)
	path, _ := newFile(t, "large.bin")
	offered, err := p.alice.SendFile(testContext(t), p.ofAlice, path)
	if err != nil {
		t.Fatal(err)
	}
	downloads := t.TempDir()
	if err := p.bob.AcceptFile(testContext(t), p.bob.awaitKind(t, "file_offered").File, downloads); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the beginning of the file", func() bool { return draftSize(t, downloads) > 0 })
	beside := p.latencies(t, 8)
	if f, err := p.alice.File(testContext(t), offered.Number); err != nil || f.State != "moving" {
		t.Errorf("the file is %+v, %v, before the messages are there", f, err)
	}
	t.Logf("messages took %s without a file, %s with one", alone, beside)
	if beside > 20*alone+2*time.Second {
		t.Error("messages wait for the file")
	}
	p.alice.await(t, "the arrival", func(e node.Event) bool { return e.File == offered.Number && e.FileState == "arrived" })
}

// latencies returns the median of the times that messages take until their sender
// knows that they are there.
func (p *pair) latencies(t testing.TB, count int) time.Duration {
	t.Helper()
	var all []time.Duration
	for i := range count {
		began := time.Now()
		p.alice.awaitDelivery(t, p.alice.say(t, p.ofAlice, fmt.Sprint("message ", i))[0])
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
