package model

import (
	"cmp"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	// maxWindow bounds the messages of a conversation that are loaded. What is far from
	// where somebody reads is dropped, and loaded again when it is needed.
	maxWindow = 6 * Page
	// maxFiles bounds the files of a conversation that are loaded.
	maxFiles = 20 * Page
)

// Key names an item of a timeline: a message or a file.
type Key struct {
	Message ledger.MessageNumber
	File    ledger.FileNumber
}

// Item is a message or a file: the other is nil.
type Item struct {
	Message *rpc.Message
	File    *File
}

// Key names the item.
func (i Item) Key() Key {
	if i.File != nil {
		return Key{File: i.File.Number}
	}
	return Key{Message: i.Message.Number}
}

// Time is when the item came here, or was written here.
func (i Item) Time() rpc.Time {
	if i.File != nil {
		return i.File.Added
	}
	return i.Message.Stored
}

// Sender is who it comes from, 0 for ourselves.
func (i Item) Sender() ledger.ContactID {
	switch {
	case i.File == nil:
		return i.Message.Sender
	case i.File.Incoming:
		return i.File.Contact
	}
	return 0
}

// Timeline is a window on the messages and files of a conversation, without gaps.
type Timeline struct {
	// NewAfter is the message behind which the new ones were when the conversation was
	// opened, or 0 if there were none.
	NewAfter ledger.MessageNumber
	// Top and Bottom say that there is nothing before the window, or after it.
	Top, Bottom bool
	// Failed is why nothing could be loaded, or nil.
	Failed error

	conversation ledger.ConversationID
	window       int // its number: answers to requests for another one are late
	messages     []rpc.Message
	files        []*File
	filesTop     bool // whether there are no older files
	up, down     bool // whether a request is under way
	asked        ledger.MessageNumber
	items        []Item // of messages and files, nil if they have changed
}

// Loading is whether something is on its way.
func (t *Timeline) Loading() bool { return t.up || t.down }

// Items are the items of the window, the oldest first. The slice is not to be changed, and
// holds until something is taken.
func (t *Timeline) Items() []Item {
	if t.items == nil {
		t.items = t.merge()
	}
	return t.items
}

// merge puts files between the messages, by time. Those outside of the window are left out.
func (t *Timeline) merge() []Item {
	items := make([]Item, 0, len(t.messages)+len(t.files))
	files := t.files
	if n := len(t.messages); n > 0 {
		first, last := t.messages[0].Stored, t.messages[n-1].Stored
		for !t.Top && len(files) > 0 && files[0].Added.Before(first.Time) {
			files = files[1:]
		}
		for !t.Bottom && len(files) > 0 && files[len(files)-1].Added.After(last.Time) {
			files = files[:len(files)-1]
		}
	}
	for i := range t.messages {
		for len(files) > 0 && files[0].Added.Before(t.messages[i].Stored.Time) {
			items, files = append(items, Item{File: files[0]}), files[1:]
		}
		items = append(items, Item{Message: &t.messages[i]})
	}
	for _, f := range files {
		items = append(items, Item{File: f})
	}
	return items
}

// Find returns the place of an item, or where it would be, and whether it is there.
func (t *Timeline) Find(k Key) (int, bool) {
	items := t.Items()
	for i, item := range items {
		if item.Key() == k {
			return i, true
		}
	}
	if k.Message == 0 { // a file
		return len(items), false
	}
	for i, item := range items {
		if item.Message != nil && item.Message.Number > k.Message {
			return i, false
		}
	}
	return len(items), false
}

// Message returns a message of the window, or nil.
func (t *Timeline) Message(n ledger.MessageNumber) *rpc.Message {
	if i, there := t.at(n); there {
		return &t.messages[i]
	}
	return nil
}

func (t *Timeline) at(n ledger.MessageNumber) (int, bool) {
	return slices.BinarySearchFunc(t.messages, n, func(m rpc.Message, n ledger.MessageNumber) int { return cmp.Compare(m.Number, n) })
}

// last is the number of the last message of the window, or 0.
func (t *Timeline) last() ledger.MessageNumber {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[len(t.messages)-1].Number
}

func (t *Timeline) first() ledger.MessageNumber {
	if len(t.messages) == 0 {
		return 0
	}
	return t.messages[0].Number
}

// prepend takes a page of earlier messages, the latest first.
func (t *Timeline) prepend(page []rpc.Message) {
	page = slices.Clone(page)
	slices.Reverse(page)
	if first := t.first(); first != 0 {
		page = slices.DeleteFunc(page, func(m rpc.Message) bool { return m.Number >= first })
	}
	t.messages = append(page, t.messages...)
	if len(t.messages) > maxWindow {
		t.messages, t.Bottom = slices.Clip(t.messages[:maxWindow]), false
	}
	t.items = nil
}

// append takes a page of later messages, the earliest first.
func (t *Timeline) append(page []rpc.Message) {
	for _, m := range page {
		if m.Number > t.last() {
			t.messages = append(t.messages, m)
		}
	}
	if n := len(t.messages) - maxWindow; n > 0 {
		t.messages, t.Top = slices.Clone(t.messages[n:]), false
	}
	t.items = nil
}
