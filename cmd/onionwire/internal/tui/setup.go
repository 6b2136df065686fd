package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// NewProfile is a profile that is to be made.
type NewProfile struct {
	// Profile is what it is called on this computer.
	Profile string
	// Name is what contacts are told to call its owner, or nothing.
	Name string
	// Passphrase is what it is sealed under, or empty.
	Passphrase []byte
}

// Made is a profile that was made.
type Made struct {
	// Words are those that it can be made again from.
	Words []string
	// Trouble is what could not be done, and can be done later, for people; or nothing.
	Trouble string
}

// Setup makes the profile if there is none. Its methods are not called concurrently, and
// their errors are for people.
type Setup interface {
	// Missing reports whether there is no profile yet.
	Missing(ctx context.Context) (bool, error)
	// Named reports whether somebody has named the profile already, so that nobody is asked.
	Named() bool
	// Check says what is wrong with a name for the profile.
	Check(profile string) error
	// Tor is what is wrong with the tor of this system, in a sentence that says what to do
	// about it, or nothing.
	Tor(ctx context.Context) string
	// Make makes the profile, which is the one that the backend opens from then on. After a
	// failure it may be called again, and goes on with what was made.
	Make(ctx context.Context, p NewProfile) (Made, error)
}

// missingMsg says whether a profile has to be made.
type missingMsg struct {
	missing bool
	tor     string
	err     error
}

// prepare finds out whether there is a profile, and opens it if there is.
func (m *Model) prepare() tea.Cmd {
	if m.o.Setup == nil || m.o.Locked {
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
	ask := m.o.Profile
	if m.o.Setup.Named() {
		ask = ""
	}
	m.open(newWelcome(ask, msg.tor))
	return nil
}
