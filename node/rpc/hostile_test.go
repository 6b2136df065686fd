package rpc_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// alive fails the test unless others are answered.
func (s *setup) alive(t *testing.T) {
	t.Helper()
	c := s.client(t, s.secret(t))
	defer c.Close()
	c.must(t, "ping", nil, nil)
}

// pour writes until the server has had enough, and returns how much it took.
func (c *raw) pour(chunk string) (n int) {
	for n < 64<<20 {
		m, err := io.WriteString(c, chunk)
		n += m
		if err != nil {
			return n
		}
	}
	return n
}

func TestEndlessLine(t *testing.T) {
	s := start(t)
	for name, c := range map[string]*raw{"before the token": s.dial(t), "after it": s.client(t, s.secret(t))} {
		const slack = 2 << 20 // buffers of the socket
		if n := c.pour(strings.Repeat("x", 64<<10)); n > rpc.MaxLine+slack {
			t.Errorf("%s: %d bytes of one line were taken", name, n)
		}
		wantKind(t, c.hear(t).Error, "invalid_request")
		c.wantCut(t)
	}
	s.alive(t)
}

func TestTheLongestLineIsTaken(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.client(t, s.secret(t))
	line := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	c.say(t, line+strings.Repeat(" ", rpc.MaxLine-len(line)))
	if a := c.hear(t); a.Error != nil {
		t.Error(a.Error)
	}
	c.say(t, line+strings.Repeat(" ", rpc.MaxLine-len(line)+1))
	wantKind(t, c.hear(t).Error, "invalid_request")
	c.wantCut(t)
}

func TestLineWithoutAnEnd(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	io.WriteString(c, `{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"a"}}`)
	c.closeWrite(t)
	wantKind(t, c.hear(t).Error, "parse")
	c.wantCut(t)
	if len(s.api.sent()) != 0 {
		t.Error("a line that may not be whole was done")
	}
}

func TestHugeBatch(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, one := range []string{`{"jsonrpc":"2.0","method":"typing","params":{"conversation":1}}`, `1`, `[]`} {
		c.say(t, "["+strings.Repeat(one+",", 10_000)+one+"]")
		wantKind(t, c.hear(t).Error, "invalid_request")
	}
	if called := s.api.names(); len(called) != 0 {
		t.Errorf("%d of its requests were done", len(called))
	}
	s.alive(t)
}

func TestDeepJSON(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	const deep = rpc.MaxLine / 8
	for _, line := range []string{
		strings.Repeat("[", deep),
		strings.Repeat("[", deep) + strings.Repeat("]", deep),
		strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep),
		`{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`,
		`{"jsonrpc":"2.0","id":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `,"method":"ping"}`,
	} {
		c.say(t, line)
		if a := c.hear(t); a.Error == nil {
			t.Errorf("it is answered by %s", a.Result)
		}
	}
	s.alive(t)
}

func TestManyMembers(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.client(t, s.secret(t))
	var line strings.Builder
	line.WriteString(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{`)
	for i := range 80_000 {
		if i > 0 {
			line.WriteByte(',')
		}
		line.WriteString(`"` + strings.Repeat("x", i%3) + string(rune('\u4e00'+i%20000)) + `":1`)
	}
	line.WriteString(`}}`)
	c.say(t, line.String())
	wantKind(t, c.hear(t).Error, "invalid_params")
	s.alive(t)
}

func TestOneConnectionTooMany(t *testing.T) {
	s := start(t)
	for range rpc.MaxConnections {
		s.client(t, s.secret(t))
	}
	for range 100 {
		c := s.dial(t)
		wantKind(t, c.hear(t).Error, "limit")
		c.wantCut(t)
		c.Close()
	}
}

// Whatever a client sends without reading what comes back, only so much is taken, and
// others do not notice.
func TestFloods(t *testing.T) {
	t.Parallel()
	s := start(t)
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"methods"}`,
		`{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"a"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"after":0}}`,
		`[` + strings.Repeat(`{"jsonrpc":"2.0","id":1,"method":"methods"},`, 50) + `1]`,
		`x`,
	} {
		c := s.client(t, s.secret(t))
		wg.Go(func() {
			if n := c.pour(strings.Repeat(line+"\n", 200)); n >= 64<<20 {
				t.Errorf("all of %.40s is taken", line)
			}
		})
		defer c.Close()
	}
	for range 50 {
		s.alive(t)
		time.Sleep(10 * time.Millisecond)
	}
}

func TestConnectionsThatComeAndGo(t *testing.T) {
	s := start(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				c, err := net.Dial("unix", s.path)
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(c, `{"jsonrpc":"2.0","id":1,"method":"authenticate"`)
				c.Close()
			}
		})
	}
	wg.Wait()
	s.enter(t).must(t, "ping", nil, nil)
}
