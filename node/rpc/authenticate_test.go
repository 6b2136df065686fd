package rpc_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

func TestNothingWorksBeforeTheToken(t *testing.T) {
	s := start(t)
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`,
		`{"jsonrpc":"2.0","id":1,"method":"link"}`,
		`{"jsonrpc":"2.0","id":1,"method":"foobar"}`,
		`[{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"` + s.secret(t).Reveal() + `"}}]`,
	} {
		c := s.dial(t)
		c.say(t, line)
		wantKind(t, c.hear(t).Error, "unauthenticated")
	}
	if called := s.api.names(); len(called) != 0 {
		t.Errorf("the node was asked: %q", called)
	}
}

func TestPipelinedRequestsMayFollowTheToken(t *testing.T) {
	s := start(t)
	c := s.dial(t)
	c.say(
		t,
		`{"jsonrpc":"2.0","method":"authenticate","params":{"token":"`+s.secret(t).Reveal()+`"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"send","params":{"conversation":1,"text":"a"}}`,
	)
	if a := c.hear(t); string(a.ID) != "1" || a.Error != nil {
		t.Errorf("the reply is %+v", a)
	}
}

func TestWrongTokens(t *testing.T) {
	s := start(t)
	right := s.secret(t).Reveal()
	for _, wrong := range []string{"", "x", right[:len(right)-1], right + "A", " " + right, strings.ToUpper(right), token.New().Reveal()} {
		c := s.dial(t)
		wantKind(t, c.call(t, "authenticate", map[string]any{"token": wrong}, nil), "bad_token")
		c.must(t, "authenticate", map[string]any{"token": right}, nil)
		wantKind(t, c.call(t, "authenticate", map[string]any{"token": right}, nil), "wrong_state")
	}
}

func TestThreeMistakesEndTheConnection(t *testing.T) {
	s := start(t)
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"x"}}`,
		`{"jsonrpc":"2.0","id":1,"method":"authenticate"}`,
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`,
		`GET / HTTP/1.1`,
	} {
		c := s.dial(t)
		for range 3 {
			c.say(t, line)
			if a := c.hear(t); a.Error == nil {
				t.Errorf("%s is answered by %s", line, a.Result)
			}
		}
		io.WriteString(c, line+"\n")
		if more, _ := io.ReadAll(c.from); len(more) != 0 {
			t.Errorf("a fourth %s is answered by %s", line, more)
		}
	}
}

func TestTheTokenOfTheFileStays(t *testing.T) {
	s := start(t)
	first := s.secret(t)
	s.Close()
	s.restart(t)
	if s.secret(t).Reveal() != first.Reveal() {
		t.Error("there is another token")
	}
	s.Close()
	if err := os.Remove(rpc.TokenPath(s.path)); err != nil {
		t.Fatal(err)
	}
	s.restart(t)
	wantKind(t, s.dial(t).call(t, "authenticate", map[string]any{"token": first.Reveal()}, nil), "bad_token")
	s.client(t, s.secret(t)).must(t, "ping", nil, nil)
}

// Connections that say nothing end, and keep nobody out for long. It is in front because
// it waits: the others use the time.
func TestSilentClientsAreCut(t *testing.T) {
	t.Parallel()
	s := start(t)
	known := s.client(t, s.secret(t))
	var silent []*raw
	for range rpc.MaxConnections - 1 {
		silent = append(silent, s.dial(t))
	}
	io.WriteString(silent[0], "{") // a beginning is no more
	eventually(t, "one too many is told so", func() bool {
		c := s.dial(t)
		defer c.Close()
		line, err := c.from.ReadString('\n')
		return err == nil && strings.Contains(line, `"limit"`)
	})
	for _, c := range silent {
		c.wantCut(t)
	}
	s.alive(t)
	known.must(t, "ping", nil, nil) // who has shown a token may say nothing for long
}

func TestTokensExpire(t *testing.T) {
	s := start(t)
	expires := time.Now().Add(time.Second)
	id, secret := s.newToken(t, map[string]any{"scopes": []string{"read"}, "expires": expires})
	c := s.client(t, secret)
	c.must(t, "subscribe", nil, nil)
	c.wantCut(t)
	if early := time.Until(expires); early > 10*time.Millisecond {
		t.Errorf("cut %s before its time", early)
	}
	wantKind(t, s.dial(t).call(t, "authenticate", map[string]any{"token": secret.Reveal()}, nil), "bad_token")

	// It is removed when there is a new one.
	s.newToken(t, map[string]any{"scopes": []string{"read"}})
	if _, err := s.tokens.Get(t.Context(), id); err == nil {
		t.Error("what has expired is still kept")
	}
}

func TestDroppedTokensCutTheirConnections(t *testing.T) {
	s := start(t)
	owner := s.client(t, s.secret(t))
	id, secret := s.newToken(t, map[string]any{"scopes": []string{"full"}, "note": "a bot"})
	_, others := s.newToken(t, map[string]any{"scopes": []string{"full"}})
	one, two, other := s.client(t, secret), s.client(t, secret), s.client(t, others)
	one.must(t, "subscribe", nil, nil)
	one.say(t, `{"jsonrpc":"2.0","id":1,"method":"ready"}`)

	var listed []rpc.Token
	if owner.must(t, "tokens", nil, &listed); len(listed) != 2 || listed[0].ID != id || listed[0].Note != "a bot" {
		t.Errorf("tokens are %+v", listed)
	}
	owner.must(t, "drop_token", map[string]any{"id": id}, nil)
	one.wantCut(t)
	two.wantCut(t)
	other.must(t, "ping", nil, nil)
	owner.must(t, "ping", nil, nil)
	wantKind(t, s.dial(t).call(t, "authenticate", map[string]any{"token": secret.Reveal()}, nil), "bad_token")
	wantKind(t, owner.call(t, "drop_token", map[string]any{"id": id}, nil), "not_found")
	wantKind(t, owner.call(t, "drop_token", map[string]any{"id": "../store"}, nil), "not_found")
}

func TestATokenCanDropItself(t *testing.T) {
	s := start(t)
	id, secret := s.newToken(t, map[string]any{"scopes": []string{"full"}})
	c := s.client(t, secret)
	c.must(t, "drop_token", map[string]any{"id": id}, nil)
	c.wantCut(t)
}

func TestTokensAreKeptAsHashesOnly(t *testing.T) {
	s := start(t)
	id, secret := s.newToken(t, map[string]any{"scopes": []string{"read", "send"}, "conversation": 1, "note": "a bot"})
	r, err := s.tokens.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v", r), secret.Reveal()) || r.Hash != secret.Hash() {
		t.Errorf("kept is %+v", r)
	}
	if r.Scope != token.Read|token.Send || r.Conversation != 1 || r.Note != "a bot" || r.Added.IsZero() {
		t.Errorf("kept is %+v", r)
	}
}

func TestNumberOfTokensIsBounded(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for range rpc.MaxTokens {
		c.must(t, "new_token", map[string]any{"scopes": []string{"read"}}, nil)
	}
	wantKind(t, c.call(t, "new_token", map[string]any{"scopes": []string{"read"}}, nil), "limit")
}

func TestTokensOfConversationsNeedOne(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	wantKind(t, c.call(t, "new_token", map[string]any{"scopes": []string{"read"}, "conversation": 99}, nil), "not_found")
}

// Whatever is done with tokens, none is in the log or in an error.
func TestTokensAreNotLogged(t *testing.T) {
	s := start(t)
	_, secret := s.newToken(t, map[string]any{"scopes": []string{"read"}})
	s.client(t, secret).must(t, "ping", nil, nil)
	c := s.dial(t)
	c.say(t, secret.Reveal(), `{"`+secret.Reveal()+`":1}`)
	if text := c.line(t) + c.line(t) + s.log.String(); strings.Contains(text, secret.Reveal()) {
		t.Errorf("a token is in %s", text)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", secret, rpc.NewToken{Secret: rpc.Revealed{Secret: secret}}, rpc.Revealed{Secret: secret}, secret); strings.Contains(text, secret.Reveal()) {
		t.Errorf("a token is in %s", text)
	}
}

func TestAuthenticateTellsTheRights(t *testing.T) {
	s := start(t)
	_, secret := s.newToken(t, map[string]any{"scopes": []string{"send", "read"}, "conversation": 2})
	var rights rpc.Rights
	s.dial(t).must(t, "authenticate", map[string]any{"token": secret.Reveal()}, &rights)
	if rights.Scopes != token.Read|token.Send || rights.Conversation != 2 {
		t.Errorf("rights are %+v", rights)
	}
}
