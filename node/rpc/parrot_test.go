package rpc_test

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"sync"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// parrot is an API that remembers what its methods were called with, and returns
// samples. It has each method by hand: one that is added to the API does not build
// without it.
type parrot struct {
	mu   sync.Mutex
	name string // of the method that was called last
	args []any  // what it was called with, but for the context
	fail error
}

var _ rpc.API = (*parrot)(nil)

// heard returns the last call.
func (p *parrot) heard() (name string, args []any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.name, p.args
}

func (p *parrot) failWith(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

func (p *parrot) hear(name string, args ...any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name, p.args = name, args
	return p.fail
}

// say is hear for what has a result.
func say[T any](p *parrot, name string, args ...any) (result T, err error) {
	if err := p.hear(name, args...); err != nil {
		return result, err
	}
	fill(reflect.ValueOf(&result).Elem())
	return result, nil
}

// fill puts into a value what is easily told from nothing: the same in each value of a
// type.
func fill(v reflect.Value) {
	switch to := v.Addr().Interface().(type) {
	case *contactlink.Link:
		*to = sampleLink
		return
	case *onion.Address:
		*to = sampleLink.Onion
		return
	case *rpc.Time:
		*to = then
		return
	case *rpc.Duration:
		*to = rpc.Seconds(90)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(7)
	case reflect.String:
		v.SetString("/sample") // a path too, which has to be absolute
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("no sample of %v", v.Type()))
	}
}

func (p *parrot) Link(context.Context) (contactlink.Link, error) {
	return say[contactlink.Link](p, "Link")
}

func (p *parrot) Settings(context.Context) (rpc.Settings, error) {
	return say[rpc.Settings](p, "Settings")
}

func (p *parrot) SetSettings(_ context.Context, a rpc.SettingsUpdate) (rpc.Settings, error) {
	return say[rpc.Settings](p, "SetSettings", a)
}

func (p *parrot) Ready(context.Context) error { return p.hear("Ready") }

func (p *parrot) Status(context.Context) (rpc.Status, error) { return say[rpc.Status](p, "Status") }

func (p *parrot) TorInfo(context.Context) (rpc.TorInfo, error) {
	return say[rpc.TorInfo](p, "TorInfo")
}

func (p *parrot) AddContact(_ context.Context, a contactlink.Link, b rpc.AddOptions) (rpc.Contact, error) {
	return say[rpc.Contact](p, "AddContact", a, b)
}

func (p *parrot) AcceptContact(_ context.Context, a ledger.ContactID) error {
	return p.hear("AcceptContact", a)
}

func (p *parrot) RejectContact(_ context.Context, a ledger.ContactID) error {
	return p.hear("RejectContact", a)
}

func (p *parrot) AskAgain(_ context.Context, a ledger.ContactID) error { return p.hear("AskAgain", a) }

func (p *parrot) BlockContact(_ context.Context, a ledger.ContactID) error {
	return p.hear("BlockContact", a)
}

func (p *parrot) UnblockContact(_ context.Context, a ledger.ContactID) error {
	return p.hear("UnblockContact", a)
}

func (p *parrot) DeleteContact(_ context.Context, a ledger.ContactID, b bool) error {
	return p.hear("DeleteContact", a, b)
}

func (p *parrot) UpdateContact(_ context.Context, a ledger.ContactID, b rpc.ContactUpdate) (rpc.Contact, error) {
	return say[rpc.Contact](p, "UpdateContact", a, b)
}

func (p *parrot) Contacts(context.Context) ([]rpc.Contact, error) {
	return say[[]rpc.Contact](p, "Contacts")
}

func (p *parrot) Contact(_ context.Context, a ledger.ContactID) (rpc.Contact, error) {
	return say[rpc.Contact](p, "Contact", a)
}

func (p *parrot) SafetyNumber(_ context.Context, a ledger.ContactID) (rpc.SafetyNumber, error) {
	return say[rpc.SafetyNumber](p, "SafetyNumber", a)
}

func (p *parrot) VerifyContact(_ context.Context, a ledger.ContactID, b string) (bool, error) {
	return say[bool](p, "VerifyContact", a, b)
}

func (p *parrot) Presence(_ context.Context, a ledger.ContactID) (rpc.Presence, error) {
	return say[rpc.Presence](p, "Presence", a)
}

func (p *parrot) Ping(_ context.Context, a ledger.ContactID) (rpc.Duration, error) {
	return say[rpc.Duration](p, "Ping", a)
}

func (p *parrot) NewInvite(_ context.Context, a rpc.InviteOptions) (contactlink.Link, error) {
	return say[contactlink.Link](p, "NewInvite", a)
}

func (p *parrot) Invites(context.Context) ([]rpc.Invite, error) {
	return say[[]rpc.Invite](p, "Invites")
}

func (p *parrot) DropInvite(_ context.Context, a rpc.InviteToken) error {
	return p.hear("DropInvite", a)
}

func (p *parrot) Conversations(_ context.Context, a ledger.ConversationID, b int) ([]rpc.Conversation, error) {
	return say[[]rpc.Conversation](p, "Conversations", a, b)
}

