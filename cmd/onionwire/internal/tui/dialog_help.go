package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// help shows keys and commands as they are: it is made of their tables.
type help struct {
	command string // the one that is explained, or nothing
	scroll  scroll
	height  int
}

// openHelp explains a command, or all there is.
func (m *Model) openHelp(command string) { m.open(&help{command: command}) }

func (h *help) title() string {
	if h.command != "" {
		return "Help: /" + h.command
	}
	return "Help"
}

func (h *help) size(width, height int) (int, int) { return min(width, 84), height }

func (h *help) hidden() (above, below bool) { return h.scroll.hidden() }

func (h *help) hints() []keys.Action { return []keys.Action{keys.ItemPageDn, keys.Close} }

func (h *help) update(m *Model, msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	switch a := m.actionIn(keys.HelpPage, k); a {
	case keys.Close, keys.Confirm, keys.HelpClose:
		m.closeOverlay(h)
	case keys.HelpOn:
		h.scroll.act(keys.ItemPageDn, h.height)
	default:
		h.scroll.act(a, h.height)
	}
	return nil
}

func (h *help) view(m *Model, width, height int) ([]string, *position) {
	h.height = height
	p := m.page(width)
	if c, ok := console.Find(h.command); ok && h.command != "" {
		for line := range strings.Lines(c.Page()) {
			p.say(m.theme.Text, strings.TrimSuffix(line, "\n"))
		}
	} else {
		h.first(m, p)
		h.commands(m, p)
		h.keys(m, p)
	}
	return h.scroll.seen(p.lines, height, -1), nil
}

// first is what somebody needs who knows nothing.
func (h *help) first(m *Model, p *page) {
	p.say(m.theme.Text, "Write a message and press "+m.keys.Key(keys.Send)+". What begins with / is a command; "+
		m.keys.Key(keys.MyLink)+" shows the link by which others find you, "+m.keys.Key(keys.AddContact)+" adds somebody by theirs.")
}

func (h *help) commands(m *Model, p *page) {
	all := console.Commands()
	for _, group := range console.Groups {
		p.blank()
		p.say(m.theme.Title, string(group))
		for _, c := range all {
			if c.Group == group {
				h.two(m, p, c.Usage(), c.Summary)
			}
		}
	}
}

// heading is what a part of the interface is called.
type heading struct {
	where keys.Where
	text  string
}

// headings are what the parts of the interface are called.
var headings = []heading{
	{keys.Everywhere, "Keys everywhere"},
	{keys.Composer, "Keys in a conversation"},
	{keys.Selection, "Keys on a selected message"},
	{keys.Dialog, "Keys in dialogs"},
	{keys.RequestList, "Keys in the list of requests"},
	{keys.FileList, "Keys in the list of files"},
	{keys.LinkView, "Keys at your contact link"},
	{keys.InviteList, "Keys in the list of invites"},
	{keys.Verification, "Keys at a safety number"},
	{keys.Question, "Keys at a question"},
	{keys.HelpPage, "Keys in the help"},
	{keys.StatusView, "Keys at the status"},
	{keys.SettingList, "Keys in the settings"},
	{keys.ValueList, "Keys in a setting that is a list"},
	{keys.KeyList, "Keys in the list of keys"},
}

func (h *help) keys(m *Model, p *page) {
	for _, heading := range headings {
		p.blank()
		p.say(m.theme.Title, heading.text)
		for _, b := range m.keys.Bindings() {
			if b.Where == heading.where && len(b.Keys) > 0 {
				h.two(m, p, b.Names(), b.Help)
			}
		}
	}
}

// two has what is typed on the left and what it does on the right, or below if there is
// no room.
func (h *help) two(m *Model, p *page, left, right string) {
	column := min(30, p.width/2)
	if safe.Width(m.method, left) >= column || p.width < 50 {
		p.say(m.theme.Accent, left)
		for _, row := range safe.Wrap(m.method, right, max(p.width-4, 1), false) {
			p.raw("    " + row.Text)
		}
		return
	}
	for i, row := range safe.Wrap(m.method, right, p.width-column, false) {
		start := safe.Spaces(column)
		if i == 0 {
			start = m.theme.Accent.Paint(left) + safe.Spaces(column-safe.Width(m.method, left))
		}
		p.raw(start + row.Text)
	}
}
