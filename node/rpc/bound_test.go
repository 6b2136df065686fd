package rpc_test

import (
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// bot is a client that may read and send in conversation 1.
func bot(t testing.TB, s *setup) *raw {
	t.Helper()
	_, secret := s.newToken(t, map[string]any{"scopes": []string{"read", "send"}, "conversation": 1})
	return s.client(t, secret)
}

func TestOtherConversationsAreNotThere(t *testing.T) {
	s := start(t)
	s.api.Send(t.Context(), 1, "ours", rpc.SendOptions{})
	s.api.Send(t.Context(), 2, "theirs", rpc.SendOptions{})
	c := bot(t, s)
	for _, tt := range []struct {
		method string
		params map[string]any
	}{
		{"conversation", map[string]any{"conversation": 2}},
		{"messages", map[string]any{"conversation": 2}},
		{"messages_after", map[string]any{"conversation": 2, "after": 0}},
		{"files", map[string]any{"conversation": 2}},
		{"search", map[string]any{"text": "theirs", "conversation": 2}},
		{"unread", map[string]any{"conversation": 2}},
		{"message", map[string]any{"message": 2}},
		{"send", map[string]any{"conversation": 2, "text": "hello"}},
		{"typing", map[string]any{"conversation": 2}},
		{"mark_read", map[string]any{"conversation": 2, "message": 1}},
		{"mark_read", map[string]any{"conversation": 1, "message": 2}},
		{"contact", map[string]any{"contact": 2}},
		{"safety_number", map[string]any{"contact": 2}},
		{"presence", map[string]any{"contact": 2}},
		{"file", map[string]any{"file": 2}},
	} {
		err := c.call(t, tt.method, tt.params, nil)
		wantKind(t, err, "not_found")

		// What is not there at all looks the same.
		for name := range tt.params {
			if name != "text" {
				tt.params[name] = 99
			}
		}
		if none := c.call(t, tt.method, tt.params, nil); none == nil || err == nil || *none != *err {
			t.Errorf("%s: %v for what is elsewhere, %v for what is nowhere", tt.method, err, none)
		}
	}
	if got := s.api.sent(); len(got) != 2 {
		t.Errorf("messages are %q", got)
	}
}

func TestListsHaveTheOwnConversationOnly(t *testing.T) {
	s := start(t)
	s.api.Send(t.Context(), 1, "ours", rpc.SendOptions{})
	s.api.Send(t.Context(), 2, "theirs", rpc.SendOptions{})
	c := bot(t, s)
	for method, params := range map[string]map[string]any{
		"contacts": nil, "conversations": nil, "files": nil, "search": {"text": "s"}, "messages": {"conversation": 0},
	} {
		var all []struct {
			ID                   any // of a message it is a text
			Conversation, Number int64
		}
		c.must(t, method, params, &all)
		if len(all) != 1 || all[0].ID == 2.0 || all[0].Conversation > 1 || all[0].Number > 1 {
			t.Errorf("%s returns %+v", method, all)
		}
	}
}

func TestPathsAreNotShownToOthers(t *testing.T) {
	s := start(t)
	c := bot(t, s)
	for method, params := range map[string]map[string]any{"files": nil, "file": {"file": 1}} {
		c.say(t, `{"jsonrpc":"2.0","id":1,"method":"`+method+`","params":`+map[bool]string{true: `{}`, false: `{"file":1}`}[params == nil]+`}`)
		if line := c.line(t); strings.Contains(line, "/home") || !strings.Contains(line, "a.txt") {
			t.Errorf("%s returns %s", method, line)
		}
	}
	var file rpc.File
	s.client(t, s.secret(t)).must(t, "file", map[string]any{"file": 1}, &file)
	if file.Path != "/home/alice/a.txt" {
		t.Errorf("the owner sees the path %q", file.Path)
	}
}

func TestEventsOfOtherConversationsAreNotShown(t *testing.T) {
	s := start(t)
	for _, e := range []rpc.Event{
		{Kind: "message_received", Conversation: 2, Contact: 2, Message: 1},
		{Kind: "message_received", Conversation: 1, Contact: 1, Message: 2}, // 2
		{Kind: "contact_changed", Contact: 2},
		{Kind: "contact_changed", Contact: 1}, // 4
		{Kind: "request_received", Contact: 3},
		{Kind: "file_changed", Contact: 1, File: 7}, // of no conversation: not shown to be safe
		{Kind: "timer_changed", Conversation: 1},    // 7
		{Kind: "typing", Conversation: 2, Contact: 2, Cursor: 7},
		{Kind: "typing", Conversation: 1, Contact: 1, Cursor: 7}, // 7, again
		{Kind: "something_new"},
		{Kind: "presence_changed", Contact: 1, Cursor: 8}, // 8
		{Kind: "typing", Conversation: 2, Contact: 1},     // a member, elsewhere
		{Kind: "contact_changed", Contact: 1},             // 10
	} {
		s.api.happen(e)
	}
	c := bot(t, s)
	c.must(t, "subscribe", map[string]any{"after": 0}, nil)
	for _, want := range []int64{2, 4, 7, 7, 8, 10} {
		e := c.event(t)
		if int64(e.Cursor) != want || e.Contact > 1 || e.Conversation > 1 {
			t.Errorf("event %+v, want cursor %d", e, want)
		}
	}
}
