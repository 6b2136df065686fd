package tui

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxIntroduction is how long an introduction may be, in bytes that are 500 characters at
// the least.
const maxIntroduction = 2000

// addForm asks somebody to become a contact: a link, or an image with a QR code of one, is
// read as soon as it is there.
type addForm struct {
	link, name, introduction *entry
	at                       int // the field that has the cursor

	parsed contactlink.Link
	err    error  // why the link is none
	read   string // what parsed and err are of
	busy   bool
	scroll scroll
}

// unasked is what was typed to ask somebody, and was not sent. It is kept with the places.
type unasked struct {
	Link         string `json:"link,omitempty"`
	Name         string `json:"name,omitempty"`
	Introduction string `json:"introduction,omitempty"`
}

// readMsg is what was found in an image.
type readMsg struct {
	to   *addForm
	of   string // the field then
	link contactlink.Link
	err  error
}

// addedMsg says what became of asking.
type addedMsg struct {
	to      *addForm
	contact rpc.Contact
	err     error
}

// openAdd shows the form, filled in as far as somebody has done that: now, or before.
func (m *Model) openAdd(given unasked) {
	if given == (unasked{}) {
		given = m.unasked
	}
	f := &addForm{
		link:         newEntry("Their contact link, or an image file with its QR code", 4096),
		name:         newEntry("What you call them (they do not see it)", contactlink.MaxName),
		introduction: newEntry("What they read before they answer", maxIntroduction),
	}
	f.link.Set(given.Link)
	f.name.Set(given.Name)
	f.introduction.Set(given.Introduction)
	m.open(f)
	f.look()
}

func (f *addForm) title() string { return "Add a contact" }

func (f *addForm) size(width, _ int) (int, int) { return min(width, 76), 16 }

func (f *addForm) hidden() (above, below bool) { return f.scroll.hidden() }

func (f *addForm) hints() []keys.Action {
	return []keys.Action{keys.Confirm, keys.NextField, keys.Close}
}

func (f *addForm) word(a keys.Action) string {
	switch {
	case a != keys.Confirm:
		return ""
	case f.at == len(f.fields())-1 && f.parsed != contactlink.Link{}:
		return "ask them"
	}
	return "go on"
}

func (f *addForm) fields() []*entry { return []*entry{f.link, f.name, f.introduction} }

// typed is what is in the fields.
func (f *addForm) typed() unasked {
	return unasked{f.link.Text(), f.name.Text(), f.introduction.Text()}
}

func (f *addForm) update(m *Model, msg tea.Msg) tea.Cmd {
	cmd := f.take(m, msg)
	if m.shows(f) {
		m.unasked = f.typed()
	}
	return cmd
}

func (f *addForm) take(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		if msg.to == f && msg.of == f.read {
			f.parsed, f.err, f.busy = msg.link, msg.err, false
			f.proposeName()
		}
	case addedMsg:
		return f.added(m, msg)
	case tea.PasteMsg:
		m.typed(&f.fields()[f.at].Editor, msg)
		f.look()
	case tea.KeyPressMsg:
		return f.key(m, msg)
	}
	return nil
}

func (f *addForm) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	switch a := m.dialogAction(k); a {
	case keys.Close:
		m.closeOverlay(f)
	case keys.NextField, keys.ItemDown:
		return f.turn(m, 1)
	case keys.BeforeField, keys.ItemUp:
		return f.turn(m, -1)
	case keys.Confirm:
		return f.confirm(m)
	default:
		if m.typed(&f.fields()[f.at].Editor, k) && f.at == 0 {
			f.look()
		}
	}
	return nil
}

// turn goes to another field.
func (f *addForm) turn(m *Model, by int) (cmd tea.Cmd) {
	if f.at == 0 {
		cmd = f.readImage(m)
	}
	n := len(f.fields())
	f.at = (f.at + by + n) % n
	return cmd
}

// look reads a link as it is typed. A path is read when it is whole.
func (f *addForm) look() {
	text := strings.TrimSpace(f.link.Text())
	if text == f.read {
		return
	}
	f.parsed, f.err, f.read, f.busy = contactlink.Link{}, nil, "", false
	if isLink(text) {
		f.read = text
		f.parsed, f.err = contactlink.Parse(text)
		f.proposeName()
	}
}

