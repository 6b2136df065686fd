// Package tui is the terminal interface. [Run] shows it until the user leaves.
//
// What is shown is a [model.State], and what the user has opened of it; [Model.View] makes
// a screen of that and of nothing else. What takes time are calls of the node's API, which
// run in the order in which they were asked for, beside the interface. Dialogs stand on a
// stack above the conversation: see overlay.
package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
	"github.com/onionwire/onionwire/node/rpc"
)

// Backend is where the interface gets its node from. Its methods are not called
// concurrently, and may take as long as they need until their context ends.
type Backend interface {
	// Protected reports whether Open needs a passphrase. It is false if the node runs
	// already, in another process.
	Protected(ctx context.Context) (bool, error)
	// Open returns the node. It need not be connected to Tor. If the passphrase is wrong,
	// the error matches rpc.ErrPassphrase. One that is given is checked even if the node
	// runs already: it is what unlocks the screen.
	Open(ctx context.Context, passphrase []byte) (rpc.API, error)
	// Lockable reports whether the profile has a passphrase.
	Lockable(ctx context.Context) (bool, error)
	// Close gives it back: what this process has opened of the profile is closed, and its
	// keys are gone, when it returns. Open may follow.
	Close() error
}

// Options are how the interface looks and behaves.
type Options struct {
	// Profile is the name of the profile, for people.
	Profile string
	Backend Backend
	// Locked is whether the passphrase is asked for even if the node runs already: the
	// interface before this one was locked.
	Locked bool
	// Locking is called when the interface was locked and has given back the screen, before
	// the node is closed. It may be nil.
	Locking func()
	// Suspendable reports whether there is somebody, a shell mostly, who takes the terminal
	// and lets the program go on later. Nil: there is nobody.
	Suspendable func() bool
	// Theme is the name of a theme, or empty for the one that fits the terminal.
	Theme string
	// Mouse is whether the mouse is used.
	Mouse bool
	// Keys are keys by the name of the action that they are for.
	Keys map[string][]string
	// Editor is the command to write long texts with, or empty for that of $VISUAL or
	// $EDITOR.
	Editor string
	// LockAfter is after how long without a key the interface locks itself, or 0.
	LockAfter time.Duration
	// Notifications is how somebody is told who looks elsewhere: off, bell, desktop, or text
	// for a notification with name and message.
	Notifications string
	// Notify shows a notification of the desktop, nil if there is none.
	Notify func(ctx context.Context, n notify.Notice) error
	// Trouble says, after Backend.Open, why the node is without Tor and what to do about it,
	// in a few sentences, or nothing. It may be nil.
	Trouble func() string
	// Setup makes the profile if there is none; nil: there is one.
	Setup Setup
	// Preferences are the files that the program is set up with, nil if there are none.
	Preferences Preferences
	// Folder is the folder of the profile, in which texts are while other programs have
	// them. It may be nil: then that is a folder for temporary files.
	Folder func() string
	// Downloads is the folder for files, an absolute path, unless the profile names another.
	Downloads string
	// Hint says what to do about an error, or nothing. It may be nil.
	Hint func(error) string
	// Getenv reads the environment.
	Getenv func(string) string
	// Now is the time, in the zone in which times are shown.
	Now func() time.Time
}

// Run shows the interface until the user leaves, or ctx ends. It returns when nothing of
// it is left; the backend is closed then. If the interface was locked the error matches
// ErrLocked: the caller runs another one, with Options.Locked.
func Run(ctx context.Context, o Options, options ...tea.ProgramOption) error {
	m := New(ctx, o)
	options = append([]tea.ProgramOption{tea.WithContext(ctx)}, options...)
	_, err := tea.NewProgram(m, options...).Run()
	if err == nil && m.Locks() {
		err = ErrLocked
		if o.Locking != nil {
			o.Locking()
		}
	} else if err != nil {
		err = fmt.Errorf("terminal: %w", err)
	}
	closing := m.Close() //nolint:contextcheck // what is left to do is done after ctx has ended, too
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, closing)
}
