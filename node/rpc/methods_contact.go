package rpc

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
)

type (
	addContactParams struct {
		Link string `json:"link"`
		AddOptions
	}
	deleteContactParams struct {
		Contact     ledger.ContactID `json:"contact"`
		KeepHistory bool             `json:"keep_history"`
	}
	updateContactParams struct {
		Contact ledger.ContactID `json:"contact"`
		ContactUpdate
	}
	pingContactParams struct {
		Contact ledger.ContactID `json:"contact"`
		// Within is how long it may take, with the connecting; otherwise two minutes, and
		// ten at most.
		Within Duration `json:"within,omitempty"`
	}
	verifyContactParams struct {
		Contact ledger.ContactID `json:"contact"`
		Typed   string           `json:"typed"`
	}
)

const (
	// pingWithin is how long a ping may take, with the connecting before it, unless the
	// client says otherwise; maxPing is how long at most.
	pingWithin = 2 * time.Minute
	maxPing    = 10 * time.Minute
)

// RoundTrip is what ping_contact returns.
type RoundTrip struct {
	RoundTrip Duration `json:"round_trip"`
}

// Verification is what verify_contact returns.
type Verification struct {
	Matches bool `json:"matches"`
}

var contactMethods = []method{
	define("add_contact", owner, "", func(ctx context.Context, c *call, p addContactParams) (Contact, error) {
		link, err := contactlink.Parse(p.Link)
		if err != nil {
			return Contact{}, err
		}
		return c.api().AddContact(ctx, link, p.AddOptions)
	}),
	order[contactParam]("accept_contact", owner, API.AcceptContact),
	order[contactParam]("reject_contact", owner, API.RejectContact),
	order[contactParam]("ask_again", owner, API.AskAgain),
	order[contactParam]("block_contact", owner, API.BlockContact),
	order[contactParam]("unblock_contact", owner, API.UnblockContact),
	define("delete_contact", owner, "", func(ctx context.Context, c *call, p deleteContactParams) (nothing, error) {
		return nothing{}, c.api().DeleteContact(ctx, p.Contact, p.KeepHistory)
	}),
	define("update_contact", owner, "", func(ctx context.Context, c *call, p updateContactParams) (Contact, error) {
		return c.api().UpdateContact(ctx, p.Contact, p.ContactUpdate)
	}),
	define("contacts", member, "", func(ctx context.Context, c *call, _ nothing) ([]Contact, error) {
		return filter(ctx, c.api().Contacts, func(one Contact) (bool, error) { return c.member(ctx, one.ID) })
	}),
	define("contact", member, "", func(ctx context.Context, c *call, p contactParam) (Contact, error) {
		return c.api().Contact(ctx, p.Contact)
	}),
	define("safety_number", member, "", func(ctx context.Context, c *call, p contactParam) (SafetyNumber, error) {
		return c.api().SafetyNumber(ctx, p.Contact)
	}),
	define("verify_contact", owner, "", func(ctx context.Context, c *call, p verifyContactParams) (Verification, error) {
		matches, err := c.api().VerifyContact(ctx, p.Contact, p.Typed)
		return Verification{matches}, err
	}),
	define("presence", member, "", func(ctx context.Context, c *call, p contactParam) (Presence, error) {
		return c.api().Presence(ctx, p.Contact)
	}),
	define("ping_contact", laborer, "", ping),
	define("new_invite", owner, "", func(ctx context.Context, c *call, p InviteOptions) (Link, error) {
		return linkOf(c.api().NewInvite(ctx, p))
	}),
	define("invites", looker, "", func(ctx context.Context, c *call, _ nothing) ([]Invite, error) {
		return list(c.api().Invites(ctx))
	}),
	order[inviteParam]("drop_invite", owner, API.DropInvite),
}

func ping(ctx context.Context, c *call, p pingContactParams) (RoundTrip, error) {
	within := cmp.Or(time.Duration(p.Within), pingWithin)
	if within < 0 || within > maxPing {
		return RoundTrip{}, fmt.Errorf("%w: a ping takes up to %v", ErrInvalid, maxPing)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	trip, err := c.api().Ping(ctx, p.Contact)
	return RoundTrip{trip}, err
}

// list makes nothing an empty list, which is no null.
func list[T any](all []T, err error) ([]T, error) {
	if all == nil {
		all = []T{}
	}
	return all, err
}

// filter returns those of a list that a token shows.
func filter[T any](ctx context.Context, get func(context.Context) ([]T, error), shows func(T) (bool, error)) ([]T, error) {
	all, err := get(ctx)
	if err != nil {
		return nil, err
	}
	some := []T{}
	for _, one := range all {
		switch ok, err := shows(one); {
		case err != nil:
			return nil, err
		case ok:
			some = append(some, one)
		}
	}
	return some, nil
}
