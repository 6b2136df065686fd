package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

// recluse is somebody whose node has no Tor, and a conversation with somebody else.
type recluse struct {
	*node.Node
	profile      *profile.Profile
	root         string
	contact      ledger.ContactID
	conversation ledger.ConversationID
}

func newRecluse(t testing.TB) *recluse {
	t.Helper()
	r := &recluse{root: t.TempDir()}
	ctx := testContext(t)
	made, err := profile.Create(ctx, r.root, "someone", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	other, err := profile.Create(ctx, t.TempDir(), "other", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	link := other.Link()
	if err := errors.Join(made.Close(), other.Close()); err != nil {
		t.Fatal(err)
	}
	r.open(t)
	t.Cleanup(func() { r.close(t) })
	contact, err := r.AddContact(ctx, link, node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r.contact, r.conversation = contact.ID, contact.Conversation
	return r
}

func (r *recluse) open(t testing.TB) {
	t.Helper()
	var err error
	if r.profile, err = profile.Open(testContext(t), r.root, "someone", nil); err != nil {
		t.Fatal(err)
	}
	if r.Node, err = node.Open(testContext(t), node.Config{Profile: r.profile, Offline: true}); err != nil {
		t.Fatal(err)
	}
}

func (r *recluse) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(r.Close(), r.profile.Close()); err != nil {
		t.Error(err)
	}
}

// TestTorOfARecluse: there is nothing to tell of Tor where there is none, and nobody to be
// pinged.
func TestTorOfARecluse(t *testing.T) {
	r := newRecluse(t)
	info, err := r.TorInfo(testContext(t))
	if err != nil || info.State != "off" || info.Circuits == nil || info.Services == nil {
		t.Errorf("it tells %+v, %v", info, err)
	}
	if _, err := r.Ping(testContext(t), r.contact); !errors.Is(err, node.ErrUnavailable) {
		t.Errorf("error of a ping is %v, want ErrUnavailable", err)
	}
}
