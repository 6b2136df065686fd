package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// writtenMsg is what was written in an editor of the user's.
type writtenMsg struct {
	id   ledger.ConversationID
	text string
	err  error
}

// external opens what is in the composer in the user's editor. The file is in a folder that
// only this user can enter, and is deleted afterwards.
func (m *Model) external(r *room) tea.Cmd {
	command := strings.Fields(cmp.Or(m.o.Editor, m.o.Getenv("VISUAL"), m.o.Getenv("EDITOR")))
	if len(command) == 0 {
		m.say(warning, "set $EDITOR, or editor in the settings, to the program that you write with")
		return nil
	}
	folder, err := os.MkdirTemp("", "onionwire-")
	if err != nil {
		m.say(failed, "the editor was not opened: there is no folder for the text")
		return nil
	}
	path, id := filepath.Join(folder, "message.txt"), r.id
	if err := os.WriteFile(path, []byte(r.editor.Text()), 0o600); err != nil {
		_ = os.RemoveAll(folder)
		m.say(failed, "the editor was not opened: the text could not be written")
		return nil
	}
	c := exec.Command(command[0], append(command[1:], path)...)
	return tea.ExecProcess(c, func(err error) tea.Msg {
		defer os.RemoveAll(folder)
		msg := writtenMsg{id: id, err: err}
		if err == nil {
			msg.text, msg.err = readText(path)
		}
		return msg
	})
}

// errLong means that a text is too long for a message.
var errLong = errors.New("it is too long for a message")

func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errors.New("the text is not there any more")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, wire.MaxText+1))
	if err == nil && len(text) > wire.MaxText {
		err = errLong
	}
	return strings.TrimRight(string(text), "\n"), err
}

// written takes the text from the editor.
func (m *Model) written(msg writtenMsg) {
	r := m.rooms[msg.id]
	switch {
	case msg.err != nil:
		m.say(failed, "the text was not taken from the editor: "+msg.err.Error())
	case r != nil:
		r.editor.Set(msg.text)
	}
}

// maxLong bounds a pasted text that can be sent as a file, in bytes.
const maxLong = 64 << 20

// sendLong writes a pasted text that is too long for a message to a file, and offers that.
func (m *Model) sendLong(r *room) tea.Cmd {
	text, id, api := r.long, r.id, m.api
	r.long = ""
	folder := m.downloads()
	m.try("the text was not sent", func(ctx context.Context) error {
		path, err := keepText(folder, text)
		if err != nil {
			return err
		}
		_, err = api.SendFile(ctx, id, path)
		return err
	})
	return nil
}

// keepText writes a text to a new file. It stays: it is read while it is sent.
func keepText(folder, text string) (string, error) {
	if folder != "" {
		_ = os.MkdirAll(folder, 0o700) // if it cannot be made, neither can the file
	}
	if len(text) > maxLong {
		return "", fmt.Errorf("it has more than %d MiB", maxLong>>20)
	}
	f, err := os.CreateTemp(folder, "pasted-*.txt")
	if err != nil {
		return "", errors.New("there is no folder to keep it in; choose one for downloads in the settings")
	}
	_, err = f.WriteString(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", errors.New("the file could not be written")
	}
	return f.Name(), nil
}

// longHint says what can be done with a text that is too long.
func (m *Model) longHint(r *room, w int) string {
	if w < readable {
		return fmt.Sprintf("%s: %s sends a file, %s drops it",
			wording.Bytes(int64(len(r.long))), m.keys.Key(keys.Send), m.keys.Key(keys.Cancel))
	}
	return fmt.Sprintf("The pasted text has %s; a message has %d KiB at most. %s sends it as a file, %s drops it.",
		wording.Bytes(int64(len(r.long))), wire.MaxText>>10, m.keys.Key(keys.Send), m.keys.Key(keys.Cancel))
}
