package memory

import (
	"cmp"
	"strings"

	"github.com/onionwire/onionwire/node/ledger"
)

const (
	maxSettingName = 128
	ownSettings    = "store." // what their names begin with
)

func (l *Ledger) putSetting(name string, value []byte) error {
	if name == "" || len(name) > maxSettingName || strings.HasPrefix(name, ownSettings) {
		return ledger.ErrInvalid
	}
	l.settings.put(name, copied(value))
	return nil
}

// Setting returns the value of a setting, or ErrNotFound.
func (l *Ledger) Setting(name string) ([]byte, error) {
	value, err := l.settings.get(name)
	return copied(value), err
}

func (l *Ledger) addEvent(e ledger.Event) error {
	if e.Cursor <= 0 || e.Kind < ledger.RequestReceived {
		return ledger.ErrInvalid
	}
	if l.events.has(e.Cursor) {
		return ledger.ErrExists
	}
	e.Happened = millis(e.Happened)
	l.events.put(e.Cursor, e)
	l.count(ledger.Counters{Cursor: e.Cursor})
	return nil
}

// Events returns up to limit events after a cursor, 0 for all, in their order. It
// fails with ErrCursor if some of them were dropped, or if the cursor was never given.
func (l *Ledger) Events(after ledger.Cursor, limit int) ([]ledger.Event, error) {
	all := l.events.find(every, eventOrder)
	last := l.counters.rows[struct{}{}].Cursor
	dropped := last
	if len(all) > 0 {
		dropped = all[0].Cursor - 1
	}
	if after < dropped || after > last {
		return nil, ledger.ErrCursor
	}
	n := 0
	for n < len(all) && all[n].Cursor <= after {
		n++
	}
	return first(all[n:], limit), nil
}

// DropEvents removes all events but the last so many.
func (l *Ledger) DropEvents(keep int) error {
	l.undo = l.undo[:0]
	all := l.events.find(every, eventOrder)
	for _, e := range all[:max(len(all)-max(keep, 0), 0)] {
		_ = l.events.drop(e.Cursor) // it is there
	}
	return nil
}

func eventOrder(a, b ledger.Event) int { return cmp.Compare(a.Cursor, b.Cursor) }

// Counters returns the highest numbers that were ever given.
func (l *Ledger) Counters() (ledger.Counters, error) { return l.counters.rows[struct{}{}], nil }
