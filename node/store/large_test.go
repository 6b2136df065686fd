package store_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

const (
	largeMessages = 1_000_000
	largeContacts = 100
	largeWaiting  = 100_000
)

// BenchmarkLarge measures a store with a million messages with a hundred contacts, of
// which a hundred thousand wait to be sent. Making it takes a minute or two.
func BenchmarkLarge(b *testing.B) {
	folder := newFolder(b)
	fillLarge(b, folder)
	debug.FreeOSMemory()
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			closeStore(b, reopen(b, folder))
		}
	})
	b.Run("open and load", func(b *testing.B) {
		for b.Loop() {
			s := reopen(b, folder)
			load(b, s)
			closeStore(b, s)
		}
		resident(b)
	})
	s := reopen(b, folder)
	for _, search := range []struct {
		name         string
		text         string
		conversation ledger.ConversationID
	}{
		{"rare word", "rare777777", 0},
		{"word in every message", "common", 0},
		{"beginning of a common word", "com", 0},
		{"common word, in one of them", "common", 7},
		{"rare word, in another", "rare777777", 7},
		{"word that is nowhere", "nowhere", 0},
		{"frequent words never together", "even odd", 0},
	} {
		b.Run(search.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Search(b.Context(), search.text, search.conversation, 0, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("unread in all conversations", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *store.View) error {
				n := 0
				for c := range ledger.ConversationID(largeContacts) {
					unread, err := tx.Unread(c + 1)
					if err != nil {
						return err
					}
					n += unread
				}
				if n != largeMessages/2 {
					b.Errorf("%d are unread", n)
				}
				return nil
			})
		}
	})
	b.Run("page of messages", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *store.View) error {
				_, err := tx.Messages(50, 0, 100)
				return err
			})
		}
		resident(b)
	})
	b.Run("conversation of 10,000 messages dropped", func(b *testing.B) {
		for c := ledger.ConversationID(1); b.Loop(); c++ {
			apply(b, s, ledger.DropConversation{Conversation: c})
		}
	})
	b.Run("message dropped", func(b *testing.B) {
		for n := ledger.MessageNumber(largeMessages); b.Loop(); n -= 2 {
			apply(b, s, ledger.DropMessage{Message: n})
		}
	})
}

// load reads what the engine begins with.
func load(b *testing.B, s *store.Store) {
	b.Helper()
	view(b, s, func(tx *store.View) error {
		_, err1 := tx.Contacts()
		_, err2 := tx.Streams()
		_, err3 := tx.Conversations()
		waiting, err4 := tx.Waiting()
		_, err5 := tx.AllCells()
		_, err6 := tx.Counters()
		if len(waiting) != largeWaiting {
			b.Errorf("%d items are waiting", len(waiting))
		}
		for _, err := range []error{err1, err2, err3, err4, err5, err6} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func fillLarge(b *testing.B, folder *lock.Folder) {
	b.Helper()
	s := create(b, folder)
	for id := range ledger.ContactID(largeContacts) {
		apply(b, s,
			ledger.PutContact{Contact: ledger.Contact{
				ID: id + 1, Peer: fmt.Appendf(nil, "peer %d", id), State: ledger.Accepted,
				Addresses: []ledger.Address{{Port: 1, ClientKey: key(1)}},
			}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: ledger.ConversationID(id + 1), Kind: ledger.Direct, Members: []ledger.ContactID{id + 1},
			}},
			ledger.PutStreams{Contact: id + 1, Streams: ledger.Streams{Out: 1}},
		)
	}
	start := time.Now()
	for n := 0; n < largeMessages; n += 1000 {
		var changes []ledger.Change
		for i := n; i < n+1000; i++ {
			changes = append(changes, largeMessage(i)...)
		}
		apply(b, s, changes...)
	}
	b.Logf("filled in %v", time.Since(start))
	closeStore(b, s)
	info, err := os.Stat(path(folder, ""))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d MiB", info.Size()>>20)
}

func largeMessage(n int) []ledger.Change {
	contact := ledger.ContactID(n/2%largeContacts + 1)
	parity := []string{"even", "odd"}[n/2%2]
	m := ledger.Message{
		Number: ledger.MessageNumber(n + 1), Conversation: ledger.ConversationID(contact), Written: noon, Stored: noon,
		Body: fmt.Sprintf("a common %s text with rare%d and w%d w%d w%d in it", parity, n, n%17, n%1009, n%30011),
	}
	copy(m.ID[:], fmt.Sprintf("%x", uint64(n)*0x9e3779b97f4a7c15))
	if n%2 == 0 {
		m.Sender = contact
		return []ledger.Change{added(m)}
	}
	state := ledger.Delivered
	var item []ledger.Change
	if n >= largeMessages-2*largeWaiting {
		state = ledger.Queued
		item = append(item, ledger.PutItem{Item: ledger.Item{
			ID: ledger.ItemID(m.Number), Contact: contact, Message: m.Number, Kind: ledger.Ordinary, Content: make([]byte, 100),
		}})
	}
	delivery := ledger.PutDelivery{Delivery: ledger.Delivery{Message: m.Number, Contact: contact, State: state, Changed: noon}}
	return append([]ledger.Change{added(m), delivery}, item...)
}

// resident reports the memory of this process, in MiB, and the most that it ever was.
func resident(b *testing.B) {
	b.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return // not on this system
	}
	for line := range strings.Lines(string(status)) {
		for name, unit := range map[string]string{"VmRSS:": "MiB", "VmHWM:": "MiB-at-most"} {
			var kib float64
			if _, err := fmt.Sscanf(line, name+" %f kB", &kib); err == nil {
				b.ReportMetric(kib/1024, unit)
			}
		}
	}
}
