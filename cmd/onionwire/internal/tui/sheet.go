package tui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
)

const (
	// textsFolder is the folder, in that of the profile, for texts that other programs
	// read. They are not encrypted; see reclaim for how they go.
	textsFolder = "texts"
	// sheetPrefix begins the names of folders with a text that is written in an editor,
	// before the number of its conversation.
	sheetPrefix = "edit-"
	// sheetName is the text in it. Editors keep more beside it.
	sheetName = "message.txt"
	// pastedPattern names texts that leave as a file; the other side sees it.
	pastedPattern = "pasted-*.txt"
	// keptPattern names texts that have no room elsewhere, and stay.
	keptPattern = "kept-*.txt"
)

// errLong means that a text is too long to be kept as a draft.
var errLong = errors.New("it is too long")

// texts returns that folder, which is made if it is missing.
func (m *Model) texts() (string, error) {
	if m.o.Folder == nil {
		return "", errors.New("there is no folder for the text")
	}
	folder := filepath.Join(m.o.Folder(), textsFolder)
	if err := os.Mkdir(folder, 0o700); err != nil && !os.IsExist(err) {
		return "", errors.New("there is no folder for the text, and none could be made")
	}
	return folder, nil
}

// sheet is a text that is written in an editor: a folder that this process has for itself.
type sheet struct {
	id     ledger.ConversationID
	folder *lock.Folder
}

// newSheet writes a text for an editor.
func (m *Model) newSheet(id ledger.ConversationID, text string) (*sheet, error) {
	texts, err := m.texts()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(texts, fmt.Sprintf("%s%d-*", sheetPrefix, id))
	if err != nil {
		return nil, errors.New("there is no folder for the text")
	}
	s := &sheet{id: id}
	if s.folder, err = lock.Acquire(folder); err == nil {
		err = os.WriteFile(s.path(), []byte(text), 0o600)
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, errors.New("the text could not be written")
	}
	return s, nil
}

// leftSheet takes a folder that a program has left which was ended while somebody wrote.
func leftSheet(folder string) (*sheet, error) {
	s := &sheet{}
	if _, err := fmt.Sscanf(filepath.Base(folder), sheetPrefix+"%d-", &s.id); err != nil {
		return nil, err
	}
	var err error
	s.folder, err = lock.Acquire(folder)
	return s, err
}

func (s *sheet) path() string { return filepath.Join(s.folder.Path(), sheetName) }

// remove removes all that is in it.
func (s *sheet) remove() { _ = s.folder.Remove() }

// leave lets the next one take it, if there is something.
func (s *sheet) leave() {
	if _, err := os.Stat(s.path()); os.IsNotExist(err) {
		s.remove()
		return
	}
	_ = s.folder.Release()
}

// stay moves the text to where nothing removes it, and returns its path.
func (s *sheet) stay() string {
	folder := filepath.Dir(s.folder.Path())
	f, err := os.CreateTemp(folder, keptPattern)
	if err == nil {
		_ = f.Close()
		err = os.Rename(s.path(), f.Name())
	}
	if err != nil {
		s.leave()
		return s.path()
	}
	s.remove()
	return f.Name()
}

// readText reads a text, or fails with errLong.
func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errors.New("the text is not there any more")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxLong+1))
	if err != nil {
		return "", errors.New("the text could not be read")
	}
	if len(strings.TrimRight(string(text), "\n")) > maxLong {
		return "", errLong
	}
	return string(text), nil
}

// writeText writes a text to a new file in a folder.
func writeText(folder, pattern, text string) (string, error) {
	f, err := os.CreateTemp(folder, pattern)
	if err != nil {
		return "", errors.New("there is no folder for the text")
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
