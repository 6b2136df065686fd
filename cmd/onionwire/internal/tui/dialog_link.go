package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

// linkView shows the own contact link, or an invite, with its QR code.
type linkView struct {
	invite bool
	note   string // of an invite

	link   contactlink.Link
	code   qr.Code
	err    error
	saving *entry // the path of an image, while it is asked for
	said   string
	scroll scroll
	height int
}

// linkMsg is the link of a dialog.
type linkMsg struct {
	to   *linkView
	link contactlink.Link
	err  error
}

// savedMsg says what became of saving an image.
type savedMsg struct {
	to   *linkView
	path string
	err  error
}

// openLink shows the contact link, or makes an invite.
func (m *Model) openLink(invite bool, note string) {
	v := &linkView{invite: invite, note: note}
	m.open(v)
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		msg := linkMsg{to: v}
		if invite {
			msg.link, msg.err = api.NewInvite(ctx, rpc.InviteOptions{Note: note})
		} else {
			msg.link, msg.err = api.Link(ctx)
		}
		return msg
	})
}

func (v *linkView) title() string {
	if v.invite {
		return "Invite: a link that works once"
	}
	return "My contact link"
}

func (v *linkView) size(width, height int) (int, int) { return min(width, 76), height }

func (v *linkView) hidden() (above, below bool) { return v.scroll.hidden() }

func (v *linkView) hints() []keys.Action {
	if v.saving != nil {
		return []keys.Action{keys.Confirm, keys.Close}
	}
	return []keys.Action{keys.CopyLink, keys.SaveCode, keys.NewInvite, keys.Close}
}

func (v *linkView) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case linkMsg:
		if msg.to == v {
			v.link, v.err = msg.link, msg.err
			if v.err == nil {
				v.code, v.err = qr.Encode(v.link.QR())
			}
		}
	case savedMsg:
		if msg.to == v && msg.err != nil {
			v.said = "not saved: " + reason(msg.err)
		} else if msg.to == v {
			v.said = "saved as " + msg.path
		}
	case tea.PasteMsg:
		if v.saving != nil {
			m.typed(&v.saving.Editor, msg)
		}
	case tea.KeyPressMsg:
		return v.key(m, msg)
	}
	return nil
}

func (v *linkView) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	a := m.dialogAction(k)
	if v.saving != nil {
		switch a {
		case keys.Close:
			v.saving = nil
		case keys.Confirm:
			path := v.saving.Text()
			v.saving = nil
			v.save(m, path)
		default:
			m.typed(&v.saving.Editor, k)
		}
		return nil
	}
	if own, _ := m.keys.Find(keys.LinkView, k.String()); own != "" {
		a = own
	}
	switch a {
	case keys.Close:
		m.closeOverlay(v)
	case keys.CopyLink:
		if v.link.String() != "" {
			v.said = "copied, if the terminal allows it"
			return tea.SetClipboard(v.link.String())
		}
	case keys.SaveCode:
		v.saving = newEntry("Save the code as", 4096)
		v.saving.Set("~/onionwire.png")
	case keys.NewInvite:
		m.closeOverlay(v)
		m.openLink(true, "")
	default:
		v.scroll.act(a, v.height)
	}
	return nil
}

func (v *linkView) save(m *Model, path string) {
	text := v.link.QR()
	m.act(func(context.Context) tea.Msg {
		path, err := saveCode(path, text)
		return savedMsg{v, path, err}
	})
}

// saveCode writes a QR code to a new file that only its owner can read, and returns its
// path.
func saveCode(path, text string) (string, error) {
	path, err := settings.Path(path)
	if err != nil {
		return "", err
	}
	image, err := qr.PNG(text)
	if err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = file.Write(image)
	return path, errors.Join(err, file.Close())
}

func (v *linkView) view(m *Model, width, height int) ([]string, *position) {
	v.height = height
	p := m.page(width)
	if v.saving != nil {
		cursor := v.saving.show(p, true)
		return v.scroll.fill(p.lines, cursor, height)
	}
	switch {
	case v.err != nil:
		p.say(m.theme.Bad, "the link could not be made: "+reason(v.err))
	case v.link.String() == "":
		p.say(m.theme.Dim, "…")
	default:
		v.explain(m, p)
	}
	return v.scroll.seen(p.lines, height, -1), nil
}

func (v *linkView) explain(m *Model, p *page) {
	if v.said != "" {
		p.say(m.theme.Accent, v.said)
		p.blank()
	}
	// The link comes first: it is seen at any size, and what is behind it by scrolling.
	p.say(m.theme.Strong, v.link.String())
	p.blank()
	code := v.code.Fit(p.width, v.height)
	for _, line := range code {
		p.raw(safe.Spaces((p.width-utf8.RuneCountInString(line))/2) + paintCode(m, line))
	}
	if code == nil {
		w, h := v.code.Least()
		p.say(m.theme.Warning, fmt.Sprintf("The QR code needs a window of %d × %d. Make it larger, or save the code as an image.",
			w+frameWidth, h+frameHeight+1))
	}
	p.blank()
	if v.invite {
		p.say(m.theme.Dim, "Whoever uses it first becomes your contact at once. Give it to one person, over a way that nobody else can read.")
		return
	}
	p.say(m.theme.Dim, "Who has it can ask to become your contact, and can see whether you are online. "+
		"Give it to those you want to hear from, over a way on which nobody can exchange it.")
}

// paintCode makes a line of a QR code white on black, whatever the colours of the theme:
// it is for a camera.
func paintCode(m *Model, line string) string {
	if m.theme.Name == "plain" {
		return line
	}
	return "\x1b[38;5;231;48;5;16m" + line + "\x1b[m"
}
