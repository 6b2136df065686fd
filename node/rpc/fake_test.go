package rpc_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// fake is a node without a network: contacts 1 and 2, each in the conversation of the
// same number, and what is sent to them.
type fake struct {
	mu       sync.Mutex
	calls    []string // names of methods, in the order in which they began
	messages []rpc.Message
	files    []rpc.File
	events   []rpc.Event
	more     chan struct{} // closed when there is another event
	settings rpc.Settings
	added    rpc.AddOptions
	changed  rpc.ContactUpdate
	timer    rpc.Duration
	link     contactlink.Link
	pending  map[rpc.InviteToken]bool

	fail    error        // what every method but Events fails with, if set
	ends    error        // what Events ends with once it has yielded all, if set
	yielded atomic.Int64 // events that loops have taken

	ready chan struct{} // Ready waits for it
	hold  chan struct{} // Send waits for it, if set
}

var then = rpc.TimeOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))

func newFake() *fake {
	return &fake{
		more: make(chan struct{}), ready: make(chan struct{}), pending: make(map[rpc.InviteToken]bool),
		settings: rpc.Settings{Name: "Alice", ReadReceipts: true},
		link:     sampleLink,
		files: []rpc.File{
			{Number: 1, Conversation: 1, Contact: 1, Name: "a.txt", State: "offered", Path: "/home/alice/a.txt", Added: then, Changed: then},
			{Number: 2, Conversation: 2, Contact: 2, Name: "b.txt", State: "offered", Path: "/home/alice/b.txt", Added: then, Changed: then},
		},
	}
}

// called notes a call, and returns what it fails with.
func (f *fake) called(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, name)
	return f.fail
}

func (f *fake) failWith(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *fake) names() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// happen adds an event, with the next cursor unless it is a signal.
func (f *fake) happen(e rpc.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Cursor == 0 {
		e.Cursor = f.last() + 1
	}
	e.Happened = then
	f.events = append(f.events, e)
	close(f.more)
	f.more = make(chan struct{})
}

func (f *fake) last() ledger.Cursor {
	if len(f.events) == 0 {
		return 0
	}
	return f.events[len(f.events)-1].Cursor
}

func (f *fake) Link(context.Context) (contactlink.Link, error) { return f.link, f.called("Link") }

func (f *fake) Settings(context.Context) (rpc.Settings, error) {
	err := f.called("Settings")
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settings, err
}

func (f *fake) SetSettings(_ context.Context, change rpc.SettingsUpdate) (rpc.Settings, error) {
	err := f.called("SetSettings")
	f.mu.Lock()
	defer f.mu.Unlock()
	if change.Name != nil {
		f.settings.Name = *change.Name
	}
	if change.Expiry != nil {
		f.settings.Expiry = *change.Expiry
	}
	return f.settings, err
}

