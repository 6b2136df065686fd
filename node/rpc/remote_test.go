package rpc_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// remote is an API over a socket.
func remote(t testing.TB, api rpc.API) *rpc.Remote {
	t.Helper()
	path := socketPath(t)
	s, err := rpc.Start(testContext(t), rpc.Config{Path: path, API: api, Tokens: &tokens{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		t.Fatal(err)
	}
	r, err := rpc.DialRemote(testContext(t), path, secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// everyCall has the methods of the API but Events, with what they take, the context first.
func everyCall(t testing.TB) map[string][]reflect.Value {
	t.Helper()
	all := make(map[string][]reflect.Value)
	api := reflect.TypeFor[rpc.API]()
	for i := range api.NumMethod() {
		m := api.Method(i)
		if m.Name == "Events" {
			continue
		}
		args := []reflect.Value{reflect.ValueOf(testContext(t))}
		for j := 1; j < m.Type.NumIn(); j++ {
			arg := reflect.New(m.Type.In(j)).Elem()
			fill(arg)
			args = append(args, arg)
		}
		all[m.Name] = args
	}
	return all
}

func call(api rpc.API, name string, args []reflect.Value) []reflect.Value {
	return reflect.ValueOf(api).MethodByName(name).Call(args)
}

// What a method is given reaches the same method of the node, and what that returns
// comes back.
func TestRemoteIsTheNode(t *testing.T) {
	node := &parrot{}
	r := remote(t, node)
	for method, args := range everyCall(t) {
		t.Run(method, func(t *testing.T) {
			results := call(r, method, args)
			name, given := node.heard()
			if name != method {
				t.Fatalf("the node was called by %s", name)
			}
			for i, arg := range args[1:] {
				if i >= len(given) || !reflect.DeepEqual(given[i], arg.Interface()) {
					t.Errorf("the node was given %+v, want %+v", given, arg)
				}
			}
			for i, result := range results {
				want := reflect.New(result.Type()).Elem()
				if i < len(results)-1 { // the last one is the error
					fill(want)
				}
				if !reflect.DeepEqual(result.Interface(), want.Interface()) {
					t.Errorf("result is %+v, want %+v", result, want)
				}
			}
		})
	}
}

// An error of the node is the same error at the other end.
func TestRemoteFailsAsTheNode(t *testing.T) {
	node := &parrot{}
	r := remote(t, node)
	all := []error{
		rpc.ErrNotFound, rpc.ErrState, rpc.ErrInvalid, rpc.ErrLimit, rpc.ErrUnavailable, rpc.ErrFull, rpc.ErrReadOnly,
		rpc.ErrCursor, rpc.ErrPassphrase, rpc.ErrClosed, rpc.ErrUnreachable, rpc.ErrToken, rpc.ErrForbidden, rpc.ErrTooLarge,
	}
	for method, args := range everyCall(t) {
		t.Run(method, func(t *testing.T) {
			for _, want := range all {
				node.failWith(want)
				results := call(r, method, args)
				err, _ := results[len(results)-1].Interface().(error)
				for _, other := range all {
					if errors.Is(err, other) != (other == want) {
						t.Errorf("error is %v, want %v", err, want)
					}
				}
			}
		})
	}
}

// Whoever asks for more than a server gives at once gets what it gives.
func TestRemotePagesAreOfTheServer(t *testing.T) {
	node := &parrot{}
	r := remote(t, node)
	if _, err := r.Messages(testContext(t), 1, 0, 10*rpc.MaxMessages); err != nil {
		t.Fatal(err)
	}
	if _, args := node.heard(); args[2] != rpc.MaxMessages {
		t.Errorf("the node was asked for %v messages, want %d", args[2], rpc.MaxMessages)
	}
	if _, err := r.Conversations(testContext(t), 0, 10*rpc.MaxConversations); err != nil {
		t.Fatal(err)
	}
	if _, args := node.heard(); args[1] != rpc.MaxConversations {
		t.Errorf("the node was asked for %v conversations, want %d", args[1], rpc.MaxConversations)
	}
	if _, err := r.Messages(testContext(t), 1, 0, 0); !errors.Is(err, rpc.ErrInvalid) {
		t.Errorf("error is %v, want ErrInvalid", err)
	}
}

// Events come once each, and in between the loop learns that the node was away.
func TestRemoteEventsTellOfAGap(t *testing.T) {
	s := start(t)
	r := rpc.NewRemote(s.use(t))
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	s.api.happen(rpc.Event{Kind: "contact_changed", Contact: 1})
	var kinds []rpc.EventKind
	for e, err := range r.Events(ctx, 0) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v, want that of the context", err)
			}
			break
		}
		kinds = append(kinds, e.Kind)
		switch len(kinds) {
		case 1:
			s.Close()
		case 2:
			if e.Cursor != 1 || e.Happened.IsZero() {
				t.Errorf("signal is %+v, want one after the event", e)
			}
			s.api.happen(rpc.Event{Kind: "contact_deleted", Contact: 1})
			s.restart(t)
		case 4:
			cancel()
		}
	}
	want := []rpc.EventKind{"contact_changed", rpc.Disconnected, rpc.Reconnected, "contact_deleted"}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("events are %q, want %q", kinds, want)
	}
}

func TestRemoteEventsEndWithTheNodesError(t *testing.T) {
	node := &parrot{}
	r := remote(t, node)
	node.failWith(rpc.ErrCursor)
	var last error
	for _, err := range r.Events(testContext(t), 7) {
		last = err
	}
	if !errors.Is(last, rpc.ErrCursor) {
		t.Errorf("error is %v, want ErrCursor", last)
	}
	r.Close()
	if err := r.Ready(testContext(t)); !errors.Is(err, rpc.ErrLost) {
		t.Errorf("error after Close is %v, want ErrLost", err)
	}
}

// Who waits for somebody who does not answer is told so, whoever lost patience first.
func TestRemotePingThatIsNotAnswered(t *testing.T) {
	s := start(t)
	r := rpc.NewRemote(s.use(t))
	for range 20 { // whether the node or the client gives up first
		ctx, cancel := context.WithTimeout(testContext(t), 2*time.Millisecond)
		_, err := r.Ping(ctx, 1)
		cancel()
		if !errors.Is(err, rpc.ErrUnreachable) {
			t.Errorf("error is %v, want ErrUnreachable", err)
		}
	}
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	if _, err := r.Ping(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that of the context", err)
	}
	var known *rpc.Error
	err := r.Client().Call(testContext(t), "ping_contact", params{"contact": 1, "within": 3600}, nil)
	if !errors.As(err, &known) || !known.Is(rpc.ErrInvalid) {
		t.Errorf("error of a ping of an hour is %v, want ErrInvalid", err)
	}
}
