package rpc

import (
	"context"
	"slices"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// Who may call what. Whoever can name files of this machine reaches more than
// messages, so that needs all rights.
var (
	anyone  = access{bound: true}
	reader  = access{scope: token.Read}
	member  = access{scope: token.Read, bound: true}
	sender  = access{scope: token.Send, bound: true, changes: true}
	both    = access{scope: token.Read | token.Send, bound: true, changes: true}
	owner   = access{scope: token.Full, changes: true}
	looker  = access{scope: token.Full} // what nobody has said yet, and who else may look
	waiter  = access{scope: token.Read, apart: true}
	laborer = access{scope: token.Full, apart: true}
)

// Parameters that several methods have.
type (
	contactParam struct {
		Contact ledger.ContactID `json:"contact"`
	}
	conversationParam struct {
		Conversation ledger.ConversationID `json:"conversation"`
	}
	messageParam struct {
		Message ledger.MessageNumber `json:"message"`
	}
	fileParam struct {
		File ledger.FileNumber `json:"file"`
	}
	inviteParam struct {
		Invite InviteToken `json:"invite"`
	}
)

func (p contactParam) subject() ledger.ContactID           { return p.Contact }
func (p conversationParam) subject() ledger.ConversationID { return p.Conversation }
func (p messageParam) subject() ledger.MessageNumber       { return p.Message }
func (p fileParam) subject() ledger.FileNumber             { return p.File }
func (p inviteParam) subject() InviteToken                 { return p.Invite }

// methods is the table: who may do what, by name.
var methods = make(map[string]method)

// groups are what methods are about, in the order of docs/rpc.md.
var groups []group

type group struct {
	name    string
	methods []method
}

func init() {
	groups = []group{
		{"connection", connectionMethods},
		{"node", nodeMethods},
		{"profile", secretMethods},
		{"contacts", contactMethods},
		{"conversations", slices.Concat(conversationMethods, sendMethods)},
		{"files", fileMethods},
		{"tokens", tokenMethods},
	}
	for _, g := range groups {
		for _, m := range g.methods {
			methods[m.Name] = m
		}
	}
}

var nodeMethods = []method{
	define("link", reader, "link", func(ctx context.Context, c *call, _ nothing) (Link, error) {
		return linkOf(c.api().Link(ctx))
	}),
	define("settings", reader, "", func(ctx context.Context, c *call, _ nothing) (Settings, error) {
		return c.api().Settings(ctx)
	}),
	define("set_settings", owner, "", func(ctx context.Context, c *call, p SettingsUpdate) (Settings, error) {
		return c.api().SetSettings(ctx, p)
	}),
	define("interface_state", looker, "", func(ctx context.Context, c *call, _ nothing) (InterfaceState, error) {
		state, err := c.api().InterfaceState(ctx)
		return InterfaceState{state}, err
	}),
	define("set_interface_state", owner, "", func(ctx context.Context, c *call, p InterfaceState) (nothing, error) {
		return nothing{}, c.api().SetInterfaceState(ctx, p.State)
	}),
	define("ready", waiter, "", func(ctx context.Context, c *call, _ nothing) (nothing, error) {
		return nothing{}, c.api().Ready(ctx)
	}),
	define("status", reader, "", func(ctx context.Context, c *call, _ nothing) (Status, error) {
		return c.api().Status(ctx)
	}),
	define("tor_info", reader, "", func(ctx context.Context, c *call, _ nothing) (TorInfo, error) {
		return c.api().TorInfo(ctx)
	}),
	define("change_address", laborer, "", func(ctx context.Context, c *call, _ nothing) (NewAddress, error) {
		a, err := c.api().ChangeAddress(ctx)
		if err != nil {
			return NewAddress{}, err
		}
		return NewAddress{Onion: a.String()}, nil
	}),
}

// InterfaceState is what the method of that name returns.
type InterfaceState struct {
	State string `json:"state"`
}

// Link is a contact link in its forms.
type Link struct {
	// Link is the short form, for people.
	Link string `json:"link"`
	// QR is the same for a QR code.
	QR        string `json:"qr"`
	Multiaddr string `json:"multiaddr"`
	Name      string `json:"name"`
}

// NewAddress is what change_address returns.
type NewAddress struct {
	Onion string `json:"onion"`
}

func linkOf(l contactlink.Link, err error) (Link, error) {
	if err != nil {
		return Link{}, err
	}
	m, err := l.Multiaddr()
	if err != nil {
		return Link{}, err
	}
	return Link{Link: l.String(), QR: l.QR(), Multiaddr: m.String(), Name: l.Name}, nil
}
