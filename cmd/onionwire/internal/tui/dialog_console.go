package tui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

// commandLine is where commands are typed.
type commandLine struct {
	line *entry
	err  error // what was wrong with the last one
	from *room // where it was written, which has it back if it is no command; or nil

	options []console.Option // what the word at the cursor can become
	target  console.Target
	cycle   int                               // which of them Tab has put there, or -1
	names   map[console.Kind][]console.Option // that were asked for, as they were then
	folder  folder
}

// openConsole shows the command line with something in it.
func (m *Model) openConsole(line string) { m.newConsole(line) }

// openConsoleFrom shows the command line with what was written in a conversation.
func (m *Model) openConsoleFrom(r *room, line string) tea.Cmd {
	c := m.newConsole(line)
	c.from = r
	return c.look(m)
}

func (m *Model) newConsole(line string) *commandLine {
	label := "Command (" + m.keys.Key(keys.NextField) + " completes, " + m.keys.Key(keys.Help) + " explains)"
	c := &commandLine{line: newEntry(label, console.MaxLine), cycle: -1, names: make(map[console.Kind][]console.Option)}
	c.line.Set(line)
	m.desk.history.Reset()
	m.open(c)
	c.look(m)
	return c
}

func (c *commandLine) title() string { return "Command" }

func (c *commandLine) size(width, _ int) (int, int) { return min(width, 84), 14 }

func (c *commandLine) hints() []keys.Action {
	return []keys.Action{keys.Confirm, keys.NextField, keys.Close}
}

func (c *commandLine) word(a keys.Action) string {
	if a == keys.NextField {
		return "complete"
	}
	return ""
}

func (c *commandLine) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case folderMsg:
		if msg.to == &c.folder {
			c.folder.take(msg)
			c.look(m)
		}
	case tea.PasteMsg:
		if c.from != nil && c.isText(msg.Content) {
			c.release(m)
			m.paste(msg.Content)
			return nil
		}
		m.typed(&c.line.Editor, msg)
		return c.look(m)
	case tea.KeyPressMsg:
		return c.key(m, msg)
	}
	return nil
}

func (c *commandLine) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch a := m.dialogAction(k); a {
	case keys.Close:
		m.closeOverlay(c)
		return nil
	case keys.Confirm:
		return c.enter(m)
	case keys.NextField:
		if !c.complete(1) {
			return nil
		}
	case keys.BeforeField:
		if !c.complete(-1) {
			return nil
		}
	case keys.ItemUp, keys.ItemDown:
		step := m.desk.history.Before
		if a == keys.ItemDown {
			step = m.desk.history.After
		}
		if line, ok := step(c.line.Text()); ok {
			c.line.Set(line)
		}
	default:
		if !m.typed(&c.line.Editor, k) {
			return nil
		}
		if text := c.line.Text(); c.from != nil && (text == "" || text == "//") {
			c.release(m)
			return nil
		}
	}
	return c.look(m)
}

// isText reports whether what is pasted makes a text of what was a command: one has a line,
// and begins with one slash.
func (c *commandLine) isText(pasted string) bool {
	pasted = strings.TrimSpace(pasted)
	return strings.ContainsAny(pasted, "\r\n") || len(c.line.Text())+len(pasted) > console.MaxLine ||
		c.line.Text() == "/" && strings.HasPrefix(pasted, "/")
}

// release goes back to the conversation with what was written, which is no command.
func (c *commandLine) release(m *Model) {
	from := c.from
	c.from = nil
	m.closeOverlay(c)
	from.giveBack(c.line.Text())
}

// unentered gives the conversations what was written in them and has not become a command
// when the command line is closed. A slash alone is nothing.
func unentered(closed []overlay) {
	for _, o := range closed {
		c, ok := o.(*commandLine)
		if ok && c.from != nil && strings.TrimSpace(c.line.Text()) != "/" {
			c.from.giveBack(c.line.Text())
		}
	}
}

// enter does what was typed. What cannot be read stays, to be mended.
func (c *commandLine) enter(m *Model) tea.Cmd {
	line := c.line.Text()
	call, err := console.Parse(line)
	if err != nil {
		c.err = err
		if errors.Is(err, console.ErrEmpty) {
			m.closeOverlay(c)
		}
		return nil
	}
	m.desk.history.Add(line)
	c.from = nil // it is a command
	m.closeOverlay(c)
	return m.call(call)
}

// look finds what the word at the cursor can become.
func (c *commandLine) look(m *Model) tea.Cmd {
	c.cycle, c.err, c.options = -1, nil, nil
	target, ok := console.At(c.line.Text(), c.line.Cursor())
	if !ok {
		return nil
	}
	c.target = target
	var cmd tea.Cmd
	names, known := c.names[target.Kind]
	if !known {
		names = m.names(target.Kind)
		c.names[target.Kind] = names
	}
	if isPath := target.Kind == console.Path || target.Kind == console.Link; isPath && target.Prefix != "" && !isLink(target.Prefix) {
		names, cmd = c.folder.entries(m, target.Prefix)
	}
	c.options = target.Options(names)
	return cmd
}

// complete puts what all options have in common into the line, or the next of them. It
// reports whether there was only one: then the next word is begun.
func (c *commandLine) complete(by int) bool {
	n := len(c.options)
	if n == 0 {
		return false
	}
	common := console.Common(c.options)
	if n > 1 && c.cycle < 0 && len(common) > len(c.target.Prefix) && strings.HasPrefix(strings.ToLower(common), strings.ToLower(c.target.Prefix)) {
		c.put(console.Option{Value: common, Partial: true})
		c.target.Prefix = common
		return false
	}
	if c.cycle < 0 && by < 0 {
		c.cycle = 0
	}
	c.cycle = (c.cycle + by + n) % n
	o := c.options[c.cycle]
	c.put(o)
	return n == 1
}

// put writes an option where the word at the cursor was, and remembers where it stands.
func (c *commandLine) put(o console.Option) {
	line, cursor := c.target.Apply(c.line.Text(), o)
	c.line.Set(line)
	for c.line.Cursor() > cursor {
		c.line.Left()
	}
	c.target.To = cursor
}

func (c *commandLine) view(m *Model, width, height int) ([]string, *position) {
	p := m.page(width)
	cursor := c.line.show(p, true)
	switch {
	case c.err != nil:
		c.wrong(m, p)
	case c.target.Command.Name != "":
		p.say(m.theme.Dim, c.target.Command.Usage()+": "+c.target.Command.Summary)
	}
	for i, o := range c.options {
		text := safe.Line(o.Value)
		if o.Note != "" {
			text = safe.Fit(m.method, text, min(18, width/2)) + " " + o.Note
		}
		p.item(i == c.cycle, m.theme.Text, text)
	}
	return p.lines[:min(len(p.lines), height)], cursor
}

func (c *commandLine) wrong(m *Model, p *page) {
	p.say(m.theme.Bad, safe.Line(c.err.Error()))
	var e *console.Error
	if errors.As(c.err, &e) {
		p.say(m.theme.Dim, safe.Line(e.Hint))
	}
	if c.from != nil {
		p.say(m.theme.Dim, m.keys.Key(keys.Close)+" goes back to the message; one that begins with / is written with //")
	}
}
