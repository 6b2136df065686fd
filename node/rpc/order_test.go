package rpc_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// A client need not wait for the reply to one message to send the next one.
func TestChangesHappenInTheirOrder(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	var want []string
	var lines []string
	for i := range 200 {
		want = append(want, fmt.Sprint(i))
		lines = append(lines, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"send","params":{"conversation":1,"text":"%d"}}`, i, i))
	}
	c.stream(t, lines...)
	for range lines {
		if a := c.hear(t); a.Error != nil {
			t.Fatal(a.Error)
		}
	}
	if got := s.api.sent(); !slices.Equal(got, want) {
		t.Errorf("messages are in the order %q", got)
	}
}

func TestReadsSeeTheChangesBefore(t *testing.T) {
	s := start(t)
	s.api.hold = make(chan struct{})
	c := s.client(t, s.secret(t))
	c.say(
		t,
		`{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"a"}}`,
		`{"jsonrpc":"2.0","id":2,"method":"message","params":{"message":1}}`,
	)
	eventually(t, "the message is being sent", func() bool { return slices.Contains(s.api.names(), "Send") })
	close(s.api.hold)
	for range 2 {
		if a := c.hear(t); a.Error != nil {
			t.Errorf("%s: %v", a.ID, a.Error)
		}
	}
}

// What may wait for long holds nothing up.
func TestReadyHoldsNothingUp(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	c.say(t, `{"jsonrpc":"2.0","id":1,"method":"ready"}`)
	eventually(t, "ready waits", func() bool { return slices.Contains(s.api.names(), "Ready") })
	c.must(t, "send", map[string]any{"conversation": 1, "text": "a"}, nil)
	close(s.api.ready)
	if a := c.hear(t); string(a.ID) != "1" || a.Error != nil {
		t.Errorf("the reply is %+v", a)
	}
}

// No more is read from a client than can be answered, and nothing is lost by it.
func TestRequestsInFlightAreBounded(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	const all = 3 * rpc.MaxInFlight
	for i := range all {
		c.say(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ready"}`, i))
	}
	count := func() int { return strings.Count(strings.Join(s.api.names(), " "), "Ready") }
	eventually(t, "as many as may wait do", func() bool { return count() == rpc.MaxInFlight })

	// Another client is answered meanwhile, by which time there would be more.
	other := s.client(t, s.secret(t))
	for range 100 {
		other.must(t, "ping", nil, nil)
	}
	if n := count(); n != rpc.MaxInFlight {
		t.Errorf("%d requests are in flight, want %d", n, rpc.MaxInFlight)
	}
	close(s.api.ready)
	for range all {
		if a := c.hear(t); a.Error != nil {
			t.Fatal(a.Error)
		}
	}
}

// Long lines are not kept many at a time: no more is read than the one that is being
// done, the one after it, and what fits into buffers.
func TestBytesInFlightAreBounded(t *testing.T) {
	s := start(t)
	s.api.hold = make(chan struct{})
	c := s.client(t, s.secret(t))
	text := strings.Repeat("x", rpc.MaxLine*2/3)
	line := `{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"` + text + `"}}`
	const all = 6
	var written atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for range all {
			for piece := range slices.Chunk([]byte(line+"\n"), 16<<10) {
				n, err := c.Write(piece)
				if err != nil {
					return
				}
				written.Add(int64(n))
			}
		}
	})
	defer wg.Wait()
	defer c.Close()
	for before := int64(-1); written.Load() != before; time.Sleep(500 * time.Millisecond) {
		before = written.Load()
	}
	if n := int(written.Load()); n < len(line) || n > 4*len(line) {
		t.Errorf("%d bytes are taken, of lines of %d", n, len(line))
	}
	close(s.api.hold)
	for range all {
		if a := c.hear(t); a.Error != nil {
			t.Fatal(a.Error)
		}
	}
}

// Who closes its side after the last request, as socat does, gets the replies.
func TestRepliesComeAfterTheLastRequest(t *testing.T) {
	s := start(t)
	s.api.hold = make(chan struct{})
	c := s.client(t, s.secret(t))
	c.say(t, `{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"a"}}`)
	c.closeWrite(t)
	eventually(t, "the message is being sent", func() bool { return slices.Contains(s.api.names(), "Send") })
	close(s.api.hold)
	if a := c.hear(t); a.Error != nil {
		t.Error(a.Error)
	}
	c.wantCut(t)
}
