package store_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// TestUnreadIsCountedUpToABound: what somebody has written a lot of is not counted to
// its end, and takes nothing from the count of what others have written.
func TestUnreadIsCountedUpToABound(t *testing.T) {
	t.Parallel()
	s := populated(t)
	changes := []ledger.Change{
		ledger.PutContact{Contact: ledger.Contact{ID: 9, Peer: []byte("quiet"), State: ledger.Accepted}},
		ledger.PutConversation{Conversation: ledger.Conversation{ID: 9, Kind: ledger.Direct, Members: []ledger.ContactID{9}}},
	}
	for n := range ledger.MaxUnread + 5 {
		m := numbered(n)
		m.Sender = 1
		if n < 3 {
			m.Conversation, m.Sender = 9, 9
		}
		changes = append(changes, added(m))
	}
	apply(t, s, changes...)
	view(t, s, func(tx *store.View) error {
		for c, want := range map[ledger.ConversationID]int{1: ledger.MaxUnread, 9: 3} {
			if n, err := tx.Unread(c); err != nil || n != want {
				t.Errorf("%d are unread in %d, %v, want %d", n, c, err, want)
			}
		}
		if n, err := tx.UnreadTotal(); err != nil || n != ledger.MaxUnread+3 {
			t.Errorf("%d are unread, %v", n, err)
		}
		return nil
	})
}
