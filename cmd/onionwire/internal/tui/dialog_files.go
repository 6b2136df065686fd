package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxListed bounds the files of the list, the latest ones.
const maxListed = 200

// fileList shows the latest files of all conversations.
type fileList struct {
	files    []rpc.File // the latest first
	progress map[ledger.FileNumber]progress
	loaded   bool
	err      error
	pick     pick
}

// progress is how a transfer goes on, and when that was told.
type progress struct {
	rpc.Progress
	told time.Time
}

// progressOld is after how long nobody knows any more how fast a transfer is.
const progressOld = 10 * time.Second

// filesMsg are all files, fileMsg is one that has changed.
type (
	filesMsg struct {
		to    *fileList
		files []rpc.File
		err   error
	}
	fileMsg struct {
		to   *fileList
		file rpc.File
	}
)

func (m *Model) openFiles() {
	l := &fileList{progress: make(map[ledger.FileNumber]progress)}
	m.open(l)
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		msg := filesMsg{to: l}
		for len(msg.files) < maxListed {
			var before ledger.FileNumber
			if n := len(msg.files); n > 0 {
				before = msg.files[n-1].Number
			}
			var some []rpc.File
			if some, msg.err = api.Files(ctx, 0, before, model.Page); msg.err != nil || len(some) == 0 {
				break
			}
			msg.files = append(msg.files, some...)
		}
		return msg
	})
}

func (l *fileList) title() string { return "Files" }

func (l *fileList) size(width, height int) (int, int) { return min(width, 90), min(height, 26) }

func (l *fileList) hidden() (above, below bool) { return l.pick.hidden() }

func (l *fileList) hints() []keys.Action {
	return []keys.Action{keys.AcceptFile, keys.DeclineFile, keys.PauseFile, keys.CancelFile, keys.Close}
}

func (l *fileList) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case filesMsg:
		if msg.to == l {
			l.files, l.err, l.loaded = msg.files, msg.err, true
		}
	case fileMsg:
		if msg.to == l {
			l.set(msg.file)
		}
	case eventsMsg:
		for _, e := range msg.events {
			l.happened(m, e)
		}
	case tea.KeyPressMsg:
		return l.key(m, msg)
	}
	return nil
}

func (l *fileList) happened(m *Model, e rpc.Event) {
	switch {
	case e.File == 0:
	case e.Kind == rpc.FileProgress && e.Progress != nil:
		l.progress[e.File] = progress{*e.Progress, m.now()}
	default:
		l.refresh(m, e.File)
	}
}

// refresh asks for one file.
func (l *fileList) refresh(m *Model, n ledger.FileNumber) {
	api := m.api
	m.act(func(ctx context.Context) tea.Msg {
		f, err := api.File(ctx, n)
		if err != nil {
			return nil // it stays as it was shown
		}
		return fileMsg{l, f}
	})
}

func (l *fileList) set(f rpc.File) {
	i, there := slices.BinarySearchFunc(l.files, f, func(a, b rpc.File) int { return int(b.Number - a.Number) })
	if there {
		l.files[i] = f
	} else {
		l.files = slices.Insert(l.files, i, f)
	}
}

func (l *fileList) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	a := m.actionIn(keys.FileList, k)
	switch {
	case a == keys.Close:
		m.closeOverlay(l)
	case l.pick.act(a, len(l.files)) || len(l.files) == 0:
	case a == keys.Confirm:
		id := l.files[l.pick.at].Conversation
		m.closeOverlay(l)
		return m.goTo(id, 0)
	default:
		l.act(m, l.files[l.pick.at], a)
	}
	return nil
}

// act does something to a file, if its state allows it.
func (l *fileList) act(m *Model, f rpc.File, a keys.Action) {
	api, n := m.api, f.Number
	var do func(ctx context.Context) error
	moving := f.State == rpc.OfferedFile || f.State == rpc.MovingFile || f.State == rpc.PausedFile
	switch {
	case a == keys.AcceptFile && f.State == rpc.OfferedFile && f.Incoming:
		do = m.accept(n)
	case a == keys.DeclineFile && f.State == rpc.OfferedFile && f.Incoming:
		do = func(ctx context.Context) error { return api.DeclineFile(ctx, n) }
	case a == keys.PauseFile && f.State == rpc.MovingFile:
		do = func(ctx context.Context) error { return api.PauseFile(ctx, n) }
	case a == keys.PauseFile && f.State == rpc.PausedFile:
		do = func(ctx context.Context) error { return api.ResumeFile(ctx, n) }
	case a == keys.CancelFile && moving:
		do = func(ctx context.Context) error { return api.WithdrawFile(ctx, n) }
	case a == keys.AcceptFile, a == keys.DeclineFile, a == keys.PauseFile, a == keys.CancelFile:
		m.say(warning, "that is not possible: the file "+become[f.State])
		return
	default:
		return
	}
	m.try("nothing was changed", do)
	l.refresh(m, n)
}

