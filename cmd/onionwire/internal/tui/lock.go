package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/node/rpc"
)

// desk is what dialogs and commands keep between each other.
type desk struct {
	history console.History
	bell    bell
	touched time.Time // when there was a key last

	preferences []Preference // as they were read last
	read        bool         // whether they were
	unread      error        // why they could not be
}

// ErrLocked is what Run fails with when the interface has locked itself. Nothing of it is
// left then but memory that nobody has wiped: Go cannot wipe strings. Who wants to be sure
// goes on in another process.
var ErrLocked = errors.New("the interface is locked")

// lock ends the interface for the passphrase to be asked for by the next one. What was being
// written is kept as a draft, what was to be sent is queued: see remains.
//
// A profile without a passphrase is not locked; who has asked for it is told.
func (m *Model) lock(asked bool) tea.Cmd {
	if m.stage != ready {
		return nil
	}
	backend := m.o.Backend
	return m.run(func(ctx context.Context) tea.Msg {
		can, err := backend.Lockable(ctx)
		return outcome(func(m *Model) tea.Cmd {
			switch {
			case err == nil && can:
				return m.seal()
			case err != nil:
				m.say(failed, "not locked: "+reason(err))
			case asked:
				m.say(warning, "no lock: this profile has no passphrase; 'onionwire passphrase' sets one")
			}
			m.away = false
			return nil
		})
	})
}

// seal empties the screen, and ends the program.
func (m *Model) seal() tea.Cmd {
	m.stage = locking
	m.closeFrom(0)
	return tea.Quit
}

// Locks reports whether the interface is about to end to be unlocked again.
func (m *Model) Locks() bool { return m.stage == locking && !m.quitting }

// refused reports whether a node was not opened because of the passphrase.
func refused(err error) bool { return errors.Is(err, rpc.ErrPassphrase) }

// idle locks when there was no key for as long as the settings say. The time in which the
// machine has slept counts, which not every clock tells.
func (m *Model) idle() tea.Cmd {
	now := m.now()
	if m.desk.touched.IsZero() {
		m.desk.touched = now
	}
	past := max(now.Sub(m.desk.touched), now.Round(0).Sub(m.desk.touched.Round(0)))
	if m.o.LockAfter <= 0 || m.stage != ready || past < m.o.LockAfter {
		return nil
	}
	m.desk.touched = now // a profile that cannot be locked is not asked every second
	return m.lock(false)
}
