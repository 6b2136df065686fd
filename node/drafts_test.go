package node_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
)

func (r *recluse) wantDraft(t testing.TB, want string) {
	t.Helper()
	if got, err := r.Draft(testContext(t), r.conversation); err != nil || got != want {
		t.Errorf("draft is %q (%v), want %q", got, err, want)
	}
}

func TestDraft(t *testing.T) {
	r := newRecluse(t)
	ctx := testContext(t)
	r.wantDraft(t, "")
	if err := r.SetDraft(ctx, r.conversation, "Dear …"); err != nil {
		t.Fatal(err)
	}
	r.close(t)
	r.open(t)
	r.wantDraft(t, "Dear …")
	for name, text := range map[string]string{"too long": strings.Repeat("x", ledger.MaxDraft+1), "no UTF-8": "\xff"} {
		if err := r.SetDraft(ctx, r.conversation, text); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("%s: error is %v, want ErrInvalid", name, err)
		}
	}
	r.wantDraft(t, "Dear …")
	if err := r.SetDraft(ctx, r.conversation, ""); err != nil {
		t.Fatal(err)
	}
	r.wantDraft(t, "")
}

func TestDraftGoesWithItsConversation(t *testing.T) {
	r := newRecluse(t)
	ctx := testContext(t)
	if err := r.SetDraft(ctx, r.conversation, "Dear …"); err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteContact(ctx, r.contact, false); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Draft(ctx, r.conversation); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	if err := r.SetDraft(ctx, r.conversation, "Dear …"); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
}
