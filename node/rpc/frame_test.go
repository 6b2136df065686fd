package rpc_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// What is no request is answered as JSON-RPC 2.0 says, section 5.1, and the
// connection goes on.
func TestRefusedLines(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	long := strings.Repeat("x", 200)
	for _, tt := range []struct {
		name, line, id, kind string
		code                 int
	}{
		{"no JSON", `{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]`, "null", "parse", -32700},
		{"a batch that is no JSON", `[{"jsonrpc": "2.0", "method"`, "null", "parse", -32700},
		{"two values", `{} {}`, "null", "parse", -32700},
		{"no UTF-8", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", "null", "parse", -32700},
		{"a number", `1`, "null", "invalid_request", -32600},
		{"a text", `"ping"`, "null", "invalid_request", -32600},
		{"an empty object", `{}`, "null", "invalid_request", -32600},
		{"an empty batch", `[]`, "null", "invalid_request", -32600},
		{"a method that is a number", `{"jsonrpc":"2.0","id":5,"method":1}`, "5", "invalid_request", -32600},
		{"no method", `{"jsonrpc":"2.0","id":5}`, "5", "invalid_request", -32600},
		{"another version", `{"jsonrpc":"1.0","id":5,"method":"ping"}`, "5", "invalid_request", -32600},
		{"no version", `{"id":5,"method":"ping"}`, "5", "invalid_request", -32600},
		{"parameters that are a text", `{"jsonrpc":"2.0","id":5,"method":"ping","params":"bar"}`, "5", "invalid_request", -32600},
		{"parameters that are null", `{"jsonrpc":"2.0","id":5,"method":"ping","params":null}`, "5", "invalid_request", -32600},
		{"a member too many", `{"jsonrpc":"2.0","id":5,"method":"ping","token":"x"}`, "5", "invalid_request", -32600},
		{"a member twice", `{"jsonrpc":"2.0","id":5,"method":"ping","method":"link"}`, "null", "invalid_request", -32600},
		{"a member in another case", `{"jsonrpc":"2.0","id":5,"Method":"ping"}`, "5", "invalid_request", -32600},
		{"an id that is an object", `{"jsonrpc":"2.0","id":{},"method":"ping"}`, "null", "invalid_request", -32600},
		{"an id that is true", `{"jsonrpc":"2.0","id":true,"method":"ping"}`, "null", "invalid_request", -32600},
		{"a long id", `{"jsonrpc":"2.0","id":"` + long + `","method":"ping"}`, "null", "invalid_request", -32600},
		{"an unknown method", `{"jsonrpc":"2.0","id":"x","method":"foobar"}`, `"x"`, "unknown_method", -32601},
		{"a method in another case", `{"jsonrpc":"2.0","id":"x","method":"Ping"}`, `"x"`, "unknown_method", -32601},
		{"parameters in a list", `{"jsonrpc":"2.0","id":5,"method":"contact","params":[1]}`, "5", "invalid_params", -32602},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.say(t, tt.line)
			a := c.hear(t)
			wantKind(t, a.Error, tt.kind)
			if a.Error.Code != tt.code || string(a.ID) != tt.id {
				t.Errorf("code %d and id %s, want %d and %s", a.Error.Code, a.ID, tt.code, tt.id)
			}
			if a.Result != nil {
				t.Errorf("a result beside the error: %s", a.Result)
			}
		})
	}
	c.must(t, "ping", nil, nil)
}

func TestIDsComeBackAsTheyWere(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	for _, id := range []string{`1`, `-9007199254740993`, `1.5`, `"a"`, `""`, `"\u00e4"`, `null`} {
		c.say(t, `{"jsonrpc":"2.0","id":`+id+`,"method":"ping"}`)
		if a := c.hear(t); string(a.ID) != id || string(a.Result) != "{}" {
			t.Errorf("id %s and result %s for the id %s", a.ID, a.Result, id)
		}
	}
}

func TestNotificationsHaveNoReply(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	c.say(
		t,
		`{"jsonrpc":"2.0","method":"typing","params":{"conversation":1}}`,
		`{"jsonrpc":"2.0","method":"foobar"}`,
		`{"jsonrpc":"2.0","method":"contact","params":{"contact":99}}`,
		`[{"jsonrpc":"2.0","method":"typing","params":{"conversation":2}}]`,
	)
	c.must(t, "ping", nil, nil) // the first thing that comes
	eventually(t, "both are typing", func() bool {
		return strings.Count(strings.Join(s.api.names(), " "), "Typing") == 2
	})
}

func TestBlankLinesAndSpacesDoNotMatter(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	c.say(t, "", " \t\r", "\t{ \"jsonrpc\" : \"2.0\" , \"id\" : 1 , \"method\" : \"ping\" } \r")
	if a := c.hear(t); string(a.ID) != "1" || a.Error != nil {
		t.Errorf("the reply is %+v", a)
	}
}

// The batch of section 7 of the specification, with methods of ours.
func TestBatch(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	c.say(t, strings.ReplaceAll(`[
		{"jsonrpc":"2.0","id":"1","method":"send","params":{"conversation":1,"text":"a"}},
		{"jsonrpc":"2.0","method":"send","params":{"conversation":1,"text":"b"}},
		{"foo":"boo"},
		1,
		{"jsonrpc":"2.0","id":"5","method":"foo.get","params":{"name":"myself"}},
		{"jsonrpc":"2.0","id":"9","method":"messages","params":{"conversation":1}}
	]`, "\n", ""))
	var all []answer
	if err := json.Unmarshal([]byte(c.line(t)), &all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		one := string(a.ID)
		if a.Error != nil {
			one += " " + a.Error.Data.Kind
		}
		got = append(got, one)
	}
	want := `["1"] [null invalid_request] [null invalid_request] ["5" unknown_method] ["9"]`
	if text := fmt.Sprintf("[%s]", strings.Join(got, "] [")); text != want {
		t.Errorf("replies %s, want %s", text, want)
	}
	var messages []rpc.Message
	if err := json.Unmarshal(all[len(all)-1].Result, &messages); err != nil {
		t.Fatal(err)
	}
	if got := texts(messages); len(got) != 2 || got[0] != "b" || got[1] != "a" {
		t.Errorf("messages %q: a batch is not done in its order", got)
	}
}

func TestBatchIsBounded(t *testing.T) {
	s := start(t)
	c := s.client(t, s.secret(t))
	one := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	c.say(t, "["+strings.Repeat(one+",", rpc.MaxBatch-1)+one+"]")
	var all []answer
	if err := json.Unmarshal([]byte(c.line(t)), &all); err != nil || len(all) != rpc.MaxBatch {
		t.Fatalf("%d replies (%v), want %d", len(all), err, rpc.MaxBatch)
	}
	c.say(t, "["+strings.Repeat(one+",", rpc.MaxBatch)+one+"]")
	wantKind(t, c.hear(t).Error, "invalid_request")
}
