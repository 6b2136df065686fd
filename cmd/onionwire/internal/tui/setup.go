package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Setup makes the profile if there is none. Its methods are not called concurrently.
type Setup interface {
	// Missing reports whether there is no profile yet.
	Missing(ctx context.Context) (bool, error)
	// Tor is what is wrong with the tor of this system, in a sentence that says what to do
	// about it, or nothing.
	Tor(ctx context.Context) string
	// Make makes the profile, under a passphrase or, if that is empty, without one, and
	// returns the words that it can be made again from. The name is what contacts are told
	// to call its owner, or nothing.
	Make(ctx context.Context, name string, passphrase []byte) (words []string, err error)
}

// missingMsg says whether a profile has to be made.
type missingMsg struct {
	missing bool
	tor     string
	err     error
}

// prepare finds out whether there is a profile, and opens it if there is.
func (m *Model) prepare() tea.Cmd {
	if m.o.Setup == nil {
		return m.begin()
	}
	m.stage = opening
	return m.run(func(ctx context.Context) tea.Msg {
		var msg missingMsg
		if msg.missing, msg.err = m.o.Setup.Missing(ctx); msg.missing {
			msg.tor = m.o.Setup.Tor(ctx)
		}
		return msg
	})
}

// prepared opens the profile, or the dialogs in which it is made.
func (m *Model) prepared(msg missingMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.stage, m.failure = broken, msg.err
		return nil
	case !msg.missing:
		return m.begin()
	}
	m.stage = making
	m.open(newWelcome(msg.tor))
	return nil
}
