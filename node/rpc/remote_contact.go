package rpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
)

// AddContact implements API.
func (r *Remote) AddContact(ctx context.Context, link contactlink.Link, options AddOptions) (Contact, error) {
	return ask[Contact](ctx, r, "add_contact", addContactParams{Link: link.String(), AddOptions: options})
}

// AcceptContact implements API.
func (r *Remote) AcceptContact(ctx context.Context, id ledger.ContactID) error {
	return r.order(ctx, "accept_contact", contactParam{id})
}

// RejectContact implements API.
func (r *Remote) RejectContact(ctx context.Context, id ledger.ContactID) error {
	return r.order(ctx, "reject_contact", contactParam{id})
}

// AskAgain implements API.
func (r *Remote) AskAgain(ctx context.Context, id ledger.ContactID) error {
	return r.order(ctx, "ask_again", contactParam{id})
}

// BlockContact implements API.
func (r *Remote) BlockContact(ctx context.Context, id ledger.ContactID) error {
	return r.order(ctx, "block_contact", contactParam{id})
}

// UnblockContact implements API.
func (r *Remote) UnblockContact(ctx context.Context, id ledger.ContactID) error {
	return r.order(ctx, "unblock_contact", contactParam{id})
}

// DeleteContact implements API.
func (r *Remote) DeleteContact(ctx context.Context, id ledger.ContactID, keepHistory bool) error {
	return r.order(ctx, "delete_contact", deleteContactParams{Contact: id, KeepHistory: keepHistory})
}

// UpdateContact implements API.
func (r *Remote) UpdateContact(ctx context.Context, id ledger.ContactID, change ContactUpdate) (Contact, error) {
	return ask[Contact](ctx, r, "update_contact", updateContactParams{Contact: id, ContactUpdate: change})
}

// Contacts implements API.
func (r *Remote) Contacts(ctx context.Context) ([]Contact, error) {
	return ask[[]Contact](ctx, r, "contacts", nil)
}

// Contact implements API.
func (r *Remote) Contact(ctx context.Context, id ledger.ContactID) (Contact, error) {
	return ask[Contact](ctx, r, "contact", contactParam{id})
}

// SafetyNumber implements API.
func (r *Remote) SafetyNumber(ctx context.Context, id ledger.ContactID) (SafetyNumber, error) {
	return ask[SafetyNumber](ctx, r, "safety_number", contactParam{id})
}

// VerifyContact implements API.
func (r *Remote) VerifyContact(ctx context.Context, id ledger.ContactID, typed string) (matches bool, err error) {
	v, err := ask[Verification](ctx, r, "verify_contact", verifyContactParams{Contact: id, Typed: typed})
	return v.Matches, err
}

// Presence implements API.
func (r *Remote) Presence(ctx context.Context, id ledger.ContactID) (Presence, error) {
	return ask[Presence](ctx, r, "presence", contactParam{id})
}

// Ping implements API. It takes two minutes at most if ctx has no deadline, and ten if it
// has.
func (r *Remote) Ping(ctx context.Context, id ledger.ContactID) (Duration, error) {
	params := pingContactParams{Contact: id}
	if deadline, ok := ctx.Deadline(); ok {
		params.Within = Duration(min(max(time.Until(deadline), time.Millisecond), maxPing))
	}
	trip, err := ask[RoundTrip](ctx, r, "ping_contact", params)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: no answer in time", ErrUnreachable)
	}
	return trip.RoundTrip, err
}

// NewInvite implements API.
func (r *Remote) NewInvite(ctx context.Context, options InviteOptions) (contactlink.Link, error) {
	return r.askLink(ctx, "new_invite", options)
}

// Invites implements API.
func (r *Remote) Invites(ctx context.Context) ([]Invite, error) {
	return ask[[]Invite](ctx, r, "invites", nil)
}

// DropInvite implements API.
func (r *Remote) DropInvite(ctx context.Context, invite InviteToken) error {
	return r.order(ctx, "drop_invite", inviteParam{invite})
}
