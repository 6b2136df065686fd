package rpc

import (
	"context"
	"iter"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// Remote is the API of a node that another process runs. Whatever takes an API works
// with it as with the node itself, but for this:
//
//   - Every method may fail with ErrNotRunning, ErrLost, ErrToken or ErrForbidden as
//     well. After ErrLost, what was asked for may have been done.
//   - Lists in pages have MaxMessages at most, or MaxConversations, and messages may be
//     fewer than asked for although there are more (docs/rpc.md): the empty list is the
//     last one.
//   - Events tells with signals of its own, [Disconnected] and [Reconnected], that the
//     node is gone and that it is back.
//
// What a server does beside the API, such as tokens, Client calls.
type Remote struct{ client *Client }

var _ API = (*Remote)(nil)

// NewRemote makes a Remote that uses a client, and closes it.
func NewRemote(c *Client) *Remote { return &Remote{c} }

// DialRemote connects to the socket at path, and shows a token. It fails as Dial does.
func DialRemote(ctx context.Context, path string, secret token.Secret) (*Remote, error) {
	c, err := Dial(ctx, path, secret)
	if err != nil {
		return nil, err
	}
	return NewRemote(c), nil
}

// Client is what the Remote uses.
func (r *Remote) Client() *Client { return r.client }

// Close ends the connection, and the calls on it with ErrLost. The node goes on, and so
// do loops over events, which end by their contexts.
func (r *Remote) Close() error { return r.client.Close() }

// ask calls a method whose result is an R.
func ask[R any](ctx context.Context, r *Remote, method string, params any) (result R, err error) {
	err = r.client.call(ctx, method, params, &result)
	return result, err
}

// order calls a method that has no result.
func (r *Remote) order(ctx context.Context, method string, params any) error {
	return r.client.call(ctx, method, params, nil)
}

// askLink calls a method whose result is a contact link.
func (r *Remote) askLink(ctx context.Context, method string, params any) (contactlink.Link, error) {
	forms, err := ask[Link](ctx, r, method, params)
	if err != nil {
		return contactlink.Link{}, err
	}
	return contactlink.Parse(forms.Link)
}

// Link implements API.
func (r *Remote) Link(ctx context.Context) (contactlink.Link, error) {
	return r.askLink(ctx, "link", nil)
}

// Settings implements API.
func (r *Remote) Settings(ctx context.Context) (Settings, error) {
	return ask[Settings](ctx, r, "settings", nil)
}

// InterfaceState implements API.
func (r *Remote) InterfaceState(ctx context.Context) (string, error) {
	s, err := ask[InterfaceState](ctx, r, "interface_state", nothing{})
	return s.State, err
}

// SetInterfaceState implements API.
func (r *Remote) SetInterfaceState(ctx context.Context, state string) error {
	return r.order(ctx, "set_interface_state", InterfaceState{state})
}

// SetSettings implements API.
func (r *Remote) SetSettings(ctx context.Context, change SettingsUpdate) (Settings, error) {
	return ask[Settings](ctx, r, "set_settings", change)
}

// Ready implements API.
func (r *Remote) Ready(ctx context.Context) error { return r.order(ctx, "ready", nil) }

// Status implements API.
func (r *Remote) Status(ctx context.Context) (Status, error) {
	return ask[Status](ctx, r, "status", nil)
}

// TorInfo implements API.
func (r *Remote) TorInfo(ctx context.Context) (TorInfo, error) {
	return ask[TorInfo](ctx, r, "tor_info", nil)
}

// ChangePassphrase implements API.
func (r *Remote) ChangePassphrase(ctx context.Context, old, changed string) error {
	return r.order(ctx, "change_passphrase", changePassphraseParams{Old: old, New: changed})
}

// Words implements API.
func (r *Remote) Words(ctx context.Context, passphrase string) (string, error) {
	w, err := ask[Words](ctx, r, "words", wordsParams{passphrase})
	return w.Words, err
}

// Export implements API. The path is one of the machine of the node.
func (r *Remote) Export(ctx context.Context, passphrase, path, under string, history bool) error {
	return r.order(ctx, "export", exportParams{Passphrase: passphrase, Path: path, ExportPassphrase: under, History: history})
}

// ChangeAddress implements API.
func (r *Remote) ChangeAddress(ctx context.Context) (onion.Address, error) {
	a, err := ask[NewAddress](ctx, r, "change_address", nil)
	if err != nil {
		return onion.Address{}, err
	}
	return onion.Parse(a.Onion)
}

// Events implements API, over a connection of its own. When that is lost it makes
// another, also while the node is not running, and yields Disconnected and Reconnected:
// each event comes once, and what signals have told may have changed in between. If the
// first connection fails, that is the last pair.
func (r *Remote) Events(ctx context.Context, after ledger.Cursor) iter.Seq2[Event, error] {
	return r.client.follow(ctx, after, true)
}