// isLink reports whether a text is meant as a link and not as a path.
func isLink(text string) bool {
	text = strings.ToLower(text)
	return strings.HasPrefix(text, "onionwire:") || strings.HasPrefix(text, "/onion3/")
}

// readImage reads the image that the first field names, if it names one. A large one
// takes its time, and holds up nothing that is sent.
func (f *addForm) readImage(m *Model) tea.Cmd {
	text := strings.TrimSpace(f.link.Text())
	if text == "" || text == f.read {
		return nil
	}
	f.read, f.busy = text, true
	return m.run(func(context.Context) tea.Msg {
		msg := readMsg{to: f, of: text}
		msg.link, msg.err = linkInImage(text)
		return msg
	})
}

// codeInImage reads the QR code in a file.
func codeInImage(path string) (string, error) {
	path, err := settings.Path(path)
	if err != nil {
		return "", err
	}
	return qr.Read(path)
}

// linkInImage reads the link in a QR code in a file.
func linkInImage(path string) (contactlink.Link, error) {
	text, err := codeInImage(path)
	if err != nil {
		return contactlink.Link{}, err
	}
	return contactlink.Parse(text)
}

// proposeName takes the name that the link has, unless there is another one.
func (f *addForm) proposeName() {
	if f.name.Empty() && f.parsed.Name != "" {
		f.name.Set(f.parsed.Name)
	}
}

// confirm goes on to what is missing, or asks them.
func (f *addForm) confirm(m *Model) tea.Cmd {
	switch {
	case f.busy:
	case f.parsed == contactlink.Link{}:
		f.at = 0
		return f.readImage(m)
	case f.at < len(f.fields())-1:
		f.at++
	default:
		f.busy = true
		api, link := m.api, f.parsed
		options := rpc.AddOptions{Alias: strings.TrimSpace(f.name.Text()), Introduction: strings.TrimSpace(f.introduction.Text())}
		if options.Alias == link.Name {
			options.Alias = "" // their own, which may change
		}
		m.act(func(ctx context.Context) tea.Msg {
			c, err := api.AddContact(ctx, link, options)
			return addedMsg{f, c, err}
		})
	}
	return nil
}

func (f *addForm) added(m *Model, msg addedMsg) tea.Cmd {
	if msg.to != f {
		return nil
	}
	f.busy = false
	if f.err = msg.err; msg.err != nil {
		return nil
	}
	m.closeOverlay(f)
	m.say(info, "asked; what you write waits until they accept")
	return m.meet(msg.contact)
}

func (f *addForm) view(m *Model, width, height int) ([]string, *position) {
	p := m.page(width)
	var cursor *position
	for i, field := range f.fields() {
		if c := field.show(p, i == f.at); c != nil {
			cursor = c
		}
		if i == 0 {
			f.found(m, p)
		}
		p.blank()
	}
	if !f.busy && f.parsed != (contactlink.Link{}) {
		p.say(m.theme.Dim, m.keys.Key(keys.Confirm)+" in the last field asks them.")
	}
	return f.scroll.fill(p.lines, cursor, height)
}

// found says what the first field has turned out to be.
func (f *addForm) found(m *Model, p *page) {
	switch {
	case f.busy:
		p.say(m.theme.Dim, "  …")
	case errors.Is(f.err, fs.ErrNotExist):
		p.say(m.theme.Bad, "  there is no such file, and a link begins with onionwire:")
	case errors.Is(f.err, qr.ErrImage):
		p.say(m.theme.Bad, "  this is no contact link, and no image in PNG, JPEG or GIF")
	case f.err != nil:
		p.say(m.theme.Bad, "  "+reason(f.err))
	case f.parsed != (contactlink.Link{}):
		name := "a link without a name"
		if f.parsed.Name != "" {
			name = "calls itself " + safe.Line(f.parsed.Name)
		}
		p.say(m.theme.Good, "  a good link: "+name+", …"+model.Tail(f.parsed.Peer.String()))
	}
}