func (p *parrot) Conversation(_ context.Context, a ledger.ConversationID) (rpc.Conversation, error) {
	return say[rpc.Conversation](p, "Conversation", a)
}

func (p *parrot) UpdateConversation(_ context.Context, a ledger.ConversationID, b rpc.ConversationUpdate) (rpc.Conversation, error) {
	return say[rpc.Conversation](p, "UpdateConversation", a, b)
}

func (p *parrot) Messages(_ context.Context, a ledger.ConversationID, b ledger.MessageNumber, c int) ([]rpc.Message, error) {
	return say[[]rpc.Message](p, "Messages", a, b, c)
}

func (p *parrot) MessagesAfter(_ context.Context, a ledger.ConversationID, b ledger.MessageNumber, c int) ([]rpc.Message, error) {
	return say[[]rpc.Message](p, "MessagesAfter", a, b, c)
}

func (p *parrot) Message(_ context.Context, a ledger.MessageNumber) (rpc.Message, error) {
	return say[rpc.Message](p, "Message", a)
}

func (p *parrot) Search(_ context.Context, a string, b ledger.ConversationID, c ledger.MessageNumber, d int) ([]rpc.Message, error) {
	return say[[]rpc.Message](p, "Search", a, b, c, d)
}

func (p *parrot) Unread(_ context.Context, a ledger.ConversationID) (int, error) {
	return say[int](p, "Unread", a)
}

func (p *parrot) Draft(_ context.Context, a ledger.ConversationID) (string, error) {
	return say[string](p, "Draft", a)
}

func (p *parrot) SetDraft(_ context.Context, a ledger.ConversationID, b string) error {
	return p.hear("SetDraft", a, b)
}

func (p *parrot) InterfaceState(context.Context) (string, error) {
	return say[string](p, "InterfaceState")
}

func (p *parrot) SetInterfaceState(_ context.Context, a string) error {
	return p.hear("SetInterfaceState", a)
}

func (p *parrot) Send(_ context.Context, a ledger.ConversationID, b string, c rpc.SendOptions) (rpc.Message, error) {
	return say[rpc.Message](p, "Send", a, b, c)
}

func (p *parrot) Cancel(_ context.Context, a ledger.MessageNumber) error { return p.hear("Cancel", a) }

func (p *parrot) Edit(_ context.Context, a ledger.MessageNumber, b string) error {
	return p.hear("Edit", a, b)
}

func (p *parrot) RetryMessage(_ context.Context, a ledger.MessageNumber) error {
	return p.hear("RetryMessage", a)
}

func (p *parrot) MarkRead(_ context.Context, a ledger.ConversationID, b ledger.MessageNumber) error {
	return p.hear("MarkRead", a, b)
}

func (p *parrot) Typing(_ context.Context, a ledger.ConversationID) error { return p.hear("Typing", a) }

func (p *parrot) SetTimer(_ context.Context, a ledger.ConversationID, b rpc.Duration) error {
	return p.hear("SetTimer", a, b)
}

func (p *parrot) DeleteMessage(_ context.Context, a ledger.MessageNumber) error {
	return p.hear("DeleteMessage", a)
}

func (p *parrot) SendFile(_ context.Context, a ledger.ConversationID, b string) (rpc.File, error) {
	return say[rpc.File](p, "SendFile", a, b)
}

func (p *parrot) AcceptFile(_ context.Context, a ledger.FileNumber, b string) error {
	return p.hear("AcceptFile", a, b)
}

func (p *parrot) DeclineFile(_ context.Context, a ledger.FileNumber) error {
	return p.hear("DeclineFile", a)
}

func (p *parrot) PauseFile(_ context.Context, a ledger.FileNumber) error {
	return p.hear("PauseFile", a)
}

func (p *parrot) ResumeFile(_ context.Context, a ledger.FileNumber) error {
	return p.hear("ResumeFile", a)
}

func (p *parrot) WithdrawFile(_ context.Context, a ledger.FileNumber) error {
	return p.hear("WithdrawFile", a)
}

func (p *parrot) Files(_ context.Context, a ledger.ConversationID, b ledger.FileNumber, c int) ([]rpc.File, error) {
	return say[[]rpc.File](p, "Files", a, b, c)
}

func (p *parrot) File(_ context.Context, a ledger.FileNumber) (rpc.File, error) {
	return say[rpc.File](p, "File", a)
}

func (p *parrot) ChangePassphrase(_ context.Context, a, b string) error {
	return p.hear("ChangePassphrase", a, b)
}

func (p *parrot) Words(_ context.Context, a string) (string, error) {
	return say[string](p, "Words", a)
}

func (p *parrot) Export(_ context.Context, a, b, c string, d bool) error {
	return p.hear("Export", a, b, c, d)
}

func (p *parrot) ChangeAddress(context.Context) (onion.Address, error) {
	return say[onion.Address](p, "ChangeAddress")
}

func (p *parrot) Events(context.Context, ledger.Cursor) iter.Seq2[rpc.Event, error] {
	return func(yield func(rpc.Event, error) bool) { yield(rpc.Event{}, p.hear("Events")) }
}
