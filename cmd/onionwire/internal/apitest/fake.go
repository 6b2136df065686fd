// Package apitest is a node in memory, for tests of what is made on top of rpc.API: the
// same answers, errors and events, without a disk, keys or Tor. What contacts do, a test
// says: see [Fake.Receive] and its neighbours.
package apitest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Start is the time at which the clock of a Fake begins.
var Start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// Fake is a node in memory. All methods may be called concurrently. Methods of rpc.API that
// it does not have panic.
type Fake struct {
	rpc.API

	// Fail, if it is not nil, is asked before each call what the call fails with, by the
	// name of its method. It is set before the Fake is used.
	Fail func(method string) error

	mu            sync.Mutex
	now           time.Time
	settings      rpc.Settings
	status        rpc.Status
	link          contactlink.Link
	contacts      map[ledger.ContactID]*rpc.Contact
	conversations map[ledger.ConversationID]*rpc.Conversation
	messages      map[ledger.ConversationID][]rpc.Message
	files         []rpc.File
	presence      map[ledger.ContactID]rpc.Presence
	drafts        map[ledger.ConversationID]string
	state         string // of an interface
	tor           rpc.TorInfo
	invites       []rpc.Invite
	last          ledger.MessageNumber
	calls         map[string]int

	events  []rpc.Event
	signals map[chan rpc.Event]bool
	changed chan struct{} // closed at the next event
	closed  bool
}

// New returns a node that nobody knows, whose Tor is connected.
func New() *Fake {
	return &Fake{
		now:           Start,
		settings:      rpc.Settings{Name: "Me", ReadReceipts: true, TypingHints: true, Downloads: "/nowhere/downloads"},
		status:        rpc.Status{Peer: "12D3KooWMe", Tor: "connected", Bootstrap: 100, Service: "reachable", Uploads: 6, Uploaded: 6, Reachable: true},
		contacts:      make(map[ledger.ContactID]*rpc.Contact),
		conversations: make(map[ledger.ConversationID]*rpc.Conversation),
		messages:      make(map[ledger.ConversationID][]rpc.Message),
		presence:      make(map[ledger.ContactID]rpc.Presence),
		drafts:        make(map[ledger.ConversationID]string),
		calls:         make(map[string]int),
		signals:       make(map[chan rpc.Event]bool),
		changed:       make(chan struct{}),
	}
}

// enter begins a call: with the lock, unless it fails. The caller unlocks.
func (f *Fake) enter(ctx context.Context, method string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.Fail != nil {
		if err := f.Fail(method); err != nil {
			return err
		}
	}
	f.mu.Lock()
	f.calls[method]++
	if f.closed {
		f.mu.Unlock()
		return rpc.ErrClosed
	}
	return nil
}

// Calls returns how often a method was called.
func (f *Fake) Calls(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[method]
}

// Close ends the node: all calls fail, and events end.
func (f *Fake) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.wake()
	return nil
}

// Now is the time of the node.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Pass lets time pass.
func (f *Fake) Pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// SetStatus changes what Status returns.
func (f *Fake) SetStatus(change func(s *rpc.Status)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.status)
}

// SetLink changes what Link returns.
func (f *Fake) SetLink(l contactlink.Link) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.link = l
}

// tick is the time of something that happens: no two things at once.
func (f *Fake) tick() rpc.Time {
	f.now = f.now.Add(time.Second)
	return rpc.TimeOf(f.now)
}

func notFound(what string) error { return fmt.Errorf("%w: %s", rpc.ErrNotFound, what) }

// Link returns the link that was set.
func (f *Fake) Link(ctx context.Context) (contactlink.Link, error) {
	if err := f.enter(ctx, "Link"); err != nil {
		return contactlink.Link{}, err
	}
	defer f.mu.Unlock()
	return f.link, nil
}

// Settings returns the settings.
func (f *Fake) Settings(ctx context.Context) (rpc.Settings, error) {
	if err := f.enter(ctx, "Settings"); err != nil {
		return rpc.Settings{}, err
	}
	defer f.mu.Unlock()
	return f.settings, nil
}

// SetSettings changes settings.
func (f *Fake) SetSettings(ctx context.Context, c rpc.SettingsUpdate) (rpc.Settings, error) {
	if err := f.enter(ctx, "SetSettings"); err != nil {
		return rpc.Settings{}, err
	}
	defer f.mu.Unlock()
	set(&f.settings.Name, c.Name)
	set(&f.settings.ReadReceipts, c.ReadReceipts)
	set(&f.settings.TypingHints, c.TypingHints)
	set(&f.settings.Expiry, c.Expiry)
	set(&f.settings.AutoAccept, c.AutoAccept)
	set(&f.settings.Downloads, c.Downloads)
	return f.settings, nil
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// Ready returns at once if the status says so, and else when ctx ends.
func (f *Fake) Ready(ctx context.Context) error {
	if err := f.enter(ctx, "Ready"); err != nil {
		return err
	}
	reachable := f.status.Reachable
	f.mu.Unlock()
	if reachable {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

// Status returns what was set, with what can be counted.
func (f *Fake) Status(ctx context.Context) (rpc.Status, error) {
	if err := f.enter(ctx, "Status"); err != nil {
		return rpc.Status{}, err
	}
	defer f.mu.Unlock()
	s := f.status
	s.Cursor = ledger.Cursor(len(f.events))
	for id, c := range f.conversations {
		if !c.Muted {
			s.Unread += f.unread(id)
		}
		for _, m := range f.messages[id] {
			if m.Sender == 0 && slices.ContainsFunc(m.Deliveries, func(d rpc.Delivery) bool { return d.State == rpc.QueuedMessage || d.State == rpc.SentMessage }) {
				s.Waiting++
			}
		}
	}
	for _, p := range f.presence {
		if p.State == rpc.Online {
			s.Connected++
		}
	}
	return s, nil
}

// Draft returns what SetDraft was given.
func (f *Fake) Draft(ctx context.Context, id ledger.ConversationID) (string, error) {
	if err := f.enter(ctx, "Draft"); err != nil {
		return "", err
	}
	defer f.mu.Unlock()
	return f.drafts[id], nil
}

// SetDraft keeps what is being written.
func (f *Fake) SetDraft(ctx context.Context, id ledger.ConversationID, text string) error {
	if err := f.enter(ctx, "SetDraft"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	if len(text) > ledger.MaxDraft || !utf8.ValidString(text) {
		return rpc.ErrInvalid
	}
	f.drafts[id] = text
	return nil
}

// InterfaceState returns what SetInterfaceState was given.
func (f *Fake) InterfaceState(ctx context.Context) (string, error) {
	if err := f.enter(ctx, "InterfaceState"); err != nil {
		return "", err
	}
	defer f.mu.Unlock()
	return f.state, nil
}

// SetInterfaceState keeps what an interface wants to find again.
func (f *Fake) SetInterfaceState(ctx context.Context, state string) error {
	if err := f.enter(ctx, "SetInterfaceState"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	if len(state) > rpc.MaxInterfaceState || !utf8.ValidString(state) {
		return rpc.ErrInvalid
	}
	f.state = state
	return nil
}
