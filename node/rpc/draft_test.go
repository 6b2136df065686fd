package rpc_test

import (
	"context"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// drawer is an API that keeps one draft.
type drawer struct {
	rpc.API
	text string
}

func (d *drawer) Draft(context.Context, ledger.ConversationID) (string, error) { return d.text, nil }

func (d *drawer) SetDraft(_ context.Context, _ ledger.ConversationID, text string) error {
	d.text = text
	return nil
}

// The longest draft fits into a line, there and back, although half of it is escaped.
func TestLongestDraft(t *testing.T) {
	t.Parallel()
	r, ctx := remote(t, &drawer{}), testContext(t)
	const mixed = "\n\"\\\t<é\u2028"
	long := strings.Repeat(mixed, ledger.MaxDraft/len(mixed))
	if err := r.SetDraft(ctx, 1, long); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Draft(ctx, 1); err != nil || got != long {
		t.Errorf("the draft has %d bytes (%v), want %d", len(got), err, len(long))
	}
}
