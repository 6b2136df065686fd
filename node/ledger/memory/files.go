package memory

import (
	"cmp"
	"math"

	"github.com/onionwire/onionwire/node/ledger"
)

func (l *Ledger) putFile(f ledger.File) error {
	if f.State.Final() {
		f.Key = nil
	}
	if f.Number <= 0 || f.State < ledger.Offered || f.State > ledger.Broken ||
		len(f.Key) != 0 && len(f.Key) != keyLength || f.Size > math.MaxInt64 || f.Chunks > math.MaxInt64 {
		return ledger.ErrInvalid
	}
	if !l.contacts.has(f.Contact) || !l.conversations.has(f.Conversation) {
		return ledger.ErrNotFound
	}
	l.files.put(f.Number, copyFile(f))
	l.count(ledger.Counters{File: f.Number})
	return nil
}

func copyFile(f ledger.File) ledger.File {
	f.Key = copied(f.Key)
	f.Modified, f.Added, f.Changed = millis(f.Modified), millis(f.Added), millis(f.Changed)
	return f
}

func fileOrder(a, b ledger.File) int { return cmp.Compare(a.Number, b.Number) }

// Files returns all files in the order of their numbers.
func (l *Ledger) Files() ([]ledger.File, error) { return l.findFiles(every), nil }

// OpenFiles returns those whose state is not final.
func (l *Ledger) OpenFiles() ([]ledger.File, error) {
	return l.findFiles(func(f ledger.File) bool { return !f.State.Final() }), nil
}

// EndedFiles returns those that were offered to us and whose state is final.
func (l *Ledger) EndedFiles() (all []ledger.Ended, err error) {
	for _, f := range l.findFiles(func(f ledger.File) bool { return f.Incoming && f.State.Final() }) {
		all = append(all, ledger.Ended{Number: f.Number, Contact: f.Contact, ID: f.ID, State: f.State})
	}
	return all, nil
}

func (l *Ledger) findFiles(which func(ledger.File) bool) []ledger.File {
	all := l.files.find(which, fileOrder)
	for i := range all {
		all[i] = copyFile(all[i])
	}
	return all
}

// File returns a file by its number, or ErrNotFound.
func (l *Ledger) File(number ledger.FileNumber) (ledger.File, error) {
	f, err := l.files.get(number)
	return copyFile(f), err
}
