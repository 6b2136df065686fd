package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// memory is what a party knows beside its keys: of its sessions what the
// specification says of them, and its letters.
type memory struct {
	ledgers map[e2ee.SessionID]*ledger
	outbox  []letter // that the other side has not confirmed
	inbox   []bool   // by id: whether a letter has arrived
	owed    []uint64 // ids to be confirmed
}

// letter is a content that has to arrive, once, whatever becomes of the cells
// that carry it.
type letter struct {
	id     uint64
	sealed bool // and need not be sealed again, as far as is known
	under  e2ee.SessionID
	long   bool
}

func newMemory() *memory { return &memory{ledgers: make(map[e2ee.SessionID]*ledger)} }

func (k *memory) clone() *memory {
	c := &memory{
		ledgers: make(map[e2ee.SessionID]*ledger, len(k.ledgers)),
		outbox:  slices.Clone(k.outbox), inbox: slices.Clone(k.inbox), owed: slices.Clone(k.owed),
	}
	for id, l := range k.ledgers {
		c.ledgers[id] = l.clone()
	}
	return c
}

// Kinds of contents: the first byte.
const (
	kindLetter  = 'l'
	kindReceipt = 'r'
	kindNothing = 'n' // a cell that only counts
)

// next returns the next content to seal under a session, and notes that it was:
// the receipts that are owed, or the first letter. There may be nothing to say.
func (k *memory) next(under e2ee.SessionID) []byte {
	if len(k.owed) > 0 {
		b := []byte{kindReceipt}
		for _, id := range k.owed {
			b = binary.BigEndian.AppendUint64(b, id)
		}
		k.owed = nil
		return b
	}
	for i := range k.outbox {
		l := &k.outbox[i]
		if l.sealed {
			continue
		}
		l.sealed, l.under = true, under
		b := binary.BigEndian.AppendUint64([]byte{kindLetter}, l.id)
		if l.long {
			b = append(b, make([]byte, e2ee.OneCell)...)
		}
		return b
	}
	return nil
}

// waiting reports whether there is something to seal.
func (k *memory) waiting() bool {
	return len(k.owed) > 0 || slices.ContainsFunc(k.outbox, func(l letter) bool { return !l.sealed })
}

// take notes what has arrived, and returns the id of a letter that is here for
// the first time, or 0.
func (k *memory) take(content []byte) (fresh uint64) {
	switch content[0] {
	case kindLetter:
		id := binary.BigEndian.Uint64(content[1:])
		for uint64(len(k.inbox)) <= id {
			k.inbox = append(k.inbox, false)
		}
		if !k.inbox[id] {
			k.inbox[id], fresh = true, id
		}
		if !slices.Contains(k.owed, id) {
			k.owed = append(k.owed, id)
		}
	case kindReceipt:
		for b := content[1:]; len(b) > 0; b = b[8:] {
			id := binary.BigEndian.Uint64(b)
			k.outbox = slices.DeleteFunc(k.outbox, func(l letter) bool { return l.id == id })
		}
	}
	return fresh
}

// sealAgain has everything sealed again that was not confirmed.
func (k *memory) sealAgain() { k.sealAgainUnless(func(e2ee.SessionID) bool { return false }) }

// sealAgainUnless leaves out what was sealed under sessions that are well.
func (k *memory) sealAgainUnless(well func(e2ee.SessionID) bool) {
	for i := range k.outbox {
		if l := &k.outbox[i]; l.sealed && !well(l.under) {
			l.sealed = false
		}
	}
}

// forget is what a party does when sessions had to go.
func (k *memory) forget(gone []e2ee.SessionID) {
	for _, id := range gone {
		delete(k.ledgers, id)
	}
	k.sealAgainUnless(func(id e2ee.SessionID) bool { return k.ledgers[id] != nil })
}

// better tells which of two sessions goes before the other.
func (k *memory) better(a, b e2ee.SessionID) bool {
	if x, y := k.ledgers[a].generation, k.ledgers[b].generation; x != y {
		return x > y
	}
	return bytes.Compare(a[:], b[:]) < 0
}

// order returns the IDs of all sessions, the best first.
func (k *memory) order() []e2ee.SessionID {
	var ids []e2ee.SessionID
	for id := range k.ledgers {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b e2ee.SessionID) int {
		if k.better(a, b) {
			return -1
		}
		return 1
	})
	return ids
}

// best returns the best of the sessions that are as is asked for, or nil.
func (k *memory) best(are func(*ledger) bool) (e2ee.SessionID, *ledger) {
	for _, id := range k.order() {
		if l := k.ledgers[id]; are(l) {
			return id, l
		}
	}
	return e2ee.SessionID{}, nil
}

// inUse returns the session under which the party seals, or nil.
func (k *memory) inUse() (e2ee.SessionID, *ledger) { return k.best((*ledger).usable) }

// expire forgets the cells that have been missing for too long, as trying the
// sessions does, the best first, up to one that opens.
func (k *memory) expire(upTo e2ee.SessionID, now int64) {
	for _, id := range k.order() {
		k.ledgers[id].expire(now)
		if id == upTo {
			return
		}
	}
}
