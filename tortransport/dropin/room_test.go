package dropin_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/dropin"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// guest is somebody in a room.
type guest struct {
	in   *io.PipeWriter
	out  *bufio.Reader
	left chan error
}

func enter(t *testing.T, member string) guest {
	t.Helper()
	privateTors(t)
	in, say := io.Pipe()
	hear, out := io.Pipe()
	g := guest{in: say, out: bufio.NewReader(hear), left: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	room := dropin.Room{Tor: tor.Config{Torrc: private.net.Torrc()}, Member: member, In: in, Out: out}
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := room.Run(ctx)
		out.CloseWithError(fmt.Errorf("left the room: %w", cmp.Or(err, io.EOF)))
		g.left <- err
	}()
	t.Cleanup(func() {
		cancel()
		say.Close()
		hear.Close()
		<-done
	})
	return g
}

func (g guest) line(t *testing.T) string {
	t.Helper()
	line, err := g.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(line, "\n")
}

// TestRoom: two come into the room of a third by its address. What one of them
// says reaches both others, without what would confuse a terminal.
func TestRoom(t *testing.T) {
	t.Parallel()
	first := enter(t, "")
	addr := first.line(t)
	if !strings.HasPrefix(addr, "/onion3/") {
		t.Fatalf("no address, but %q", addr)
	}
	second, third := enter(t, addr), enter(t, addr)
	name := second.line(t)
	third.line(t)
	stop := make(chan struct{})
	var speaker sync.WaitGroup
	speaker.Go(func() {
		// Who is not in the room yet misses what is said.
		for {
			if _, err := io.WriteString(second.in, "hello\x1b[2J there\n"); err != nil {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-stop:
				return
			}
		}
	})
	want := name[len(name)-8:] + ": hello [2J there"
	for _, g := range []guest{first, third} {
		if got := g.line(t); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	close(stop)
	speaker.Wait()
	second.in.Close()
	if err := <-second.left; err != nil {
		t.Errorf("leaving: %v", err)
	}
}

func TestRoomMalformedMember(t *testing.T) {
	err := dropin.Room{Member: "/onion3/abc:1", In: strings.NewReader(""), Out: io.Discard}.Run(testContext(t))
	if err == nil || !strings.Contains(err.Error(), "malformed address of a member") {
		t.Errorf("the error is %v", err)
	}
}
