package node_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// disks are folders on disks that have as many bytes left as a test says.
var disks sync.Map

func pretended(available func(string) (uint64, bool)) func(string) (uint64, bool) {
	return func(folder string) (free uint64, known bool) {
		disks.Range(func(root, n any) bool {
			if known = strings.HasPrefix(folder, root.(string)); known {
				free = n.(uint64)
			}
			return !known
		})
		if known {
			return free, true
		}
		return available(folder)
	}
}

// leaves makes that of a folder a disk with so many bytes left.
func leaves(t testing.TB, folder string, free uint64) {
	t.Helper()
	disks.Store(folder, free)
	t.Cleanup(func() { disks.Delete(folder) })
}

func (p *party) awaitDiskFull(t testing.TB, want bool) {
	t.Helper()
	eventually(t, "what the status says of the disk", func() bool {
		s, err := p.Status(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		return s.DiskFull == want
	})
}

// TestDiskIsNearlyFull: before others fill the disk, nothing more is read from them. What
// one says oneself goes on, and nothing is lost.
func TestDiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, carol := newRaw(t, fake), newRaw(t, fake)
	l, contact := bob.join(t, alice)
	leaves(t, alice.root, 100<<20)
	alice.awaitDiskFull(t, true)

	var said []string
	for i := range byte(5) {
		said = append(said, secret+string('a'+rune(i)))
		l.say(t, text(i+1, said[i]))
	}
	called := make(chan *rawLink, 1)
	go func() { called <- carol.call(t, alice) }()
	if _, err := alice.Send(testContext(t), contact.Conversation, secret+" goes on", node.SendOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := hearOf[wire.Text](t, l); got.Text != secret+" goes on" {
		t.Errorf("%q has come", got.Text)
	}
	// One was being waited for when there still was room.
	if got := alice.heardIn(t, contact.Conversation); len(got) > 1 {
		t.Errorf("%d messages were read", len(got))
	}
	select {
	case <-called:
		t.Error("somebody new was answered")
	default:
	}

	leaves(t, alice.root, 1<<30)
	eventually(t, "what has waited", func() bool { return len(alice.heardIn(t, contact.Conversation)) == len(said) })
	if got := alice.heardIn(t, contact.Conversation); !slices.Equal(got, said) {
		t.Errorf("%q has come", got)
	}
	<-called
	alice.awaitDiskFull(t, false)
}

// TestDiskIsNotForFiles: a file that would leave too little is not accepted without
// asking. Who is asked may accept it.
func TestDiskIsNotForFiles(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, log := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	folder := t.TempDir()
	leaves(t, folder, 1<<30)
	alice.trusts(t, contact, 1<<20, folder)
	f := newRawFile("x", make([]byte, 1<<20))
	bob.onFetch(t, f.serve(t, nil))
	number := l.offer(t, alice, f)
	eventually(t, "the reason", func() bool { return log.has("a file cannot be accepted without asking") })
	if got := awaitFile(t, alice, number, "offered"); got.Done > 0 || len(namesIn(t, folder)) > 0 {
		t.Errorf("it was accepted: %+v", got)
	}
	if err := alice.AcceptFile(testContext(t), number, ""); err != nil {
		t.Fatal(err)
	}
	awaitFile(t, alice, number, "arrived")
}