func (f *fake) Ready(ctx context.Context) error {
	err := f.called("Ready")
	select {
	case <-f.ready:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *fake) Status(context.Context) (rpc.Status, error) {
	err := f.called("Status")
	f.mu.Lock()
	defer f.mu.Unlock()
	return rpc.Status{Reachable: true, Cursor: f.last(), Started: then}, err
}

func (f *fake) TorInfo(context.Context) (rpc.TorInfo, error) {
	return rpc.TorInfo{Version: "0.4.9.11", Bootstrap: 100}, f.called("TorInfo")
}

func (f *fake) AddContact(_ context.Context, l contactlink.Link, o rpc.AddOptions) (rpc.Contact, error) {
	err := f.called("AddContact")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.added = o
	return rpc.Contact{ID: 3, Peer: l.Peer.String(), Name: l.Name, Alias: o.Alias, State: "requested", Added: then}, err
}

func (f *fake) AcceptContact(context.Context, ledger.ContactID) error {
	return f.called("AcceptContact")
}

func (f *fake) RejectContact(context.Context, ledger.ContactID) error {
	return f.called("RejectContact")
}

func (f *fake) AskAgain(context.Context, ledger.ContactID) error { return f.called("AskAgain") }

func (f *fake) BlockContact(context.Context, ledger.ContactID) error {
	return f.called("BlockContact")
}

func (f *fake) UnblockContact(context.Context, ledger.ContactID) error {
	return f.called("UnblockContact")
}

func (f *fake) DeleteContact(context.Context, ledger.ContactID, bool) error {
	return f.called("DeleteContact")
}

func (f *fake) UpdateContact(ctx context.Context, id ledger.ContactID, change rpc.ContactUpdate) (rpc.Contact, error) {
	err := f.called("UpdateContact")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changed = change
	return contact(id), err
}

func contact(id ledger.ContactID) rpc.Contact {
	return rpc.Contact{ID: id, Name: fmt.Sprintf("contact %d", id), State: "accepted", Added: then, Conversation: ledger.ConversationID(id)}
}

func (f *fake) Contacts(context.Context) ([]rpc.Contact, error) {
	return []rpc.Contact{contact(1), contact(2)}, f.called("Contacts")
}

func (f *fake) Contact(_ context.Context, id ledger.ContactID) (rpc.Contact, error) {
	if id != 1 && id != 2 {
		return rpc.Contact{}, rpc.ErrNotFound
	}
	return contact(id), f.called("Contact")
}

func (f *fake) SafetyNumber(context.Context, ledger.ContactID) (rpc.SafetyNumber, error) {
	return rpc.SafetyNumber{Digits: "12345"}, f.called("SafetyNumber")
}

func (f *fake) VerifyContact(_ context.Context, _ ledger.ContactID, typed string) (bool, error) {
	return typed == "12345", f.called("VerifyContact")
}

func (f *fake) Presence(context.Context, ledger.ContactID) (rpc.Presence, error) {
	return rpc.Presence{State: rpc.Online, Heard: then}, f.called("Presence")
}

// Ping is answered by a node that is ready.
func (f *fake) Ping(ctx context.Context, _ ledger.ContactID) (rpc.Duration, error) {
	err := f.called("Ping")
	select {
	case <-f.ready:
		return rpc.Duration(20 * time.Millisecond), err
	case <-ctx.Done():
		return 0, rpc.ErrUnreachable
	}
}

func (f *fake) NewInvite(context.Context, rpc.InviteOptions) (contactlink.Link, error) {
	return f.link, f.called("NewInvite")
}

func (f *fake) Invites(context.Context) ([]rpc.Invite, error) { return nil, f.called("Invites") }

func (f *fake) DropInvite(context.Context, rpc.InviteToken) error { return f.called("DropInvite") }

func (f *fake) InterfaceState(context.Context) (string, error) {
	return "", f.called("InterfaceState")
}

func (f *fake) SetInterfaceState(context.Context, string) error {
	return f.called("SetInterfaceState")
}

func (f *fake) SendFile(context.Context, ledger.ConversationID, string) (rpc.File, error) {
	return f.files[0], f.called("SendFile")
}

func (f *fake) AcceptFile(context.Context, ledger.FileNumber, string) error {
	return f.called("AcceptFile")
}

func (f *fake) DeclineFile(context.Context, ledger.FileNumber) error { return f.called("DeclineFile") }

func (f *fake) PauseFile(context.Context, ledger.FileNumber) error { return f.called("PauseFile") }

func (f *fake) ResumeFile(context.Context, ledger.FileNumber) error { return f.called("ResumeFile") }

func (f *fake) WithdrawFile(context.Context, ledger.FileNumber) error {
	return f.called("WithdrawFile")
}

func (f *fake) Files(_ context.Context, id ledger.ConversationID, before ledger.FileNumber, limit int) (all []rpc.File, err error) {
	for _, one := range slices.Backward(f.files) {
		if (id == 0 || one.Conversation == id) && (before == 0 || one.Number < before) && len(all) < limit {
			all = append(all, one)
		}
	}
	return all, f.called("Files")
}

func (f *fake) File(_ context.Context, n ledger.FileNumber) (rpc.File, error) {
	if n < 1 || int(n) > len(f.files) {
		return rpc.File{}, rpc.ErrNotFound
	}
	return f.files[n-1], f.called("File")
}

func (f *fake) ChangePassphrase(_ context.Context, old, _ string) error {
	return f.unlocked("ChangePassphrase", old)
}

func (f *fake) Words(_ context.Context, passphrase string) (string, error) {
	return "abandon ability", f.unlocked("Words", passphrase)
}

func (f *fake) Export(_ context.Context, passphrase, _, _ string, _ bool) error {
	return f.unlocked("Export", passphrase)
}

// unlocked is called for what needs the passphrase of the profile.
func (f *fake) unlocked(name, passphrase string) error {
	if err := f.called(name); err != nil || passphrase == "secret" {
		return err
	}
	return rpc.ErrPassphrase
}

func (f *fake) ChangeAddress(context.Context) (onion.Address, error) {
	return f.link.Onion, f.called("ChangeAddress")
}

func (f *fake) Events(ctx context.Context, after ledger.Cursor) iter.Seq2[rpc.Event, error] {
	return func(yield func(rpc.Event, error) bool) {
		_ = f.called("Events")
		for next := 0; ; {
			f.mu.Lock()
			events, more, ends := f.events, f.more, f.ends
			f.mu.Unlock()
			for ; next < len(events); next++ {
				if events[next].Cursor <= after {
					continue
				}
				f.yielded.Add(1)
				if !yield(events[next], nil) {
					return
				}
			}
			if ends != nil {
				yield(rpc.Event{}, ends)
				return
			}
			select {
			case <-more:
			case <-ctx.Done():
				yield(rpc.Event{}, ctx.Err())
				return
			}
		}
	}
}

var _ rpc.API = (*fake)(nil)
