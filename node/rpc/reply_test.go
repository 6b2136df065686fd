package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestErrorsOfTheNodeHaveCodes(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, tt := range []struct {
		err  error
		code int
		kind string
		told bool // whether the client reads what wraps it
	}{
		{rpc.ErrInvalid, -32602, "invalid_params", true},
		{rpc.ErrNotFound, 4, "not_found", false},
		{rpc.ErrState, 5, "wrong_state", true},
		{rpc.ErrLimit, 6, "limit", true},
		{rpc.ErrUnavailable, 7, "unavailable", false},
		{rpc.ErrFull, 8, "disk_full", false},
		{rpc.ErrReadOnly, 9, "read_only", false},
		{rpc.ErrCursor, 10, "lost_cursor", false},
		{rpc.ErrClosed, 11, "closed", false},
		{rpc.ErrPassphrase, 14, "wrong_passphrase", false},
		{context.Canceled, 13, "cancelled", false},
		{context.DeadlineExceeded, 13, "cancelled", false},
		{errors.New("other"), -32603, "internal", false},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			s.api.failWith(fmt.Errorf("the reason: %w", tt.err))
			err := c.call(t, "typing", map[string]any{"conversation": 1}, nil)
			wantKind(t, err, tt.kind)
			if err.Code != tt.code {
				t.Errorf("code is %d, want %d", err.Code, tt.code)
			}
			if told := strings.Contains(err.Message, "the reason"); told != tt.told {
				t.Errorf("the message is %q", err.Message)
			}
			if tt.code > 0 && tt.code != 13 && !errors.Is(err, tt.err) {
				t.Errorf("what the client gets does not match %v", tt.err)
			}
		})
	}
	if text := s.log.String(); strings.Count(text, "request failed") != 1 || !strings.Contains(text, "other") {
		t.Errorf("the log should have the internal one, and has %s", text)
	}
}

// TestPathsAreNotLogged: what is wrong with a file is logged, and not which file it is.
func TestPathsAreNotLogged(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.client(t, s.secret(t))
	s.api.failWith(fmt.Errorf("the file: %w", &fs.PathError{Op: "lstat", Path: "/home/rosebud", Err: syscall.EIO}))
	wantKind(t, c.call(t, "typing", map[string]any{"conversation": 1}, nil), "internal")
	_ = c.Close()
	s.Close()
	if text := s.log.String(); strings.Contains(text, "rosebud") || !strings.Contains(text, syscall.EIO.Error()) {
		t.Errorf("the log has %s", text)
	}
}

func TestListsOfMessagesFitIntoALine(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.client(t, s.secret(t))
	text := strings.Repeat("\x01", 64<<10) // six bytes each, as JSON
	for range 10 {
		s.api.Send(t.Context(), 1, text, rpc.SendOptions{})
	}
	seen, before := 0, ledger.MessageNumber(0)
	for pages := 0; ; pages++ {
		c.say(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"messages","params":{"conversation":1,"before":%d}}`, before))
		line := c.line(t)
		if len(line) > rpc.MaxLine {
			t.Fatalf("a reply of %d bytes", len(line))
		}
		var page []rpc.Message
		c.must(t, "messages", map[string]any{"conversation": 1, "before": before}, &page)
		if len(page) == 0 {
			break
		}
		for _, m := range page {
			if before != 0 && m.Number != before-1 {
				t.Fatalf("message %d after %d", m.Number, before)
			}
			before = m.Number
			seen++
		}
	}
	if seen != 10 {
		t.Errorf("%d messages, want 10", seen)
	}
}

func TestRepliesAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.client(t, s.secret(t))
	s.api.mu.Lock()
	s.api.settings.Name = strings.Repeat("x", rpc.MaxReply)
	s.api.mu.Unlock()
	wantKind(t, c.call(t, "settings", nil, nil), "too_large")

	// A batch has the same bound: it is what is too much that fails.
	s.api.mu.Lock()
	s.api.settings.Name = strings.Repeat("x", rpc.MaxReply*2/3)
	s.api.mu.Unlock()
	one := `{"jsonrpc":"2.0","id":1,"method":"settings"}`
	c.say(t, "["+one+","+one+"]")
	line := c.line(t)
	if len(line) > rpc.MaxReply+rpc.MaxLine || strings.Count(line, `"too_large"`) != 1 || strings.Count(line, `"result"`) != 1 {
		t.Errorf("a reply of %d bytes", len(line))
	}
}