// become says what has become of a file that something cannot be done with.
var become = map[rpc.FileState]string{
	rpc.OfferedFile: "waits for an answer", rpc.MovingFile: "is on its way", rpc.PausedFile: "is paused", rpc.ArrivedFile: "has arrived",
	rpc.DeclinedFile: "was declined", rpc.WithdrawnFile: "was called off", rpc.BrokenFile: "could not be transferred",
}

func (l *fileList) picked(*Model) (*pick, int) { return &l.pick, len(l.files) }

// fileLines is how many lines an item has.
const fileLines = 2

func (l *fileList) view(m *Model, width, height int) ([]string, *position) {
	p := m.page(width)
	p.absent(l.err, l.loaded, len(l.files), "No files yet. /file PATH offers one to the contact who is open.")
	if len(p.lines) > 0 {
		return p.lines[:min(height, len(p.lines))], nil
	}
	l.pick.height, l.pick.each = max(height/fileLines, 1), fileLines
	for i, f := range l.files {
		l.item(m, p, f, i == l.pick.at)
	}
	lines := l.pick.seen(p.lines, height, l.pick.at*fileLines+fileLines-1)
	return lines, nil
}

// item is the name of a file, with whom it is, and how it goes on.
func (l *fileList) item(m *Model, p *page, f rpc.File, chosen bool) {
	arrow, with := "↑ ", " to "
	if f.Incoming {
		arrow, with = "↓ ", " from "
	}
	who := with + m.state.Label(f.Contact)
	name := safe.Cut(m.method, arrow+safe.Line(f.Name), max(p.width-safe.Width(m.method, who), p.width/2))
	p.item(chosen, m.theme.Strong, name+who)
	style, text := l.state(m, f, p.width-2)
	p.item(false, style, "  "+text)
}

func (l *fileList) state(m *Model, f rpc.File, width int) (theme.Style, string) {
	size := wording.Bytes(f.Size)
	why := ""
	if f.Why != "" {
		why = ": " + safe.Line(f.Why)
	}
	switch f.State {
	case rpc.OfferedFile:
		if f.Incoming {
			return m.theme.Warning, size + ", waits for your answer"
		}
		return m.theme.Dim, size + ", waits for their answer"
	case rpc.MovingFile, rpc.PausedFile:
		return l.moving(m, f, width, why)
	case rpc.ArrivedFile:
		if f.Incoming {
			return m.theme.Good, size + ", here as " + safe.Line(f.Path)
		}
		return m.theme.Good, size + ", arrived"
	case rpc.DeclinedFile:
		return m.theme.Dim, size + ", declined"
	case rpc.WithdrawnFile:
		return m.theme.Dim, size + ", called off"
	case rpc.BrokenFile:
		return m.theme.Bad, size + ", failed" + why
	}
	return m.theme.Dim, size + ", " + safe.Line(string(f.State))
}

func (l *fileList) moving(m *Model, f rpc.File, width int, why string) (theme.Style, string) {
	done := f.Done
	at := l.progress[f.Number]
	fresh := m.now().Sub(at.told) <= progressOld
	if fresh {
		done = at.Done
	}
	text := fmt.Sprintf(" %3d%% of %s", percentOf(done, f.Size), wording.Bytes(f.Size))
	switch {
	case f.State == rpc.PausedFile:
		return m.theme.Warning, gauge(done, f.Size, width, text+", paused"+why)
	case why != "":
		text += why
	case fresh && at.Rate > 0:
		text += ", " + wording.Bytes(at.Rate) + "/s"
		if at.Left >= 0 {
			text += ", " + wording.Span(time.Duration(at.Left)) + " left"
		}
	default:
		text += ", " + m.standstill(&f)
	}
	return m.theme.Accent, gauge(done, f.Size, width, text)
}

// gauge is a bar with a text behind it, which is never cut for the bar.
func gauge(done, size int64, width int, text string) string {
	cells := min(24, width-safe.Width(safe.ByCharacter, text))
	if cells < 4 {
		return strings.TrimSpace(text)
	}
	return bar(percentOf(done, size), cells) + text
}
