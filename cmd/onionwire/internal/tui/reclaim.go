package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// strayAfter is how old a text is that was to leave as a file and was never offered.
const strayAfter = time.Minute

// returned is a text that comes back from the file that it is in.
type returned struct {
	id     ledger.ConversationID
	text   string
	remove func()
}

// reclaimedMsg are texts that come back.
type reclaimedMsg []returned

// reclaim looks for texts that other programs have had: those of editors that were open when
// the program was ended, and those that were sent as files. One that has arrived is removed;
// one that was not taken, and one that was written, becomes a draft.
func (m *Model) reclaim() {
	if m.o.Folder == nil {
		return
	}
	api, folder := m.api, filepath.Join(m.o.Folder(), textsFolder)
	m.act(func(ctx context.Context) tea.Msg {
		return reclaimedMsg(append(leftSheets(folder), leftPastes(ctx, api, folder)...))
	})
}

func leftSheets(folder string) (all []returned) {
	found, _ := filepath.Glob(filepath.Join(folder, sheetPrefix+"*"))
	for _, path := range found {
		s, err := leftSheet(path)
		if err != nil {
			continue // somebody has it open
		}
		w := manuscript{id: s.id, sheet: s}
		switch text, err := w.text(); {
		case errors.Is(err, errLong):
			s.stay()
		case err != nil:
			s.leave()
		case text == "":
			s.remove()
		default:
			all = append(all, returned{s.id, text, s.remove})
		}
	}
	return all
}

// leftPastes returns the texts that were sent as files and not taken.
func leftPastes(ctx context.Context, api rpc.API, folder string) (all []returned) {
	found, _ := filepath.Glob(filepath.Join(folder, pastedPattern))
	var before ledger.FileNumber
	for len(found) > 0 {
		page, err := api.Files(ctx, 0, before, model.Page)
		if err != nil {
			return all
		}
		if len(page) == 0 {
			break
		}
		for _, f := range page {
			before = f.Number
			i := slices.Index(found, f.Path)
			if i < 0 || f.Incoming {
				continue
			}
			found = slices.Delete(found, i, i+1)
			switch f.State {
			case rpc.ArrivedFile:
				_ = os.Remove(f.Path)
			case rpc.DeclinedFile, rpc.WithdrawnFile, rpc.BrokenFile:
				if text, err := readText(f.Path); err == nil {
					all = append(all, returned{f.Conversation, text, func() { _ = os.Remove(f.Path) }})
				}
			}
		}
	}
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > strayAfter {
			_ = os.Remove(path) // it is still the draft that it was
		}
	}
	return all
}

// reclaimed puts texts that come back into their rooms. Their files go when they are kept.
func (m *Model) reclaimed(msg reclaimedMsg) {
	for _, back := range msg {
		r := m.furnish(back.id)
		if !strings.Contains(r.unsent(), back.text) {
			if len(r.unsent())+len(back.text) >= ledger.MaxDraft {
				continue // it waits for another time
			}
			r.giveBack(back.text)
		}
		m.back = append(m.back, back)
		if r.draftKnown {
			m.settled(r)
		}
		m.saveDraft(r)
	}
}

// settled removes the files of texts that are kept as drafts by now.
func (m *Model) settled(r *room) {
	m.back = slices.DeleteFunc(m.back, func(back returned) bool {
		if back.id != r.id || !strings.Contains(r.draft, back.text) {
			return false
		}
		back.remove()
		return true
	})
}

// taken finds out whether a text that was sent as a file is not needed any more.
func (m *Model) taken(e rpc.Event) {
	if e.Kind == rpc.FileChanged && slices.Contains([]rpc.FileState{
		rpc.ArrivedFile, rpc.DeclinedFile, rpc.WithdrawnFile, rpc.BrokenFile,
	}, e.FileState) {
		m.reclaim()
	}
}
