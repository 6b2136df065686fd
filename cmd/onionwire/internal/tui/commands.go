package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// command does what was typed behind a slash in the composer. What cannot be read goes
// to the command line, to be mended.
func (m *Model) command(line string) tea.Cmd {
	call, err := console.Parse(line)
	if err != nil {
		c := m.newConsole("/" + line)
		c.err, c.from = err, m.room()
		return nil
	}
	m.desk.history.Add("/" + line)
	return m.call(call)
}

// call does a command.
func (m *Model) call(c console.Call) tea.Cmd {
	switch c.Command.Group {
	case console.People:
		return m.callPeople(c)
	case console.Messages:
		return m.callMessages(c)
	case console.Network:
		return m.callNetwork(c)
	}
	return m.callProgram(c)
}

func (m *Model) callPeople(c console.Call) tea.Cmd {
	switch c.Command.Name {
	case "add":
		m.openAdd(unasked{c.Arg("link"), c.Arg("name"), c.Arg("introduction")})
		return nil
	case "requests":
		m.openRequests()
		return nil
	case "close":
		m.closeTab(m.active)
		return nil
	case "accept", "reject":
		if !c.Has("request") {
			m.openRequests()
			return nil
		}
		if who, ok := m.meant(c.Arg("request"), rpc.AskingContact); ok {
			m.decide(who, c.Command.Name)
		}
		return nil
	case "unblock":
		if who, ok := m.meant(c.Arg("contact"), rpc.BlockedContact); ok {
			m.unblock(who)
		}
		return nil
	case "goto":
		if !c.Has("contact") {
			m.openGoTo()
			return nil
		}
	}
	who, ok := m.who(c)
	if !ok {
		return nil
	}
	switch c.Command.Name {
	case "goto":
		return m.meet(who)
	case "verify":
		return m.openVerify(who.ID, c.Arg("number"))
	}
	m.callContact(c, who)
	return nil
}

// callContact does a command about a contact.
func (m *Model) callContact(c console.Call, who rpc.Contact) {
	api, id, name := m.api, who.ID, m.state.Label(who.ID)
	switch c.Command.Name {
	case "block":
		m.do("not blocked", name+" is blocked; /unblock undoes that", func(ctx context.Context) error { return api.BlockContact(ctx, id) })
	case "ask":
		m.do("not asked", name+" is asked once more", func(ctx context.Context) error { return api.AskAgain(ctx, id) })
	case "rename":
		alias := c.Arg("name")
		m.do("not renamed", "renamed", func(ctx context.Context) error {
			_, err := api.UpdateContact(ctx, id, rpc.ContactUpdate{Alias: &alias})
			return err
		})
	case "mute", "unmute":
		muted := c.Command.Name == "mute"
		m.do("not changed", name+" is "+c.Command.Name+"d", func(ctx context.Context) error {
			return settings.Mute(ctx, api, who, muted)
		})
	case "forget":
		m.confirm("Delete "+name+", the keys that you share and all that was written? Nobody can undo that, and they are not told.", func() {
			m.closeTab(who.Conversation)
			m.do("not deleted", name+" is deleted", func(ctx context.Context) error { return api.DeleteContact(ctx, id, false) })
		})
	}
}

// decide answers a request that was named.
func (m *Model) decide(who rpc.Contact, answer string) {
	api, id, name := m.api, who.ID, m.state.Label(who.ID)
	if answer == "reject" {
		m.do("not rejected", name+" was rejected; they are not told", func(ctx context.Context) error { return api.RejectContact(ctx, id) })
		return
	}
	m.act(func(ctx context.Context) tea.Msg {
		if err := api.AcceptContact(ctx, id); err != nil {
			return failedMsg{"not accepted", err}
		}
		c, err := api.Contact(ctx, id)
		if err != nil {
			return failedMsg{name + " is a contact now, and not shown", err}
		}
		return outcome(func(m *Model) tea.Cmd {
			m.say(info, name+" is a contact now")
			return m.meet(c)
		})
	})
}

