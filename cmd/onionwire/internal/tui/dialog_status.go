package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/rpc"
)

// statusView shows how Tor and the own address are doing, and what to do if they are not
// doing well.
type statusView struct {
	tor    rpc.TorInfo
	known  bool
	err    error
	asked  bool // whether an answer is on its way
	scroll scroll
	height int
}

// torMsg is what Tor is doing.
type torMsg struct {
	to  *statusView
	tor rpc.TorInfo
	err error
}

func (m *Model) openStatus() {
	v := &statusView{}
	m.open(v)
	v.ask(m)
}

// ask finds out what Tor is doing. It asks Tor itself, so not more often than an answer
// comes.
func (v *statusView) ask(m *Model) {
	if v.asked {
		return
	}
	v.asked = true
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		info, err := api.TorInfo(ctx)
		return torMsg{v, info, err}
	})
}

func (v *statusView) title() string { return "Status" }

func (v *statusView) size(width, height int) (int, int) { return min(width, 76), min(height, 26) }

func (v *statusView) hidden() (above, below bool) { return v.scroll.hidden() }

func (v *statusView) hints() []keys.Action { return []keys.Action{keys.SetBridge, keys.Close} }

func (v *statusView) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case torMsg:
		if msg.to == v {
			v.tor, v.err, v.known, v.asked = msg.tor, msg.err, msg.err == nil, false
		}
	case tickMsg:
		if msg.n%refreshEvery == 0 {
			v.ask(m)
		}
	case tea.KeyPressMsg:
		switch a := m.actionIn(keys.StatusView, msg); a {
		case keys.Close, keys.Confirm:
			m.closeOverlay(v)
		case keys.SetBridge:
			m.openValues(bridges)
		default:
			v.scroll.act(a, v.height)
		}
	}
	return nil
}

func (v *statusView) view(m *Model, width, height int) ([]string, *position) {
	v.height = height
	p := m.page(width)
	if !m.state.Connected {
		p.say(m.theme.Bad, "The node does not answer. What follows is as it was last.")
		p.blank()
	}
	if advice := v.advice(m); advice != "" { // first: a small screen has no room for all
		p.say(m.theme.Warning, advice)
		p.blank()
	}
	v.network(m, p)
	v.address(m, p)
	v.work(m, p)
	return v.scroll.seen(p.lines, height, -1), nil
}

// network is how Tor is doing.
func (v *statusView) network(m *Model, p *page) {
	s := m.state.Status
	style := m.theme.Good
	if s.Tor != "connected" || s.Bootstrap < 100 || s.NetworkError != "" {
		style = m.theme.Warning
	}
	state := safe.Line(s.Tor)
	if v.known && v.tor.Version != "" {
		state += ", version " + safe.Line(v.tor.Version)
		if !v.tor.Managed {
			state += ", one that runs on its own"
		}
	}
	p.row("Tor", style, orDash(state))
	p.row("bootstrap", style, gauge(int64(s.Bootstrap), 100, p.width-labelColumn, fmt.Sprintf(" %d%% %s", s.Bootstrap, safe.Line(s.BootstrapPhase))))
	v.trouble(m, p, "", s.BootstrapWarning)
	v.trouble(m, p, "network", s.NetworkError)
	v.trouble(m, p, "Tor says", s.TorError)
	if !v.known {
		v.trouble(m, p, "", errorText(v.err))
		return
	}
	circuits := "none"
	if len(v.tor.Circuits) > 0 {
		circuits = circuitsText(v.tor.Circuits)
	}
	if v.tor.CircuitsError != "" {
		circuits = "not known: " + safe.Line(v.tor.CircuitsError)
	}
	p.row("circuits", m.theme.Text, circuits)
	if v.tor.Restarts > 0 {
		p.row("restarts", m.theme.Warning, fmt.Sprintf("%d times lost and found again", v.tor.Restarts))
	}
}

// circuitsText has the purposes in words; those of control-spec are not for people.
func circuitsText(all []rpc.CircuitCount) string {
	parts := make([]string, 0, len(all))
	for _, c := range all {
		purpose := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(c.Purpose, "HS_"), "_", " "))
		part := fmt.Sprintf("%d %s", c.Count, safe.Line(purpose))
		if c.State != "BUILT" {
			part += " (" + safe.Line(strings.ToLower(c.State)) + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// address is how the onion service is doing.
func (v *statusView) address(m *Model, p *page) {
	s := m.state.Status
	p.blank()
	if s.Reachable {
		p.row("address", m.theme.Good, "contacts can reach you")
	} else {
		p.row("address", m.theme.Warning, "contacts cannot reach you yet ("+orDash(safe.Line(s.Service))+")")
	}
	p.row("descriptors", m.theme.Text, fmt.Sprintf("%d sent to directories, %d taken", s.Uploads, s.Uploaded))
	v.trouble(m, p, "", s.ServiceError)
}

// work is what the node does.
func (v *statusView) work(m *Model, p *page) {
	s := m.state.Status
	p.blank()
	p.row("connected", m.theme.Text, plural(s.Connected, "contact"))
	p.row("waiting", m.theme.Text, plural(s.Waiting, "message")+" to be delivered")
	if !s.Started.IsZero() {
		p.row("running since", m.theme.Text, m.day(s.Started.Time))
	}
	if v.known && v.tor.LastError != "" {
		p.row("last error", m.theme.Dim, safe.Line(v.tor.LastError)+", "+m.day(v.tor.LastErrorAt.Time))
	}
}

func (v *statusView) trouble(m *Model, p *page, label, text string) {
	if text != "" {
		p.row(label, m.theme.Bad, safe.Line(text))
	}
}

// advice says what to do if Tor does not get on.
func (v *statusView) advice(m *Model) string {
	s := m.state.Status
	switch {
	case s.Tor == "off" && m.torTrouble() != "":
		return m.torTrouble() + " You can read and write meanwhile; what you write is queued."
	case s.Tor == "off":
		return "This node is without Tor: it reads and queues. What is queued is sent by the next one that has Tor."
	case s.Tor == "ended":
		return "Tor has ended, and was given up. Quit and start onionwire again; 'onionwire doctor' finds out what is wrong."
	case s.Bootstrap < 100 && s.BootstrapWarning != "", s.NetworkError != "":
		return "Is there a network? If there is, and Tor is blocked where you are, use a bridge: get a line from " +
			"https://bridges.torproject.org, or by mail from bridges@torproject.org, and press " + m.keys.Key(keys.SetBridge) +
			" here to set it. You can read and write meanwhile; what you write is queued."
	case s.Bootstrap < 100:
		return "Tor is on its way. You can read and write meanwhile; what you write is queued."
	}
	return ""
}

// torTrouble is why the node is without Tor, or nothing.
func (m *Model) torTrouble() string {
	if m.o.Trouble == nil {
		return ""
	}
	return safe.Text(m.o.Trouble())
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return reason(err)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
