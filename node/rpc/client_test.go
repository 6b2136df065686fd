package rpc_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

func (s *setup) use(t testing.TB) *rpc.Client {
	t.Helper()
	c, err := rpc.Dial(testContext(t), s.path, s.secret(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

type params = map[string]any

func TestCall(t *testing.T) {
	s := start(t)
	c := s.use(t)
	var m rpc.Message
	if err := c.Call(testContext(t), "send", params{"conversation": 1, "text": "<hello> & \u2028"}, &m); err != nil {
		t.Fatal(err)
	}
	if m.Number != 1 || m.Text != "<hello> & \u2028" || !m.Written.Equal(then.Time) {
		t.Errorf("message is %+v", m)
	}
	err := c.Call(testContext(t), "contact", params{"contact": 99}, nil)
	var known *rpc.Error
	if !errors.Is(err, rpc.ErrNotFound) || !errors.As(err, &known) || known.Data.Kind != "not_found" {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	if errors.Is(err, rpc.ErrState) {
		t.Error("the error matches another one too")
	}
	if err := c.Call(testContext(t), "ping", params(nil), nil); err != nil {
		t.Error(err)
	}
}

func TestCallsAtTheSameTime(t *testing.T) {
	s := start(t)
	c := s.use(t)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			var m rpc.Message
			text := fmt.Sprint(i)
			if err := c.Call(testContext(t), "send", params{"conversation": 1, "text": text}, &m); err != nil || m.Text != text {
				t.Errorf("message %q for %q (%v)", m.Text, text, err)
			}
		})
	}
	wg.Wait()
}

func TestCallEndsWithItsContext(t *testing.T) {
	s := start(t)
	c := s.use(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Call(ctx, "ready", nil, nil) }()
	eventually(t, "ready waits", func() bool { return slices.Contains(s.api.names(), "Ready") })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that of the context", err)
	}
	if err := c.Call(testContext(t), "ping", nil, nil); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestCloseEndsCalls(t *testing.T) {
	s := start(t)
	c := s.use(t)
	done := make(chan error)
	go func() { done <- c.Call(t.Context(), "ready", nil, nil) }()
	eventually(t, "ready waits", func() bool { return slices.Contains(s.api.names(), "Ready") })
	c.Close()
	if err := <-done; !errors.Is(err, rpc.ErrLost) {
		t.Errorf("error is %v, want ErrLost", err)
	}
	if err := c.Call(testContext(t), "ping", nil, nil); !errors.Is(err, rpc.ErrLost) {
		t.Errorf("error after Close is %v, want ErrLost", err)
	}
}

func TestNextCallConnectsAgain(t *testing.T) {
	s := start(t)
	c := s.use(t)
	s.Close()
	if err := c.Call(testContext(t), "ping", nil, nil); !errors.Is(err, rpc.ErrLost) && !errors.Is(err, rpc.ErrNotRunning) {
		t.Errorf("error is %v, want ErrLost or ErrNotRunning", err)
	}
	eventually(t, "nobody is there", func() bool {
		return errors.Is(c.Call(testContext(t), "ping", nil, nil), rpc.ErrNotRunning)
	})
	s.restart(t)
	if err := c.Call(testContext(t), "ping", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestDialFails(t *testing.T) {
	if _, err := rpc.Dial(testContext(t), socketPath(t), token.New()); !errors.Is(err, rpc.ErrNotRunning) {
		t.Errorf("error is %v, want ErrNotRunning", err)
	}
	s := start(t)
	if _, err := rpc.Dial(testContext(t), s.path, token.New()); !errors.Is(err, rpc.ErrToken) {
		t.Errorf("error is %v, want ErrToken", err)
	}
	for range rpc.MaxConnections {
		s.enter(t)
	}
	for range 100 { // whether the server or the client says something first
		if _, err := rpc.Dial(testContext(t), s.path, s.secret(t)); !errors.Is(err, rpc.ErrLimit) {
			t.Fatalf("error is %v, want ErrLimit", err)
		}
	}
}

// impostor accepts connections and says what it is told to, for each line that it
// gets.
func impostor(t *testing.T, says ...string) string {
	t.Helper()
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				from := bufio.NewReader(c)
				for _, line := range says {
					if _, err := from.ReadString('\n'); err != nil {
						return
					}
					io.WriteString(c, line)
				}
				io.Copy(io.Discard, from)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return path
}

const welcome = `{"jsonrpc":"2.0","id":1,"result":{}}` + "\n"

func TestServersThatDoNotKeepToTheProtocol(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"no JSON":          "hello\n",
		"an endless reply": strings.Repeat("x", rpc.MaxReply+2*rpc.MaxLine),
		"another id":       `{"jsonrpc":"2.0","id":9,"result":{}}` + "\n",
		"an event":         `{"jsonrpc":"2.0","method":"event","params":{}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := rpc.Dial(testContext(t), impostor(t, says), token.New()); err == nil {
				c.Close()
				t.Error("no error")
			}
		})
	}
	t.Run("a result of another type", func(t *testing.T) {
		c, err := rpc.Dial(testContext(t), impostor(t, welcome, `{"jsonrpc":"2.0","id":2,"result":7}`+"\n"), token.New())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var m rpc.Message
		if err := c.Call(testContext(t), "message", nil, &m); !errors.Is(err, rpc.ErrProtocol) {
			t.Errorf("error is %v, want ErrProtocol", err)
		}
	})
	t.Run("silence", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := rpc.Dial(ctx, impostor(t, ""), token.New()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v, want that of the context", err)
		}
	})
}