func (m *Model) unblock(who rpc.Contact) {
	api, id, name := m.api, who.ID, m.state.Label(who.ID)
	m.do("not unblocked", name+" is not blocked any more", func(ctx context.Context) error { return api.UnblockContact(ctx, id) })
}

func (m *Model) callMessages(c console.Call) tea.Cmd {
	switch c.Command.Name {
	case "search":
		m.openSearch(c.Arg("words"))
	case "files":
		m.openFiles()
	case "file":
		m.offer(c.Arg("path"))
	case "timer", "expire":
		m.duration(c)
	case "editor":
		if r := m.room(); r != nil {
			return m.external(r)
		}
		m.say(warning, "open a conversation first")
	}
	return nil
}

// offer sends a file to the conversation that is open.
func (m *Model) offer(path string) {
	if m.active == 0 {
		m.say(warning, "open a conversation first")
		return
	}
	api, id := m.api, m.active
	m.do("the file was not offered", "the file is offered; "+m.keys.Key(keys.Files)+" shows how it goes on", func(ctx context.Context) error {
		path, err := settings.Path(path)
		if err != nil {
			return err
		}
		_, err = api.SendFile(ctx, id, path)
		return err
	})
}

// duration sets how long messages live, or wait.
func (m *Model) duration(c console.Call) {
	after, err := duration.Parse(c.Arg("time"))
	who, ok := m.talkedTo()
	if err != nil || !ok {
		m.say(warning, "open a conversation first")
		return
	}
	api, talk, id := m.api, m.active, who.ID
	if c.Command.Name == "timer" {
		after = max(after, 0)
		says := "messages from now on disappear after " + duration.Format(after)
		if after == 0 {
			says = "messages do not disappear any more"
		}
		m.do("not changed", says, func(ctx context.Context) error { return api.SetTimer(ctx, talk, rpc.Duration(after)) })
		return
	}
	says := "messages wait for " + duration.Format(after) + " at most"
	switch after {
	case duration.Never:
		says = "messages wait for as long as it takes"
	case duration.Default:
		says = "messages wait for as long as the settings say"
	}
	expiry := rpc.Duration(after)
	m.do("not changed", says, func(ctx context.Context) error {
		_, err := api.UpdateContact(ctx, id, rpc.ContactUpdate{Expiry: &expiry})
		return err
	})
}

func (m *Model) callNetwork(c console.Call) tea.Cmd {
	switch c.Command.Name {
	case "link":
		m.openLink(false, "")
	case "invite":
		m.openLink(true, c.Arg("note"))
	case "invites":
		m.openInvites()
	case "qr":
		if !c.Has("file") {
			m.openLink(false, "")
			return nil
		}
		m.saveLink(c.Arg("file"))
	case "status":
		m.openStatus()
	case "bridge":
		return m.bridge(c)
	case "ping":
		if who, ok := m.who(c); ok {
			return m.ping(who)
		}
	}
	return nil
}

func (m *Model) saveLink(path string) {
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		link, err := api.Link(ctx)
		if err == nil {
			path, err = saveCode(path, link.QR())
		}
		if err != nil {
			return failedMsg{"the code was not saved", err}
		}
		return outcome(func(m *Model) tea.Cmd { m.say(info, "saved as "+path); return nil })
	})
}

// pingLasts is how long is waited for an answer, a connection included.
const pingLasts = 90 * time.Second

// ping measures a round trip. It has its own time, and holds up nothing that is sent.
func (m *Model) ping(who rpc.Contact) tea.Cmd {
	api, name := m.api, m.state.Label(who.ID)
	m.say(info, "waiting for "+name)
	return m.run(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, pingLasts)
		defer cancel()
		took, err := api.Ping(ctx, who.ID)
		return outcome(func(m *Model) tea.Cmd {
			switch {
			case errors.Is(err, rpc.ErrState):
				m.say(warning, name+" is no contact yet, or not any more")
			case errors.Is(err, rpc.ErrUnreachable), errors.Is(err, rpc.ErrUnavailable):
				m.say(warning, name+" does not answer")
			case err != nil:
				m.say(failed, "no answer: "+reason(err))
			default:
				m.say(info, fmt.Sprintf("%s answers within %s", name, time.Duration(took).Round(time.Millisecond)))
			}
			return nil
		})
	})
}

