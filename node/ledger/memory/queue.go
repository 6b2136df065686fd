package memory

import (
	"cmp"
	"math"

	"github.com/onionwire/onionwire/node/ledger"
)

func (l *Ledger) putItem(i ledger.Item) error {
	if i.ID <= 0 || i.Kind < ledger.Ordinary || i.Kind > ledger.Timers {
		return ledger.ErrInvalid
	}
	if !l.contacts.has(i.Contact) || i.Message != 0 && !l.messages.has(i.Message) {
		return ledger.ErrNotFound
	}
	i.Content, i.Deadline = copied(i.Content), millis(i.Deadline)
	l.items.put(i.ID, i)
	l.count(ledger.Counters{Item: i.ID})
	return nil
}

func (l *Ledger) putCell(c ledger.Cell) error {
	if c.First > math.MaxInt64 || c.Count < 1 {
		return ledger.ErrInvalid
	}
	if !l.contacts.has(c.Contact) {
		return ledger.ErrNotFound
	}
	c.Cell = copied(c.Cell)
	l.cells.put(cellKey{c.Contact, c.First}, c)
	return nil
}

func (l *Ledger) dropCells(contact ledger.ContactID, below uint64) {
	l.cells.dropAll(func(key cellKey, c ledger.Cell) bool {
		return key.contact == contact && c.First < below && uint64(c.Count) <= below-c.First
	})
}

func itemOrder(a, b ledger.Item) int { return cmp.Compare(a.ID, b.ID) }

func cellOrder(a, b ledger.Cell) int {
	return cmp.Or(cmp.Compare(a.Contact, b.Contact), cmp.Compare(a.First, b.First))
}

// Waiting returns all items in the order of their numbers, without their content.
func (l *Ledger) Waiting() (all []ledger.Waiting, err error) {
	for _, item := range l.items.find(every, itemOrder) {
		size := len(item.Content)
		item.Content = nil
		all = append(all, ledger.Waiting{Item: item, Size: size})
	}
	return all, nil
}

// ItemContent returns the content of an item, or ErrNotFound.
func (l *Ledger) ItemContent(id ledger.ItemID) ([]byte, error) {
	item, err := l.items.get(id)
	return copied(item.Content), err
}

// ItemOf returns the first item that carries a message, or ErrNotFound.
func (l *Ledger) ItemOf(number ledger.MessageNumber) (ledger.ItemID, error) {
	items := l.items.find(func(i ledger.Item) bool { return number != 0 && i.Message == number }, itemOrder)
	if len(items) == 0 {
		return 0, ledger.ErrNotFound
	}
	return items[0].ID, nil
}

// Cells returns the cells to a contact in the order of their sequence numbers.
func (l *Ledger) Cells(contact ledger.ContactID) ([]ledger.Cell, error) {
	all := l.cells.find(func(c ledger.Cell) bool { return c.Contact == contact }, cellOrder)
	for i := range all {
		all[i].Cell = copied(all[i].Cell)
	}
	return all, nil
}

// AllCells returns the cells to all contacts, by contact and sequence number,
// without their bytes.
func (l *Ledger) AllCells() ([]ledger.Cell, error) {
	all := l.cells.find(every, cellOrder)
	for i := range all {
		all[i].Cell = nil
	}
	return all, nil
}
