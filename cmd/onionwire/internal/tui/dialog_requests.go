package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// requestList shows who asks to become a contact, and what they say about themselves.
type requestList struct {
	pick   pick
	scroll scroll // of what is shown about the one that is chosen
	height int
	ruled  map[ledger.ContactID]bool // those who were answered, until the node has told
}

// ruledMsg says what became of an answer.
type ruledMsg struct {
	to      *requestList
	contact rpc.Contact
	answer  keys.Action
	err     error
}

func (m *Model) openRequests() { m.open(&requestList{ruled: make(map[ledger.ContactID]bool)}) }

func (l *requestList) title() string { return "Requests" }

func (l *requestList) size(width, _ int) (int, int) { return min(width, 76), 20 }

func (l *requestList) hidden() (above, below bool) { return l.scroll.hidden() }

func (l *requestList) hints() []keys.Action {
	return []keys.Action{keys.AcceptRequest, keys.RejectRequest, keys.BlockRequest, keys.Close}
}

// asking are those who were not answered.
func (l *requestList) asking(m *Model) (all []model.Contact) {
	for _, c := range m.state.Asking() {
		if !l.ruled[c.ID] {
			all = append(all, c)
		}
	}
	return all
}

func (l *requestList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ruledMsg:
		if msg.to == l {
			return l.done(m, msg)
		}
	case tea.KeyPressMsg:
		l.key(m, msg)
	}
	return nil
}

func (l *requestList) key(m *Model, k tea.KeyPressMsg) {
	asking := l.asking(m)
	a := m.actionIn(keys.RequestList, k)
	switch {
	case a == keys.Close:
		m.closeOverlay(l)
	case a == keys.ItemPageUp || a == keys.ItemPageDn: // the words of a stranger can be long
		l.scroll.act(a, l.height)
	case l.pick.act(a, len(asking)):
		l.scroll.top = 0
	case len(asking) > 0 && (a == keys.AcceptRequest || a == keys.RejectRequest || a == keys.BlockRequest):
		l.pick.clip(len(asking))
		l.rule(m, asking[l.pick.at], a)
	}
}

// rule answers a request.
func (l *requestList) rule(m *Model, c model.Contact, answer keys.Action) {
	l.ruled[c.ID] = true
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		msg := ruledMsg{to: l, contact: c.Contact, answer: answer}
		switch answer {
		case keys.AcceptRequest:
			if msg.err = api.AcceptContact(ctx, c.ID); msg.err == nil {
				msg.contact, msg.err = api.Contact(ctx, c.ID)
			}
		case keys.RejectRequest:
			msg.err = api.RejectContact(ctx, c.ID)
		default:
			msg.err = api.BlockContact(ctx, c.ID)
		}
		return msg
	})
}

func (l *requestList) done(m *Model, msg ruledMsg) tea.Cmd {
	name := m.state.Label(msg.contact.ID)
	if msg.err != nil {
		delete(l.ruled, msg.contact.ID)
		m.say(failed, name+" was not answered: "+reason(msg.err))
		return nil
	}
	switch msg.answer {
	case keys.RejectRequest:
		m.say(info, name+" was rejected; they are not told")
	case keys.BlockRequest:
		m.say(info, name+" is blocked; they are not told")
	default:
		m.say(info, name+" is a contact now")
		if len(l.asking(m)) == 0 {
			m.closeOverlay(l)
		}
		return m.meet(msg.contact)
	}
	return nil
}

func (l *requestList) picked(m *Model) (*pick, int) {
	return &l.pick, min(len(l.asking(m)), l.pick.top+l.pick.height)
}

func (l *requestList) view(m *Model, width, height int) ([]string, *position) {
	asking := l.asking(m)
	p := m.page(width)
	if len(asking) == 0 {
		p.say(m.theme.Dim, "Nobody asks. Who has your contact link can; "+m.keys.Key(keys.MyLink)+" shows it.")
		return l.scroll.seen(p.lines, height, -1), nil
	}
	l.pick.clip(len(asking))
	l.pick.height = min(len(asking), max(height/3, 1))
	for i, c := range asking {
		p.item(i == l.pick.at, m.theme.Text, m.state.Label(c.ID))
	}
	list := l.pick.seen(p.lines, l.pick.height, l.pick.at)
	about := m.page(width)
	about.blank()
	l.about(m, about, asking[l.pick.at])
	rest := max(height-len(list), 1)
	l.height = rest
	return append(list[:len(list):len(list)], l.scroll.seen(about.lines, rest, -1)...), nil
}

// about shows what somebody says, as what it is: the words of a stranger.
func (l *requestList) about(m *Model, p *page, c model.Contact) {
	name := "nothing"
	if c.Name != "" {
		name = safe.Line(c.Name)
	}
	p.row("calls itself", m.theme.Text, name)
	if like := m.state.Lookalikes(c.ID); len(like) > 0 {
		p.say(m.theme.Bad, "This is not your contact "+m.state.Label(like[0])+", who is called like that, and may want to be taken for them. Ask them over another way before you accept.")
	}
	if c.Introduction == "" {
		p.say(m.theme.Dim, "They say nothing about themselves.")
	} else {
		p.say(m.theme.Dim, "They say, which proves nothing:")
		for _, row := range safe.Wrap(m.method, safe.Text(c.Introduction), max(p.width-2, 1), false) {
			p.raw(m.theme.Border.Paint("│ ") + row.Text)
		}
	}
	p.blank()
	p.row("asked", m.theme.Text, m.day(c.Changed.Time))
	p.row("peer ID", m.theme.Dim, c.Peer)
}