// bridge shows the bridges, which the files of the program have, adds one, or takes all
// away.
func (m *Model) bridge(c console.Call) tea.Cmd {
	line := strings.TrimSpace(c.Arg("line"))
	switch strings.ToLower(line) {
	case "":
		m.openValues(bridges)
	case "off":
		return m.change(bridges, "")
	default:
		s, _ := m.setting(bridges)
		all := elements(s.Value)
		if slices.Contains(all, line) {
			m.say(info, "this bridge is there already")
			return nil
		}
		return m.change(bridges, strings.Join(append(all, line), "\n"))
	}
	return nil
}

func (m *Model) callProgram(c console.Call) tea.Cmd {
	switch c.Command.Name {
	case "settings":
		if c.Has("value") {
			return m.change(c.Arg("setting"), c.Arg("value"))
		}
		m.openSettings(c.Arg("setting"))
	case "theme":
		name := c.Arg("name")
		if name == "" {
			all := theme.Names()
			name = all[(slices.Index(all, m.theme.Name)+1)%len(all)]
		} else if _, ok := theme.Named(name); !ok && name != autoTheme {
			m.say(warning, "there is no such theme; there are auto, "+strings.Join(theme.Names(), ", "))
			return nil
		}
		return m.change("theme", name)
	case "mouse":
		return m.change("mouse", map[bool]string{true: "true", false: "false"}[c.Arg("state") == "on"])
	case "keys":
		m.openKeys("")
	case "help":
		m.openHelp(strings.TrimPrefix(c.Arg("command"), "/"))
	case "lock":
		return m.lock(true)
	case "quit":
		return m.quit()
	}
	return nil
}

// talkedTo is the contact of the conversation that is open.
func (m *Model) talkedTo() (rpc.Contact, bool) {
	var id ledger.ContactID
	if c := m.state.Conversation(m.active); c != nil {
		id = c.Contact()
	}
	c, ok := m.state.Contact(id)
	return c.Contact, ok
}

// who is the contact that a command is about: who is named, or who is talked to.
func (m *Model) who(c console.Call) (rpc.Contact, bool) {
	if c.Has("contact") {
		return m.meant(c.Arg("contact"), "")
	}
	who, ok := m.talkedTo()
	if !ok {
		m.say(warning, "open a conversation first, or name a contact: "+c.Command.Usage())
	}
	return who, ok
}

// meant is the contact that somebody has named, in a state if it matters.
func (m *Model) meant(name string, state rpc.ContactState) (rpc.Contact, bool) {
	var all []rpc.Contact
	for _, c := range m.everybody() {
		if state == "" && c.State != rpc.DeletedContact || c.State == state {
			all = append(all, c)
		}
	}
	who, err := lookup.Among(all, name, rpc.AcceptedContact, rpc.RequestedContact)
	if err == nil {
		return who, true
	}
	says := "nobody is called like that"
	var e *lookup.Error
	switch {
	case !errors.As(err, &e):
	case len(e.Several) > 0:
		says = "several are called like that; say which: " + strings.Join(e.Several, ", ")
	case len(e.Near) > 0:
		says += "; did you mean " + strings.Join(e.Near[:min(len(e.Near), 3)], ", ") + "?"
	}
	m.say(warning, says)
	return rpc.Contact{}, false
}

// do is try with a sentence for when it was done.
func (m *Model) do(failed, done string, f func(ctx context.Context) error) {
	m.act(func(ctx context.Context) tea.Msg {
		if err := f(ctx); err != nil {
			return failedMsg{failed, err}
		}
		return outcome(func(m *Model) tea.Cmd { m.say(info, done); return nil })
	})
}
