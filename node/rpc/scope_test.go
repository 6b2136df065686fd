package rpc_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/onionwire/onionwire/node/rpc"
)

// samples are parameters for each method, about conversation 1.
var samples = map[string]map[string]any{
	"authenticate": {"token": "x"}, "ping": nil, "version": nil, "methods": nil,
	"subscribe": {"after": 0}, "unsubscribe": {"subscription": 99}, "abandon": {"request": 99},
	"new_token": {"scopes": []string{"read"}}, "tokens": nil, "drop_token": {"id": "00000000000000000000000000000000"},

	"link": nil, "settings": nil, "set_settings": {"name": "Alice"}, "ready": nil, "status": nil, "tor_info": nil, "change_address": nil,
	"change_passphrase": {"old": "secret", "new": "another"}, "words": {"passphrase": "secret"},
	"export":      {"passphrase": "secret", "path": "/tmp/a", "export_passphrase": "a", "history": true},
	"add_contact": {"link": sampleLink.String()}, "accept_contact": {"contact": 1}, "reject_contact": {"contact": 1},
	"ask_again": {"contact": 1}, "block_contact": {"contact": 1}, "unblock_contact": {"contact": 1}, "delete_contact": {"contact": 1, "keep_history": true},
	"update_contact": {"contact": 1, "alias": "B"}, "contacts": nil, "contact": {"contact": 1}, "safety_number": {"contact": 1},
	"verify_contact": {"contact": 1, "typed": "12345"}, "presence": {"contact": 1}, "ping_contact": {"contact": 1, "within": 0.001},
	"new_invite": nil, "invites": nil, "drop_invite": {"invite": "00000000000000000000000000000000"},
	"conversations": nil, "conversation": {"conversation": 1}, "messages": {"conversation": 1}, "messages_after": {"conversation": 1, "after": 0}, "message": {"message": 1},
	"search": {"text": "a"}, "unread": {"conversation": 1}, "draft": {"conversation": 1}, "set_draft": {"conversation": 1, "text": "a"},
	"interface_state": nil, "set_interface_state": {"state": "a"},
	"send": {"conversation": 1, "text": "a"}, "cancel": {"message": 1}, "retry_message": {"message": 1}, "edit": {"message": 1, "text": "b"},
	"mark_read": {"conversation": 1, "message": 1}, "typing": {"conversation": 1}, "set_timer": {"conversation": 1, "timer": 0},
	"delete_message": {"message": 1}, "update_conversation": {"conversation": 1, "muted": true},
	"send_file": {"conversation": 1, "path": "/tmp/a"}, "accept_file": {"file": 1}, "decline_file": {"file": 1},
	"pause_file": {"file": 1}, "resume_file": {"file": 1}, "withdraw_file": {"file": 1}, "files": nil, "file": {"file": 1},
}

// What each kind of token may call, besides what everybody may. Written out, so that
// a method that changes its place in the table changes something here.
var (
	everybody = []string{"abandon", "authenticate", "methods", "ping", "version"}
	readers   = []string{
		"contact", "contacts", "conversation", "conversations", "file", "files", "link", "message", "messages", "messages_after", "presence",
		"ready", "safety_number", "search", "settings", "status", "subscribe", "tor_info", "unread", "unsubscribe",
	}
	boundReaders = []string{
		"contact", "contacts", "conversation", "conversations", "file", "files", "message", "messages", "messages_after", "presence",
		"safety_number", "search", "subscribe", "unread", "unsubscribe",
	}
	senders = []string{"send", "typing"}
	both    = []string{"mark_read"}
)

func TestTokensAllowWhatIsListed(t *testing.T) {
	var all []string
	for name := range samples {
		all = append(all, name)
	}
	for _, tt := range []struct {
		name   string
		params map[string]any
		want   [][]string
	}{
		{"read", map[string]any{"scopes": []string{"read"}}, [][]string{everybody, readers}},
		{"send", map[string]any{"scopes": []string{"send"}}, [][]string{everybody, senders}},
		{"read and send", map[string]any{"scopes": []string{"read", "send"}}, [][]string{everybody, readers, senders, both}},
		{"read one conversation", map[string]any{"scopes": []string{"read"}, "conversation": 1}, [][]string{everybody, boundReaders}},
		{"send to one conversation", map[string]any{"scopes": []string{"send"}, "conversation": 1}, [][]string{everybody, senders}},
		{"one conversation", map[string]any{"scopes": []string{"read", "send"}, "conversation": 1}, [][]string{everybody, boundReaders, senders, both}},
		{"full", map[string]any{"scopes": []string{"full"}}, [][]string{all}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t)
			close(s.api.ready)
			s.api.Send(t.Context(), 1, "a", rpc.SendOptions{})
			_, secret := s.newToken(t, tt.params)
			want := slices.Concat(tt.want...)
			for name, params := range samples {
				// A connection for each, so that events of one are not in another.
				c := s.client(t, secret)
				err := c.call(t, name, params, nil)
				c.Close()
				forbidden := err != nil && err.Data.Kind == "forbidden"
				if forbidden == slices.Contains(want, name) {
					t.Errorf("%s: forbidden is %t (%v)", name, forbidden, err)
				}
				if err != nil && (err.Data.Kind == "invalid_params" || err.Data.Kind == "unknown_method") {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// listed are the methods as the server describes them.
func listed(t testing.TB) []rpc.Method {
	t.Helper()
	s := start(t)
	var all []rpc.Method
	s.client(t, s.secret(t)).must(t, "methods", nil, &all)
	return all
}

func TestEveryMethodOfTheAPIIsListed(t *testing.T) {
	var names []string
	for _, m := range listed(t) {
		names = append(names, m.Name)
		if _, ok := samples[m.Name]; !ok {
			t.Errorf("%s is in no test of tokens", m.Name)
		}
	}
	if !slices.IsSorted(names) || len(names) != len(samples) {
		t.Errorf("%d methods %q, %d samples", len(names), names, len(samples))
	}
	api := reflect.TypeFor[rpc.API]()
	for i := range api.NumMethod() {
		if name := methodOf(api.Method(i).Name); !slices.Contains(names, name) {
			t.Errorf("there is no method %s", name)
		}
	}
}

// Each method asks the node for what its name says.
func TestMethodsCallTheirNamesakes(t *testing.T) {
	s := start(t)
	close(s.api.ready)
	s.api.Send(t.Context(), 1, "a", rpc.SendOptions{})
	api := reflect.TypeFor[rpc.API]()
	for i := range api.NumMethod() {
		name := api.Method(i).Name
		method := methodOf(name)
		before := len(s.api.names())
		c := s.client(t, s.secret(t))
		c.must(t, method, samples[method], nil)
		eventually(t, name+" is called", func() bool {
			return slices.Contains(s.api.names()[before:], name)
		})
		c.Close()
	}
}

// methodOf turns AddContact into add_contact.
func methodOf(name string) string {
	switch name {
	case "Events":
		return "subscribe"
	case "Ping": // a ping is for the connection
		return "ping_contact"
	}
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
