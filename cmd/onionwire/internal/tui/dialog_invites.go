package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/rpc"
)

// inviteList shows the invites that nobody has used, and withdraws them.
type inviteList struct {
	invites []rpc.Invite
	loaded  bool
	err     error
	pick    pick
}

// invitesMsg are the invites, droppedMsg says what became of withdrawing one.
type (
	invitesMsg struct {
		to      *inviteList
		invites []rpc.Invite
		err     error
	}
	droppedMsg struct {
		to    *inviteList
		token rpc.InviteToken
		err   error
	}
)

func (m *Model) openInvites() {
	l := new(inviteList)
	m.open(l)
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		all, err := api.Invites(ctx)
		return invitesMsg{l, all, err}
	})
}

func (l *inviteList) title() string { return "Invites that nobody has used" }

func (l *inviteList) size(width, _ int) (int, int) { return min(width, 76), 14 }

func (l *inviteList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *inviteList) hints() []keys.Action { return []keys.Action{keys.DropInvite, keys.Close} }

func (l *inviteList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case invitesMsg:
		if msg.to == l {
			l.invites, l.err, l.loaded = msg.invites, msg.err, true
		}
	case droppedMsg:
		if msg.to == l {
			l.dropped(m, msg)
		}
	case tea.KeyPressMsg:
		l.key(m, msg)
	}
	return nil
}

func (l *inviteList) key(m *Model, k tea.KeyPressMsg) {
	a := m.actionIn(keys.InviteList, k)
	switch {
	case a == keys.Close:
		m.closeOverlay(l)
	case a == keys.DropInvite && len(l.invites) > 0:
		api, token := m.api, l.invites[l.pick.at].Token
		m.act(func(ctx context.Context) tea.Msg { return droppedMsg{l, token, api.DropInvite(ctx, token)} })
	default:
		l.pick.act(a, len(l.invites))
	}
}

func (l *inviteList) dropped(m *Model, msg droppedMsg) {
	if msg.err != nil {
		m.say(failed, "not withdrawn: "+reason(msg.err))
		return
	}
	l.invites = slices.DeleteFunc(l.invites, func(i rpc.Invite) bool { return i.Token == msg.token })
	l.pick.clip(len(l.invites))
	m.say(info, "the link does not work any more")
}

func (l *inviteList) picked(*Model) (*pick, int) { return &l.pick, len(l.invites) }

func (l *inviteList) view(m *Model, width, height int) ([]string, *position) {
	p := m.page(width)
	p.absent(l.err, l.loaded, len(l.invites), "There are none. /invite makes a link that works once, without asking.")
	l.pick.height = height
	for i, invite := range l.invites {
		text := "made " + m.day(invite.Added.Time)
		if !invite.Expires.IsZero() {
			text += ", ends " + m.day(invite.Expires.Time)
		}
		if invite.Note != "" {
			text += ": " + safe.Line(invite.Note)
		}
		p.item(i == l.pick.at, m.theme.Text, text)
	}
	return l.pick.seen(p.lines, height, l.pick.at), nil
}
