package rpc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

func TestRefusedParameters(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, tt := range []struct{ name, method, params string }{
		{"none where one is needed", "contact", `{}`},
		{"one too many", "contact", `{"contact":1,"name":"x"}`},
		{"another case", "contact", `{"Contact":1}`},
		{"twice", "contact", `{"contact":1,"contact":2}`},
		{"null", "contact", `{"contact":null}`},
		{"an optional one that is null", "update_contact", `{"contact":1,"alias":null}`},
		{"a text for a number", "contact", `{"contact":"1"}`},
		{"a fraction for a number", "contact", `{"contact":1.5}`},
		{"a number that is too big", "contact", `{"contact":9223372036854775808}`},
		{"a number for a boolean", "delete_contact", `{"contact":1,"keep_history":1}`},
		{"a number for a text", "send", `{"conversation":1,"text":1}`},
		{"a time that is none", "new_invite", `{"expires":"tomorrow"}`},
		{"a time that is a number", "new_invite", `{"expires":1}`},
		{"a duration that is a text", "set_timer", `{"conversation":1,"timer":"1h"}`},
		{"a duration that is endless", "set_timer", `{"conversation":1,"timer":1e30}`},
		{"an invite that is short", "drop_invite", `{"invite":"abcd"}`},
		{"an invite that is not hexadecimal", "drop_invite", `{"invite":"zz000000000000000000000000000000"}`},
		{"a link that is none", "add_contact", `{"link":"hello"}`},
		{"no limit", "messages", `{"conversation":1,"limit":0}`},
		{"a limit that is too high", "messages", `{"conversation":1,"limit":101}`},
		{"a negative number of a message", "messages", `{"conversation":1,"before":-1}`},
		{"a negative cursor", "subscribe", `{"after":-1}`},
		{"a path that is not absolute", "send_file", `{"conversation":1,"path":"a.txt"}`},
		{"a folder that is not absolute", "accept_file", `{"file":1,"folder":"."}`},
		{"an export without a place", "export", `{"passphrase":"secret","path":"a","export_passphrase":"x","history":true}`},
		{"words without a passphrase", "words", `{}`},
		{"a scope that is none", "new_token", `{"scopes":["write"]}`},
		{"a scope twice", "new_token", `{"scopes":["read","read"]}`},
		{"no scope", "new_token", `{"scopes":[]}`},
		{"scopes that exclude each other", "new_token", `{"scopes":["full","read"]}`},
		{"all rights in one conversation", "new_token", `{"scopes":["full"],"conversation":1}`},
		{"a token that has expired", "new_token", `{"scopes":["read"],"expires":"2001-01-01T00:00:00Z"}`},
		{"a note that is too long", "new_token", `{"scopes":["read"],"note":"` + strings.Repeat("n", 257) + `"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.say(t, `{"jsonrpc":"2.0","id":1,"method":"`+tt.method+`","params":`+tt.params+`}`)
			wantKind(t, c.hear(t).Error, "invalid_params")
		})
	}
	if called := s.api.names(); len(called) != 0 {
		t.Errorf("the node was asked all the same: %q", called)
	}
	if all, _ := s.tokens.List(t.Context()); len(all) != 0 {
		t.Errorf("%d tokens were made all the same", len(all))
	}
}

// What is sent to the wrong place, such as a token, is not repeated.
func TestErrorsRepeatNothing(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"geheimnis"}`,
		`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"geheimnis":1}}`,
		`{"jsonrpc":"2.0","id":1,"method":"contact","params":{"contact":"geheimnis"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"add_contact","params":{"link":"onionwire:geheimnis"}}`,
		`{"jsonrpc":"2.0","id":1,"geheimnis":"ping"}`,
		`{"geheimnis`,
	} {
		c.say(t, line)
		if reply := c.line(t); strings.Contains(reply, "geheimnis") || !strings.Contains(reply, `"error"`) {
			t.Errorf("%s is answered by %s", line, reply)
		}
	}
	if strings.Contains(s.log.String(), "geheimnis") {
		t.Error("it is in the log")
	}
}

func TestValuesReachTheNode(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))

	var added rpc.Contact
	c.must(t, "add_contact", map[string]any{"link": sampleLink.String(), "alias": "Bob", "introduction": "It is me."}, &added)
	if added.Peer != sampleLink.Peer.String() || s.api.added != (rpc.AddOptions{Alias: "Bob", Introduction: "It is me."}) {
		t.Errorf("contact %+v with %+v", added, s.api.added)
	}
	c.must(t, "update_contact", map[string]any{"contact": 1, "muted": false, "expiry": -1}, nil)
	change := s.api.changed
	if change.Muted == nil || *change.Muted || change.Expiry == nil || *change.Expiry != rpc.Duration(-time.Second) || change.Alias != nil {
		t.Errorf("change is %+v", change)
	}
	c.must(t, "set_timer", map[string]any{"conversation": 1, "timer": 86400}, nil)
	if s.api.timer != rpc.Duration(24*time.Hour) {
		t.Errorf("timer is %s", s.api.timer)
	}
	var link rpc.Link
	c.must(t, "link", nil, &link)
	if link.Link != sampleLink.String() || link.QR != sampleLink.QR() || !strings.HasPrefix(link.Multiaddr, "/onion3/") || link.Name != "Bob" {
		t.Errorf("link is %+v", link)
	}
	var verification rpc.Verification
	if c.must(t, "verify_contact", map[string]any{"contact": 1, "typed": "12345"}, &verification); !verification.Matches {
		t.Error("the right number does not match")
	}
	if c.must(t, "verify_contact", map[string]any{"contact": 1, "typed": "54321"}, &verification); verification.Matches {
		t.Error("a wrong number matches")
	}
}

func TestNoListIsNull(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, method := range []string{"invites", "tokens"} {
		c.say(t, `{"jsonrpc":"2.0","id":1,"method":"`+method+`"}`)
		if a := c.hear(t); string(a.Result) != "[]" {
			t.Errorf("%s returns %s", method, a.Result)
		}
	}
	c.say(t, `{"jsonrpc":"2.0","id":1,"method":"messages","params":{"conversation":1}}`)
	if a := c.hear(t); string(a.Result) != "[]" {
		t.Errorf("messages returns %s", a.Result)
	}
}
