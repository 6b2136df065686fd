package apitest

import (
	"context"
	"slices"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

// NewInvite makes a link with a token.
func (f *Fake) NewInvite(ctx context.Context, o rpc.InviteOptions) (contactlink.Link, error) {
	if err := f.enter(ctx, "NewInvite"); err != nil {
		return contactlink.Link{}, err
	}
	defer f.mu.Unlock()
	token := rpc.InviteToken{1, byte(f.calls["NewInvite"])}
	f.invites = append(f.invites, rpc.Invite{Token: token, Note: o.Note, Added: f.tick(), Expires: o.Expires})
	link := f.link
	link.Invite = token
	return link, nil
}

// Invites are those that were made and not dropped.
func (f *Fake) Invites(ctx context.Context) ([]rpc.Invite, error) {
	if err := f.enter(ctx, "Invites"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	return slices.Clone(f.invites), nil
}

// DropInvite withdraws one.
func (f *Fake) DropInvite(ctx context.Context, token rpc.InviteToken) error {
	if err := f.enter(ctx, "DropInvite"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.invites, func(i rpc.Invite) bool { return i.Token == token })
	if i < 0 {
		return notFound("invite")
	}
	f.invites = slices.Delete(f.invites, i, i+1)
	return nil
}
