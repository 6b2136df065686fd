package tui

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// narrow is a width that has room for a few words.
const narrow = 46

// longKey takes a key while what was written is too long for a message, and is not seen.
func (m *Model) longKey(r *room, action keys.Action, k tea.KeyPressMsg) {
	switch {
	case r.leaves, action == keys.NewLine, action == "" && k.Text != "":
		m.tooLong(r, "")
	case action == keys.Send:
		m.sendLong(r)
	case action == keys.Cancel:
		long := r.long
		m.confirm("Drop the text of "+wording.Bytes(int64(len(long)))+"? Nobody can undo that.", func() {
			if r.long == long {
				r.set("")
				m.saveDraft(r)
			}
		})
	}
}

// offeredMsg says what became of a text that was to leave as a file.
type offeredMsg struct {
	id  ledger.ConversationID
	err error
}

// sendLong offers what is too long for a message as a file. It stays here until that is
// done.
func (m *Model) sendLong(r *room) {
	if r.leaves {
		return
	}
	folder, err := m.texts()
	if err != nil {
		m.say(failed, sentence(failedMsg{"the text was not sent", err}))
		return
	}
	r.leaves = true
	text, id, api := r.long, r.id, m.api
	m.act(func(ctx context.Context) tea.Msg {
		path, err := writeText(folder, pastedPattern, text)
		if err == nil {
			_, err = api.SendFile(ctx, id, path)
			if err != nil {
				_ = os.Remove(path)
			} else {
				err = api.SetDraft(ctx, id, "")
			}
		}
		return offeredMsg{id, err}
	})
}

// offered takes a long text out of the composer that has left.
func (m *Model) offered(msg offeredMsg) {
	r := m.furnish(msg.id)
	r.leaves = false
	if msg.err != nil {
		m.say(failed, sentence(failedMsg{"the text was not sent", msg.err}))
		return
	}
	r.set(r.past.typed)
	r.past, r.draft = past{}, ""
	m.release(r)
}

// longHint says what can be done with a text that is too long.
func (m *Model) longHint(r *room, w int) string {
	size := wording.Bytes(int64(len(r.long)))
	send, drop, edit := m.keys.Key(keys.Send), m.keys.Key(keys.Cancel), m.keys.Key(keys.Editor)
	switch {
	case r.leaves:
		return size + " of text: being sent as a file"
	case w < narrow:
		return fmt.Sprintf("%s: %s as a file, %s drops", size, send, drop)
	case w < readable:
		return fmt.Sprintf("%s: %s sends a file, %s drops it", size, send, drop)
	}
	return fmt.Sprintf("The text has %s; a message has %d KiB at most. %s sends it as a file, %s edits it, %s drops it.",
		size, wire.MaxText>>10, send, edit, drop)
}

// beginning is how a text begins: its first line, or as much of it as has room in w cells.
func beginning(text string, w int) string {
	line, _, _ := strings.Cut(strings.TrimLeft(text[:min(len(text), 16*w)], " \t\n"), "\n")
	return strings.ToValidUTF8(line, "")
}
