package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestInterfaceState(t *testing.T) {
	r := newRecluse(t)
	ctx := testContext(t)
	want := func(state string) {
		t.Helper()
		if got, err := r.InterfaceState(ctx); err != nil || got != state {
			t.Errorf("the state has %d bytes (%v), want %d", len(got), err, len(state))
		}
	}
	want("")
	for _, state := range []string{"what is open", strings.Repeat("x", rpc.MaxInterfaceState), ""} {
		if err := r.SetInterfaceState(ctx, state); err != nil {
			t.Fatal(err)
		}
		want(state)
		r.close(t)
		r.open(t)
		want(state)
	}
	for name, state := range map[string]string{"too long": strings.Repeat("x", rpc.MaxInterfaceState+1), "no UTF-8": "\xff"} {
		if err := r.SetInterfaceState(ctx, state); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%s: error is %v, want ErrInvalid", name, err)
		}
	}
	want("")
}
